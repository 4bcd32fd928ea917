"""One's own account: password, name, language, calendar feed."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, jsonify, make_response, redirect, render_template, request, session
from flask_babel import gettext, ngettext

from app.errors import NinteiError, NotFound, Refused, TooMany
from app.services.mails.portalmails import Wording
from app.services.packages import folders
from app.services.pages import feed
from app.services.people import accounts
from app.services.signin import factors, guessing, passkeys, passwords, sessions
from app.states import Right
from app.text import address
from app.text.numbers import whole
from app.web.frame import cookies, proving, signin
from app.web.frame.access import needs, public
from app.web.frame.asking import asker, remember
from app.web.frame.current import LANGUAGES, actor, language, only_asks, portal, signed_in
from app.web.frame.problems import sentence
from app.web.frame.throttling import wait

pages = Blueprint("account", __name__)


ASKED = "password_for"  # where the session keeps the address for which a link was asked


# A password that is forgotten, or was never set


@pages.route("/password", methods=["GET", "POST"])
@public
def forgotten() -> Any:
    """Asks for the address. The answer is the same, and as fast, whether it has an account or not."""
    if only_asks():
        asked = session.get(ASKED, "") if "sent" in request.args else ""
        return render_template("pages/account/forgotten.html", email=asked, error="", sent=bool(asked))
    typed = request.form.get("email", "")
    email = address.one(typed)
    if not address.fits(email):
        error = gettext("Enter your mail address, for example name@example.jp")
        return render_template("pages/account/forgotten.html", email=typed, error=error, sent=False), 422
    passwords.send_link(portal(), email, _wording())
    session[ASKED] = email
    return redirect("/password?sent=yes", 303)  # loaded again, it sends nothing again


def _wording() -> Wording:
    text = gettext("Somebody, probably you, asked to set a new password for your account in the certification portal.")
    until = gettext("The link works once, for one hour.")
    otherwise = gettext("If this was not you, ignore this mail: nothing will change.")
    words = gettext("Set the password")
    link = f"[{words}](%(url)s)"
    body = folders.site(portal())["body"].get("name", "")
    return Wording(gettext("Set your password"), f"{text}\n\n{link}\n\n{until}\n\n{otherwise}\n\n{body}\n")


@pages.route("/password/<token>", methods=["GET", "POST"])
@public
def reset(token: str) -> Any:
    """Sets the password by the mailed link."""
    try:
        email = passwords.look(portal(), token)
    except NinteiError as closed:
        status = 404 if isinstance(closed, NotFound) else 410
        return render_template("pages/account/old_link.html", text=sentence(closed)), status
    if only_asks():
        return render_template("pages/account/reset.html", email=email, error="")
    password, error = _twice()
    if not error:
        try:
            owner = passwords.reset(portal(), token, password)
        except Refused as refusal:
            error = sentence(refusal)
    if error:
        return render_template("pages/account/reset.html", email=email, error=error), 422
    flash(gettext("Your password has been set. Use it to sign in."), "success")
    return remember(redirect("/login", 303), guessing.proved(portal(), owner, asker()))


def _twice() -> tuple[str, str]:
    """The new password, and what is wrong when it was not typed the same twice."""
    password = request.form.get("password", "")
    if password != request.form.get("again", ""):
        return password, gettext("The passwords do not match; type the same one twice")
    return password, ""


# The account


@pages.get("/here")
@public
def here() -> Response:
    """Whose account is signed in in this browser, for a page that was left open; asking is no use of the session."""
    who = actor()
    return jsonify(account=who.user_id if who else None)


@pages.get("/account")
@needs(Right.ACCOUNT)
def account() -> Any:
    """Name, language, password, calendar feed."""
    return _page()


def _page(error: str = "", password_error: str = "", name: str | None = None) -> str:
    found = accounts.account(signed_in())
    base = portal().settings.base_url.rstrip("/")
    return render_template(
        "pages/account/account.html", found=found, name=found.name if name is None else name, error=password_error,
        name_error=error, groups=_groups(), factors=factors.of(portal(), signed_in()),
        passkeys=passkeys.usable(portal()), sessions=sessions.mine(portal(), signed_in(), signin.held()), idle=_idle(),
        by_password=proving.by_password(),
        feed_url=f"{base}/calendar/{found.feed_token}.ics" if found.feed_token else "",
    )  # fmt: skip


def _groups() -> list[str]:
    """The groups of the account, in the reader's language."""
    known = portal().releases.groups()
    return [known[each].named(language()) if each in known else each for each in signed_in().groups]


def _idle() -> str:
    """After how long without a request a session ends."""
    minutes = portal().settings.session_idle_minutes
    if minutes % 60:
        return ngettext("%(num)s minute", "%(num)s minutes", minutes)
    return ngettext("%(num)s hour", "%(num)s hours", minutes // 60)


@pages.route(proving.ADDRESS, methods=["GET", "POST"])
@needs(Right.ACCOUNT)
def prove() -> Any:
    """Shows once more that it is they, and goes on with what was meant."""
    return proving.answered()


@pages.post("/account/profile")
@needs(Right.ACCOUNT)
def profile() -> Any:
    """Name and language, whether single keys act in lists, whether the day's work is mailed."""
    name, language = request.form.get("name", ""), request.form.get("language", "")
    keys, daily = ({"on": True, "off": False}.get(request.form.get(each, "")) for each in ("shortcuts", "daily"))
    try:
        accounts.describe(portal(), signed_in(), name, language, shortcuts=keys, daily=daily)
    except Refused as error:
        return _page(sentence(error), name=name), 422
    flash(gettext("Your changes are saved."), "success")
    answer = redirect("/account", 303)
    if language in LANGUAGES:
        cookies.keep(answer, "lang", language)
    return answer


@pages.post("/account/sessions")
@needs(Right.ACCOUNT)
def end_sessions() -> Any:
    """End one's session in another browser, or in all others."""
    who, typed = signed_in(), request.form.get("session", "")
    if typed == "others":
        count = sessions.end_others(portal(), who, signin.held())
        flash(ngettext("%(num)s other session is ended.", "%(num)s other sessions are ended.", count), "success")
        return redirect("/account#sessions", 303)
    try:
        sessions.end_one(portal(), who, whole(typed) or 0)
    except NotFound as error:
        return _page(sentence(error)), 404
    flash(gettext("The session has been ended."), "success")
    return redirect("/account#sessions", 303)


@pages.post("/account/password")
@needs(Right.ACCOUNT)
def password() -> Any:
    """Change one's own password."""
    who = signed_in()
    chosen, error = _twice()
    if not error:
        try:
            passwords.change(portal(), who, request.form.get("current", ""), chosen, asker())
        except TooMany as held:
            return wait(make_response(_page(password_error=sentence(held)), 429), held)
        except Refused as refusal:
            error = sentence(refusal)
    if error:
        return _page(password_error=error), 422
    signin.sign_in(who.user_id or 0, signin.KEPT)  # the old session has ended with the old password
    flash(gettext("Your password has been changed. You have been signed out everywhere else."), "success")
    return redirect("/account", 303)


@pages.post("/account/feed")
@needs(Right.ACCOUNT)
def renew_feed() -> Any:
    """Another address for the calendar feed."""
    accounts.renew_feed(signed_in())
    flash(gettext("Your calendar has a new address; the old one no longer works."), "success")
    return redirect("/account#feed", 303)


@pages.get("/calendar/<token>.ics")
@public
def calendar_feed(token: str) -> Any:
    """The dates of the person to whom this address was given: calendar programs cannot sign in."""
    content = feed.calendar_of(portal(), token, gettext("Certification: days"))
    return Response(content, mimetype="text/calendar", headers={"Content-Disposition": "inline; filename=nintei.ics"})
