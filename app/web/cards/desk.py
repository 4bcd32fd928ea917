"""The card desk: stock, loans, a card's life, and what is done with the reader."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, current_app, flash, g, jsonify, redirect, render_template, request
from flask_babel import gettext, ngettext

from app.errors import NinteiError
from app.services.agents import desks
from app.services.agents import news as cardnews
from app.services.cards import forecast, plan, stock, wiping
from app.services.cases import lifecycle
from app.services.pages import carddesk, cardlive
from app.services.tasks import cardreturns
from app.states import CardState, JobState, Right
from app.web.cards import words as card_words
from app.web.frame import problems, sure
from app.web.frame.access import needs
from app.web.frame.current import named, portal, signed_in
from app.web.frame.duewords import due_words

pages = Blueprint("cards", __name__, url_prefix="/cards")
NEWS = "card_news"  # where the application keeps its waiting room


@pages.record_once
def _open_waiting_room(state: Any) -> None:
    state.app.extensions[NEWS] = cardnews.WaitingRoom()


def close_waiting_room(app: Flask) -> None:
    """The server ends: pages that wait are answered."""
    app.extensions[NEWS].close()


@pages.get("/news")
@needs(Right.SEE_DESKS)
def news() -> Any:
    """Answers when something of the cards is new, or after a while: the present word, and for how long not to ask
    again. At another word the page fetches itself anew."""
    known, here = request.args.get("after", "")[:40], portal()
    gone = request.environ.get("waitress.client_disconnected") or (lambda: False)
    connection = g.pop("connection", None)  # a waiting page holds no connection of the database
    if connection is not None:
        connection.__exit__(None, None, None)
    word, waited = current_app.extensions[NEWS].wait(known, lambda: cardnews.word(here), gone)
    return jsonify(word=word, pause=0 if waited else cardnews.PAUSE_SECONDS)


@pages.get("")
@needs(Right.SEE_DESKS)
def show() -> Any:
    """The page of the card desk."""
    text, state = request.args.get("q", "").strip()[:80], request.args.get("state", "")
    word = cardnews.word(portal())  # before anything is read: what changes meanwhile is news
    found = carddesk.page(portal(), signed_in(), text=text, state=state)
    words = card_words.states()
    choices = [("", gettext("All")), *((key, word) for key, (word, _) in words.items())]
    states = [{"value": key, "label": word} for key, word in choices]
    busy = [each for each in found.work if each.state != JobState.INCIDENT]
    return render_template(
        "pages/desk/cards.html", title=gettext("Card desk"), found=found, text=text, state=state, words=words,
        states=states, busy=busy, stuck=[each for each in found.work if each.state == JobState.INCIDENT], wide=True,
        reader=portal().settings.card_reader, news=word, due_words=due_words, sentence=problems.sentence,
        may_act=signed_in().has(Right.CARDS), may_manage=signed_in().has(Right.CARD_DESKS),
        desks=cardlive.desks(portal(), signed_in()), forecast=forecast.forecast(portal(), signed_in()),
        signals=card_words.signals(), codes=card_words.codes(), trouble=card_words.trouble,
        by_agents=portal().settings.card_reader == plan.AGENT,
    )  # fmt: skip


@pages.get("/batch/<task_id>")
@needs(Right.SEE_DESKS)
def batch(task_id: str) -> Any:
    """A task's cards, one after the other."""
    word = cardnews.word(portal())
    found = cardlive.batch(portal(), task_id, signed_in())
    return render_template(
        "pages/desk/card_batch.html", title=named(found.title), batch=found, news=word,
        words=card_words.states(), signals=card_words.signals(),
        codes=card_words.codes(), may_act=signed_in().has(Right.CARDS),
        by_agents=portal().settings.card_reader == plan.AGENT,
        crumbs=[{"url": "/cards", "label": gettext("Card desk")}, {"label": named(found.title)}],
    )  # fmt: skip


@pages.post("/desks")
@needs(Right.CARD_DESKS)
def add_desk() -> Any:
    """A new desk: its token is shown on this one answer and never again."""
    name = request.form.get("name", "").strip()[:80]
    try:
        token = desks.add(portal(), name, signed_in())
    except NinteiError as error:
        return problems.back(error, "/cards#desks")
    return render_template(
        "pages/desk/card_token.html", title=gettext("The token of %(name)s", name=name), name=name, token=token,
        crumbs=[{"url": "/cards", "label": gettext("Card desk")}, {"label": name}],
    )  # fmt: skip


@pages.post("/desks/revoke")
@needs(Right.CARD_DESKS)
def revoke_desk() -> Any:
    """Its token opens nothing any more."""
    try:
        desks.revoke(portal(), request.form.get("name", ""), signed_in())
    except NinteiError as error:
        return problems.back(error, "/cards#desks")
    flash(gettext("The token has been revoked. Cards started there can be finished at any desk."), "success")
    return redirect("/cards#desks", 303)


@pages.post("/remind/<number>")
@needs(Right.CARDS)
def remind(number: str) -> Any:
    """Ask for overdue cards now."""
    try:
        sent = cardreturns.remind(portal(), number, signed_in())
    except NinteiError as error:
        return problems.back(error, "/cards#loans")
    flash(gettext("A reminder goes out.") if sent else gettext("A reminder went out today already."), "success")
    return redirect("/cards#loans", 303)


@pages.post("/<serial>/back")
@needs(Right.CARDS)
def back(serial: str) -> Any:
    """It came back: checked and wiped as soon as it lies on a reader."""
    asked = _sure_to_wipe(serial)
    if asked is not None:
        return asked
    try:
        cardreturns.take_back(portal(), serial, signed_in())
    except NinteiError as error:
        return problems.back(error, f"/cards/{serial}")
    flash(gettext("Place the card on the reader to check and wipe it."), "info")
    return redirect(f"/cards/{serial}", 303)


@pages.get("/<serial>")
@needs(Right.SEE_DESKS)
def life(serial: str) -> Any:
    """The page of one card: what happened to it."""
    word = cardnews.word(portal())
    found = carddesk.life(portal(), serial, signed_in())
    return render_template(
        "pages/desk/card.html", title=serial, life=found, news=word, words=card_words.states(),
        acts=card_words.acts(), marks=card_words.marks(), desks=card_words.readers(), said=card_words.said,
        trouble=card_words.trouble,
        stuck=[each for each in found.troubles if each.state == JobState.INCIDENT],
        crumbs=[{"url": "/cards", "label": gettext("Card desk")}, {"label": serial}],
    )  # fmt: skip


@pages.post("/<serial>/mark")
@needs(Right.CARDS)
def mark(serial: str) -> Any:
    """Say what became of a card."""
    state, reason = request.form.get("state", ""), request.form.get("reason", "")
    if CardState.of(state) in {CardState.LOST, CardState.DAMAGED} and reason.strip():
        asked = sure.ask(
            gettext("Card %(serial)s: %(state)s?", serial=serial, state=card_words.states()[state][0]),
            [gettext("The card will never be lent again, and its keys are considered compromised."), reason],
            gettext("Record it in the ledger"), f"/cards/{serial}",
        )  # fmt: skip
        if asked is not None:
            return asked
    try:
        stock.mark(portal(), serial, state, signed_in(), reason)
    except NinteiError as error:
        return problems.back(error, f"/cards/{serial}")
    flash(gettext("Recorded in the ledger."), "success")
    return redirect(f"/cards/{serial}", 303)


@pages.post("/<serial>/wipe")
@needs(Right.CARDS)
def wipe(serial: str) -> Any:
    """Check and wipe a card that came back."""
    asked = _sure_to_wipe(serial)
    if asked is not None:
        return asked
    try:
        wiping.wipe(portal(), serial, signed_in())
    except NinteiError as error:
        return problems.back(error, f"/cards/{serial}")
    flash(gettext("Place the card on the reader to check and wipe it."), "info")
    return redirect(f"/cards/{serial}", 303)


def _sure_to_wipe(serial: str) -> Any | None:
    return sure.ask(
        gettext("Check and wipe card %(serial)s?", serial=serial),
        gettext("Its content is erased permanently as soon as it is placed on a reader. Only the ledger keeps a "
                "record of it."),
        gettext("Check and wipe it"), f"/cards/{serial}",
    )  # fmt: skip


@pages.post("/make/<task_id>")
@needs(Right.CARDS)
def make(task_id: str) -> Any:
    """Make the cards that a task still lacks."""
    try:
        count = stock.make(portal(), task_id, signed_in(), request.form.get("desk", ""))
    except NinteiError as error:
        return problems.back(error, "/cards")
    by_agents = portal().settings.card_reader == plan.AGENT
    if not count:
        flash(gettext("All its cards have arrived."), "success")
    elif not by_agents:  # at desks nothing is made yet: the next page says which cards to lay on
        flash(ngettext("%(num)s card is being made.", "%(num)s cards are being made.", count), "info")
    return redirect(f"/cards/batch/{task_id}" if by_agents else "/cards", 303)


@pages.post("/jobs/<int:job_id>/retry")
@needs(Right.CARDS)
def retry(job_id: int) -> Any:
    """Try a card job again at once."""
    try:
        lifecycle.retry(portal(), job_id, signed_in())
    except NinteiError as error:
        return problems.back(error, "/cards")
    flash(gettext("It is tried again now."), "info")
    return redirect("/cards", 303)
