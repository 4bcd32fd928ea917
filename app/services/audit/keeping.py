"""Keeping and forgetting: what goes when its time is over, what is held, and one person's data.

The audit record holds all the same: details give way to their digests, which the chain knows, and every run is an entry
that names the entries it erased; `nintei audit verify` finds details that are gone without one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from app.errors import NotFound, Refused
from app.services.audit import chaining, thinning
from app.services.base import trail
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.base.trail import Subject
from app.services.papers import collecting
from app.states import PERIODS, Act, Kept, Right, Thing
from app.store import cases, companies, database, retaining
from app.store.models import LegalHold

AT_ONCE = 2000  # rows of one transaction


@dataclass(frozen=True, slots=True)
class Due:
    """What of a kind would go now."""

    kind: Kept
    days: int
    before: datetime
    count: int


def show(portal: Portal, actor: Actor) -> list[Due]:
    """What would go now, kind by kind; nothing is touched."""
    actor.require(Right.KEEPING, Right.SEE_TRAIL)
    with database.connection():
        return [_due(portal, kind) for kind in Kept]


def set_days(portal: Portal, kind: Kept, days: int, actor: Actor) -> None:
    """Keep a kind for so long. Refused below what law asks for."""
    actor.require(Right.KEEPING)
    least = PERIODS[kind].least
    if days < least:
        raise Refused("This is kept for %(days)s days at least", days=least)
    with database.transaction():
        before = retaining.days().get(kind, PERIODS[kind].days)
        retaining.set_days(kind, days)
        about = trail.about(Thing.SETTING, f"retention:{kind.value}", PERIODS[kind].words)
        trail.note(portal.now(), actor, Act.SETTING_CHANGED, about, before={"days": before}, after={"days": days})


def run(portal: Portal, actor: Actor) -> dict[Kept, int]:
    """Let go what is due; each piece is on record with what it was. Gives how many of each kind."""
    actor.require(Right.KEEPING)
    chaining.draw()  # an entry is in the chain before anything of it goes
    return {kind: _run(portal, kind, actor) for kind in Kept}


def _due(portal: Portal, kind: Kept) -> Due:
    before = _before(portal, kind)
    return Due(kind, (portal.now() - before).days, before, sum(int(query.count()) for query in _rows(kind, before)))


def _before(portal: Portal, kind: Kept) -> datetime:
    return portal.now() - timedelta(days=retaining.days().get(kind, PERIODS[kind].days))


def _rows(kind: Kept, before: datetime) -> list[Any]:
    """What may be let go of a kind: for the bank's lines the files with what was left out of them, too."""
    found = [thinning.rows(kind, before)]
    if kind is Kept.BANK_LINES:
        found.append(retaining.bank_files(before))
    return found


def _run(portal: Portal, kind: Kept, actor: Actor) -> int:
    with database.connection():
        before = _before(portal, kind)
    return sum(_let_go(portal, kind, query, actor) for query in _rows(kind, before))


def _let_go(portal: Portal, kind: Kept, query: Any, actor: Actor) -> int:
    done = 0
    while True:
        with database.transaction():
            rows = list(islice(query.limit(AT_ONCE), AT_ONCE))
            gone = {digest for row in rows for digest in thinning.thin(row)}
            if rows:
                about = trail.about(Thing.RECORD, kind.value, PERIODS[kind].words)
                after = told([row._pk for row in rows], entries=PERIODS[kind].ground is not None)
                trail.note(portal.now(), actor, Act.RETENTION_RUN, about, after=after)
        collecting.drop(portal, gone)
        done += len(rows)
        if len(rows) < AT_ONCE:
            return done


def told(ids: Iterable[Any], *, entries: bool) -> dict[str, Any]:
    """What went: how many, a digest of their numbers, and of the record's own entries the numbers, as ranges."""
    known = sorted(ids)
    digest = hashlib.sha256(",".join(str(each) for each in known).encode()).hexdigest()
    found: dict[str, Any] = {"count": len(known), "digest": digest}
    if known and isinstance(known[0], int):
        found["entries" if entries else "rows"] = _ranges(known)
    return found


def _ranges(ids: Sequence[int]) -> list[list[int]]:
    ranges: list[list[int]] = []
    for each in ids:
        if ranges and ranges[-1][1] == each - 1:
            ranges[-1][1] = each
        else:
            ranges.append([each, each])
    return ranges


# What may not go


@dataclass(frozen=True, slots=True)
class Held:
    """A case, or a company with all its cases, of which nothing goes. `number`: the case's, or the corporate one."""

    thing: Thing
    number: str
    name: str
    reason: str
    by_name: str
    at: datetime


def held(actor: Actor) -> list[Held]:
    """What is held, the newest first."""
    actor.require(Right.KEEPING, Right.SEE_TRAIL)
    with database.connection():
        return [_held(row) for row in retaining.holds()]


def _held(row: LegalHold) -> Held:
    company, case = row.company, row.case
    if company is not None:
        return Held(Thing.COMPANY, company.corporate_number or "", company.name, row.reason, row.by_name, row.at)
    number, name = (case.number, case.company_name) if case is not None else ("", "")
    return Held(Thing.CASE, number, name, row.reason, row.by_name, row.at)


def hold(portal: Portal, number: str, reason: str, actor: Actor) -> None:
    """Nothing goes of the case, or of any case of the company of this corporate number, until somebody ends this."""
    _change_hold(portal, number, actor, reason, Act.HOLD_SET)


def end_hold(portal: Portal, number: str, reason: str, actor: Actor) -> None:
    """What is old enough goes with the next run."""
    _change_hold(portal, number, actor, reason, Act.HOLD_ENDED)


def _change_hold(portal: Portal, number: str, actor: Actor, reason: str, act: Act) -> None:
    actor.require(Right.KEEPING)
    if not reason.strip():
        raise Refused("Say why")
    with database.transaction():
        about, case, company = _meant(number)
        row = retaining.hold_of(case=case, company=company)
        if (row is None) is (act is Act.HOLD_ENDED):
            raise Refused("It is so already")
        retaining.change_hold(row, reason.strip(), portal.now(), actor.name, case=case, company=company)
        trail.note(portal.now(), actor, act, about, why=reason.strip())


def _meant(number: str) -> tuple[Subject, int | None, int | None]:
    """(for the record, case, company) that a number names."""
    case = cases.get(number)
    if case is not None:
        return trail.about(Thing.CASE, number, number, case.id), case.id, None
    found = companies.of_number(number)
    if not found:
        raise NotFound("There is no such case, and no company with this corporate number")
    return trail.about(Thing.COMPANY, found[0].id, found[0].name), None, found[0].id
