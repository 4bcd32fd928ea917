"""Signing an account in, other than by the sign-in form; and the note of who signed in last when."""

from __future__ import annotations

from typing import Any

from flask import Flask, after_this_request, current_app, g, has_request_context, request, session
from flask_login import user_logged_out
from flask_security import MailUtil, login_user, user_authenticated
from flask_security.mail_util import EmailValidateException

from app.errors import NotFound
from app.services.people import accounts
from app.services.signin import guessing, sessions
from app.text import address
from app.web.frame.asking import asker, place, remember
from app.web.frame.current import portal


class Addresses(MailUtil):
    """Addresses at the sign-in, in its form and as JSON: read as everywhere else."""

    def normalize(self, email: str) -> str:
        """The address by which somebody is known here; EmailValidateException when it is none."""
        found = address.one(email)
        if not address.fits(found):
            raise EmailValidateException("not a mail address")
        return found

    def validate(self, email: str) -> str:
        """The same: whether a mail arrives there is not asked."""
        return self.normalize(email)


HELD = "sid"  # under which the cookie of the session holds what the portal knows the digest of


def install(app: Flask, datastore: Any) -> None:
    """Note each sign-in, by whatever way, and let in whose session goes on."""
    user_authenticated.connect(_note, app)
    user_logged_out.connect(_ended, app)
    datastore.session = _asked
    app.after_request(_seen)


def _asked() -> Any:
    return sessions.asked(portal().settings, str(session.get(HELD, ""))) if has_request_context() else None


def _ended(_app: Flask, **_more: Any) -> None:
    sessions.end(str(session.pop(HELD, "")))


def _seen(response: Any) -> Any:
    """After the page: a session that is used goes on."""
    row = getattr(g.get("_login_user"), "session_row", None)
    if row is not None:
        sessions.seen(row, g._login_user.session_seen)
    return response


def held() -> str:
    """What the cookie of this browser holds."""
    return str(session.get(HELD, ""))


def _note(_app: Flask, user: Any, **_more: Any) -> None:
    accounts.signed_in(user.id, portal().now())
    if HELD in session:  # whoever was here before, here or under the same account
        sessions.end(held())
    session[HELD] = sessions.begin(portal().settings, user.id, place(), request.headers.get("User-Agent", ""))
    cookie = guessing.signed_in(portal(), user, asker())
    after_this_request(lambda response: remember(response, cookie))


def sign_in(user_id: int) -> None:
    """Sign this account in, in place of whoever was."""
    user = current_app.extensions["security"].datastore.find_user(id=user_id)
    if user is None or not user.active:
        raise NotFound("There is no such account")
    login_user(user, authn_via=["password"])
