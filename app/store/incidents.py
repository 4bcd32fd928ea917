"""Incidents: one row while something does not work, however often it is seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from peewee import JOIN

from app.states import IncidentKind
from app.store import statements
from app.store.models import Case, Incident

IDLE = (
    IncidentKind.UPKEEP,
    IncidentKind.DAY,
    IncidentKind.NOBODY,
    IncidentKind.CARDS,
)  # kinds that do not keep a case from going on

OF_CASE, OLDEST_FIRST = "case_id = ? AND over_at IS NULL", "first_at, id"
OPEN = Incident.over_at.is_null()  # by an index; `open_key` says the same, and keeps two rows from being open at once


def key_of(case: int | None, kind: IncidentKind, element: str) -> str:
    """What makes two sightings the same incident."""
    return f"{case or 0}:{kind}:{element}"


def seen(
    case: int | None,
    kind: IncidentKind,
    element: str,
    now: datetime,
    title: str,
    message: str,
    params: Mapping[str, Any],
) -> bool:
    """Note it; whether it is new."""
    key, said = key_of(case, kind, element), {"last_at": now, "message": message, "params": dict(params)}
    row = Incident.insert(case=case, kind=kind, element=element, title=title, first_at=now, open_key=key, **said)
    if row.on_conflict_ignore().as_rowcount().execute():
        return True
    Incident.update(**said, count=Incident.count + 1).where(Incident.open_key == key).execute()
    return False


def over(
    case: int | None, now: datetime, kinds: Sequence[IncidentKind] = (), element: str | None = None, by: str = ""
) -> int:
    """It works again (or somebody ended it); gives how many incidents are over."""
    mine = OPEN
    mine &= Incident.case.is_null() if case is None else Incident.case == case
    if kinds:
        mine &= Incident.kind.in_(list(kinds))
    if element is not None:
        mine &= Incident.element == element
    return int(Incident.update(over_at=now, over_by=by, open_key=None).where(mine).execute())


def of_case(case: int) -> list[Incident]:
    """The case's open incidents, oldest first."""
    return statements.rows(Incident, OF_CASE, case, order=OLDEST_FIRST)


def open_of_kind(kind: IncidentKind) -> set[tuple[int | None, str]]:
    """(case, element) of the open incidents of a kind."""
    mine = OPEN & (Incident.kind == kind)
    return {(row.case_id, row.element) for row in Incident.select(Incident.case, Incident.element).where(mine)}


def of_cases(cases: Any) -> Any:
    """The query of those of the cases that cannot go on because of an open incident."""
    mine = OPEN & Incident.case.in_(cases) & Incident.kind.not_in(IDLE)
    return Incident.select(Incident.case).where(mine)


def hindering() -> frozenset[int]:
    """Every case that cannot go on because of an open incident."""
    mine = OPEN & Incident.case.is_null(False) & Incident.kind.not_in(IDLE)
    return frozenset(row.case_id for row in Incident.select(Incident.case).where(mine) if row.case_id)


def one(incident: int) -> Incident | None:
    """The incident of this row id, while it is open."""
    return Incident.get_or_none((Incident.id == incident) & OPEN)


def opened() -> list[Incident]:
    """Every open incident with its case, oldest first."""
    query = Incident.select(Incident, Case).join(Case, JOIN.LEFT_OUTER).where(OPEN)
    return list(query.order_by(Incident.first_at, Incident.id))


def past(limit: int = 50) -> list[Incident]:
    """What is over, the last on top."""
    query = Incident.select(Incident, Case).join(Case, JOIN.LEFT_OUTER).where(Incident.over_at.is_null(False))
    return list(query.order_by(Incident.over_at.desc(), Incident.id.desc()).limit(limit))
