"""Counting the records for figures: upkeep keeps sums by day, so that pages add up a few and read no case.

The last two days are counted again every quarter of an hour, all days once a day (and whenever closing days change):
what is taken back later is so right on the next day at the latest. Counting only reads; the sums are put in place in
one short transaction.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from app.forms.spec import ONE
from app.services.base import businessdays
from app.services.base.portal import Portal
from app.states import Side
from app.store import counted, database
from app.store import sums as store

EVERY: Final = timedelta(minutes=15)
AGAIN: Final = 1  # days before the last that are counted again
PIECE: Final = 500  # answers that are read together

Key = tuple[str, str, str, str, str, int]  # kind, package, day, element, what, value


def refresh(portal: Portal, *, whole: bool = False) -> bool:
    """Count what is new, or all of it where a day has begun; whether anything was counted. Outside of a transaction."""
    now, today, closing = portal.now(), portal.today(), portal.closing()
    digest = hashlib.sha256(",".join(sorted(map(str, closing))).encode()).hexdigest()
    with database.connection():
        state = store.state()
        known = state is not None and store.has_months() and (state.day, state.closing) == (str(today), digest)
        if state is not None and known and not whole:
            if now - state.at < EVERY and now >= state.at:
                return False
            since: date | None = today - timedelta(days=AGAIN)
        else:
            since = None
        sums = _count(portal, since, today, closing)
    rows = [(*key, n, amount) for key, (n, amount) in sums.items() if n or amount]
    with database.transaction():
        store.keep(rows, str(since or ""), now, str(today), digest)
    return True


def _count(portal: Portal, since: date | None, today: date, closing: frozenset[date]) -> dict[Key, tuple[int, int]]:
    """(n, yen) by key, of the days from `since` on, and of now."""
    at = businessdays.begins(since) if since is not None else None
    counts: Counter[Key] = Counter()
    yen: Counter[Key] = Counter()
    business = _business(closing)
    _happened(counts, at, since, business)
    _decided(portal, counts, at)
    for kind, rows in (("invoiced", counted.invoiced(since)), ("received", counted.received(since))):
        for package, day, fee, n, amount in rows:
            counts[(kind, package, day, fee, "", 0)] += n
            yen[(kind, package, day, fee, "", 0)] += amount
    for package, stage, turn, n in counted.stages():
        counts[("stage", package, "", stage, turn, 0)] += n
    for package, element, opened, late, n in counted.resting(today):
        counts[("resting", package, "", element, "late" if late else "", business(opened, str(today)))] += n
    for package, element, due, n in counted.timers():
        counts[("timer", package, "", element, str(due), 0)] += n
    return {key: (n, yen[key]) for key, n in counts.items()}


def _happened(
    counts: Counter[Key], at: datetime | None, since: date | None, business: Callable[[str, str], int]
) -> None:
    """What came in, was done, and took of its time."""
    for package, day, n in counted.applied(at):
        counts[("applied", package, day, "", "", 0)] += n
    for package, day, standing, n in counted.standings(at):
        counts[("stood", package, day, "", standing, 0)] += n
    for package, day, guideline, limit, used, n in counted.clocks(at, since):
        counts[("used", package, day, guideline, str(limit), int(used))] += n
    for package, element, side, opened, done, n in counted.tasks(at):
        counts[("task", package, done, element, side, business(opened, done))] += n
    for package, day, element, where, n in counted.points(at):
        counts[("point", package, day, element, str(where)[: counted.LONGEST], 0)] += n


def _decided(portal: Portal, counts: Counter[Key], at: datetime | None) -> None:
    """What people judged, what was given back, what was passed."""
    fields, targets = _declared(portal)
    for element, field in fields.items():
        for package, day, value, n in counted.judged(element, field, at):
            if value not in (None, ""):
                counts[("judged", package, day, element, str(value)[: counted.LONGEST], 0)] += n
    for package, day, element, value in _returned(fields, at):
        counts[("returned", package, day, element, value, 0)] += 1
    for element, steps in targets.items():
        for package, day, n in counted.passed(element, at):
            for step in steps:
                counts[("passed", package, day, step, "", 0)] += n


def _business(closing: frozenset[date]) -> Callable[[str, str], int]:
    known: dict[tuple[str, str], int] = {}

    def between(first: str, last: str) -> int:
        key = first, last
        if key not in known:
            days = date.fromisoformat(first), date.fromisoformat(last)
            known[key] = businessdays.business_days_between(*days, closing)
        return known[key]

    return between


def _returned(fields: Mapping[str, str], at: datetime | None) -> Iterator[tuple[str, str, str, str]]:
    """(package, day, element, what was chosen) of each decision that gave the vendor a task again."""
    rows = counted.returned(at)
    for start in range(0, len(rows), PIECE):
        piece = rows[start : start + PIECE]
        known = counted.answers([row[3] for row in piece if row[3]])
        for package, day, element, answer, _task in piece:
            values: Any = known.get(answer) or {}
            chosen = values.get(fields.get(element, ""), "")
            yield package, day, element, str(chosen or "")[: counted.LONGEST]


def _declared(portal: Portal) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """(the field in which a step of the body decides, by element; the steps that an element says were passed)."""
    fields: dict[str, str] = {}
    targets: dict[str, tuple[str, ...]] = {}
    for loaded in portal.releases.all_current():
        for element in loaded.package.elements.values():
            if steps := tuple(element.listed("passes")):
                targets[element.id] = steps
            form = loaded.forms.get(element.id)
            if form is None or element.side != Side.OPERATOR:
                continue
            routed = set(element.listed("routes"))
            chosen = [each.key for each in form.walk() if each.type in ONE and each.key in routed]
            if chosen:
                fields[element.id] = chosen[0]
    return fields, targets
