"""Signing an account in, other than by the sign-in form; and the note of who signed in last when."""

from __future__ import annotations

from typing import Any

from flask import Flask, after_this_request, current_app, g, has_request_context, jsonify, request, session
from flask_login import user_logged_out
from flask_security import MailUtil, login_user, user_authenticated
from flask_security.mail_util import EmailValidateException

from app.errors import NotFound
from app.services.base.actors import Actor
from app.services.people import accounts
from app.services.signin import guessing, identities, sessions
from app.services.signin.identities import Identity
from app.states import Right
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


DESK, OVERVIEW = "/tasks", "/overview"
SECOND = "/second"  # the page that asks for the second factor
PASSWORD, PASSKEY, CODE, RECOVERY, OIDC = "password", "passkey", "code", "recovery", "oidc"
BOTH = "both"  # whoever let them in asked for two factors
KEPT = "kept"  # they were signed in already, and go on after their password was changed
WHOLE = frozenset({PASSKEY, CODE, RECOVERY, BOTH, KEPT})
TIES = "oidc_ties"  # under which it says which account is to be tied with whom there, once they are in
ELSEWHERE = "oidc_in"  # under which it says that the person signed in at a provider
STILL_HERE = "account.here"  # asks whether the session goes on, and is no use of it
HELD = "sid"  # under which the cookie of the session holds what the portal knows the digest of


def install(app: Flask, datastore: Any) -> None:
    """Note each sign-in, by whatever way, and let in whose session goes on."""
    user_authenticated.connect(_note, app)
    user_logged_out.connect(_ended, app)
    datastore.session = _asked
    app.after_request(_seen)
    app.after_request(_said)


def _asked() -> Any:
    return sessions.asked(portal().settings, str(session.get(HELD, ""))) if has_request_context() else None


def _ended(_app: Flask, user: Any = None, **_more: Any) -> None:
    g.came_from_provider = session.pop(ELSEWHERE, False)
    sessions.signed_out(portal(), str(session.pop(HELD, "")), getattr(user, "id", None) or 0)


def _seen(response: Any) -> Any:
    """After the page: a session that is used goes on."""
    row = getattr(g.get("_login_user"), "session_row", None)
    if row is not None and request.endpoint != STILL_HERE:
        sessions.seen(row, g._login_user.session_seen)
    return response


def held() -> str:
    """What the cookie of this browser holds."""
    return str(session.get(HELD, ""))


def _note(_app: Flask, user: Any, authn_via: Any = None, **_more: Any) -> None:
    """Somebody comes in, by whatever way. Who has a second factor and has not shown it is not signed in: only the page
    that asks for it knows of them."""
    ways = tuple(authn_via or (PASSWORD,))
    half = bool(user.factors) and not WHOLE.intersection(ways)
    _tie(int(user.id), half, ways)
    browser = request.headers.get("User-Agent", "")
    if HELD in session:  # whoever was here before, here or under the same account
        sessions.end(held())
    session[ELSEWHERE] = OIDC in ways
    session[HELD] = sessions.begin(portal().settings, user.id, place(), browser, way=ways[-1], half=half)
    if half:
        g.half = True
        return
    g.came_in = int(user.id)
    accounts.signed_in(user.id, portal().now())
    if KEPT not in ways:
        cookie = guessing.signed_in(portal(), user, asker(), ways[-1], browser)
        after_this_request(lambda response: remember(response, cookie))


def _tie(user_id: int, half: bool, ways: tuple[str, ...]) -> None:
    """Who comes from the provider for the first time is tied with the account, but not before they are wholly in:
    nobody who fails at the second factor takes it."""
    wanted = session.get(TIES)
    if not (half and OIDC in ways):
        session.pop(TIES, None)
    if wanted and not half and wanted[0] == user_id:
        identities.tie(portal(), user_id, Identity(*wanted[1:]))


def home(who: Actor) -> str:
    """Where somebody begins: whoever runs the portal with what needs them, all others at their desk."""
    return OVERVIEW if who.has(Right.SEE_PORTAL) else DESK


def begins(user_id: int, wanted: str = DESK) -> str:
    """Where somebody goes on who has just come in: where they wanted to, else where they begin."""
    return wanted if wanted != DESK else home(accounts.actor_of(portal(), user_id))


def _said(response: Any) -> Any:
    """Where the sign-in by the form leads, and what it answers to a program whose password was right, and who
    has to show more."""
    came = g.get("came_in") if request.endpoint == "security.login" and not request.args.get("next") else None
    if came and response.headers.get("Location") == DESK:
        response.headers["Location"] = begins(came)
    if g.get("half") and request.endpoint == "security.login" and response.is_json:
        left = jsonify(meta={"code": 200}, response={"tf_required": True, "tf_state": "ready", "next": SECOND})
        response.set_data(left.get_data())
    if g.get("came_from_provider") and request.endpoint == "security.logout" and response.status_code == 302:
        response.headers["Location"] = "/login/provider/out"
    return response


def half() -> sessions.Half | None:
    """Who has to show their second factor still, in this browser."""
    found = sessions.half(held())
    return found if found is not None and found.uniquifier == session.get("_user_id") else None


def leave() -> None:
    """Not to go on with the second factor."""
    sessions.end(held())
    session.clear()


def sign_in(user_id: int, *ways: str) -> None:
    """Sign this account in, in place of whoever was. `ways`: how they showed who they are, the last one last."""
    user = current_app.extensions["security"].datastore.find_user(id=user_id)
    if user is None or not user.active:
        raise NotFound("There is no such account")
    login_user(user, authn_via=list(ways or ("link",)))
