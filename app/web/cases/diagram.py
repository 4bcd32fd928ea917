"""A case's diagram state as app/frontend/diagram.js reads it."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext

from app.services.base.actors import Actor
from app.services.pages.case import CasePage
from app.services.pages.diagrams import DiagramState, IncidentLine, MailLine, Step, TaskLine
from app.states import Side, TaskKind, TaskState
from app.web.cases.head import address
from app.web.frame.current import named
from app.web.frame.duewords import due_words
from app.web.frame.written import moment, short_day

_LONGEST = 400  # characters of an answer beside the picture


def as_json(state: DiagramState, number: str, who: Actor) -> dict[str, Any]:
    """{done, open, failed, flows, details: {id: {title, lines: [text | {label, value, url}], url}}}"""
    return {
        "done": state.done,
        "open": state.open,
        "failed": state.failed,
        "flows": state.flows,
        "details": {key: _detail(step, number, who) for key, step in state.steps.items()},
    }


def _detail(step: Step, number: str, who: Actor) -> dict[str, Any]:
    lines: list[Any] = []
    url = ""
    for line in step.lines:
        if isinstance(line, TaskLine):
            lines += _task(line)
            if line.state == "open" and line.side == who.side:
                url = f"/tasks/{line.task}"
        elif isinstance(line, MailLine):
            lines.append({"label": moment(line.at), "value": line.subject, "url": f"/cases/{number}/mails/{line.mail}"})
            lines.append({"label": gettext("To"), "value": line.recipient})
        elif isinstance(line, IncidentLine):
            lines.append(
                {
                    "label": moment(line.at),
                    "value": line.error or gettext("Could not be done"),
                    "url": address(number) + "#trouble",
                }
            )
    if step.until is not None:
        lines.append({"label": gettext("Waits until"), "value": moment(step.until)})
    elif not step.lines and step.passed_at is not None:
        lines.append({"label": gettext("Passed"), "value": moment(step.passed_at)})
    detail: dict[str, Any] = {"title": named(step.title), "lines": lines}
    return {**detail, "url": url} if url else detail


def _task(line: TaskLine) -> list[Any]:
    who = line.by or {Side.VENDOR: gettext("Vendor"), Side.OPERATOR: gettext("Certifying body")}.get(line.side, "")
    if line.state == "open":
        return [{"label": gettext("Open since"), "value": moment(line.at)}]
    found: list[Any] = [{"label": moment(line.at), "value": gettext("Done by %(name)s", name=who)}]
    for label, text in line.answers:
        if text:
            found.append({"label": label, "value": text if len(text) <= _LONGEST else text[:_LONGEST] + "…"})
    return found


def step_list(page: CasePage, who: Actor) -> list[dict[str, Any]]:
    """The same without a picture: what is done and what is open, for `step_list`."""
    steps: list[dict[str, Any]] = []
    for task in page.tasks:
        if task.state == TaskState.CANCELLED:
            continue
        on = task.closed_at or task.due_on
        step: dict[str, Any] = {
            "title": named(task.title),
            "state": "done" if task.state == TaskState.DONE else "current",
            "side": task.side.value,
            "on": short_day(on) if on else "",
            "on_iso": on.isoformat() if on else None,
        }
        if task.state == TaskState.OPEN:
            left = due_words(task)[1]
            step["note"] = gettext("Due %(day)s, %(left)s", day=short_day(task.due_on), left=left) if left else ""
            step["on"] = ""
            if task.side == who.side and task.kind == TaskKind.USER:
                step["url"] = f"/tasks/{task.id}"
        elif who.side == Side.OPERATOR or task.side == who.side:
            step["note"] = task.closed_by
        steps.append(step)
    return steps
