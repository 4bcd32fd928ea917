"""Timers of cases: when each case has to be woken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.store.models import TimerRow


def replace_timers(case: int, rows: Sequence[tuple[str, str, datetime]]) -> None:
    """The case's waiting timers are now these (task id, element, due)."""
    TimerRow.delete().where(TimerRow.case == case).execute()
    for task_id, element, due in rows:
        TimerRow.create(case=case, task_id=task_id, element=element, due_at=due)


def timers(case: int) -> list[TimerRow]:
    """The case's waiting timers, next due first."""
    return list(TimerRow.select().where(TimerRow.case == case).order_by(TimerRow.due_at))


def put_off_timers(case: int, now: datetime, until: datetime) -> None:
    """The case's due timers wait until then."""
    TimerRow.update(due_at=until).where((TimerRow.case == case) & (TimerRow.due_at <= now)).execute()


def wake_timers(case: int, now: datetime, until: datetime) -> None:
    """The case's timers that are due until then are looked at now; what time itself has not come for does not fire."""
    TimerRow.update(due_at=now).where(
        (TimerRow.case == case) & (TimerRow.due_at > now) & (TimerRow.due_at <= until)
    ).execute()


def put_off_timer(case: int, task_id: str, until: datetime) -> None:
    """One of the case's timers waits until then."""
    TimerRow.update(due_at=until).where((TimerRow.case == case) & (TimerRow.task_id == task_id)).execute()


def cases_with_timers_due(now: datetime, limit: int = 50) -> list[int]:
    """Cases to wake, those due longest first."""
    rows = TimerRow.select(TimerRow.case).where(TimerRow.due_at <= now).order_by(TimerRow.due_at).limit(limit)
    return list(dict.fromkeys(row.case_id for row in rows))
