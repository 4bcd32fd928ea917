"""Released process packages and the settings that staff changed."""

from __future__ import annotations

from datetime import datetime

from peewee import fn

from app.store.models import Case, Release, Setting


def by_digest(digest: str) -> Release | None:
    """The release of exactly these files."""
    return Release.get_or_none(Release.digest == digest)


def by_id(release_id: int) -> Release | None:
    """The release of this row id."""
    return Release.get_or_none(Release.id == release_id)


def current(package_id: str) -> Release | None:
    """The release on which new cases start."""
    return (
        Release.select()
        .where((Release.package_id == package_id) & Release.active)
        .order_by(Release.number.desc())
        .first()
    )


def current_all() -> list[Release]:
    """The current release of every package, by package id."""
    rows = Release.select().where(Release.active).order_by(Release.package_id, Release.number)
    return list({row.package_id: row for row in rows}.values())


def newest_id() -> int:
    """The row id of the newest release; 0 when there is none."""
    return int(Release.select(fn.MAX(Release.id)).scalar() or 0)


def running_ids() -> list[int]:
    """The releases that new cases start on or that cases run on, oldest first."""
    used = Case.select(Case.release).distinct()
    rows = Release.select(Release.id).where(Release.active | Release.id.in_(used)).order_by(Release.id)
    return [row.id for row in rows]


def add(package_id: str, title: str, digest: str, archive: bytes, at: datetime, by: str) -> Release:
    """A new release, one number higher."""
    top = Release.select(fn.MAX(Release.number)).where(Release.package_id == package_id).scalar()
    return Release.create(
        package_id=package_id,
        number=int(top or 0) + 1,
        title=title,
        digest=digest,
        archive=archive,
        released_at=at,
        released_by=by,
    )


def settings(package_id: str) -> dict[str, str]:
    """The values that staff set: dotted key to text."""
    return {row.key: row.value for row in Setting.select().where(Setting.package_id == package_id)}


def setting_rows(package_id: str) -> dict[str, Setting]:
    """The settings that staff set, by their dotted key."""
    return {row.key: row for row in Setting.select().where(Setting.package_id == package_id)}


def set_setting(package_id: str, key: str, value: str, at: datetime, by: str) -> None:
    """Change one setting."""
    said = {"value": value, "changed_at": at, "changed_by": by}
    row = Setting.insert(package_id=package_id, key=key, **said)
    row.on_conflict(conflict_target=[Setting.package_id, Setting.key], update=said).execute()
