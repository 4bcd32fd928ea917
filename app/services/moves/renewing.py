"""A case goes on with the release in force where a new round of it begins (property `renews`).

A certification lives for many years. Each year's fees, texts and forms are those of the day on which that year begins,
so the case moves just before the timer fires that begins it. What cannot be moved safely stays where it is, and the
case's history says why to staff.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from app.engine import NOW, Finding, Snapshot, Unmovable
from app.errors import NinteiError, Problem
from app.services.base import history
from app.services.base.portal import Portal
from app.services.moves import doing, sorting
from app.states import EntryKind
from app.store import cases, moves
from app.store.models import Case


def renew(portal: Portal, case: Case, elements: Collection[str], now: datetime) -> None:
    """Move the (locked) case to the release in force if one of these elements, which are about to fire, begins anew
    there. Events that are new beside where it stands are armed at once."""
    try:
        new = portal.releases.current(case.package_id)
    except NinteiError:  # none is in force: the case goes on as it is
        return
    begins = [each for each in elements if each in new.package.elements and new.package.elements[each].flag("renews")]
    if not begins or new.release_id == case.release_id or moves.busy([case.id]):
        return
    old = portal.releases.loaded(case.release_id)
    try:
        asked = [each for each in sorting.judge(portal, case, new, {}) if not each.told]
        decisions = {each.key: NOW for each in asked if NOW in each.choices}
        decisions |= {each.key: each.choices[0] for each in asked if each.kind == "same"}  # one of the same name
        left = [each.problem for each in sorting.judge(portal, case, new, decisions) if not each.told]
        if not left:
            doing.put(portal, case, (old, new), Snapshot(*cases.state(case.id)), decisions, now)
    except Unmovable as error:
        left = _problems(error.findings)
    except NinteiError as error:
        left = [Problem("", error.message, params=dict(error.params))]
    if left:
        _note(case, now, "stayed", new.number, str(left[0]))
    else:
        _note(case, now, "renewed", new.number, "")


def _problems(findings: tuple[Finding, ...]) -> list[Problem]:
    return [each.problem for each in findings]


def _note(case: Case, now: datetime, what: str, number: int, reason: str) -> None:
    data = {"reason": reason} if reason else {}
    history.note(case.id, now, EntryKind.VERSION, title=str(number), text=what, data=data)
