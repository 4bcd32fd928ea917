"""The vendor's home: whose turn it is in each of their cases, and everything about the one that needs them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from app.catalogue import Element
from app.services.base import businessdays, clocks, permit, ways, within
from app.services.base.actors import Actor
from app.services.base.clocks import ClockView
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.services.mails import undelivered
from app.services.money import noun as money
from app.services.money.invoices import InvoiceView
from app.services.pages import case as caseview
from app.services.pages import casehead
from app.services.pages.case import CasePage
from app.services.pages.casehead import CaseHead
from app.services.papers import timeline
from app.services.register import certificates
from app.services.tasks import reviews
from app.states import CommentState, EntryKind, Side, Standing, TaskKind, TaskState, Turn
from app.store import database, records, work
from app.store.models import Case, Entry, Task

MOST_CASES = 200
MOST_NOTICES = 6
MOST_LATER = 6
NOTICED = (EntryKind.NOTICE, EntryKind.MAIL)
PART, OLDEST = 60, 480  # entries that are read at a time for the notices, and at most


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the stage at hand."""

    element: str
    title: str
    side: Side
    state: str  # done | current | todo
    done_on: datetime | None
    task_id: str  # of an open step of the vendor
    due_on: date | None
    clock: ClockView | None  # of the body's step that a guideline measures


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the vendor should know. `kind` is info, correction, payment or result."""

    kind: str
    title: str
    at: datetime
    text: str = ""
    mail: int = 0  # row id of the mail that it is; 0 when it is none


@dataclass(frozen=True)
class Home:
    """The whole page; `page` is none when the vendor has no case."""

    heads: list[CaseHead]
    page: CasePage | None
    steps: list[Step]
    not_yet: list[str]  # titles of the requests (buttons) that cannot be made yet
    notices: list[Notice]
    points: int  # open points of a review that wait for the vendor's answer
    repeated: bool  # the next task came back from a review
    short: InvoiceView | None  # of which the next task asks for the rest: what was paid was not enough
    certificate: certificates.CertificateView | None
    next_audit_on: date | None
    unreached: list[undelivered.Undelivered] = field(default_factory=list)  # mails that did not reach one of them


def of(portal: Portal, actor: Actor, number: str = "") -> Home:
    """The vendor's home. `number`: the case shown in full; else the first that is the vendor's turn."""
    with database.connection():
        heads, _ = casehead.heads(portal, actor, limit=MOST_CASES)
        heads.sort(key=_urgency)
        chosen = number or (heads[0].number if heads else "")
        if not chosen:
            return Home(
                heads=[],
                page=None,
                steps=[],
                not_yet=[],
                notices=[],
                points=0,
                repeated=False,
                short=None,
                certificate=None,
                next_audit_on=None,
            )
        case, loaded = casehead.find(portal, chosen, actor)
        page = caseview.page(portal, chosen, actor, "documents")  # of what grows with the years, these alone
        certificate = records.certificate_of(case.id)
        row = work.task(page.head.next.id) if page.head.next is not None else None
        setting = permit.of(row, case, loaded) if row is not None else None
        return Home(
            heads=heads,
            page=page,
            steps=_steps(case, loaded, page),
            not_yet=[] if case.ended else _not_yet(case, loaded),
            notices=_notices(case, loaded, actor),
            points=_points(case),
            repeated=setting is not None and reviews.returned(setting, "ja") is not None,
            short=money.short(setting) if setting is not None else None,
            certificate=certificates.view(certificate, portal.today()) if certificate else None,
            next_audit_on=_next_audit(case),
            unreached=_unreached(portal, actor, [head.number for head in heads if not head.ended]),
        )


def _unreached(portal: Portal, actor: Actor, numbers: Sequence[str]) -> list[undelivered.Undelivered]:
    """The latest mail that did not reach an address, for each such address: who works here may know the right one."""
    told: set[str] = set()
    found = []
    for mail in undelivered.of_vendor(portal, actor, numbers):
        new = {each.address for each in mail.missed} - told
        told |= new
        if new:
            found.append(replace(mail, missed=tuple(each for each in mail.missed if each.address in new)))
    return found


def _points(case: Case) -> int:
    """Open points of what the vendor answers now: those of a step that was not returned are not theirs to see."""
    theirs = {row.element for row in work.open_tasks(case.id) if row.side == Side.VENDOR}
    return sum(row.element in theirs for row in work.comments(case.id, CommentState.OPEN))


def _urgency(head: CaseHead) -> tuple[bool, bool, date, str]:
    """The vendor's turn first, what is due first before it; what has ended last."""
    mine = head.turn in {Turn.VENDOR, Turn.BOTH} and bool(head.tasks)
    due = head.tasks[0].due_on if mine else None
    return head.ended, not mine, due or date.max, head.number


def _steps(case: Case, loaded: Loaded, page: CasePage) -> list[Step]:
    """The steps of the stage at hand, this time: what was done (once each), what is open, what follows."""
    stage = next((each for each in loaded.package.stages if each.id == case.stage), None)
    processes = set(stage.processes) if stage else set()
    rows = [row for row in work.tasks_of(case.id) if _process(loaded, row) in processes and row.kind == TaskKind.USER]
    begun = {each: within.begun(case.id, loaded.package, each) for each in {row.element for row in rows}}
    rows = [
        row for row in rows if row.state == TaskState.OPEN or row.opened_at >= (begun[row.element] or row.opened_at)
    ]
    opened = [row for row in rows if row.state == TaskState.OPEN]
    if not opened and case.state == Standing.CERTIFIED:
        return []
    done: dict[str, Task] = {}
    for row in rows:
        if row.state == TaskState.DONE:
            done.pop(row.element, None)  # done again: it stands where it was done last
            done[row.element] = row
    now = {row.element for row in opened}
    behind = {row.element: row.data for row in opened} or dict.fromkeys(list(done)[-1:], case.data)
    later = _later(loaded, behind, now, set(done), within.standing(case.id))
    again = {element.id for element in later}  # done before, and to be done again behind what is open
    steps = [
        Step(row.element, row.title, row.side, "done", row.closed_at, "", None, None)
        for row in done.values()
        if row.element not in now | again
    ]
    for row in opened:
        own = row.side == Side.VENDOR
        steps.append(
            Step(
                row.element,
                row.title,
                row.side,
                "current",
                None,
                row.id if own else "",
                row.due_on if own else None,
                None if own else clocks.of_step(page.head.clocks, loaded.package, row.element),
            )
        )
    measured = not any(step.clock for step in steps)
    for element in later:
        body = measured and element.side == Side.OPERATOR
        shown = clocks.of_step(page.head.clocks, loaded.package, element.id) if body else None
        measured = measured and shown is None
        steps.append(Step(element.id, element.title, element.side, "todo", None, "", None, shown))
    return steps


def _process(loaded: Loaded, row: Task) -> str:
    """The diagram's process: a task of a both box is in one of the box's own."""
    element = loaded.package.elements.get(row.element)
    return element.process if element is not None else row.process


def _later(
    loaded: Loaded, elements: Mapping[str, Any], now: set[str], done: set[str], standing: frozenset[str]
) -> list[Element]:
    """What follows the elements with the values there, in the order in which the diagram was drawn: the shortest way
    would be a rejection's.

    What was done already counts only where it lies behind all of them: a way back (returned, failed) leads before."""
    order = {element: place for place, element in enumerate(loaded.package.elements)}
    last = max((order.get(element, 0) for element in elements), default=0)
    found = {
        each.id: each
        for element, data in elements.items()
        for each in ways.upcoming(loaded.package, element, Side.UNSAID, 60, data, standing)
        if each.id not in now and (each.id not in done or order[each.id] > last)
    }
    return sorted(found.values(), key=lambda each: order[each.id])[:MOST_LATER]


def _not_yet(case: Case, loaded: Loaded) -> list[str]:
    """Requests that the vendor makes by a button, and that are not open yet: of this stage and the later ones."""
    order = [stage.id for stage in loaded.package.stages]
    at = order.index(case.stage) if case.stage in order else 0
    ahead = [process for stage in loaded.package.stages[at:] for process in stage.processes]
    known = {row.element for row in work.tasks_of(case.id)}
    found = [
        element
        for element in loaded.package.elements.values()
        if element.properties.get("presentation") == "button" and element.process in ahead and element.id not in known
    ]
    return [element.title for element in sorted(found, key=lambda each: ahead.index(each.process))]


def _notices(case: Case, loaded: Loaded, actor: Actor) -> list[Notice]:
    """The newest of them, newest first: read part by part, since most entries of later years are older than these."""
    found: list[Notice] = []
    for skip in range(0, OLDEST, PART):
        rows = timeline.of_case(case, loaded, actor, kinds=NOTICED, limit=PART, skip=skip)
        each = (_notice(loaded, case.number, row, actor.language) for row in rows)
        found += [notice for notice in each if notice is not None]
        if len(found) >= MOST_NOTICES or not rows:
            break
    return found[:MOST_NOTICES]


_KINDS = {"お知らせ": "info", "補正": "correction", "納付": "payment", "結果": "result"}


def _notice(loaded: Loaded, number: str, entry: Entry, lang: str) -> Notice | None:
    if entry.kind == EntryKind.NOTICE:
        return Notice(_KINDS.get(str(entry.data.get("kind", "")), "info"), entry.title, entry.at, entry.text)
    if entry.kind != EntryKind.MAIL:
        return None
    if entry.data.get("mail_id") == loaded.package.mail_for("receipt"):  # who has just sent something knows of it
        return None
    source = loaded.package.mails.get(str(entry.data.get("mail_id", "")))  # the timeline has this reader's mails alone
    if source is None or source.id == loaded.package.mail_for("receipt"):
        return None  # a receipt tells nobody anything new
    # The page says already which certification and which case it is about.
    title = re.sub(rf"^【[^】]*】|（[^（）]*{re.escape(number)}）$", "", entry.title).strip()
    if lang == "en":  # the mail is as it was sent; what it is about has an English name
        title = loaded.package.english.get(source.label, title)
    kind = _KINDS.get(str(source.header.get("notice", "")), "info")
    return Notice(kind, title or source.label, entry.at, mail=int(entry.data.get("mail", 0)))


def _next_audit(case: Case) -> date | None:
    """When the yearly audit opens, if that is what the case waits for."""
    opens = (case.data or {}).get("certificate")
    text = opens.get("next_audit_opens") if isinstance(opens, dict) else None
    if not text or case.ended:
        return None
    return businessdays.today(datetime.fromisoformat(str(text)))
