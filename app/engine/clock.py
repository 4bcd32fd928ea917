"""ISO 8601 times of timers, against the clock that a step is given: never the machine's."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from app.errors import ScriptError

MAX_CYCLES = 100
MIN_CYCLE = timedelta(minutes=1)

_DURATION = re.compile(
    r"P(?=\d|T\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?",
    re.ASCII,
)
_CYCLE = re.compile(r"R(\d{1,9})/(P.+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Duration:
    """An ISO 8601 duration: months, weeks and days by the calendar of a zone, hours and less exact."""

    months: int
    days: int
    rest: timedelta

    def after(self, moment: datetime, zone: tzinfo) -> datetime:
        """The moment this much after another, in UTC; the last day of a shorter month stands for a day that it lacks.

        A month after 08:30 of 1 March in Japan is 08:30 of 1 April there, though it is 28 February still in UTC.
        """
        start = moment.astimezone(zone)
        month = start.month - 1 + self.months
        year, month = start.year + month // 12, month % 12 + 1
        if year > 9998:
            raise ScriptError("The time lies too far in the future.")
        day = min(start.day, monthrange(year, month)[1])
        try:
            local = start.replace(year=year, month=month, day=day) + timedelta(days=self.days)
            return local.astimezone(UTC) + self.rest
        except OverflowError:
            raise ScriptError("The time lies too far in the future.") from None


def duration(value: Any) -> Duration:
    """Read `P30D`, `P1Y6M`, `PT15M` … Raises ScriptError."""
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None or max(len(part or "") for part in match.groups()) > 9:
        raise ScriptError("“%(value)s” is not a duration; write 'P30D' or 'PT15M'.", value=str(value)[:40])
    years, months, weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    try:
        rest = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        raise ScriptError("The time lies too far in the future.") from None
    return Duration(years * 12 + months, weeks * 7 + days, rest)


def moment(value: Any, zone: tzinfo) -> datetime:
    """Read an ISO 8601 date or date and time, in UTC; one without an offset is local to `zone`. Raises ScriptError."""
    try:
        if not isinstance(value, str):
            raise TypeError
        read = datetime.fromisoformat(value)
        return (read if read.tzinfo else read.replace(tzinfo=zone)).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise ScriptError(
            "“%(value)s” is not a date; write '2027-04-01' or '2027-04-01T09:00+09:00'.",
            value=str(value)[:40],
        ) from None


def cycle(value: Any) -> tuple[int, Duration]:
    """Read `R3/P7D`: how often, and how long between. Raises ScriptError, also when it would flood the case."""
    match = _CYCLE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ScriptError(
            "“%(value)s” is not a repetition; write 'R3/P7D' (three times, every 7 days).",
            value=str(value)[:40],
        )
    times, every = int(match.group(1)), duration(match.group(2))
    if not 1 <= times <= MAX_CYCLES:
        raise ScriptError("A timer may repeat 1 to %(limit)s times.", limit=MAX_CYCLES)
    if not every.months and not every.days and every.rest < MIN_CYCLE:
        raise ScriptError("A timer may repeat once a minute at most.")
    return times, every


def stored(value: datetime) -> str:
    """A moment as it is kept in a case's state."""
    return value.astimezone(UTC).isoformat()
