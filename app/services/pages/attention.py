"""What does not work at the moment, in one list: incidents, and jobs that failed for good."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.errors import NinteiError, Refused
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.base.titles import title_of
from app.services.mails import undelivered
from app.services.trouble import causes
from app.services.trouble.alarms import Open
from app.services.trouble.causes import rule_of
from app.states import DeliveryState, IncidentKind, JobState, Right
from app.store import cases, database, incidents, jobrows, waiting
from app.store import deliveries as stored
from app.store.models import Case, Incident, Job

PAST = 30  # of what is over, so many are listed


@dataclass(frozen=True, slots=True)
class Trouble:
    """An incident, or a job that is one. `case` is its number, empty where it is of the portal; `title` the package's
    name of the place; `job` the row to try again."""

    kind: str  # job | step | timer | deadlock | start | upkeep | outage
    case: str
    system: str
    element: str
    title: str
    error: NinteiError
    since: datetime
    last: datetime
    count: int
    job: int | None = None
    operator: str = ""
    over_at: datetime | None = None
    over_by: str = ""
    mail: int | None = None  # row id of the mail that goes out when its address is mended
    halts: bool = True  # the case cannot go on before somebody has looked
    row: str = ""  # names it in forms: job:12 | incident:5
    cause: str = ""  # the same for whatever has the same cause
    skips: bool = False  # the process says that staff may skip the step
    package: str = ""
    addresses: tuple[str, ...] = ()  # that the mail server took the mail for nobody of


@dataclass(frozen=True, slots=True)
class Board:
    """Of cases that cannot go on, each oldest first; of the portal itself, and mails for which no case waits; and what
    is over, the last on top."""

    of_cases: list[Trouble]
    of_portal: list[Trouble]
    past: list[Trouble]

    @property
    def causes(self) -> list[Cause]:
        """All that is open, by what is behind it: what has most cases first, then what is oldest."""
        return grouped(self.of_cases + self.of_portal)

    @property
    def mails(self) -> int:
        """How many mails wait for somebody to try them again."""
        return sum(each.operator == "mail" for each in self.of_cases + self.of_portal)


@dataclass(frozen=True, slots=True)
class Cause:
    """Troubles that one thing brought about. `error`: what is said of all of them; none where each says its own."""

    key: str
    troubles: tuple[Trouble, ...]  # oldest first; one at least
    error: NinteiError | None

    @property
    def first(self) -> Trouble:
        """The trouble that came first."""
        return self.troubles[0]

    @property
    def cases(self) -> int:
        """How many cases it is in the way of, or touches."""
        return len({each.case for each in self.troubles if each.case})

    @property
    def last(self) -> datetime:
        """When it was last met."""
        return max(each.last for each in self.troubles)

    @property
    def tries(self) -> int:
        """How often it was tried in all."""
        return sum(each.count for each in self.troubles)


def grouped(troubles: Sequence[Trouble]) -> list[Cause]:
    """By cause: those with most cases first, then the oldest."""
    found: dict[str, list[Trouble]] = {}
    for each in sorted(troubles, key=lambda one: one.since):
        found.setdefault(each.cause, []).append(each)
    groups = []
    for key, rows in found.items():
        same = len({str(each.error) for each in rows}) == 1
        groups.append(Cause(key, tuple(rows), rows[0].error if same else None))
    return sorted(groups, key=lambda each: (-each.cases, each.first.since))


def board(portal: Portal, actor: Actor) -> Board:
    """Everything that waits for somebody, for staff."""
    actor.require(Right.SEE_DESKS)
    return _board(portal)


def _board(portal: Portal, *, past: bool = True) -> Board:
    with database.connection():
        rows, jobs = incidents.opened(), jobrows.jobs_in(JobState.INCIDENT)
        known = cases.by_ids(
            sorted({each for each in (*(row.case_id for row in rows), *(job.case_id for job in jobs)) if each})
        )
        found = [_of_row(portal, row, known.get(row.case_id or 0)) for row in rows if row.kind != IncidentKind.OUTAGE]
        unsent = undelivered.unsent() if jobs else {}
        missed = _missed(unsent)
        # Of whose address is to be mended, while the case goes on, the list of mails that did not arrive says all.
        jobs = [job for job in jobs if job.task_id or not job.case_id or job.key not in unsent]
        found += [_of_job(portal, job, known.get(job.case_id or 0), unsent.get(job.key), missed) for job in jobs]
        ended = incidents.past(PAST) if past else []
        over = [_of_row(portal, row, row.case if row.case_id else None) for row in ended]
    found.sort(key=lambda each: each.since)
    return Board(
        [each for each in found if each.case and each.halts],
        [each for each in found if not each.case or not each.halts],
        over,
    )


def lasting(portal: Portal) -> list[Open]:
    """The causes that last, for the mails to administrators (trouble.alarms)."""
    found = _board(portal, past=False)
    return [
        Open(
            each.key, each.first.kind, rule_of(each.first.kind, each.first.operator, each.first.error.params),
            each.first.title or each.first.element or each.first.kind, each.first.case, each.cases, each.first.error,
            each.first.since,
        )
        for each in found.causes
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Counts:
    """How many things wait for somebody of the staff, for the menu."""

    troubles: int = 0
    mails: int = 0  # that came in
    claims: int = 0  # of corporate numbers


def counts(actor: Actor) -> Counts:
    """All of it, for whoever may see to it."""
    if not actor.has(Right.MEND_TROUBLE):
        return Counts()
    with database.connection():
        found = waiting.counts()
    return Counts(found.incidents + found.jobs, found.mails, found.claims)


def of_case(portal: Portal, case: Case) -> list[Trouble]:
    """What hinders the case, oldest first. Inside a connection."""
    found = [_of_row(portal, row, case) for row in incidents.of_case(case.id)]
    jobs = jobrows.jobs_of(case.id, JobState.INCIDENT)
    unsent = undelivered.unsent(case.id) if jobs else {}
    found += [_of_job(portal, job, case, unsent.get(job.key), _missed(unsent)) for job in jobs]
    return sorted(found, key=lambda each: each.since)


def hindered(ids: Sequence[int]) -> frozenset[int]:
    """Those of the cases that cannot go on before somebody of the staff has looked. Inside a connection."""
    return waiting.hindered(ids)


def all_hindered() -> frozenset[int]:
    """All of those: as many as there are incidents, however many cases there are. Inside a connection."""
    return incidents.hindering() | jobrows.failed_cases()


def _missed(unsent: Mapping[str, tuple[int, str]]) -> Mapping[int, tuple[str, ...]]:
    """Of mails that the mail server took for nobody: the addresses, by the mail."""
    told = stored.of_mails(mail for mail, _ in unsent.values())
    failed = DeliveryState.FAILED
    return {
        mail: tuple(row.recipient for row in rows if row.state == failed and row.settled_at is None)
        for mail, rows in told.items()
    }


def _of_row(portal: Portal, row: Incident, case: Case | None) -> Trouble:
    return Trouble(
        kind=row.kind.value,
        case=case.number if case is not None else "",
        system=case.system_name if case is not None else "",
        element=row.element,
        title=row.title or title_of(portal, case, row.element),
        error=Refused(row.message, **row.params),
        since=row.first_at,
        last=row.last_at,
        count=row.count,
        over_at=row.over_at,
        over_by=row.over_by,
        row=f"incident:{row.id}",
        package=case.package_id if case is not None else "",
        cause=causes.key_of(row.kind.value, "", row.element, row.message, row.params),
    )


def _of_job(
    portal: Portal, job: Job, case: Case | None, unsent: tuple[int, str] | None, missed: Mapping[int, tuple[str, ...]]
) -> Trouble:
    said, since = job.said or {}, job.tried_since or job.run_at
    error = Refused(said["message"], **said["params"]) if said else Refused("%(text)s", text=job.error)
    mail, subject = unsent or (None, "")
    return Trouble(
        kind="job",
        case=case.number if case is not None else "",
        system=case.system_name if case is not None else "",
        element=job.element,
        title=title_of(portal, case, job.element) or subject,
        error=error,
        since=since,
        last=since,
        count=job.attempts,
        job=job.id,
        operator=job.operator,
        mail=mail,
        halts=bool(job.task_id),
        row=f"job:{job.id}",
        cause=causes.key_of("job", job.operator, job.element, error.message, error.params),
        skips=bool(job.task_id) and _skips(portal, case, job.element),
        package=case.package_id if case is not None else "",
        addresses=missed.get(mail or 0, ()),
    )


def _skips(portal: Portal, case: Case | None, element: str) -> bool:
    """Whether the process says that staff may skip the step."""
    if case is None:
        return False
    try:
        found = portal.releases.loaded(case.release_id).package.elements.get(element)
    except NinteiError:  # a package that cannot be read any more says nothing
        return False
    return found is not None and found.flag("skippable")
