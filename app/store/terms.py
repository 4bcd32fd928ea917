"""Terms (施行): which release of a package new cases start on, from when, by whom and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from peewee import fn

from app.store import seldom
from app.store.composed import Composed
from app.store.models import Case, Release, Term
from app.store.models.cases import UNDER_WAY

# All of a release but its archive, which weighs a megabyte.
_LIGHT = tuple(field for field in Release._meta.sorted_fields if field.name != "archive")


def _live(package_id: str | None = None) -> Any:
    """Terms that were not stopped, with their releases, the newest last."""
    query = Term.select(Term, *_LIGHT).join(Release).where(Term.stopped_at.is_null())
    if package_id is not None:
        query = query.where(Term.package_id == package_id)
    return query.order_by(Term.from_at, Term.id)


_all_live = Composed[Term](_live)


def _kept() -> list[Term]:
    return seldom.kept("terms", _all_live.rows)


_begun = Composed[Term](
    lambda package_id, now: (
        _live(package_id).where(Term.from_at <= now).order_by(Term.from_at.desc(), Term.id.desc()).limit(1)
    )
)


def current(package_id: str, now: datetime) -> Term | None:
    """The term in force: the newest that has begun and was not stopped.

    A clock that was set back behind every term still finds the first one that was made to hold at once.
    """
    return _begun.one(package_id, now) or _live(package_id).where(Term.from_at <= Term.submitted_at).first()


def lately(package_id: str, number: int, now: datetime, since: datetime) -> Term | None:
    """A term of the release of this number that is in force, or that another followed after `since`; none that was
    stopped, which counts as if it had never been."""
    begun = list(_live(package_id).where(Term.from_at <= now))
    first = current(package_id, now) if not begun else None  # the clock was set back behind every term
    begun = begun or ([first] if first is not None else [])
    ends = [*(later.from_at for later in begun[1:]), None][: len(begun)]
    found = (term for term, end in zip(begun, ends, strict=True) if end is None or end > since)
    return next((term for term in found if term.release.number == number), None)


def current_all(now: datetime) -> list[Term]:
    """The term in force of every package that has one, by package id."""
    return _in_force(_kept(), now)


def newest_and_current(now: datetime) -> tuple[int, list[Term]]:
    """The row id of the newest term that was not stopped (0 when there is none), and the terms in force."""
    rows = _kept()
    return max((row.id for row in rows), default=0), _in_force(rows, now)


def _in_force(rows: Sequence[Term], now: datetime) -> list[Term]:
    found = {row.package_id: row for row in reversed(rows) if row.from_at <= row.submitted_at}
    found |= {row.package_id: row for row in rows if row.from_at <= now}
    return [found[package_id] for package_id in sorted(found)]


def planned(package_id: str, now: datetime) -> list[Term]:
    """Terms that have not begun, the next first."""
    return [row for row in _live(package_id).where(Term.from_at > now) if row.from_at > row.submitted_at]


def ahead(package_id: str, now: datetime) -> list[Term]:
    """Terms that were made to hold at once, by a clock that ran ahead of today's: they would come back one day."""
    return [row for row in _live(package_id).where(Term.from_at > now) if row.from_at <= row.submitted_at]


def of_package(package_id: str) -> list[Term]:
    """Every term, the newest last."""
    query = Term.select(Term, *_LIGHT).join(Release).where(Term.package_id == package_id)
    return list(query.order_by(Term.from_at, Term.id))


def any_of(package_id: str) -> bool:
    """Whether the package was ever put in force, or is planned to be."""
    return bool(Term.select().where(Term.package_id == package_id).exists())


def held(release_id: int) -> bool:
    """Whether a term of the release was ever made."""
    return bool(Term.select().where(Term.release == release_id).exists())


def add(
    release: Release, from_at: datetime, now: datetime, by: str, note: str, source: str, gate: Any,
    approved_by: str = "",
) -> Term:  # fmt: skip
    """A new term; with `approved_by` somebody has approved it now."""
    return Term.create(
        package_id=release.package_id,
        release=release,
        from_at=from_at,
        note=note,
        source=source,
        submitted_at=now,
        submitted_by=by,
        approved_at=now if approved_by else None,
        approved_by=approved_by[:120],
        gate=gate,
    )


def stop(term: Term, at: datetime, by: str, why: str) -> None:
    """The term holds no more; the one before it does again."""
    term.stopped_at, term.stopped_by, term.stopped_why = at, by, why
    term.save()


def cases_by_release(package_id: str) -> Counter[int]:
    """How many cases that have not ended run on each release."""
    query: Any = Case.select(Case.release, fn.COUNT(Case.id)).where((Case.package_id == package_id) & UNDER_WAY)
    return Counter(dict(query.group_by(Case.release).tuples()))
