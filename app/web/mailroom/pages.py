"""Mails that came in: listed, looked at, taken into the step that they answer. And the address where they come in."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, current_app, flash, jsonify, redirect, render_template, request
from flask_babel import gettext
from werkzeug.exceptions import NotFound as NoSuchPage
from werkzeug.exceptions import RequestEntityTooLarge

from app.errors import Refused
from app.services.mailroom import receive
from app.services.mailroom import take as inbound_answers
from app.services.pages import mailroom
from app.states import Right, Side
from app.text.numbers import whole
from app.web.cases import files
from app.web.frame import paging, sizes
from app.web.frame.access import needs, public
from app.web.frame.current import actor, portal, signed_in
from app.web.frame.problems import sentence, status_of
from app.web.mailroom import words

pages = Blueprint("inbound", __name__)

PLACE = "place-"  # place-<number of the file>: key of the field into which it goes


# The way in


@pages.record_once
def _for_machines(state: Any) -> None:
    """A mail server has no session that a foreign page could ride on: its token is its own."""
    state.app.extensions["csrf"].exempt(f"{__name__}.hand_in")


def _knows(app: Flask, authorization: str) -> bool:
    token = app.extensions["nintei"].settings.inbound_token
    kind, _, given = authorization.partition(" ")
    return bool(token) and kind.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())


@pages.post("/inbound/mail")
@public
@sizes.takes(token=_knows)
def hand_in() -> Any:
    """A mail as it came (`message/rfc822`), from a mail server that knows the token."""
    if not portal().settings.inbound_token:
        raise NoSuchPage
    if not _knows(current_app, request.headers.get("Authorization", "")):
        return _said("The token is missing or wrong", 401)
    if request.mimetype != "message/rfc822":
        return _said("Send the mail as it came: message/rfc822", 415)
    most = receive.largest(portal())
    request.max_content_length = most
    try:
        raw = request.get_data(cache=False)
    except RequestEntityTooLarge:
        return _said("The mail is larger than what is taken", 413)
    if len(raw) > most:  # read before this was said
        return _said("The mail is larger than what is taken", 413)
    if not raw.strip():
        return _said("There is no mail", 400)
    state = receive.receive(portal(), raw)
    return jsonify(state=state), 200 if state == "known" else 201


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
    def arrived_mails(task_id: str = "") -> list[mailroom.MailHead]:
        who = actor()
        return mailroom.arrived(portal(), who, task_id) if who is not None else []

    return {"arrived_mails": arrived_mails}


@pages.get("/inbound")
@needs(Right.SEE_MAILROOM)
def listed() -> Any:
    """The mails, by what is to be done with them; those of machines apart."""
    tab = request.args.get("state", "waiting")
    if tab not in (*mailroom.STATES, *mailroom.KINDS):
        tab = "waiting"
    text = request.args.get("q", "").strip()[:200]
    page = paging.wanted(request.args.get("page", ""))
    heads, found = mailroom.listed(portal(), tab, page, signed_in(), text)
    last = paging.last(found[tab], mailroom.PAGE)
    query = {"state": tab, **({"q": text} if text else {})}
    outage = receive.unreachable(portal())
    return render_template(
        "pages/inbound/list.html",
        title=gettext("Incoming mail"),
        outage=outage and (outage, sentence(outage.error)),
        heads=heads,
        tabs=words.tabs(tab, found, text),
        tab=tab,
        text=text,
        elsewhere=[(word, f"/inbound?{urlencode({'state': key, 'q': text})}", found[key])
                   for key, word in words.tab_words().items() if text and key != tab and found.get(key)],
        pages=paging.numbers(
            min(page, last), last, mailroom.PAGE, found[tab],
            lambda n: "/inbound?" + urlencode({**query, "page": n}),
        ),
    )  # fmt: skip


@pages.get("/inbound/<int:mail_id>")
@needs(Right.SEE_MAILROOM, Right.COMPANY)
def show(mail_id: int) -> Any:
    """One mail, and where its files go."""
    return draw(mail_id)


@pages.get("/inbound/<int:mail_id>/attachments/<int:number>")
@needs(Right.SEE_MAILROOM, Right.COMPANY)
def attachment(mail_id: int, number: int) -> Response:
    """A file of a mail; the first is 1. Foreign content: shown only where a browser does so harmlessly."""
    return files.answer(mailroom.attachment(portal(), mail_id, number, signed_in()))


def draw(mail_id: int, *, alert: str = "", status: int = 200, typed: Mapping[str, str] | None = None) -> Any:
    """The mail's page; `typed` is what was chosen there before it was refused."""
    who = signed_in()
    task_id = (typed or {}).get("task") or request.args.get("task", "")
    page = mailroom.look(portal(), mail_id, who, task_id)
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
        words={**words.state_words(), "apart": words.tab_words().get(page.head.kind.value, "")},
        doubt=words.doubt_words(page.head.doubt),
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
@needs(Right.MAILROOM, Right.COMPANY)
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
        how = {"yes": "answers"}.get(posted.get("words", ""), posted.get("words", ""))
        inbound_answers.take(portal(), mail_id, task_id, places, who, words=how)
        if who.side == Side.VENDOR:
            return gettext("The files have been added to the form. Nothing has been sent yet: check it, then send it.")
        return gettext("The files have been added to the form. Nothing has been sent yet.")

    # Nothing is done yet: the flash must not look as if.
    return _do(mail_id, act, f"/tasks/{task_id}" if who.side == Side.VENDOR else "", "info")


@pages.post("/inbound/<int:mail_id>/put-back")
@needs(Right.MAILROOM, Right.COMPANY)
def put_back(mail_id: int) -> Any:
    """Take the files out of the draft again."""

    def act() -> str:
        inbound_answers.put_back(portal(), mail_id, signed_in())
        return gettext("The files have been removed from the form.")

    return _do(mail_id, act)


@pages.post("/inbound/<int:mail_id>/case")
@needs(Right.MAILROOM)
def assign(mail_id: int) -> Any:
    """Say whose it is."""

    def act() -> str:
        sure = request.form.get("sure") == "yes"
        inbound_answers.assign(portal(), mail_id, request.form.get("number", ""), signed_in(), sure=sure)
        return gettext("The mail has been assigned to this case.")

    return _do(mail_id, act)


@pages.post("/inbound/<int:mail_id>/discard")
@needs(Right.MAILROOM, Right.COMPANY)
def discard(mail_id: int) -> Any:
    """Discard the mail: it answers nothing."""
    who = signed_in()

    def act() -> str:
        inbound_answers.discard(portal(), mail_id, request.form.get("reason", ""), who)
        return gettext("The mail has been discarded. Nothing was used from it.")

    return _do(mail_id, act, "/tasks" if who.side == Side.VENDOR else "/inbound")


@pages.post("/inbound/<int:mail_id>/accept")
@needs(Right.MAILROOM)
def accept(mail_id: int) -> Any:
    """What a machine seemed to have sent is an answer."""

    def act() -> str:
        inbound_answers.accept(portal(), mail_id, signed_in())
        return gettext("The mail is now listed with mail from people. Assign it to a case.")

    return _do(mail_id, act)


@pages.post("/inbound/<int:mail_id>/restore")
@needs(Right.MAILROOM)
def restore(mail_id: int) -> Any:
    """Take the discarding back."""

    def act() -> str:
        inbound_answers.restore(portal(), mail_id, signed_in())
        return gettext("The mail is back in the list.")

    return _do(mail_id, act)


@pages.post("/inbound/<int:mail_id>/acknowledge")
@needs(Right.MAILROOM)
def acknowledge(mail_id: int) -> Any:
    """The answer shows that what was sent has arrived."""

    def act() -> str:
        inbound_answers.acknowledge(portal(), mail_id, signed_in())
        return gettext("The receipt was confirmed on the vendor's behalf.")

    return _do(mail_id, act)
