"""The card desk: stock, loans, a card's life, and what is done with the reader."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext

from app.errors import NinteiError
from app.services import carddesk, cardstock, lifecycle
from app.web import problems
from app.web.access import needs
from app.web.current import portal, signed_in
from app.web.worklist import due_words

pages = Blueprint("cards", __name__, url_prefix="/cards")


def state_words() -> dict[str, tuple[str, str]]:
    """(word, tone of the tag) of each state of a card."""
    return {
        "making": (gettext("Being made"), "now"),
        "ready": (gettext("Ready to be lent"), "good"),
        "lent": (gettext("On loan"), "now"),
        "returned": (gettext("Came back"), "warn"),
        "wiped": (gettext("Wiped"), "plain"),
        "damaged": (gettext("Damaged"), "bad"),
        "lost": (gettext("Lost"), "bad"),
        "quarantined": (gettext("Kept apart"), "bad"),
    }


def act_words() -> dict[str, str]:
    """The acts of a card's life."""
    return {
        "personalise": gettext("Personalised"),
        "verify": gettext("Checked"),
        "lend": gettext("Lent"),
        "return": gettext("Came back"),
        "wipe": gettext("Checked and wiped"),
        "damaged": gettext("Marked as damaged"),
        "lost": gettext("Marked as lost"),
        "quarantined": gettext("Kept apart"),
    }


def mark_words() -> dict[str, str]:
    """The buttons with which a person says what became of a card."""
    return {
        "returned": gettext("It came back"),
        "damaged": gettext("It is damaged"),
        "lost": gettext("It is lost"),
    }


@pages.get("")
@needs("operator", "analyst", "administrator")
def show() -> Any:
    """The desk."""
    text, state = request.args.get("q", "").strip()[:80], request.args.get("state", "")
    found = carddesk.page(portal(), signed_in(), text=text, state=state)
    words = state_words()
    choices = [("", gettext("All")), *((key, word) for key, (word, _) in words.items())]
    states = [{"value": key, "label": word} for key, word in choices]
    busy = [each for each in found.work if each.state != "incident"]
    return render_template(
        "pages/desk/cards.html", title=gettext("Card desk"), found=found, text=text, state=state, words=words,
        states=states, busy=busy, stuck=[each for each in found.work if each.state == "incident"], wide=True,
        reader=portal().settings.card_reader, due_words=due_words, sentence=problems.sentence,
        may_act=signed_in().has("operator", "administrator"),
    )  # fmt: skip


@pages.get("/<serial>")
@needs("operator", "analyst", "administrator")
def life(serial: str) -> Any:
    """One card's life."""
    found = carddesk.life(portal(), serial, signed_in())
    return render_template(
        "pages/desk/card.html", title=serial, life=found, words=state_words(), acts=act_words(), marks=mark_words(),
        stuck=[each for each in found.troubles if each.state == "incident"],
        crumbs=[{"url": "/cards", "label": gettext("Card desk")}, {"label": serial}],
    )  # fmt: skip


@pages.post("/<serial>/mark")
@needs("operator", "administrator")
def mark(serial: str) -> Any:
    """Say what became of a card."""
    try:
        cardstock.mark(portal(), serial, request.form.get("state", ""), signed_in(), request.form.get("reason", ""))
    except NinteiError as error:
        return problems.back(error, f"/cards/{serial}")
    flash(gettext("The ledger says so now."), "success")
    return redirect(f"/cards/{serial}", 303)


@pages.post("/<serial>/wipe")
@needs("operator", "administrator")
def wipe(serial: str) -> Any:
    """Check and wipe a card that came back."""
    try:
        carddesk.wipe(portal(), serial, signed_in())
    except NinteiError as error:
        return problems.back(error, f"/cards/{serial}")
    flash(gettext("Lay the card on the reader: it is checked and wiped."), "success")
    return redirect(f"/cards/{serial}", 303)


@pages.post("/make/<task_id>")
@needs("operator", "administrator")
def make(task_id: str) -> Any:
    """Make the cards that a task still lacks."""
    try:
        count = cardstock.make(portal(), task_id, signed_in())
    except NinteiError as error:
        return problems.back(error, "/cards")
    flash(gettext("%(count)s cards are being made.", count=count) if count else gettext("All its cards are there."),
          "success")
    return redirect("/cards", 303)


@pages.post("/jobs/<int:job_id>/retry")
@needs("operator", "administrator")
def retry(job_id: int) -> Any:
    """Try a card job again at once."""
    try:
        lifecycle.retry(portal(), job_id, signed_in())
    except NinteiError as error:
        return problems.back(error, "/cards")
    flash(gettext("It is tried again now."), "success")
    return redirect("/cards", 303)
