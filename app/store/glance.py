"""What the first page of whoever runs the portal reads: a few counts and the oldest of each, by their indexes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from peewee import fn

from app.states import DeliveryState, InboundState, JobState, MoveState, Side, WorkspaceState
from app.store import inbound
from app.store.models import (
    BackupMade,
    Delivery,
    InboundMail,
    Job,
    Mail,
    Move,
    Release,
    Term,
    User,
    Workspace,
    WorkspaceEvent,
)


def jobs() -> Mapping[str, int]:
    """How many jobs there are in each state that is not over."""
    waiting = [JobState.QUEUED, JobState.RUNNING, JobState.PARKED, JobState.INCIDENT]
    query = Job.select(Job.state, fn.COUNT(Job.id)).where(Job.state.in_(waiting)).group_by(Job.state)
    return {str(getattr(state, "value", state)): int(n) for state, n in query.tuples()}


def oldest_inbound() -> datetime | None:
    """Since when the mail waits that came in first of those that nobody has looked at."""
    mine = inbound.in_state(InboundState.WAITING, InboundState.UNKNOWN)
    found = InboundMail.select(fn.MIN(InboundMail.received_at)).where(mine).scalar()
    return found if isinstance(found, datetime) else None


def oldest_undelivered() -> datetime | None:
    """Since when the mail did not arrive that nobody has seen to for longest."""
    mine = (Delivery.state == DeliveryState.FAILED) & Delivery.settled_at.is_null()
    found = Delivery.select(fn.MIN(Delivery.at)).where(mine).scalar()
    return found if isinstance(found, datetime) else None


def last_sent() -> datetime | None:
    """When a mail last went out."""
    found = Mail.select(fn.MAX(Mail.sent_at)).scalar()
    return found if isinstance(found, datetime) else None


def last_backup() -> BackupMade | None:
    """The backup that was made last."""
    return BackupMade.select().order_by(BackupMade.at.desc(), BackupMade.id.desc()).first()


def keep_backup(**values: Any) -> None:
    """A backup was made."""
    BackupMade.create(**values)


def coming(now: datetime) -> list[tuple[str, int, datetime]]:
    """(package, number, when) of releases that come into force, the next first."""
    query = Term.select(Term.package_id, Release.number, Term.from_at).join(Release)
    query = query.where((Term.from_at > now) & Term.stopped_at.is_null() & (Term.from_at > Term.submitted_at))
    return [(str(package), int(number), at) for package, number, at in query.order_by(Term.from_at).tuples()]


def submitted() -> list[tuple[int, str, datetime | None]]:
    """(row id, title, since when) of drafts that wait for a second person."""
    rows = Workspace.select().where(Workspace.state == WorkspaceState.SUBMITTED).order_by(Workspace.id)
    found = []
    for row in rows:
        last = WorkspaceEvent.select(fn.MAX(WorkspaceEvent.at)).where(WorkspaceEvent.workspace == row.id).scalar()
        found.append((row.id, str(row.title), last if isinstance(last, datetime) else None))
    return found


def moves_asked() -> list[tuple[int, str, datetime]]:
    """(row id, package, since when) of moves of cases that wait for a second person."""
    rows = Move.select(Move.id, Move.package_id, Move.asked_at).where(Move.state == MoveState.ASKED)
    return [(int(key), str(package), at) for key, package, at in rows.order_by(Move.asked_at).tuples()]


def never_entered() -> list[str]:
    """Names of staff whose account is open and who have not signed in yet."""
    never = User.last_login_at.is_null() & User.current_login_at.is_null()
    rows = User.select().where((User.side == Side.OPERATOR) & User.active & never)
    return [row.name for row in rows.order_by(User.name)]


def without_factor() -> list[str]:
    """Names of staff whose account is open and asks for nothing besides the password."""
    rows = User.select().where((User.side == Side.OPERATOR) & User.active & (User.factors == ""))
    return [row.name for row in rows.order_by(User.name)]
