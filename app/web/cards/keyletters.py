"""The two sealed letters of a key file: who opens which, and what became of them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext

from app.errors import NinteiError
from app.services.agents import news
from app.services.cards import keepers as letterdesk
from app.services.cards import letterpage
from app.states import Right
from app.text.numbers import whole
from app.web.cases.files import answer
from app.web.frame import problems, sure
from app.web.frame.access import needs
from app.web.frame.current import named, portal, signed_in
from app.web.frame.proving import by_password, proved, proved_each_time

pages = Blueprint("key_letters", __name__, url_prefix="/cards/letters")


def state_words() -> dict[str, tuple[str, str]]:
    """(word, tone of the tag) of each state of a letter."""
    return {
        "making": (gettext("Being made"), "plain"),
        "sealed": (gettext("Sealed"), "now"),
        "opened": (gettext("Opened"), "warn"),
        "destroyed": (gettext("Destroyed"), "plain"),
    }


def why_words() -> dict[str, str]:
    """Why a letter was destroyed."""
    return {
        "posted": gettext("both letters were posted"),
        "reissued": gettext("the letters were reissued"),
        "ended": gettext("the case ended"),
    }


@pages.get("/<task_id>")
@needs(Right.SEE_CARD_KEYS)
def show(task_id: str) -> Any:
    """The letters of a task."""
    word = news.word(portal())  # before anything is read: letters that are made meanwhile are news
    found = letterpage.page(portal(), task_id, signed_in())
    return render_template(
        "pages/desk/key_letters.html", title=gettext("Key letters"), found=found, words=state_words(), whys=why_words(),
        sentence=problems.sentence, me=signed_in(), news=word, by_password=by_password(),
        crumbs=[{"url": "/cases/" + found.case_number, "label": found.case_number},
                {"url": "/tasks/" + task_id, "label": named(found.title)}, {"label": gettext("Key letters")}],
    )  # fmt: skip


@pages.post("/<task_id>/keepers")
@needs(Right.CARD_KEYS)
@proved
def keepers(task_id: str) -> Any:
    """Say who opens which letter."""
    chosen = {number: whole(request.form.get(f"keeper_{number}", "")) or 0 for number in (1, 2)}
    try:
        letterdesk.name(portal(), task_id, {key: value for key, value in chosen.items() if value}, signed_in())
    except NinteiError as error:
        return problems.back(error, f"/cards/letters/{task_id}")
    flash(gettext("Who opens which letter has been recorded."), "success")
    return redirect(f"/cards/letters/{task_id}", 303)


@pages.post("/<task_id>/<int:letter>/open")
@needs(Right.CARD_KEYS)
@proved_each_time
def open_letter(task_id: str, letter: int) -> Any:
    """The letter as a PDF, for its one person."""
    try:
        return answer(letterdesk.open_letter(portal(), letter, signed_in()))
    except NinteiError as error:
        return problems.back(error, f"/cards/letters/{task_id}")


@pages.post("/<task_id>/posted")
@needs(Right.POST)
@proved
def posted(task_id: str) -> Any:
    """Letters that were made anew later are on their way."""
    asked = sure.ask(
        gettext("Have both letters been posted?"),
        gettext("They will be destroyed here and cannot be printed again."),
        gettext("Both have been posted: destroy them"), f"/cards/letters/{task_id}",
    )  # fmt: skip
    if asked is not None:
        return asked
    try:
        letterdesk.posted_by_hand(portal(), task_id, signed_in())
    except NinteiError as error:
        return problems.back(error, f"/cards/letters/{task_id}")
    flash(gettext("Both letters have been destroyed here."), "success")
    return redirect(f"/cards/letters/{task_id}", 303)


@pages.post("/<task_id>/anew")
@needs(Right.CARD_KEYS)
@proved
def anew(task_id: str) -> Any:
    """Destroy both letters and make two with new components."""
    names = (request.form.get("recipient_1", ""), request.form.get("recipient_2", ""))
    asked = sure.ask(
        gettext("Reissue both letters?"),
        gettext("The current letters and key file become invalid, whether or not they have been sent."),
        gettext("Reissue them"), f"/cards/letters/{task_id}",
    )  # fmt: skip
    if asked is not None:
        return asked
    try:
        letterdesk.reissue(portal(), task_id, names, request.form.get("reason", ""), signed_in())
    except NinteiError as error:
        return problems.back(error, f"/cards/letters/{task_id}")
    flash(gettext("Two new letters and a new key file are being created; the old ones are no longer valid."), "success")
    return redirect(f"/cards/letters/{task_id}", 303)
