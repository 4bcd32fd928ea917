"""Mails that came in: listed, looked at, taken into the step that they answer. And the address where they come in."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request
from flask_babel import gettext
from werkzeug.exceptions import NotFound as NoSuchPage
from werkzeug.exceptions import RequestEntityTooLarge

from app.errors import Refused
from app.services import inbound, inbound_answers, inbound_pages
from app.text.numbers import whole
from app.web import case_files, paging
from app.web.access import needs, public
from app.web.current import actor, portal, signed_in
from app.web.problems import sentence, status_of

pages = Blueprint("inbound", __name__)

PLACE = "place-"  # place-<number of the file>: key of the field into which it goes
STAFF = ("operator", "administrator")


# The way in


@pages.record_once
def _for_machines(state: Any) -> None:
    """A mail server has no session that a foreign page could ride on: its token is its own."""
    state.app.extensions["csrf"].exempt(f"{__name__}.hand_in")


@pages.post("/inbound/mail")
@public
def hand_in() -> Any:
    """A mail as it came (`message/rfc822`), from a mail server that knows the token."""
    token = portal().settings.inbound_token
    if not token:
        raise NoSuchPage
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), token.encode()):
        return _said("The token is missing or wrong", 401)
    if request.mimetype != "message/rfc822":
        return _said("Send the mail as it came: message/rfc822", 415)
    most = inbound.largest(portal())
    request.max_content_length = most
    try:
        raw = request.get_data(cache=False)
    except RequestEntityTooLarge:
        return _said("The mail is larger than what is taken", 413)
    if not raw.strip():
        return _said("There is no mail", 400)
    state = inbound.receive(portal(), raw)
    return jsonify(state=state), 201 if state in {"waiting", "unknown"} else 200


def _said(text: str, status: int) -> Response:
    """For machines, in English."""
    answer: Response = jsonify(error=text)
    answer.status_code = status
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


# Looking


@pages.app_context_processor
def _in_templates() -> dict[str, Any]:
    def arrived_mails(task_id: str = "") -> list[inbound_pages.MailHead]:
        who = actor()
        return inbound_pages.arrived(portal(), who, task_id) if who is not None else []

    return {"arrived_mails": arrived_mails}


@pages.get("/inbound")
@needs(*STAFF)
def listed() -> Any:
    """The mails, by what is to be done with them."""
    words = state_words()
    state = request.args.get("state", "waiting")
    if state not in words:
        state = "waiting"
    asked = paging.wanted(request.args.get("page", ""))
    heads, counts = inbound_pages.listed(portal(), state, asked, signed_in())
    last = paging.last(counts[state], inbound_pages.PAGE)
    tabs = [
        {"url": f"/inbound?state={key}", "label": label, "current": key == state, "count": counts[key]}
        for key, label in words.items()
    ]
    outage = inbound.unreachable(portal())
    return render_template(
        "pages/inbound/list.html",
        title=gettext("Mail that came in"),
        outage=outage and (outage, sentence(outage.error)),
        heads=heads,
        tabs=tabs,
        state=state,
        pages=paging.numbers(
            min(asked, last), last, inbound_pages.PAGE, counts[state], lambda n: f"/inbound?state={state}&page={n}"
        ),
    )


def state_words() -> dict[str, str]:
    """The states of a mail, in the order in which they are listed."""
    return {
        "waiting": gettext("To be taken in"),
        "unknown": gettext("Whose is it?"),
        "taken": gettext("Taken in"),
        "discarded": gettext("Discarded"),
    }


@pages.get("/inbound/<int:mail_id>")
@needs("vendor", *STAFF)
def show(mail_id: int) -> Any:
    """One mail, and where its files go."""
    return draw(mail_id)


@pages.get("/inbound/<int:mail_id>/attachments/<int:number>")
@needs("vendor", *STAFF)
def attachment(mail_id: int, number: int) -> Response:
    """A file of a mail; the first is 1. Foreign content: shown only where a browser does so harmlessly."""
    return case_files.answer(inbound_pages.attachment(portal(), mail_id, number, signed_in()))


def draw(mail_id: int, *, alert: str = "", status: int = 200, typed: Mapping[str, str] | None = None) -> Any:
    """The mail's page; `typed` is what was chosen there before it was refused."""
    who = signed_in()
    task_id = (typed or {}).get("task") or request.args.get("task", "")
    page = inbound_pages.look(portal(), mail_id, who, task_id)
    chosen = next((each for each in page.tasks if each[0] == task_id), page.tasks[0] if page.tasks else ("", ""))
    places = {
        each.number: (typed or {}).get(f"{PLACE}{each.number}", each.proposed) if typed else each.proposed
        for each in page.attachments
    }
    return render_template(
        "pages/inbound/mail.html",
        title=page.head.subject or gettext("(no subject)"),
        page=page,
        head=page.head,
        words=state_words(),
        chosen=chosen,
        places=places,
        typed=typed or {},
        alert=alert,
    ), status


# Deciding


def _do(mail_id: int, act: Callable[[], str], to: str = "", kind: str = "success") -> Any:
    """Act, say what was done, go on; a refusal shows the page again with what was chosen."""
    try:
        done = act()
    except Refused as error:
        return draw(mail_id, alert=sentence(error), status=status_of(error), typed=request.form)
    flash(done, kind)
    return redirect(to or f"/inbound/{mail_id}", 303)


@pages.post("/inbound/<int:mail_id>/take")
@needs("vendor", *STAFF)
def take(mail_id: int) -> Any:
    """Lay the chosen files into the draft of the step."""
    who, posted = signed_in(), request.form
    task_id = posted.get("task", "")
    places = {
        number: key
        for name, key in posted.items()
        if name.startswith(PLACE) and key and (number := whole(name.removeprefix(PLACE))) is not None
    }

    def act() -> str:
        inbound_answers.take(portal(), mail_id, task_id, places, who, words="words" in posted)
        if who.side == "vendor":
            return gettext("The files are in the form now. Nothing has been sent yet: look through it, then send it.")
        return gettext("The files are in the form now. Nothing has been sent yet.")

    # Nothing is done yet: the flash must not look as if.
    return _do(mail_id, act, f"/tasks/{task_id}" if who.side == "vendor" else "", "info")


@pages.post("/inbound/<int:mail_id>/put-back")
@needs("vendor", *STAFF)
def put_back(mail_id: int) -> Any:
    """Take the files out of the draft again."""

    def act() -> str:
        inbound_answers.put_back(portal(), mail_id, signed_in())
        return gettext("The files were taken out of the form again.")

    return _do(mail_id, act)


@pages.post("/inbound/<int:mail_id>/case")
@needs(*STAFF)
def assign(mail_id: int) -> Any:
    """Say whose it is."""

    def act() -> str:
        inbound_answers.assign(portal(), mail_id, request.form.get("number", ""), signed_in())
        return gettext("The mail belongs to this case now.")

    return _do(mail_id, act)


@pages.post("/inbound/<int:mail_id>/discard")
@needs("vendor", *STAFF)
def discard(mail_id: int) -> Any:
    """It answers nothing."""
    who = signed_in()

    def act() -> str:
        inbound_answers.discard(portal(), mail_id, request.form.get("reason", ""), who)
        return gettext("The mail was discarded. Nothing was taken from it.")

    return _do(mail_id, act, "/tasks" if who.side == "vendor" else "/inbound")


@pages.post("/inbound/<int:mail_id>/restore")
@needs(*STAFF)
def restore(mail_id: int) -> Any:
    """Take the discarding back."""

    def act() -> str:
        inbound_answers.restore(portal(), mail_id, signed_in())
        return gettext("The mail is back in the list.")

    return _do(mail_id, act)


@pages.post("/inbound/<int:mail_id>/acknowledge")
@needs(*STAFF)
def acknowledge(mail_id: int) -> Any:
    """The answer shows that what was sent has arrived."""

    def act() -> str:
        inbound_answers.acknowledge(portal(), mail_id, signed_in())
        return gettext("The receipt was confirmed on the vendor's behalf.")

    return _do(mail_id, act)
