"""The first lines of a case: whose turn it is, what is to be done, by when; and the list of cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.catalogue.declared import End
from app.services.base import businessdays, clocks, permit
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.services.days import lastday
from app.services.pages import attention
from app.services.register import certificates
from app.services.tasks import view
from app.services.tasks.view import TaskView
from app.states import CertificateState, Side, Standing, Turn
from app.store import cases, clockrows, database, records, work
from app.store.cases import CaseOrder as CaseOrder  # for pages and commands, which know no store
from app.store.models import Case, Certificate

LISTED = 10_000  # cases of a list that are counted; of more it is said that there are more
FOUND = 300  # of those, that have the words of a search


@dataclass(frozen=True, slots=True)
class StageView:
    """A stage of the way: done, current or todo."""

    id: str
    title: str
    state: str


@dataclass(frozen=True, slots=True)
class Awaited:
    """What the body is doing, as the vendor who waits for it reads it."""

    title: str
    since: datetime
    until: date | None  # about when it may be done; none when that is over
    clock: clocks.ClockView | None  # of the guideline that measures it


@dataclass(frozen=True)
class CaseHead:
    """What every page about a case says first."""

    number: str
    title: str
    package_id: str
    company_name: str
    system_name: str
    state: Standing  # open | certified | rejected | withdrawn | closed
    turn: Turn
    turn_since: datetime
    turn_days: int  # business days since then
    ended: bool
    tasks: list[TaskView]  # open ones of the side whose turn it is; the reader's own first
    buttons: list[TaskView]  # the vendor's tasks that are presented as buttons
    clocks: list[clocks.ClockView]
    stages: list[StageView]
    created_at: datetime
    changed_at: datetime
    email: str
    contact_name: str
    certificate: str = ""  # how its certificate stands: valid | suspended | expired | withdrawn | ended; "" without one
    certified_by: str = ""  # the document that is its certificate
    certificate_number: str = ""
    valid_until: date | None = None  # of its certificate
    end: End | None = None  # of one that has ended: the package's words for it
    ending: bool = False  # withdrawn or being closed; what is left to settle is being settled
    undelivered: int = 0  # mails to the vendor that reached nobody: for the staff to see to
    agent: bool = False  # the reader acts for the company by a mandate
    hindered: bool = False  # it cannot go on: something failed that staff have to look into
    awaited: Awaited | None = None  # the body's step that is waited for, on the body's turn
    cure_until: date | None = None  # of a suspended certification: the last day on which it can be cured

    @property
    def suspended(self) -> bool:
        """Whether the certification is suspended."""
        return self.certificate == CertificateState.SUSPENDED.value

    @property
    def next(self) -> TaskView | None:
        """The one next thing to do."""
        return self.tasks[0] if self.tasks else None


def head(
    portal: Portal,
    case: Case,
    loaded: Loaded,
    actor: Actor,
    rows: Sequence[Any] | None = None,
    running: Sequence[Any] | None = None,
    closing: frozenset[date] | None = None,
    *,
    agent: bool = False,
    certified: Mapping[int, Certificate] | None = None,
    hindered: frozenset[int] | None = None,
) -> CaseHead:
    """The first lines. Open tasks (`rows`), clocks (`running`), closing days, certificates and hindered cases may be
    passed where many are listed."""
    today, closing = portal.today(), portal.closing() if closing is None else closing
    rows = work.open_tasks(case.id) if rows is None else rows
    views = [view.view(row, today, closing) for row in rows]
    if actor.side == Side.VENDOR:
        views = [each for each in views if each.side == Side.VENDOR]
    buttons = [each for each in views if each.presentation == "button"]
    due = sorted(
        (each for each in views if each.presentation != "button"),
        key=lambda each: (each.side != actor.side, each.due_on or date.max, each.opened_at),
    )
    measured = clocks.views(clockrows.clocks(case.id, running=True) if running is None else running, today, closing)
    package = loaded.package
    of_open = [clocks.of_step(measured, package, row.element) for row in rows]
    shown = [each for each in measured if each in of_open] if rows else measured
    known = (records.certificates_of([case.id]) if certified is None else certified).get(case.id)
    standing = certificates.standing(known, today) if known is not None else ""
    stopped = standing == CertificateState.SUSPENDED.value
    return CaseHead(
        number=case.number,
        title=loaded.package.title,
        package_id=case.package_id,
        company_name=case.company_name,
        system_name=case.system_name,
        state=case.state,
        turn=case.turn,
        turn_since=case.turn_since,
        turn_days=businessdays.business_days_between(businessdays.today(case.turn_since), today, closing),
        ended=case.ended,
        tasks=due,
        buttons=buttons,
        clocks=shown,
        stages=_stages(case, loaded),
        created_at=case.created_at,
        changed_at=case.changed_at,
        email=case.email,
        contact_name=case.contact_name,
        ending=bool(case.withdrawal) and not case.ended,
        undelivered=case.undelivered,
        agent=agent,
        certificate=standing,
        certificate_number=known.number if known is not None else "",
        valid_until=known.valid_until if known is not None else None,
        certified_by=loaded.package.certificate.document if known is not None and loaded.package.certificate else "",
        end=loaded.package.declared.end(case.state.value, standing, dormant=_dormant(case))
        if case.state is not Standing.OPEN
        else None,
        hindered=not case.ended and case.id in (attention.hindered([case.id]) if hindered is None else hindered),
        awaited=_awaited(rows, loaded, measured, today) if case.turn == Turn.OPERATOR and not case.ended else None,
        cure_until=lastday.named("certificate.cure_last_day", case.data or {}) if stopped else None,
    )


def _dormant(case: Case) -> bool:
    return bool((case.withdrawal or {}).get("dormant"))


def _awaited(rows: Sequence[Any], loaded: Loaded, measured: Sequence[clocks.ClockView], today: date) -> Awaited | None:
    """The body's step that has been open for longest, beside which no other says whose turn it is."""
    bodies = [row for row in rows if row.side == Side.OPERATOR and not loaded.element(row.element).flag("beside")]
    if not bodies:
        return None
    row = min(bodies, key=lambda each: each.opened_at)
    clock = clocks.of_step(measured, loaded.package, row.element)
    until = clock.expected if clock is not None and clock.running else row.due_on
    return Awaited(row.title, row.opened_at, until if until is not None and until >= today else None, clock)


def _stages(case: Case, loaded: Loaded) -> list[StageView]:
    ids = [stage.id for stage in loaded.package.stages]
    at = ids.index(case.stage) if case.stage in ids else 0
    if case.state == Standing.CERTIFIED:
        at = max(at, len(ids) - 1)
    return [
        StageView(
            stage.id,
            stage.title,
            "done" if n < at else "current" if n == at and not case.ended else "todo" if n >= at else "done",
        )
        for n, stage in enumerate(loaded.package.stages)
    ]


def most_counted(text: str) -> int:
    """How far the cases of a list are counted, and paged through, with words searched for and without: nobody reads
    on there who may say a further word, and reading all of them takes the longer the more there are."""
    return FOUND if text.strip() else LISTED


def heads(
    portal: Portal,
    actor: Actor,
    *,
    text: str = "",
    state: str = "",
    trouble: bool = False,
    turn: Turn | None = None,
    order: CaseOrder = "changed",
    limit: int = 50,
    page: int = 1,
) -> tuple[list[CaseHead], int]:
    """One page of the cases that the actor sees (the last one for a number behind it), last changed first, and how many
    there are in all: `most_counted` + 1 where there are more.

    `trouble`: for staff, of those alone that cannot go on before somebody has looked; `turn`: of those in which it is
    the turn of that side; `order`: "due" lists what is under way, the first due first.
    """
    member = actor.user_id if actor.side == Side.VENDOR else None
    standing = Standing.of(state)
    with database.connection():
        among = attention.all_hindered() if trouble and member is None else None
        most = most_counted(text)
        total = cases.count(
            member=member, text=text, state=standing, among=among, turn=turn, order=order, most=most
        )  # fmt: skip
        offset = (max(1, min(page, -(-min(total, most) // limit))) - 1) * limit
        rows = cases.search(
            member=member, text=text, state=standing, among=among, turn=turn, order=order, limit=limit, offset=offset
        )
        ids = [row.id for row in rows]
        agents = cases.by_mandate(member) if member is not None else set()
        open_rows, running, closing = work.open_tasks_of(ids), clockrows.clocks_of(ids), portal.closing()
        certified, hindered = records.certificates_of(ids), attention.hindered(ids)
        found = [
            head(
                portal,
                row,
                portal.releases.loaded(row.release_id),
                actor,
                open_rows.get(row.id, []),
                running.get(row.id, []),
                closing,
                agent=row.id in agents,
                certified=certified,
                hindered=hindered,
            )
            for row in rows
        ]
        return found, total


def find(portal: Portal, number: str, actor: Actor) -> tuple[Case, Loaded]:
    """The case of this number and its release; NotFound for others'."""
    case = permit.visible_case(cases.get(number), actor)
    return case, portal.releases.loaded(case.release_id)
