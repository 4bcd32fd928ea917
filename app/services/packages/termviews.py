"""Releases and their terms as pages and commands show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.errors import NotFound
from app.services.base.portal import Portal
from app.store import database, releases
from app.store import terms as store
from app.store.models import Term


@dataclass(frozen=True, slots=True)
class TermView:
    """One term. `state`: planned, in_force, ended (a later one holds) or stopped."""

    id: int
    package_id: str
    number: int
    state: str
    from_at: datetime
    by: str
    note: str
    source: str
    submitted_at: datetime
    approved_by: str
    alone: bool  # approved by who had written it, as the body's setting allows
    stopped_at: datetime | None
    stopped_by: str
    stopped_why: str


@dataclass(frozen=True, slots=True)
class ReleaseView:
    """One content, and all its terms, the newest first. `cases`: how many run on it."""

    number: int
    title: str
    digest: str
    stored_at: datetime
    stored_by: str
    cases: int
    terms: tuple[TermView, ...]


@dataclass(frozen=True, slots=True)
class PackageView:
    """One package: what is in force, and every content, the newest first."""

    package_id: str
    title: str
    current: TermView | None
    releases: tuple[ReleaseView, ...]


def history(portal: Portal, package_id: str) -> PackageView:
    """All that is known of a package's releases. Raises NotFound."""
    with database.connection():
        now = portal.now()
        rows = releases.of_package(package_id)
        if not rows:
            raise NotFound("There is no process package %(package)s", package=package_id)
        holds = store.current(package_id, now)
        running = store.cases_by_release(package_id)
        terms = store.of_package(package_id)
    views = tuple(
        ReleaseView(
            row.number,
            row.title,
            row.digest,
            row.stored_at,
            row.stored_by,
            running[row.id],
            tuple(view(term, now, holds) for term in reversed(terms) if term.release_id == row.id),
        )
        for row in rows
    )
    title = holds.release.title if holds else rows[0].title
    return PackageView(package_id, title, view(holds, now, holds) if holds else None, views)


def package_ids(portal: Portal) -> list[str]:
    """Every package of which content is kept."""
    with portal.connection():
        return releases.package_ids()


def view(term: Term, now: datetime, holds: Term | None) -> TermView:
    if term.stopped_at is not None:
        state = "stopped"
    elif holds is not None and term.id == holds.id:
        state = "in_force"
    else:
        state = "planned" if term.from_at > now else "ended"
    return TermView(
        id=term.id,
        package_id=term.package_id,
        number=term.release.number,
        state=state,
        from_at=term.from_at,
        by=term.submitted_by,
        note=term.note,
        source=term.source,
        submitted_at=term.submitted_at,
        approved_by=term.approved_by,
        alone=bool((term.gate or {}).get("alone")),
        stopped_at=term.stopped_at,
        stopped_by=term.stopped_by,
        stopped_why=term.stopped_why,
    )
