"""Terms (施行): which release new cases start on. Released, planned, restored, stopped; by somebody, for a reason.

Content is kept once under its digest; being in force is a choice that is made anew each time. Which term holds is told
by the clock alone (`store.terms.current`), so nothing has to happen at the planned moment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app import catalogue
from app.catalogue import Package
from app.errors import NotFound, Problem, Refused
from app.services.base.businessdays import JAPAN
from app.services.base.portal import Portal
from app.services.packages import gate
from app.services.packages.gate import Gate
from app.services.packages.termviews import TermView, view
from app.states import ChangeKind
from app.store import changes, database, releases
from app.store import terms as store
from app.store.models import Release, Term

KIND = ChangeKind.RELEASE  # in the record of changes
BOOTSTRAP, FOLDER, IMPORT, RESTORE, DESIGNER = "bootstrap", "folder", "import", "restore", "designer"


@dataclass(frozen=True, slots=True)
class Act:
    """Who puts a release in force, why, from where, and from when on (none: at once)."""

    by: str
    note: str = ""
    source: str = FOLDER
    from_at: datetime | None = None
    approved_by: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """What came of an act. `changed`: whether a term was made; `again`: whether the content had been in force before.
    `before`: the number that was in force; `next`: what is planned after it; `findings`: what the gate said and let
    pass; `cases`: how many run on other releases of the package."""

    package_id: str
    title: str
    number: int
    changed: bool
    again: bool
    term: TermView
    before: int | None
    next: tuple[TermView, ...]
    findings: tuple[Problem, ...]
    cases: int


def release(portal: Portal, package: Package, act: Act) -> Done:
    """Keep the content and put it in force. Raises BadPackage with all that its check and its scenarios say against
    it, Refused for a moment that is past."""
    _moment(act.from_at, portal.now())
    passed = gate.examine(portal.releases, package)
    passed.require()
    return put(portal, package, act, passed)


def put(portal: Portal, package: Package, act: Act, passed: Gate | None, *, only_first: bool = False) -> Done:
    """The same for content that has passed its gate. With `only_first` nothing changes where the package has a term."""
    archive = catalogue.to_archive(package)
    with database.transaction():
        now = portal.now()
        database.lock_name(f"release:{package.id}")
        row, _ = releases.keep(package.id, package.title, package.digest, archive, now, act.by)
        return _put(row, act, passed, now, only_first)


def put_approved(portal: Portal, package: Package, act: Act, facts: Mapping[str, Any]) -> Done:
    """Keep content that a second person has approved, and put it in force. Inside a transaction; `facts`: what its gate
    found, for the record."""
    now = portal.now()
    database.lock_name(f"release:{package.id}")
    archive = catalogue.to_archive(package)
    row, _ = releases.keep(package.id, package.title, package.digest, archive, now, act.by)
    return _put(row, act, None, now, facts=facts)


def keep(portal: Portal, package: Package, by: str, why: str = "") -> tuple[int, bool]:
    """Keep the content without putting it in force; gives its number and whether it was new."""
    archive = catalogue.to_archive(package)
    with database.transaction():
        database.lock_name(f"release:{package.id}")
        row, new = releases.keep(package.id, package.title, package.digest, archive, portal.now(), by)
        if new:
            _record(row, portal.now(), by, "content", "", str(row.number), why)
    return row.number, new


def restore(portal: Portal, package_id: str, number: int, act: Act) -> Done:
    """Put earlier content in force by its number. What was in force before may be again, whatever newer rules say of it
    (`findings` has that); content that never was must pass its gate. Raises NotFound, BadPackage, Refused."""
    _moment(act.from_at, portal.now())
    with database.connection():
        row = _content(package_id, number)
        package = portal.releases.loaded(row.id).package
        passed = gate.examine(portal.releases, package)
        if not store.held(row.id):
            passed.require()
    with database.transaction():
        database.lock_name(f"release:{package_id}")
        return _put(row, act, passed, portal.now())


def stop(portal: Portal, package_id: str, number: int, by: str, why: str) -> tuple[TermView, TermView | None]:
    """Take back the planned term of a release, or the one that is in force; gives it and the one that holds now (none
    where none held before either).

    Raises NotFound, Refused: when it is neither, or when nothing would hold any more.
    """
    with database.transaction():
        now = portal.now()
        database.lock_name(f"release:{package_id}")
        row = _content(package_id, number)
        holds = store.current(package_id, now)
        found = next((term for term in store.planned(package_id, now) if term.release_id == row.id), holds)
        if found is None or found.release_id != row.id:
            raise Refused("Number %(number)s is neither in force nor planned", number=number)
        store.stop(found, now, by, why)
        after = store.current(package_id, now)
        if after is None and holds is not None:
            raise Refused("Nothing would be in force any more: release or restore what is to hold instead")
        _record(row, now, by, "stopped", _said(found), _said(after) if after else "", why)
        return view(found, now, holds), view(after, now, after) if after else None


def archive(portal: Portal, package_id: str, number: int | None) -> Package:
    """The content of a number; of what is in force without one. Raises NotFound."""
    with database.connection():
        if number is None:
            return portal.releases.current(package_id).package
        row = releases.by_id(_content(package_id, number).id)
        assert row is not None  # noqa: S101 - it was there a line ago
        return catalogue.from_archive(bytes(row.archive))


def _content(package_id: str, number: int) -> Release:
    row = releases.by_number(package_id, number)
    if row is None:
        known = [each.number for each in releases.of_package(package_id)]
        if not known:
            raise NotFound("There is no process package %(package)s", package=package_id)
        raise NotFound(
            "%(package)s has no number %(number)s; there are %(known)s",
            package=package_id,
            number=number,
            known=tuple(str(each) for each in reversed(known)),
        )
    return row


def _put(
    row: Release, act: Act, passed: Gate | None, now: datetime, only_first: bool = False,
    facts: Mapping[str, Any] | None = None,
) -> Done:  # fmt: skip
    again = store.held(row.id)
    before = store.current(row.package_id, now)
    planned = store.planned(row.package_id, now)
    same = before if act.from_at is None else next((term for term in planned if term.from_at == act.from_at), None)
    unchanged = same is not None and same.release_id == row.id
    if (only_first and store.any_of(row.package_id)) or unchanged:
        term, changed = same or before or planned[0], False
    else:
        for astray in store.ahead(row.package_id, now) if act.from_at is None else ():
            store.stop(astray, now, act.by, "the clock was ahead when it was made")
        found = passed.facts() if passed else facts
        term = store.add(row, act.from_at or now, now, act.by, act.note, act.source, found, act.approved_by)
        _record(row, now, act.by, act.source, str(before.release.number) if before else "", _said(term), act.note)
        changed = True
    running = store.cases_by_release(row.package_id)
    return Done(
        package_id=row.package_id,
        title=row.title,
        number=row.number,
        changed=changed,
        again=again,
        term=view(term, now, term if term.from_at <= now else before),
        before=before.release.number if before else None,
        next=tuple(view(each, now, before) for each in store.planned(row.package_id, now) if each.id != term.id),
        findings=tuple(passed.problems) if passed else (),
        cases=sum(running.values()) - running[row.id],
    )


def _moment(from_at: datetime | None, now: datetime) -> None:
    if from_at is not None and from_at <= now:
        raise Refused(
            "%(moment)s is past: leave the moment out, and it holds at once",
            moment=f"{from_at.astimezone(JAPAN):%Y-%m-%d %H:%M}",
        )


def _said(term: Term) -> str:
    """2 (2026-12-15 09:00), for the record."""
    return f"{term.release.number} ({term.from_at.astimezone(JAPAN):%Y-%m-%d %H:%M})"


def _record(row: Release, now: datetime, by: str, act: str, before: str, after: str, why: str) -> None:
    changes.add(now, None, by, KIND, row.package_id, act, before, f"{after} {why}".strip())
