"""Contents of process packages by their digest."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from peewee import fn

from app.store.models import Case, Release, Term

# All but the archive, which weighs a megabyte: lists do without it.
_LIGHT = tuple(field for field in Release._meta.sorted_fields if field.name != "archive")


def by_digest(digest: str) -> Release | None:
    """The content of exactly these files, without its archive."""
    return Release.select(*_LIGHT).where(Release.digest == digest).first()


def by_id(release_id: int) -> Release | None:
    """The content of this row id."""
    return Release.get_or_none(Release.id == release_id)


def by_number(package_id: str, number: int) -> Release | None:
    """The content of this number, without its archive."""
    return Release.select(*_LIGHT).where((Release.package_id == package_id) & (Release.number == number)).first()


def of_package(package_id: str) -> list[Release]:
    """Every content of a package, the newest first, without archives."""
    return list(Release.select(*_LIGHT).where(Release.package_id == package_id).order_by(Release.number.desc()))


def package_ids() -> list[str]:
    """Every package of which content is kept."""
    rows: Any = Release.select(Release.package_id).distinct().order_by(Release.package_id).tuples()
    return [name for (name,) in rows]


def used_ids() -> list[int]:
    """The contents that cases run on or ran on, or that new cases may start on; the newest last."""
    of_cases, of_terms = Case.select(Case.release).distinct(), Term.select(Term.release).distinct()
    rows = Release.select(Release.id).where(Release.id.in_(of_cases) | Release.id.in_(of_terms)).order_by(Release.id)
    return [row.id for row in rows]


def keep(package_id: str, title: str, digest: str, archive: bytes, at: datetime, by: str) -> tuple[Release, bool]:
    """The content's row, one number higher when it is new; and whether it is.

    Inside a transaction that holds the package's name (`lock_name`), so that numbers follow each other.
    """
    known = by_digest(digest)
    if known is not None:
        return known, False
    top = Release.select(fn.MAX(Release.number)).where(Release.package_id == package_id).scalar()
    Release.insert(
        package_id=package_id,
        number=int(top or 0) + 1,
        title=title,
        digest=digest,
        archive=archive,
        stored_at=at,
        stored_by=by,
    ).on_conflict_ignore().execute()
    row = by_digest(digest)
    assert row is not None  # noqa: S101 - it is there now, whoever was first
    return row, True
