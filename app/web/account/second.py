"""Second factors: asked for after the password, set up and taken away on the pages of the account."""

from __future__ import annotations

import json
from typing import Any

import segno
from flask import Blueprint, flash, jsonify, make_response, redirect, render_template, request
from flask_babel import gettext

from app.errors import NinteiError, NotFound, Refused, TooMany
from app.services.signin import codes, factors, passkeys, sessions
from app.services.signin.sessions import Half
from app.states import Right
from app.web.frame import browsers, problems, proving, signin
from app.web.frame.access import needs, public
from app.web.frame.asking import asker
from app.web.frame.current import actor, only_asks, portal, signed_in
from app.web.frame.problems import sentence
from app.web.frame.proving import proved, proved_to_read
from app.web.frame.throttling import wait

pages = Blueprint("second", __name__)


# At the sign-in


@pages.route(signin.SECOND, methods=["GET", "POST"])
@public
def ask() -> Any:
    """After the password: nobody is signed in before this page has seen the second factor."""
    who = signin.half()
    back = proving.local(request.values.get("next", ""), "/tasks")
    if who is None:
        return redirect("/tasks" if actor() is not None else "/login", 303)
    if only_asks():
        return _ask(who, back)
    if request.form.get("stop"):
        signin.leave()
        return redirect("/login", 303)
    try:
        way = _shown(who)
    except TooMany as held:
        return wait(make_response(_ask(who, back, sentence(held)), 429), held)
    except Refused as error:
        return _ask(who, back, sentence(error)), 422
    signin.sign_in(who.user_id, signin.PASSWORD, way)
    if way == signin.RECOVERY:
        flash(
            gettext("That recovery code is used up. Look at your second factors if you have lost a device."), "warning"
        )
        return redirect("/account#second", 303)
    return redirect(signin.begins(who.user_id, back), 303)


def _ask(who: Half, back: str, error: str = "") -> str:
    return render_template(
        "pages/account/second.html", title=gettext("The second step"), half=who, back=back, error=error,
        passkeys=passkeys.usable(portal()) and "passkey" in who.kinds,
    )  # fmt: skip


def _shown(who: Half) -> str:
    """By what. Refused, TooMany: it was not right."""
    form = request.form
    if form.get("credential"):
        passkeys.asked(portal(), f"second {who.user_id}", form["credential"], who.user_id)
        return signin.PASSKEY
    if form.get("recovery", "").strip():
        if codes.recovers(portal(), who.user_id, form["recovery"], asker()):
            return signin.RECOVERY
        raise Refused("The recovery code is not right, or was used already.")
    if codes.right(portal(), who.user_id, form.get("code", ""), asker()):
        return signin.CODE
    raise Refused("The code is not right, or was used already.")


@pages.post("/login/passkey")
@public
def by_passkey() -> Any:
    """A passkey alone lets in: the device has asked its owner."""
    back = proving.local(request.form.get("next", ""), "/tasks")
    try:
        found = passkeys.asked(portal(), passkeys.SIGN_IN, request.form.get("credential", ""))
    except Refused as error:
        flash(sentence(error), "error")
        return redirect("/login", 303)
    signin.sign_in(found.user_id, signin.PASSKEY)
    return redirect(signin.begins(found.user_id, back), 303)


@pages.get("/passkeys/options")
@public
def options() -> Any:
    """What the browser's device is asked for: `for` is sign-in, second, prove or make."""
    purpose, who, half = request.args.get("for", ""), actor(), signin.half()
    if not passkeys.usable(portal()):
        raise NotFound("There are no passkeys here")
    if purpose == "sign-in":
        found = passkeys.asking(portal(), passkeys.SIGN_IN)
    elif purpose == "second" and half is not None:
        found = passkeys.asking(portal(), f"second {half.user_id}", half.user_id)
    elif purpose == "prove" and who is not None:
        found = passkeys.asking(portal(), f"prove {who.user_id}", who.user_id)
    elif purpose == "make" and who is not None and proving.lately():
        found = passkeys.making(portal(), who)
    else:
        return jsonify(error=gettext("Sign in first")), 401
    answer = jsonify(found)
    answer.headers["Cache-Control"] = "no-store"
    return answer


# On the page of the account


@pages.get("/account/second")
@needs(Right.ACCOUNT)
def first() -> Any:
    """The two ways, for whoever has none yet."""
    found = factors.of(portal(), signed_in())
    return render_template(
        "pages/account/second_first.html", title=gettext("Set up a second factor"), found=found,
        passkeys=passkeys.usable(portal()),
    )  # fmt: skip


@pages.get("/account/passkeys/new")
@needs(Right.ACCOUNT)
@proved_to_read
def new_passkey() -> Any:
    """Asks for a name, and has the browser make one."""
    return _new_passkey()


def _new_passkey(error: str = "", status: int = 200) -> Any:
    if not passkeys.usable(portal()):
        raise NotFound("There are no passkeys here")
    suggested = browsers.name(request.headers.get("User-Agent", ""))
    return render_template(
        "pages/account/passkey.html", title=gettext("Add a passkey"), error=error,
        name=request.form.get("name", suggested),
    ), status  # fmt: skip


@pages.post("/account/passkeys")
@needs(Right.ACCOUNT)
@proved
def keep_passkey() -> Any:
    """Keeps what the browser has made."""
    form = request.form
    try:
        answer = json.loads(form.get("credential", "")[: passkeys.LONGEST] or "{}")
        handle = str(answer.pop("handle", "")) if isinstance(answer, dict) else ""
        shown = passkeys.made(portal(), signed_in(), json.dumps(answer), handle, form.get("name", ""))
    except ValueError:
        return _new_passkey(gettext("The passkey could not be read; please try once more"), 422)
    except Refused as error:
        return _new_passkey(sentence(error), 422)
    return _done(gettext("The passkey is added: from now on you can sign in with it."), shown)


@pages.post("/account/passkeys/<int:row_id>")
@needs(Right.ACCOUNT)
@proved
def one_passkey(row_id: int) -> Any:
    """act: rename {name}, remove."""
    try:
        if request.form.get("act") == "remove":
            passkeys.remove(portal(), signed_in(), row_id)
            flash(gettext("The passkey is removed. Remove it on the device, too."), "success")
        else:
            passkeys.rename(signed_in(), row_id, request.form.get("name", ""))
            flash(gettext("Your changes are saved."), "success")
    except NinteiError as error:
        return problems.back(error, "/account#second")
    return redirect("/account#second", 303)


@pages.get("/account/code")
@needs(Right.ACCOUNT)
@proved_to_read
def code() -> Any:
    """Shows the picture that the app reads, and asks for its first code."""
    return _code(*codes.begin(portal(), signed_in()))


def _code(secret: str, sealed: str, error: str = "", status: int = 200) -> Any:
    picture = segno.make(codes.address(signed_in(), secret), error="m").svg_data_uri(scale=5, border=2, light="white")
    spaced = " ".join(secret[n : n + 4] for n in range(0, len(secret), 4))
    answer = make_response(
        render_template(
            "pages/account/code.html", title=gettext("Add an authenticator app"), picture=picture, secret=spaced,
            sealed=sealed, error=error,
        ), status,
    )  # fmt: skip
    answer.headers["Cache-Control"] = "no-store"
    return answer


@pages.post("/account/code")
@needs(Right.ACCOUNT)
@proved
def keep_code() -> Any:
    """Keeps the app, once it has made a right code."""
    sealed = request.form.get("sealed", "")
    try:
        shown = codes.finish(portal(), signed_in(), sealed, request.form.get("code", ""))
    except Refused as error:
        try:
            secret = codes.again(portal(), signed_in(), sealed)
        except Refused as old:
            return problems.back(old, "/account/code")
        return _code(secret, sealed, sentence(error), 422)
    return _done(gettext("The app is added: from now on its code is asked for after the password."), shown)


@pages.post("/account/code/remove")
@needs(Right.ACCOUNT)
@proved
def remove_code() -> Any:
    """The app makes no codes for here any more."""
    try:
        codes.remove(portal(), signed_in())
    except NinteiError as error:
        return problems.back(error, "/account#second")
    flash(gettext("The app is removed."), "success")
    return redirect("/account#second", 303)


@pages.post("/account/recovery")
@needs(Right.ACCOUNT)
@proved
def renew_recovery() -> Any:
    """New recovery codes, shown on this one answer and never again."""
    try:
        return _shown_once(factors.renew_recovery(portal(), signed_in()))
    except Refused as error:
        return problems.back(error, "/account#second")


def _done(text: str, shown: list[str]) -> Any:
    """A factor was added: the account's sessions elsewhere, which never saw it, end."""
    sessions.end_others(portal(), signed_in(), signin.held())
    portal().poke()
    flash(text, "success")
    return _shown_once(shown) if shown else redirect("/account#second", 303)


def _shown_once(shown: list[str]) -> Any:
    answer = make_response(
        render_template("pages/account/recovery.html", title=gettext("Your recovery codes"), codes=shown)
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer
