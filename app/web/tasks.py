"""Pages of a task: the form, the check of what was typed, and what comes next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext

from app.errors import NinteiError, Refused, Stale
from app.forms import Answer, FieldError
from app.services import cardstock, comments, lifecycle, secrets, tasks, whatnext, worklist
from app.web import drafts, months
from app.web.access import needs
from app.web.current import language, portal, signed_in
from app.web.problems import sentence, status_of

pages = Blueprint("tasks", __name__)


@pages.get("/tasks/<task_id>")
@needs()
def show(task_id: str) -> Any:
    """The task, or what became of it."""
    seen = tasks.look(portal(), task_id, signed_in())
    if seen.state != "open":
        return _over(task_id)
    if seen.kind != "user":  # it waits for something that happens elsewhere, a mail being opened
        return redirect(f"/cases/{seen.case_number}", 303)
    return _draw(task_id)


@pages.post("/tasks/<task_id>")
@needs()
def answer(task_id: str) -> Any:
    """Keep what was typed, then do what the button says: draft, row, check; an acknowledgement is sent at once."""
    who = signed_in()
    try:
        form = tasks.writing(portal(), task_id, who)
    except Stale:
        return _over(task_id, 409)
    except Refused as error:
        return _draw(task_id, alert=error, status=422)
    if not form.asks:
        return _send(task_id, None)
    typed = drafts.read(task_id, form, request.form)
    try:
        drafts.keep(task_id, typed.raw, request.form)
        drafts.pin_typed(task_id, request.form)
    except Stale as error:
        if tasks.look(portal(), task_id, who).state != "open":
            return _over(task_id, 409)
        return _draw(task_id, raw=typed.raw, errors=typed.refused, alert=error, status=409)
    if typed.refused:
        return _draw(task_id, raw=typed.raw, errors=typed.refused, status=422)
    if typed.anchor:
        return redirect(f"{_here(task_id)}#{typed.anchor}", 303)
    if request.form.get("action") == "draft":
        flash(gettext("Saved. You can close this page and go on later."), "success")
        return redirect(_here(task_id), 303)
    cleaned, _, _ = tasks.check(portal(), task_id, who)
    if not cleaned.ok:
        return _draw(task_id, raw=typed.raw, errors=cleaned.errors, status=422)
    return redirect(_here(task_id, "/check"), 303)


@pages.get("/tasks/<task_id>/check")
@needs()
def check(task_id: str) -> Any:
    """Every answer once more, before it is sent."""
    if tasks.look(portal(), task_id, signed_in()).state != "open":
        return redirect(_here(task_id), 303)
    return _check(task_id)


@pages.post("/tasks/<task_id>/check")
@needs()
def send(task_id: str) -> Any:
    """Send it."""
    return _send(task_id, drafts.revision_of(request.form))


@pages.get("/tasks/<task_id>/done")
@needs()
def done(task_id: str) -> Any:
    """What comes next, and whose turn it is."""
    return _over(task_id, sent=True)


@pages.post("/tasks/<task_id>/comments")
@needs()
def pin(task_id: str) -> Any:
    """Pin a point to a reviewed answer, or take one back. What is typed into the review's own form is kept."""
    who, posted = signed_in(), request.form
    form = tasks.writing(portal(), task_id, who)
    raw: Mapping[str, Any] | None = None
    anchor = ""
    try:
        if "revision" in posted:
            raw = drafts.read(task_id, form, posted).raw
            drafts.keep(task_id, raw, posted)
        if posted.get("take_back", "").isdecimal():
            comments.unpin(portal(), task_id, int(posted["take_back"]), who)
        elif posted.get("element"):
            page = posted.get("page", "")
            comments.pin(
                portal(),
                task_id,
                posted["element"],
                posted.get("field", ""),
                posted.get("text", ""),
                who,
                page=int(page) if page.isdecimal() else None,
                document_id=posted.get("document_id", ""),
            )
            anchor = f"#r-{posted['element']}-{posted.get('field', '')}"
        else:
            pressed = posted.get("pin", "")
            if not posted.get(drafts.PIN + pressed, "").strip():
                raise Refused("Write what has to be mended")
            drafts.pin_typed(task_id, posted)
            anchor = f"#r-{pressed.replace(':', '-')}"
    except Refused as error:
        return _draw(task_id, raw=raw, alert=error, status=status_of(error))
    return redirect(f"{_here(task_id)}{anchor}", 303)


@pages.post("/tasks/<task_id>/reveal")
@needs()
def reveal(task_id: str) -> Any:
    """The connection information, once: on the answer to this very press, nowhere else."""
    seen = tasks.look(portal(), task_id, signed_in())
    try:
        values = secrets.reveal_for(portal(), task_id, signed_in())
    except Refused as error:
        return _draw(task_id, alert=error, status=status_of(error))
    return render_template("pages/task/secret.html", task=seen, values=values, back=_here(task_id))


@pages.post("/tasks/<task_id>/cards")
@needs("operator", "administrator")
def cards(task_id: str) -> Any:
    """Have the cards made that the task still lacks, or an incident tried again."""
    try:
        if request.form.get("retry", "").isdecimal():
            lifecycle.retry(portal(), int(request.form["retry"]), signed_in())
            flash(gettext("It is being tried again."), "info")
        else:
            count = cardstock.make(portal(), task_id, signed_in())
            if count:
                flash(gettext("%(count)s cards are being made.") % {"count": count}, "info")
    except Refused as error:
        return _draw(task_id, alert=error, status=status_of(error))
    return redirect(f"{_here(task_id)}#cards", 303)


@pages.get("/cases/<number>/tasks/<element>")
@needs()
def of_case(number: str, element: str) -> Any:
    """Where mails link to: the task of this step, if it is open now; else the case, with a word why not."""
    task_id, title, was_done = tasks.open_task_of(portal(), number, element, signed_in())
    if task_id:
        return redirect(f"/tasks/{task_id}", 303)
    text = (
        gettext("“%(title)s” has been finished already.")
        if was_done
        else gettext("“%(title)s” cannot be started yet. You will get a mail when it can.")
    )
    flash(text % {"title": title}, "info")
    return redirect(f"/cases/{number}", 303)


def _draw(
    task_id: str,
    *,
    raw: Mapping[str, Any] | None = None,
    errors: Iterable[FieldError] = (),
    alert: NinteiError | None = None,
    status: int = 200,
) -> Any:
    page = tasks.page(portal(), task_id, signed_in(), raw=raw, errors=errors, lang=language())
    form = page.form
    missing = next((each.id for each in page.comments if each.state == "open"), None)
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
        query=_query(),
    ), status


def _check(task_id: str, alert: NinteiError | None = None, status: int = 200) -> Any:
    who = signed_in()
    try:
        cleaned, warned, revision = tasks.check(portal(), task_id, who)
    except Stale:
        return _over(task_id, 409)
    except Refused as error:
        return _draw(task_id, alert=error, status=status_of(error))
    if not cleaned.ok:
        return _draw(task_id, errors=cleaned.errors, status=422)
    page = tasks.page(portal(), task_id, who, lang=language())
    hidden = {name.strip() for name in page.properties.get("secrets", "").split(",")}
    lines = [
        line._replace(text=secrets.HIDDEN) if line.key in hidden and line.text else line
        for line in tasks.lines(portal(), task_id, who, cleaned.values, language())
    ]
    sections: dict[str, list[Answer]] = {}
    for line in lines:
        sections.setdefault(line.section, []).append(line)
    return render_template(
        "pages/task/check.html",
        page=page,
        task=page.task,
        sections=sections,
        warned=[(each.message, _in_words(each.params)) for each in warned],
        revision=revision,
        alert=sentence(alert) if alert else "",
        file_url=_file_url(page.task.case_number),
        query=_query(),
        pinned=[each for each in page.comments if each.state == "draft"],
    ), status


def _in_words(params: Mapping[str, Any]) -> dict[str, Any]:
    """Amounts as people read them."""
    return {key: f"{value:,}" if isinstance(value, int) else value for key, value in params.items()}


def _send(task_id: str, revision: int | None) -> Any:
    try:
        tasks.send(portal(), task_id, signed_in(), revision)
    except Stale as error:
        if tasks.look(portal(), task_id, signed_in()).state != "open":
            return _over(task_id, 409)
        return _check(task_id, error, 409)
    except Refused as error:
        page = tasks.page(portal(), task_id, signed_in(), lang=language())
        again = _check if page.asks else _draw
        return again(task_id, alert=error, status=422)
    return redirect(_here(task_id, "/done"), 303)


def _over(task_id: str, status: int = 200, *, sent: bool = False) -> Any:
    who = signed_in()
    after = whatnext.after(portal(), task_id, who)
    if after.task.state == "open":
        return redirect(_here(task_id), 303)
    following = after.following
    if who.side == "operator":
        found = worklist.neighbours(portal(), who, _filter(), task_id)
        following = tasks.look(portal(), found, who) if found else None
    typed: list[Answer] = []
    if status == 409 and request.method == "POST" and request.form:
        form = tasks.form_of(portal(), task_id, who)
        raw = form.read(request.form, {}, tasks.known_files(portal(), task_id, form.file_ids(request.form), who))
        typed = [line for line in form.answers(raw, language()) if line.text]
    return render_template(
        "pages/task/over.html",
        after=after,
        task=after.task,
        head=after.head,
        following=following,
        typed=typed,
        sent=sent,
        query=_query(),
        file_url=_file_url(after.task.case_number),
        late=status == 409,
    ), status


def _file_url(number: str) -> Any:
    return lambda ref: f"/cases/{number}/documents/{ref.id}"


def _query() -> str:
    """The worklist's filter travels with the task, so that finishing goes on in the same list."""
    kept = {key: value for key, value in request.args.items() if key != "lang" and value}
    return f"?{urlencode(kept)}" if kept else ""


def _here(task_id: str, part: str = "") -> str:
    return f"/tasks/{task_id}{part}{_query()}"


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
