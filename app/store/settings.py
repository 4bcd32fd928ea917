"""The values that staff gave settings, each from a day on, and proposals of new ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from app.states import ProposalState
from app.store import seldom
from app.store.composed import Composed
from app.store.models import Setting, SettingProposal

_ALL = Composed[Setting](lambda package: Setting.select().where(Setting.package_id == package).order_by(Setting.id))


def kept(package_id: str) -> list[Setting]:
    """Every value that was ever set and not stopped; the same list as long as nothing is changed. Nobody writes it."""
    return seldom.kept(
        ("settings", package_id), lambda: [row for row in _ALL.rows(package_id) if row.stopped_at is None]
    )


def history(package_id: str) -> list[Setting]:
    """All of them, those that were stopped before their day, too; as they were set."""
    return _ALL.rows(package_id)


def in_force(rows: Iterable[Setting], day: date) -> dict[str, Setting]:
    """By key, the value that holds on this day in Japan: of those whose day has come the one of the latest day, and of
    one day the one that was set last."""
    found: dict[str, Setting] = {}
    for row in sorted(rows, key=lambda each: (each.from_day or date.min, each.id)):
        if row.from_day is None or row.from_day <= day:
            found[row.key] = row
    return found


def put(
    package_id: str,
    values: Mapping[str, str],
    from_day: date,
    at: datetime,
    by: str,
    *,
    approved_by: str = "",
    reason: str = "",
    proposal: int | None = None,
) -> None:
    """Have these values hold from a day on."""
    for key, value in values.items():
        Setting.create(
            package_id=package_id, key=key, value=value, from_day=from_day, changed_at=at, changed_by=by,
            approved_by=approved_by, reason=reason, proposal=proposal,
        )  # fmt: skip


def stop(rows: Iterable[Setting], at: datetime, by: str) -> None:
    """Have these never hold: their day has not come yet."""
    for row in rows:
        row.stopped_at, row.stopped_by = at, by
        row.save()


def of_proposal(proposal: int) -> list[Setting]:
    """What an approved proposal set."""
    return list(Setting.select().where(Setting.proposal == proposal).order_by(Setting.id))


def proposals(package_id: str, state: ProposalState | None = None, limit: int = 200) -> list[SettingProposal]:
    """Proposals for this package, the newest first."""
    query = SettingProposal.select().where(SettingProposal.package_id == package_id)
    if state is not None:
        query = query.where(SettingProposal.state == state)
    return list(query.order_by(SettingProposal.id.desc()).limit(limit))


def waiting() -> int:
    """How many proposals wait for somebody."""
    return int(SettingProposal.select().where(SettingProposal.state == ProposalState.OPEN).count())


def proposal(proposal_id: int) -> SettingProposal | None:
    """The proposal of this number."""
    return SettingProposal.get_or_none(SettingProposal.id == proposal_id)
