"""`/sign-ins`: who is held up at the sign-in, and what is on record, for administrators."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request
from flask_babel import gettext, ngettext

from app.errors import NotFound
from app.services.signin import guessing, record, sessions
from app.states import Right
from app.text.numbers import whole
from app.web.frame import signin
from app.web.frame.access import needs
from app.web.frame.current import portal, signed_in
from app.web.frame.problems import sentence

pages = Blueprint("signins", __name__)

MOST_PROXIES = 20  # addresses that one process speaks of
_seen: set[str] = set()


def install(app: Flask) -> None:
    """Tell of proxies that nobody has named."""
    app.before_request(_proxy)


def _proxy() -> None:
    address = str(request.environ.get("nintei.unnamed_proxy") or "")
    if address and address not in _seen and len(_seen) < MOST_PROXIES:
        _seen.add(address)
        record.proxy_seen(portal(), guessing.place(address))


def scope_words() -> dict[str, str]:
    """What is held up."""
    return {
        "pair": gettext("this account from there"),
        "account": gettext("this account from everywhere where it never signed in"),
        "strangers": gettext("accounts that never signed in from there"),
        "place": gettext("all accounts from there"),
    }


def kind_words() -> dict[str, tuple[str, str]]:
    """(word, tone of the tag) of each kind of event."""
    return {
        "signed_in": (gettext("Signed in"), "good"),
        "signed_out": (gettext("Signed out"), "plain"),
        "sign_in_failed": (gettext("Wrong password"), "warn"),
        "sign_in_held": (gettext("Locked out"), "bad"),
        "hold_lifted": (gettext("Unlocked"), "now"),
        "identity_tied": (gettext("Linked to the provider"), "now"),
        "identity_released": (gettext("Link to the provider removed"), "now"),
        "identity_refused": (gettext("Somebody else at the provider"), "bad"),
    }


def way_words() -> dict[str, str]:
    """Where the password was asked for."""
    return {
        "sign-in": gettext("at the sign-in"),
        "verify": gettext("asked again while signed in"),
        "password": gettext("to change the password"),
        "letter": gettext("to open a key letter or key"),
        "code": gettext("a code of the app"),
        "recovery": gettext("a recovery code"),
    }


def came_words() -> dict[str, str]:
    """By what somebody signed in."""
    return {
        "password": gettext("with the password"),
        "passkey": gettext("with a passkey"),
        "code": gettext("with password and code"),
        "recovery": gettext("with password and recovery code"),
        "oidc": gettext("at the provider"),
        "both": gettext("at the provider"),
        "link": gettext("by a mailed link"),
    }


@pages.get("/account/sign-ins")
@needs(Right.ACCOUNT)
def own() -> Any:
    """When, how and from where one's own account was signed in to, or somebody tried."""
    return render_template(
        "pages/account/signins.html", title=gettext("Sign-ins to your account"), events=record.mine(signed_in()),
        scopes=scope_words(), kinds=kind_words(), ways=way_words(), came=came_words(),
        crumbs=[{"url": "/account", "label": gettext("Your account")}, {"label": gettext("Sign-ins to your account")}],
    )  # fmt: skip


@pages.get("/sign-ins")
@needs(Right.SEE_TRAIL)
def index() -> Any:
    """What is held up, and the record; `account` narrows that to one."""
    who, account = signed_in(), whole(request.args.get("account", ""))
    here = sessions.of_account(portal(), who, account, signin.held()) if account else []
    return render_template(
        "pages/desk/signins.html", title=gettext("Sign-ins and lock-outs"), held=record.held(portal(), who),
        events=record.events(who, account), came=came_words(), account=account, sessions=here,
        narrowed=bool(request.args.get("account")), proxies=record.unnamed_proxies(portal(), who), scopes=scope_words(),
        kinds=kind_words(), ways=way_words(),
    )  # fmt: skip


@pages.post("/sign-ins/lift")
@needs(Right.PEOPLE)
def lift() -> Any:
    """Let somebody in at once."""
    try:
        record.lift(portal(), signed_in(), request.form.get("scope", ""), request.form.get("id", 0, int))
    except NotFound as over:
        flash(sentence(over), "info")
    else:
        flash(gettext("Unlocked: the next attempt is allowed immediately."), "success")
    return redirect("/sign-ins", 303)


@pages.post("/sign-ins/end")
@needs(Right.PEOPLE)
def end() -> Any:
    """End a session of somebody's account, or all of them: a machine was lost, somebody left."""
    account, typed = whole(request.form.get("account", "")) or 0, request.form.get("session", "")
    try:
        count = sessions.end_of(portal(), signed_in(), account, None if typed == "all" else whole(typed) or 0)
    except NotFound as over:
        flash(sentence(over), "info")
    else:
        flash(ngettext("%(num)s session is ended.", "%(num)s sessions are ended.", count), "success")
    return redirect(f"/sign-ins?account={account}#sessions", 303)
