"""Signing in at the body's own provider of identities, for staff."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, session
from flask_babel import gettext

from app.connectors.oidc import Started
from app.errors import NotFound, Refused, Temporary
from app.services.signin import identities, provider
from app.web.frame import problems, proving, signin
from app.web.frame.access import public
from app.web.frame.current import actor, portal

pages = Blueprint("provider", __name__)

KEPT = "oidc"  # under which the session's cookie keeps what was begun


@pages.get("/login/provider")
@public
def start() -> Any:
    """To the provider. `again`: who is signed in shows once more that it is they."""
    if not provider.usable(portal()):
        raise NotFound("There is no such way to sign in here")
    again = bool(request.args.get("again")) and actor() is not None
    try:
        begun = provider.start(portal(), again=again)
    except (Refused, Temporary) as error:
        return _said(error)
    back = proving.local(request.args.get("next", ""), "/tasks")
    session[KEPT] = [begun.state, begun.nonce, begun.verifier, back, again]
    return redirect(begun.url, 303)


@pages.get(provider.PATH)
@public
def back() -> Any:
    """From the provider: what was begun in this browser is finished once."""
    kept = session.pop(KEPT, None)
    if not provider.usable(portal()) or not isinstance(kept, list):
        return _said(Refused("The sign-in was begun elsewhere, or is over; please begin again"))
    state, nonce, verifier, to, again = kept
    try:
        came = provider.finish(portal(), request.url, Started("", state, nonce, verifier), again=again)
    except (Refused, Temporary) as error:
        return _said(error)
    who = actor()
    if again and who is not None:
        if who.user_id != came.user_id:
            return _said(Refused("You have signed in there as somebody else"))
        if came.ties is not None:
            identities.tie(portal(), came.user_id, came.ties)
        proving.note()
        return redirect(to, 303)
    if came.ties is not None:
        session[signin.TIES] = [came.user_id, came.ties.issuer, came.ties.subject]
    signin.sign_in(came.user_id, signin.OIDC, *([signin.BOTH] if came.both else []))
    return redirect(signin.begins(came.user_id, to), 303)


@pages.get("/login/provider/out")
@public
def out() -> Any:
    """Signed out here; there one is still signed in."""
    try:
        address = provider.leaving(portal()) if provider.usable(portal()) else ""
    except (Refused, Temporary):
        address = ""
    return render_template("pages/account/signed_out.html", title=gettext("You are signed out here"), address=address)


def _said(error: Refused | Temporary) -> Any:
    return problems.page(problems.status_of(error), problems.sentence(error), ("/login", gettext("Go to sign-in")))
