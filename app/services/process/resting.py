"""Operators for which a token rests by itself: until some business days have passed, until another step is done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from app.engine import JobRequest
from app.errors import Permanent
from app.services.base import businessdays
from app.services.base.releases import settings_of
from app.states import JobState
from app.store import jobrows
from app.store.models import Case

if TYPE_CHECKING:
    from app.catalogue import Package
    from config.settings import Settings

LONGEST: Final = 1000  # business days: some four years
RESTING: Final = frozenset({"wait_for", "wait_days"})


def days(params: Mapping[str, Any]) -> int:
    """How many business days to wait. Raises Permanent."""
    found = params.get("days")
    if isinstance(found, bool) or not isinstance(found, int) or not 0 <= found <= LONGEST:
        raise Permanent("Business days to wait must be a whole number from 0 to %(most)s", most=LONGEST)
    return found


def until(params: Mapping[str, Any], now: datetime, closing: frozenset[date]) -> datetime:
    """When the wait that begins now is over. Raises Permanent."""
    count = days(params)
    return (
        businessdays.begins(businessdays.add_business_days(businessdays.today(now), count, closing)) if count else now
    )


def begins(request: JobRequest, now: datetime, closing: frozenset[date]) -> tuple[str, datetime]:
    """(state, time) with which the job of a request is queued."""
    if request.operator == "wait_for":
        return "parked", now
    if request.operator == "wait_days":
        try:
            return "queued", until(request.params, now, closing)
        except Permanent:
            return "queued", now  # it becomes an incident of its own, with these words, and the step is kept
    return "queued", now


def at_rest(case: Case, requests: tuple[JobRequest, ...]) -> frozenset[str]:
    """The engine's ids of the tasks that only wait: those asked for in this step, and earlier ones."""
    asked = {each.task_id for each in requests if each.operator in RESTING}
    rows = {
        each.task_id for each in jobrows.jobs_of(case.id, JobState.QUEUED, JobState.PARKED) if each.operator in RESTING
    }
    return frozenset(asked | rows)


MOST_GRACE = 24 * 60  # minutes
HELD_BACK = frozenset({"mail", "pdf"})  # what a decision of the staff sends, and can wait for a while


def grace(request: JobRequest, package: Package, settings: Settings) -> timedelta:
    """How long what a decision of the staff sends lies still, so that it can be taken back until it has truly left: the
    package's setting `recall.minutes`; nothing in a demo, where people look at what comes of a press."""
    if request.operator not in HELD_BACK or settings.demo or not settings.recall:
        return timedelta(0)
    minutes = settings_of(package).get("recall", {}).get("minutes", 0)
    return timedelta(minutes=minutes if isinstance(minutes, int) and 0 < minutes <= MOST_GRACE else 0)
