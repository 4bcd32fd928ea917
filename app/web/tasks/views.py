"""What a task's pages show: the form, the check, what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import redirect, render_template, request

from app.errors import NinteiError, Refused, Stale
from app.forms import Answer, FieldError, by_section
from app.services.pages import task, whatnext, worklist
from app.services.papers import uploads
from app.services.process import secrets
from app.services.tasks import forms, view
from app.states import CommentState, Side, TaskState
from app.web.days import months
from app.web.frame.current import language, portal, signed_in
from app.web.frame.problems import sentence, status_of
from app.web.frame.written import short_day


def draw(
    task_id: str,
    *,
    raw: Mapping[str, Any] | None = None,
    errors: Iterable[FieldError] = (),
    alert: NinteiError | None = None,
    status: int = 200,
    unkept: Mapping[str, str] | None = None,
) -> Any:
    """The form. `raw`, `errors`: what was typed, and what is wrong with it. `alert`: why nothing came of the press.
    `unkept`: the post, where answers to points and new points could not be kept.
    """
    page = task.page(portal(), task_id, signed_in(), raw=raw, errors=errors, lang=language())
    form = page.form
    missing = next((each.id for each in page.nouns["comments"] if each.state == CommentState.OPEN), None)
    if missing is not None:  # the complaint about points leads to the first that has no answer
        form = replace(
            form,
            errors=tuple(
                replace(error, target=f"point-{missing}") if error.key == "comments" else error for error in form.errors
            ),
        )
    return render_template(
        "pages/task/task.html",
        page=page,
        form=form,
        months=months.offered(form),
        task=page.task,
        alert=sentence(alert) if alert else "",
        stale=isinstance(alert, Stale),
        file_url=_file_url(page.task.case_number),
        query=query(),
        unkept=unkept or {},
    ), status


def check(task_id: str, alert: NinteiError | None = None, status: int = 200) -> Any:
    """Every answer of the draft once more; the form with its errors when something is missing."""
    who = signed_in()
    try:
        cleaned, warned, revision = forms.check(portal(), task_id, who)
    except Stale:
        return over(task_id, 409)
    except Refused as error:
        return draw(task_id, alert=error, status=status_of(error))
    if not cleaned.ok:
        return draw(task_id, errors=cleaned.errors, status=422)
    page = task.to_check(portal(), task_id, who)
    hidden = {name.strip() for name in page.properties.get("secrets", "").split(",")}
    lines = [
        line._replace(text=secrets.HIDDEN) if line.key in hidden and line.text else line
        for line in forms.lines(portal(), task_id, who, cleaned.values, language())
    ]
    return render_template(
        "pages/task/check.html",
        page=page,
        task=page.task,
        sections=by_section(lines),
        warned=[(each.message, _in_words(each.params)) for each in warned],
        revision=revision,
        alert=sentence(alert) if alert else "",
        file_url=_file_url(page.task.case_number),
        query=query(),
        pinned=[each for each in page.comments if each.state == CommentState.DRAFT],
    ), status


def _in_words(params: Mapping[str, Any]) -> dict[str, Any]:
    """Amounts and days as people read them."""
    return {key: _said(value) for key, value in params.items()}


def _said(value: Any) -> Any:
    if isinstance(value, int):
        return f"{value:,}"
    return short_day(value) if isinstance(value, date) else value


def over(task_id: str, status: int = 200, *, sent: bool = False) -> Any:
    """What became of the task, and what comes next. `sent`: the reader has just sent it."""
    who = signed_in()
    after = whatnext.after(portal(), task_id, who)
    if after.task.state == TaskState.OPEN:
        return redirect(here(task_id), 303)
    following = after.following
    if who.side == Side.OPERATOR:
        found = worklist.neighbours(portal(), who, _filter(), task_id)
        following = view.look(portal(), found, who) if found else None
    typed: list[Answer] = []
    if status == 409 and request.method == "POST" and request.form:
        form = forms.form_of(portal(), task_id, who)
        raw = form.read(request.form, {}, uploads.known_files(portal(), task_id, form.file_ids(request.form), who))
        typed = [line for line in form.answers(raw, language()) if line.text]
    return render_template(
        "pages/task/over.html",
        after=after,
        task=after.task,
        head=after.head,
        following=following,
        typed=typed,
        sent=sent,
        query=query(),
        file_url=_file_url(after.task.case_number),
        late=status == 409,
    ), status


def _file_url(number: str) -> Any:
    return lambda ref: f"/cases/{number}/documents/{ref.id}"


def query() -> str:
    """The worklist's filter travels with the task, so that finishing goes on in the same list."""
    kept = {key: value for key, value in request.args.items() if key != "lang" and value}
    return f"?{urlencode(kept)}" if kept else ""


def here(task_id: str, part: str = "") -> str:
    """The address of a page of the task, in the same list as before."""
    return f"/tasks/{task_id}{part}{query()}"


def beside(task_id: str) -> str:
    """The worklist with the task opened beside it."""
    kept = {key: value for key, value in request.args.items() if key not in ("lang", "beside") and value}
    return f"/tasks?{urlencode({**kept, 'open': task_id})}"


def _filter() -> worklist.Filter:
    asked = request.args.get
    return worklist.Filter(
        scope=asked("scope", "group"),
        text=asked("q", "").strip(),
        element=asked("element", ""),
        group=asked("group", ""),
        due=asked("due", ""),
        order=asked("order", "due"),
    )
