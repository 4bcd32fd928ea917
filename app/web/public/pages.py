"""Pages that need no account: start, application, the way in by the mailed link, help, and what scripts ask."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from flask import Blueprint, current_app, jsonify, redirect, render_template, request, session, url_for
from flask_babel import gettext

from app.errors import NinteiError, NotFound, Refused, StepFailed
from app.forms import FieldError, postal
from app.services.cases import applications, entering
from app.services.packages import offers
from app.services.packages.offers import Offer
from app.services.pages import health
from app.services.signin import throttle
from app.text import address
from app.text.numbers import whole
from app.web.frame import shell, signin, throttling
from app.web.frame.access import public
from app.web.frame.current import actor, language, only_asks, portal
from app.web.frame.problems import sentence
from app.web.public import manual

pages = Blueprint("public", __name__)
BEGAN = "began"  # where the application keeps the moment of its start

# What of a post is the page's own, not an answer of the form.
OWN = frozenset({"csrf_token", "step"})
RELEASE = "form_release"  # the number of the release whose form is shown


@pages.get("/")
@public
def start() -> Any:
    """What this is; whoever is signed in goes on to their work."""
    who = actor()
    if who is not None:
        return redirect(shell.home(who))
    return render_template("pages/public/start.html", offers=offers.all_of(portal()))


# Application


@pages.get("/apply")
@public
def choose() -> Any:
    """The application, or the choice among several."""
    found = offers.all_of(portal())
    if len(found) == 1:
        return _form(found[0], {})
    return render_template("pages/public/choose.html", offers=found)


@pages.get("/apply/<package_id>")
@public
def apply(package_id: str) -> Any:
    """The form to apply for one certification."""
    return _form(offers.one(portal(), package_id), {})


@pages.post("/apply")
@pages.post("/apply/<package_id>")
@public
def send(package_id: str = "") -> Any:
    """The application's steps: `check` shows the answers again, `edit` goes back to them, `send` starts the case."""
    offer = _offer(package_id)
    opened = applications.form(portal(), offer.package_id, whole(request.form.get(RELEASE, "")))
    spec = opened.spec
    raw = spec.read(request.form)
    step = request.form.get("step", "check")
    if opened.changed:
        return _form(offer, raw, said=applications.changed(), opened=opened), 409
    if step == "edit" or spec.pressed(request.form):
        return _form(offer, raw, opened=opened)
    cleaned = applications.check(portal(), opened, raw)
    if not cleaned.ok:
        return _form(offer, raw, cleaned.errors, opened=opened), 422
    if step != "send":
        return render_template(
            "pages/public/check.html",
            offer=offer,
            url=_address(offer),
            kept=_kept(),
            answers=spec.answers(cleaned.values, language()),
        )
    held = throttling.recipient(applications.recipient(opened, cleaned.values))
    if held is not None:
        return held
    try:
        started = applications.apply(portal(), offer.package_id, raw, opened.loaded.number, language())
    except Refused as error:
        return _form(offer, raw, said=error, opened=opened), 422
    except StepFailed:
        said = Refused(
            "The application could not be taken: there is a fault in the process itself. The certifying body has been "
            "told and is looking into it. What you typed is still on this page; send it again later"
        )
        return _form(offer, raw, said=said, opened=opened), 500
    session["applied"] = {
        "number": started.number,
        "email": started.email,
        "repeated": started.repeated,
        "package": offer.package_id,
    }
    return redirect(url_for("public.applied"), 303)


@pages.get("/apply/done")
@public
def applied() -> Any:
    """The case's number, and what to do when the mail does not come."""
    started = session.get("applied")
    if not started:
        return redirect(url_for("public.choose"))
    return render_template("pages/public/done.html", started=started, offer=offers.one(portal(), started["package"]))


@pages.route("/apply/resend", methods=["GET", "POST"])
@public
def resend() -> Any:
    """The entry link again. The answer is the same whether number and address belong together or not."""
    page: dict[str, Any] = {"contact": _contact(), "number": "", "email": "", "error": "", "sent": False}
    if only_asks():
        return render_template("pages/public/resend.html", **{**page, "sent": "sent" in request.args})
    number, email = (request.form.get(name, "").strip() for name in ("number", "email"))
    if not number or not address.fits(address.one(email)):
        error = gettext("Enter the case number and the mail address you applied with")
        page |= {"number": number, "email": email, "error": error}
        return render_template("pages/public/resend.html", **page), 422
    held = throttle.through(portal(), f"to {address.mailbox(email)}", throttle.LINK_TO)  # the page tells nobody of it
    with suppress(NinteiError):  # that the link was used already is its owner's to know: the page says what to do then
        if held is None:
            entering.resend(portal(), number, email)
    return redirect("/apply/resend?sent=yes", 303)  # loaded again, it sends nothing again


def _offer(package_id: str) -> Offer:
    if package_id:
        return offers.one(portal(), package_id)
    found = offers.all_of(portal())
    if len(found) != 1:
        raise NotFound("There is no such certification")
    return found[0]


def _address(offer: Offer) -> str:
    return "/apply" if len(offers.all_of(portal())) == 1 else f"/apply/{offer.package_id}"


def _form(
    offer: Offer,
    raw: dict[str, Any],
    errors: Sequence[FieldError] = (),
    said: Refused | None = None,
    opened: applications.Opened | None = None,
) -> str:
    opened = opened or applications.form(portal(), offer.package_id)
    bound = applications.bind(portal(), opened, raw, tuple(errors), language())
    return render_template(
        "pages/public/apply.html",
        offer=offer,
        form=bound,
        url=_address(offer),
        said=sentence(said) if said else "",
        begun=bool(raw),
        release=(RELEASE, opened.loaded.number),
    )


def _kept() -> list[tuple[str, str]]:
    """Everything that was posted, for hidden fields: the check page loses nothing, whatever the form holds."""
    return [(name, value) for name, values in request.form.lists() if name not in OWN for value in values]


def _contact() -> Any:
    found = offers.all_of(portal())
    return found[0].contact if found else {}


# The mailed link


@pages.route("/enter/<token>", methods=["GET", "POST"])
@public
def enter(token: str) -> Any:
    """The link of the first mail: it proves the address; a new one gets an account here."""
    try:
        entry = entering.look(portal(), token)
    except NinteiError as closed:
        status = 404 if isinstance(closed, NotFound) else 410
        return render_template("pages/public/link.html", text=sentence(closed), contact=_contact()), status
    who = actor()
    own = who is not None and who.email.lower() == entry.email.lower()
    page: dict[str, Any] = {"entry": entry, "token": token, "own": own, "other": who is not None and not own}
    if only_asks():
        return render_template("pages/public/enter.html", **page, error="")
    password = request.form.get("password", "")
    if not entry.has_account and password != request.form.get("again", ""):
        error = gettext("The passwords do not match; type the same one twice")
        return render_template("pages/public/enter.html", **page, error=error), 422
    try:
        user_id = entering.enter(portal(), token, who, password, language())
    except Refused as refusal:
        return render_template("pages/public/enter.html", **page, error=sentence(refusal)), 422
    except StepFailed:
        error = gettext(
            "The next step could not be carried out. The certifying body has been told and is looking into it; your "
            "link stays good."
        )
        return render_template("pages/public/enter.html", **page, error=error), 500
    signin.sign_in(user_id)
    return redirect("/tasks", 303)


# What scripts and machines ask


@pages.get("/postal/<code>")
@public
def postal_code(code: str) -> Any:
    """The place of a postal code: `prefecture`, `city`, `town`; 404 when the list has none."""
    place = postal(code)
    if place is None:
        return jsonify(error=gettext("This postal code does not lead to one place. Enter the address by hand")), 404
    answer = jsonify(prefecture=place[0], city=place[1], town=place[2])
    answer.headers["Cache-Control"] = "public, max-age=86400"
    return answer


@pages.get("/healthz")
@public
def health_check() -> Any:
    """200 when all is well, else 503; {status, checks: {name: {ok, …}}}. `?check=database&check=version` asks for these
    alone: whoever spreads requests over several portals wants to know no more."""
    began = current_app.extensions[BEGAN]
    found = health.checks(portal(), time.monotonic() - began, request.args.getlist("check"))
    well = bool(found) and all(check["ok"] for check in found.values())
    return jsonify(status="ok" if well else "unavailable", checks=found), 200 if well else 503


@pages.record_once
def _begin(state: Any) -> None:
    state.app.extensions[BEGAN] = time.monotonic()


@pages.get("/help/<path:page>")
@public
def help_page(page: str) -> Any:
    """A manual of docs/, or one of its pictures."""
    picture = manual.picture(page)
    if picture is not None:
        return picture
    return render_template("pages/public/help.html", **manual.read(page, language()))
