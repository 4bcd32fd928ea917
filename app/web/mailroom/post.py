"""Letters and parcels to send today: what goes into each, and the numbers under which they travel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext, ngettext

from app.errors import NinteiError, Refused
from app.services.pages import postdesk
from app.services.tasks import quick
from app.services.tasks.quick import WrongAnswers
from app.states import Right
from app.web.frame import problems, sending
from app.web.frame.access import needs
from app.web.frame.current import language, portal, signed_in
from app.web.frame.duewords import due_words

pages = Blueprint("post", __name__, url_prefix="/post")


@pages.get("")
@needs(Right.SEE_DESKS)
def show() -> Any:
    """The posts that wait."""
    return _page()


def _page(
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, dict[str, str]] | None = None,
    ticked: list[str] | None = None,
    alert: str = "",
    pasted: str = "",
    told: str = "",
) -> Any:
    parcels = postdesk.waiting(portal(), signed_in(), language())
    return render_template(
        "pages/desk/post.html", title=gettext("Post"), parcels=parcels, typed=typed or {}, errors=errors or {},
        ticked=ticked or [], alert=alert, told=told, pasted=pasted, wide=True, due_words=due_words,
        sentence=problems.sentence, may_act=signed_in().has(Right.POST),
    ), 422 if alert else 200  # fmt: skip


@pages.post("")
@needs(Right.POST)
def send() -> Any:
    """Finish exactly the ticked posts, or put pasted numbers into their rows."""
    if request.form.get("action") == "paste":
        return _paste()
    ticked = list(dict.fromkeys(request.form.getlist("task")))
    parcels = {each.task.id: each for each in postdesk.waiting(portal(), signed_in(), language())}
    if not ticked:
        return _page(request.form, ticked=ticked, alert=gettext("Select the rows first"))
    errors: dict[str, dict[str, str]] = {}
    done = 0
    for task_id in ticked:
        parcel = parcels.get(task_id)
        try:
            if parcel is None:
                raise Refused("This task has already been completed")
            quick.finish(portal(), task_id, postdesk.taken(request.form, parcel), signed_in())
            done += 1
        except WrongAnswers as error:
            errors[task_id] = {
                key: str(gettext(message) % params if params else gettext(message))
                for key, message, params in error.sentences
            }
        except NinteiError as error:
            errors[task_id] = {"": problems.sentence(error)}
    if done:
        flash(
            ngettext("%(num)s item has been recorded as sent.", "%(num)s items have been recorded as sent.", done),
            "success",
        )
    if errors:
        left = [each for each in ticked if each in errors]
        return _page(request.form, errors, left, gettext("Some rows need to be checked; the others are done."))
    return redirect("/post", 303)


def _paste() -> Any:
    """Numbers pasted from a list go into the rows; nothing is finished by it."""
    text = request.form.get("pasted", "")
    parcels = postdesk.waiting(portal(), signed_in(), language())
    found = postdesk.pasted(parcels, text)
    typed = dict(request.form.items())
    for task_id, values in found.items():
        typed |= {f"{task_id}.{key}": value for key, value in values.items()}
    if not found:
        alert = gettext("No line starts with the case number of an item waiting to be sent")
        return _page(typed, ticked=request.form.getlist("task"), alert=alert, pasted=text)
    told = ngettext(
        "%(num)s row has been filled in and ticked. Check it, then press the button.",
        "%(num)s rows have been filled in and ticked. Check them, then press the button.",
        len(found),
    )
    return _page(typed, ticked=[*request.form.getlist("task"), *found], told=told)


@pages.post("/letters")
@needs(Right.POST)
def letters() -> Any:
    """The papers of the ticked posts as one PDF."""
    try:
        content = postdesk.letters(portal(), request.form.getlist("task"), signed_in())
    except Refused as error:
        return problems.back(error, "/post")
    return sending.file(content, "application/pdf", f"letters-{portal().today():%Y%m%d}.pdf")
