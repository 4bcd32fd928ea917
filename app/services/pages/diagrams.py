"""The diagrams of a running case: where it went, where it stands, and what is known of each step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app import bpmn
from app.bpmn.words import even
from app.catalogue import Element
from app.errors import NotFound
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.services.mails import whose
from app.services.pages import casehead
from app.states import JobState, Side, TaskState
from app.store import database, jobrows, releases, timerrows, visitrows, work
from app.store.models import Job
from app.text import xml
from app.text.xml import Document, Part, Xml, but

_HOLDS_TOKENS = {"callActivity", "subProcess", "intermediateCatchEvent"}
_UNDRAWN = {
    "documentation", "extensionElements", "script", "conditionExpression", "timeDate", "timeDuration", "timeCycle",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task of a step: open or done. `by` is empty where the reader need not know the person."""

    task: str
    side: Side
    state: str  # open | done
    at: datetime  # when it was opened, or done
    by: str
    answers: Sequence[tuple[str, str]]  # (label, text), of what the reader may see


@dataclass(frozen=True, slots=True)
class MailLine:
    """A mail that the step wrote."""

    mail: int
    subject: str
    recipient: str
    state: str
    at: datetime


@dataclass(frozen=True, slots=True)
class IncidentLine:
    """A job of the step that needs a person."""

    error: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """What is known of one element. `passed_at`: when a token left it last; `until`: when its timer is due."""

    title: str
    passed_at: datetime | None = None
    until: datetime | None = None
    lines: list[TaskLine | MailLine | IncidentLine] = field(default_factory=list)


@dataclass(frozen=True)
class DiagramState:
    """What is drawn upon the diagrams: ids of elements, of sequence flows, and the steps' stories by id."""

    done: list[str]
    open: list[str]
    failed: list[str]
    flows: list[str]
    steps: dict[str, Step]


def source(portal: Portal, number: str, process: str, actor: Actor) -> bytes:
    """The BPMN XML of the file that holds the process, as far as it is drawn, in the reader's language.

    NotFound when the package has no such process.
    """
    with database.connection():
        _, loaded = casehead.find(portal, number, actor)
    info = loaded.package.processes.get(process)
    if info is None:
        raise NotFound("There is no such diagram")
    english = loaded.package.english if actor.language == "en" else {}
    return _drawn(loaded.package.bpmn[info.file], english)


def of_release(portal: Portal, package_id: str, number: int, process: str, actor: Actor) -> bytes:
    """The same of a release, whatever case; for the staff. NotFound when it has no such process."""
    with database.connection():
        row = releases.by_number(package_id, number)
        loaded = portal.releases.loaded(row.id) if row is not None else None
    info = loaded.package.processes.get(process) if loaded is not None else None
    if loaded is None or info is None:
        raise NotFound("There is no such diagram")
    return _drawn(loaded.package.bpmn[info.file], loaded.package.english if actor.language == "en" else {})


def _drawn(diagram: bytes, english: Mapping[str, str]) -> bytes:
    """The diagram without what only the engine and analysts read: notes, scripts, conditions, parameters."""
    root = _shown(xml.read(diagram).root, english)
    return bpmn.write(Document(_roomy(root, _named(root)) if english else root))


_LETTER = 6.5  # of the letters with which English names are drawn: no wider than so many pixels


def _named(node: Xml) -> dict[str, str]:
    found = {node.attributes["id"]: node.attributes["name"]} if {"id", "name"} <= node.attributes.keys() else {}
    for part in node.content:
        if isinstance(part, Xml):
            found |= _named(part)
    return found


def _roomy(node: Xml, names: Mapping[str, str], name: str = "") -> Xml:
    """The same with labels beside flows and events as wide as their longest word: they were drawn for Japanese, which
    breaks anywhere, and a word that is cut in two is read as two."""
    name = names.get(node.attributes.get("bpmnElement", ""), name)
    attributes = dict(node.attributes)
    content: list[Part] = []
    for part in node.content:
        if isinstance(part, Xml) and node.name == "BPMNLabel" and part.name == "Bounds":
            content.append(_wide(part, max(map(len, name.split()), default=0) * _LETTER))
        else:
            content.append(_roomy(part, names, name) if isinstance(part, Xml) else part)
    return but(node, attributes, tuple(content))


def _wide(bounds: Xml, least: float) -> Xml:
    """At least so wide, around the same middle."""
    lacking = least - float(bounds.attributes["width"])
    if lacking <= 0:
        return bounds
    found = {"x": float(bounds.attributes["x"]) - lacking / 2, "width": least}
    return but(bounds, {**bounds.attributes, **{key: f"{value:g}" for key, value in found.items()}}, bounds.content)


def _shown(node: Xml, english: Mapping[str, str]) -> Xml:
    attributes = dict(node.attributes)
    if attributes.get("name"):
        attributes["name"] = english.get(even(attributes["name"]), attributes["name"])
    content: list[Part] = []
    for part in node.content:
        if isinstance(part, Xml) and part.name not in _UNDRAWN:
            content.append(_shown(part, english))
        elif isinstance(part, str):
            content.append(english.get(even(part), part) if node.name == "text" else part)
    return but(node, attributes, tuple(content))


def state(portal: Portal, number: str, actor: Actor) -> DiagramState:
    """Visited elements, tokens, incidents (staff alone see these), and what is known of each step."""
    staff = actor.side == Side.OPERATOR
    with database.connection():
        case, loaded = casehead.find(portal, number, actor)
        elements = loaded.package.elements
        visits = [row for row in visitrows.visits(case.id) if row.element in elements]
        jobs = [row for row in jobrows.jobs_of(case.id) if row.element in elements]
        rows = [row for row in work.tasks_of(case.id) if row.element in elements and row.state != TaskState.CANCELLED]
        due = {row.element: row.due_at for row in reversed(timerrows.timers(case.id))}
        letters = {row.job_key: row for row in whose.with_keys(case, loaded, actor)}
        lines: dict[str, list[TaskLine | MailLine | IncidentLine]] = {}
        for row in rows:
            lines.setdefault(row.element, []).append(_task_line(row, loaded, actor))
    failed = {job.element for job in jobs if job.state == JobState.INCIDENT} if staff else set()
    for job in jobs:
        letter = letters.get(job.key)
        if letter is not None:
            lines.setdefault(job.element, []).append(_mail_line(letter.mail))
        if job.element in failed and job.state == JobState.INCIDENT:
            lines.setdefault(job.element, []).append(IncidentLine(job.error, job.run_at))
    for each in lines.values():
        each.sort(key=lambda line: line.at)
    tokens = {row.element for row in rows if row.state == TaskState.OPEN} | _at_work(jobs, staff)
    if not case.ended:
        tokens |= {row.element for row in visits if row.stands and elements[row.element].kind in _HOLDS_TOKENS}
    tokens -= _around(tokens | failed, elements)
    left = {row.element: row.last_at for row in visits if row.completed}
    known = dict.fromkeys([*(row.element for row in visits), *lines])
    return DiagramState(
        done=sorted(element for element in left if element not in tokens),
        open=sorted(tokens - failed, key=lambda each: (elements[each].kind in _HOLDS_TOKENS, each)),
        failed=sorted(failed),
        flows=_walked(loaded, set(left), {row.element for row in visits if row.entered}),
        steps={
            each: Step(elements[each].title or each, left.get(each), due.get(each), lines.get(each, []))
            for each in known
        },
    )


def _at_work(jobs: Sequence[Job], staff: bool) -> set[str]:
    """Steps whose work is under way; for the vendor what needs a person of the body is under way as well."""
    waiting = {JobState.QUEUED, JobState.RUNNING, JobState.PARKED} | (set() if staff else {JobState.INCIDENT})
    return {job.element for job in jobs if job.task_id and job.state in waiting}


def _around(places: set[str], elements: Mapping[str, Element]) -> set[str]:
    """Subprocesses in which one of these places lies: the token is shown there."""
    inside = {elements[each].parent for each in places}
    return {each for each in inside if each in elements and elements[each].kind == "subProcess"}


def _task_line(row: Any, loaded: Loaded, actor: Actor) -> TaskLine:
    shown = actor.side == Side.OPERATOR or row.side == Side.VENDOR
    answers: list[tuple[str, str]] = []
    if shown and row.answer_id and row.element in loaded.forms:
        answers = [
            (each.label, each.text or "、".join(file.name for file in each.files))
            for each in loaded.forms[row.element].answers(row.answer.values, actor.language)
        ]
    return TaskLine(
        row.id, row.side, row.state, row.closed_at or row.opened_at, row.closed_by_name if shown else "", answers
    )


def _mail_line(mail: whose.MailView) -> MailLine:
    return MailLine(mail.id, mail.subject, mail.recipient, mail.state, mail.sent_at or mail.written_at)


def _walked(loaded: Loaded, left: set[str], entered: set[str]) -> list[str]:
    """The flows whose ends a token left and entered."""
    return sorted(
        flow.id for flow in loaded.package.flows if flow.shown and flow.source in left and flow.target in entered
    )
