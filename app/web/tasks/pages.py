"""Pages of a task: the form, the check of what was typed, and what comes next."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext, ngettext

from app.errors import Refused, Stale
from app.services.base import permit
from app.services.cards import stock
from app.services.cases import lifecycle
from app.services.process import secrets
from app.services.tasks import cardreturns, comments, forms, holding, recall, view
from app.services.tasks import send as tasks
from app.states import Right, TaskKind, TaskState
from app.text.numbers import whole
from app.web.frame import sizes, sure
from app.web.frame.access import needs
from app.web.frame.current import named, portal, signed_in
from app.web.frame.problems import status_of
from app.web.tasks import drafts, views

pages = Blueprint("tasks", __name__)
_PART = re.compile(r"part:([\w-]{1,120})")  # the button that saves and leads to this part of the form


def _only_keeps() -> bool:
    """Whether the button that was pressed keeps what was typed, and asks nothing more."""
    action = request.form.get("action", "")
    return action == "draft" or _PART.fullmatch(action) is not None


@pages.get("/tasks/<task_id>")
@needs(Right.SEE_CASES)
def show(task_id: str) -> Any:
    """The task, or what became of it."""
    who = signed_in()
    seen = view.look(portal(), task_id, who, noted=False)
    if seen.state != TaskState.OPEN or seen.kind != TaskKind.USER:
        view.seen(portal(), seen, who)
    if seen.state != TaskState.OPEN:
        return views.over(task_id)
    if seen.kind != TaskKind.USER:  # it waits for something that happens elsewhere, a mail being opened
        return redirect(f"/cases/{seen.case_number}", 303)
    drawn = views.draw(task_id)
    recall.opened(task_id, who)
    view.seen(portal(), seen, who)
    return drawn


@pages.post("/tasks/<task_id>")
@needs(Right.ANSWER)
@sizes.takes()
def answer(task_id: str) -> Any:
    """Keep what was typed, then do what the button says: draft, row, check; an acknowledgement is sent at once."""
    who = signed_in()
    try:
        form = forms.writing(portal(), task_id, who)
    except Stale:
        again = not forms.form_of(portal(), task_id, who).asks and view.sent_by(portal(), task_id, who)
        return redirect(views.here(task_id, "/done"), 303) if again else views.over(task_id, 409)
    except permit.Held as error:  # somebody has taken it over meanwhile: what was typed is shown, not lost
        form = forms.form_of(portal(), task_id, who)
        unsent = drafts.read_only(task_id, form, request.form) if form.asks else None
        return views.draw(task_id, raw=unsent, alert=error, status=409)
    except Refused as error:
        return views.draw(task_id, alert=error, status=422)
    if not form.asks:
        return _send(task_id, None)
    typed = drafts.read(task_id, form, request.form)
    checks = not typed.refused and not typed.anchor and not _only_keeps()
    try:
        cleaned = drafts.press(task_id, typed.raw, request.form, checks=checks)
    except Stale as error:
        if view.look(portal(), task_id, who).state != TaskState.OPEN:
            return views.over(task_id, 409)
        return views.draw(task_id, raw=typed.raw, errors=typed.refused, alert=error, status=409, unkept=request.form)
    if typed.refused:
        return views.draw(task_id, raw=typed.raw, errors=typed.refused, status=422)
    if typed.anchor:
        return redirect(f"{views.here(task_id)}#{typed.anchor}", 303)
    if cleaned is None and (part := _PART.fullmatch(request.form.get("action", ""))):
        return redirect(f"{views.here(task_id)}#{part[1]}", 303)
    if cleaned is None:
        flash(gettext("Saved. You can close this page and continue later."), "success")
        return redirect(views.here(task_id), 303)
    if not cleaned.ok:
        return views.draw(task_id, raw=typed.raw, errors=cleaned.errors, status=422)
    return redirect(views.here(task_id, "/check"), 303)


@pages.post("/tasks/<task_id>/take")
@needs(Right.WORK)
def take(task_id: str) -> Any:
    """Take the task over from a colleague, or go on with what a colleague had typed."""
    who = signed_in()
    try:
        if "adopt" in request.form:
            holding.adopt(portal(), task_id, who)
            flash(gettext("The draft is now yours. Check it before you send it."), "success")
        else:
            holding.take_over(portal(), task_id, who)
            flash(gettext("The task is now yours. The previous person is notified by mail."), "success")
    except Stale:
        if view.look(portal(), task_id, who).state != TaskState.OPEN:
            return views.over(task_id, 409)
    except Refused as error:
        return views.draw(task_id, alert=error, status=status_of(error))
    return redirect(views.here(task_id), 303)


@pages.get("/tasks/<task_id>/check")
@needs(Right.ANSWER)
def check(task_id: str) -> Any:
    """Every answer once more, before it is sent."""
    seen = view.look(portal(), task_id, signed_in(), noted=False)
    if seen.state != TaskState.OPEN:
        return redirect(views.here(task_id), 303)
    drawn = views.check(task_id)
    view.seen(portal(), seen, signed_in())
    return drawn


@pages.post("/tasks/<task_id>/check")
@needs(Right.ANSWER)
def send(task_id: str) -> Any:
    """Send the answer that was checked."""
    return _send(task_id, drafts.revision_of(request.form))


@pages.get("/tasks/<task_id>/done")
@needs(Right.SEE_CASES)
def done(task_id: str) -> Any:
    """What comes next, and whose turn it is."""
    return views.over(task_id, sent=True)


@pages.post("/tasks/<task_id>/comments")
@needs(Right.ANSWER)
@sizes.takes()
def pin(task_id: str) -> Any:
    """Pin a point to a reviewed answer, or take one back. What is typed into the review's own form is kept."""
    who, posted = signed_in(), request.form
    try:
        form = forms.writing(portal(), task_id, who)
    except Stale:
        return views.over(task_id, 409)
    typed = drafts.read(task_id, form, posted) if "revision" in posted else None
    try:
        if typed is not None:
            drafts.keep(task_id, typed.raw, posted)
        onward = _pin(task_id)
    except Refused as error:
        unkept = posted if isinstance(error, Stale) else None
        raw = typed.raw if typed else None
        return views.draw(task_id, raw=raw, alert=error, status=status_of(error), unkept=unkept)
    if typed is not None and typed.refused:
        return views.draw(task_id, raw=typed.raw, errors=typed.refused, status=422)
    return redirect(onward, 303)


def _pin(task_id: str) -> str:
    """Do what the press says; gives the address to go on at."""
    who, posted = signed_in(), request.form
    drafts.pin_typed(task_id, posted)
    if "open" in posted:  # the pages of a file, where more points are pinned
        return views.here(task_id, f"/pages/{quote(posted['open'])}")
    if (taken := whole(posted.get("take_back", ""))) is not None:
        comments.unpin(portal(), task_id, taken, who)
        return views.here(task_id)
    if "element" not in posted and "pin" not in posted:  # the page is being left: what was typed is kept
        return views.here(task_id)
    if "element" not in posted:
        pressed = posted["pin"]
        if not posted.get(drafts.PIN + pressed, "").strip():
            raise Refused("Write what has to be corrected")
        return f"{views.here(task_id)}#r-{pressed.replace(':', '-')}"
    element, field = posted["element"], posted.get("field", "")
    where = comments.Place(element, field, posted.get("document_id", ""), drafts.page_of(posted.get("page", "")))
    comments.pin(portal(), task_id, where, posted.get("text", ""), who)
    return f"{views.here(task_id)}#r-{element}-{field}"


@pages.post("/tasks/<task_id>/reveal")
@needs(Right.ANSWER)
def reveal(task_id: str) -> Any:
    """The connection information, once: on the answer to this very press, nowhere else."""
    seen = view.look(portal(), task_id, signed_in())
    try:
        values = secrets.reveal_for(portal(), task_id, signed_in())
    except Refused as error:
        return views.draw(task_id, alert=error, status=status_of(error))
    return render_template("pages/task/secret.html", task=seen, values=values, back=views.here(task_id))


@pages.post("/tasks/<task_id>/cards")
@needs(Right.WORK)
def cards(task_id: str) -> Any:
    """Have the cards made that the task still lacks, an incident tried again, or all cards of its case taken back."""
    try:
        if (job := whole(request.form.get("retry", ""))) is not None:
            lifecycle.retry(portal(), job, signed_in())
            flash(gettext("It is being tried again."), "info")
        elif request.form.get("back"):
            asked = sure.ask(
                gettext("Register all cards of the case as returned?"),
                gettext("Each card is checked and wiped as soon as it is placed on a reader; its content is "
                        "erased permanently."),
                gettext("Register and wipe them"), f"{views.here(task_id)}#cards",
            )  # fmt: skip
            if asked is not None:
                return asked
            cardreturns.take_back_all(portal(), request.form["back"], signed_in())
            flash(gettext("Place the cards on the reader one after the other to check and wipe them."), "info")
        else:
            count = stock.make(portal(), task_id, signed_in())
            if count:
                flash(ngettext("%(num)s card is being made.", "%(num)s cards are being made.", count), "info")
    except Refused as error:
        return views.draw(task_id, alert=error, status=status_of(error))
    return redirect(f"{views.here(task_id)}#cards", 303)


@pages.get("/cases/<number>/tasks/<element>")
@needs(Right.SEE_CASES)
def of_case(number: str, element: str) -> Any:
    """Where mails link to: the task of this step, if it is open now; else the case, with a word why not."""
    task_id, title, was_done = view.open_task_of(portal(), number, element, signed_in())
    if task_id:
        return redirect(f"/tasks/{task_id}", 303)
    text = (
        gettext("“%(title)s” has already been completed.")
        if was_done
        else gettext("“%(title)s” cannot be started yet. You will get a mail when it can.")
    )
    flash(text % {"title": named(title)}, "info")
    return redirect(f"/cases/{number}", 303)


def _send(task_id: str, revision: int | None) -> Any:
    try:
        tasks.send(portal(), task_id, signed_in(), revision)
    except Stale as error:
        if view.look(portal(), task_id, signed_in()).state == TaskState.OPEN:
            return views.check(task_id, error, 409)
        if not view.sent_by(portal(), task_id, signed_in()):
            return views.over(task_id, 409)
        # Pressed twice: the first press has sent it.
    except permit.Held as error:
        return views.draw(task_id, alert=error, status=status_of(error))
    except Refused as error:
        again = views.check if forms.form_of(portal(), task_id, signed_in()).asks else views.draw
        return again(task_id, alert=error, status=422)
    return redirect(views.here(task_id, "/done"), 303)
