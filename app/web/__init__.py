"""The web application: pages for vendors, operators, analysts and the public. Views parse, services decide."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g, request
from flask_babel import Babel
from flask_security import Security
from flask_wtf.csrf import CSRFProtect

from app import __version__
from app.services.base.portal import Portal
from app.services.signin import passwords
from app.web import blueprints, recordwords
from app.web.account import passwordforms, signins
from app.web.audit import pages as audit
from app.web.frame import (
    access,
    busy,
    counting,
    current,
    exporting,
    gate,
    hosts,
    onrecord,
    problems,
    requests,
    shell,
    signin,
    sizes,
    templates,
    throttling,
    tongues,
    transport,
    wording,
)
from app.web.frame.door import Site

HERE = Path(__file__).parent
# Endpoints that answer also when the database does not.
WITHOUT_DATABASE = frozenset({"static", "public.health_check", "watching.ready", "watching.metrics"})


class _Portal(Site):
    """Flask, but for steps that were in each other's way: what stored nothing is done once more."""

    def dispatch_request(self) -> Any:
        """The view's answer, asked for again when the database was busy."""
        return busy.repeated(super().dispatch_request)


def create_app(portal: Portal, datastore: Any) -> Flask:
    """The application over an open portal. `datastore` holds the accounts (Flask-Security)."""
    settings = portal.settings
    app = _Portal(__name__)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_FORM_MEMORY_SIZE=sizes.SIGNED_IN,
        MAX_FORM_PARTS=sizes.MOST_FIELDS,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https:"),
        REMEMBER_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as the session: a form open over lunch can be sent
        BABEL_DEFAULT_LOCALE="ja",
        BABEL_DEFAULT_TIMEZONE="Asia/Tokyo",
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 - the name of a method
        SECURITY_PASSWORD_SINGLE_HASH=["argon2"],  # services hash with argon2 alone
        SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS={
            "argon2__time_cost": passwords.HASHER.time_cost,
            "argon2__memory_cost": passwords.HASHER.memory_cost,
            "argon2__parallelism": passwords.HASHER.parallelism,
        },
        SECURITY_PASSWORD_SALT=settings.secret_key,
        SECURITY_LOGIN_URL="/login",
        SECURITY_LOGOUT_URL="/logout",
        SECURITY_LOGOUT_METHODS=["POST"],  # a link or an image of a foreign page signs nobody out
        SECURITY_POST_LOGIN_VIEW="/tasks",
        SECURITY_POST_LOGOUT_VIEW="/",
        SECURITY_UNAUTHORIZED_VIEW=None,
        SECURITY_API_ENABLED_METHODS=["session"],
        SECURITY_REGISTERABLE=False,
        SECURITY_SEND_REGISTER_EMAIL=False,
        SECURITY_LOGIN_USER_TEMPLATE="security/login.html",
        SECURITY_VERIFY_TEMPLATE="security/verify.html",
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        SECURITY_FLASH_MESSAGES=False,
        SECURITY_CACHE_CONTROL=None,  # it writes `no-store=True`, which no browser knows; ours is set with the others
        SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS=False,
    )
    app.extensions["nintei"] = portal
    Babel(app, locale_selector=current.language, default_translation_directories=str(HERE / "translations"))
    templates.install(app)
    wording.install(app)
    hosts.install(app, settings.base_url, settings.hosts)
    requests.install(app)
    counting.install(app)
    app.before_request(_connect)  # first: whoever reads before it opens a connection that nobody gives back
    sizes.install(app, settings.upload_max_mb)
    CSRFProtect(app)
    Security(
        app, datastore, mail_util_cls=signin.Addresses, login_form=passwordforms.SignIn,
        verify_form=passwordforms.Verify,
    )  # fmt: skip
    # Nobody comes in by a token in a header or a body: a body that is too large would be read to look for one.
    app.extensions["security"].login_manager.request_loader(lambda _request: None)
    app.before_request(requests.know_user)
    app.before_request(access.guard)
    onrecord.install(app)
    throttling.install(app)
    signin.install(app, datastore)
    signins.install(app)
    app.teardown_request(_disconnect)
    transport.install(app)
    tongues.install(app)  # what is installed later is done earlier: a page is marked, then packed
    app.after_request(_headers)
    hosts.secure(app, settings.base_url)
    app.after_request(shell.remember_language)
    problems.install(app)
    shell.install(app, version=__version__)
    recordwords.install(app)
    for blueprint in blueprints.ALL:
        app.register_blueprint(blueprint)
    exporting.makes(app, audit.MAKER, audit.sheet)
    return app


def _connect() -> None:
    g.csp_nonce = secrets.token_urlsafe(16)
    if request.endpoint in WITHOUT_DATABASE:
        # Nobody is looked up either, whatever the session says: Flask-Security asks at every request who it is.
        current_app.extensions["security"].login_manager._update_request_context_with_user()
        return
    busy.begin()
    connection = current.portal().page()
    connection.__enter__()
    g.connection = connection
    gate.require(current_app)


def _disconnect(_error: BaseException | None) -> None:
    connection = g.pop("connection", None)
    if connection is not None:
        connection.__exit__(None, None, None)


def _headers(response: Any) -> Any:
    """Nothing foreign runs, nothing is framed."""
    response.headers.setdefault(
        "Content-Security-Policy",
        (
            "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; "
            "base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
        ),
    )
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    return response
