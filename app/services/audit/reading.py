"""What the audit record tells: page by page from the newest on, however long it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from app.services.base import chain
from app.services.base.actors import Actor
from app.services.base.businessdays import JAPAN
from app.states import DEEDS, Act, Ground, Right, Side, Thing
from app.store import accounts, cases, database, trailpages
from app.store.models import TrailEntry

PAGE = 50
EXPORTED = 500  # entries that are read together for a file


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the record is narrowed to. Days are of Japan; `behind`: (moment, entry) that the page begins behind."""

    first: date | None = None
    last: date | None = None
    person: int | None = None
    ground: Ground | None = None
    act: Act | None = None
    thing: Thing | None = None
    subject: str = ""
    case: str = ""  # number
    text: str = ""
    behind: tuple[datetime, int] | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as it is read. `before`, `after`: by name, or under "" where it has none."""

    id: int
    at: datetime
    act: Act
    person: int | None
    side: Side
    name: str
    behalf: str
    thing: Thing
    subject: str
    label: str
    case: str  # number; empty: of no case
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    why: str
    address: str
    request: str
    brought: bool  # from before the chain
    erased: bool

    @property
    def bad(self) -> bool:
        """Whether somebody should look at it."""
        return DEEDS[self.act].bad


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the record, newest first; `more`: what the next page begins behind."""

    lines: Sequence[Line]
    more: tuple[datetime, int] | None


def page(actor: Actor, wanted: Wanted, size: int = PAGE) -> Page:
    """A page of the record. Raises Forbidden."""
    actor.require(Right.SEE_TRAIL)
    with database.connection():
        narrowed = _narrowed(wanted)
        if narrowed is None:
            return Page([], None)
        rows = trailpages.page(narrowed, wanted.behind, size + 1)
        numbers = cases.by_ids(list({row.case_id for row in rows if row.case_id is not None}))
        lines = [_line(row, numbers) for row in rows[:size]]
    last = lines[-1] if len(rows) > size else None
    return Page(lines, (last.at, last.id) if last is not None else None)


def count(actor: Actor, wanted: Wanted, most: int) -> int:
    """How many entries fit, at most so many."""
    actor.require(Right.SEE_TRAIL)
    with database.connection():
        narrowed = _narrowed(wanted)
        return trailpages.count(narrowed, most) if narrowed is not None else 0


def _narrowed(wanted: Wanted) -> trailpages.Narrowed | None:
    """The same for the store; none where no entry can fit."""
    case = None
    if wanted.case:
        found = cases.get(wanted.case)
        if found is None:
            return None
        case = found.id
    return trailpages.Narrowed(
        since=_midnight(wanted.first), until=_midnight(wanted.last, 1), person=wanted.person, acts=_acts(wanted),
        thing=wanted.thing, subject=wanted.subject, case=case, text=wanted.text,
    )  # fmt: skip


def every(actor: Actor, wanted: Wanted) -> Iterator[Line]:
    """All that fits, newest first, in pieces: what is written meanwhile is not among it."""
    while True:
        found = page(actor, wanted, EXPORTED)
        yield from found.lines
        if found.more is None:
            return
        wanted = replace(wanted, behind=found.more)


def people(actor: Actor) -> list[tuple[int, str]]:
    """The body's accounts, to choose from."""
    actor.require(Right.SEE_TRAIL)
    with database.connection():
        return [(row.id, row.name or row.email) for row in accounts.staff()]


def _acts(wanted: Wanted) -> list[Act]:
    if wanted.act is not None:
        return [wanted.act]
    return [act for act, deed in DEEDS.items() if deed.ground is wanted.ground] if wanted.ground is not None else []


def _midnight(day: date | None, later: int = 0) -> datetime | None:
    """The beginning of a day in Japan."""
    return None if day is None else datetime.combine(day + timedelta(days=later), time(), JAPAN).astimezone(UTC)


def _line(row: TrailEntry, numbers: Mapping[int, Any]) -> Line:
    who, what = chain.details(row.who), chain.details(row.what)
    case = numbers.get(row.case_id) if row.case_id is not None else None
    return Line(
        id=row.id,
        at=row.at,
        act=row.act,
        person=row.person,
        side=row.side,
        name=str(who.get("name", "")),
        behalf=str(who.get("behalf", "")),
        thing=row.thing,
        subject=row.subject,
        label=str(what.get("label", "") or row.subject),
        case=case.number if case is not None else "",
        before=_named(what.get("before")),
        after=_named(what.get("after")),
        why=str(what.get("why", "")),
        address=str(who.get("address", "")),
        request=str(who.get("request", "")),
        brought=bool(who.get("brought")),
        erased=not who or not what,
    )


def _named(value: Any) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return {"" if key == "value" else str(key): each for key, each in value.items()}
    return {} if value in (None, "") else {"": value}
