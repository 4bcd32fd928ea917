"""Calendar files (iCalendar, RFC 5545) for a day that was settled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, Timezone, vCalAddress, vText

MIME = "text/calendar; method=PUBLISH; charset=utf-8"
_TOKYO = ZoneInfo("Asia/Tokyo")


@dataclass(frozen=True, slots=True)
class Appointment:
    """One day. `uid` stays the same when the day is moved and `sequence` grows (RFC 5545 section 3.8.7.4);
    times are aware."""

    uid: str
    sequence: int
    title: str
    start: datetime
    end: datetime
    place: str = ""
    description: str = ""
    url: str = ""
    organizer: str = ""  # mail address
    organizer_name: str = ""
    cancelled: bool = False
    tentative: bool = False
    alarm: str = ""  # what is said the day before; nothing is when it is empty


def calendar_file(appointment: Appointment, *, stamped: datetime) -> bytes:
    """The file: one event in Tokyo time, with its alarm. `stamped` is when it was made (aware)."""
    return _calendar([_event(appointment, stamped)], "CANCEL" if appointment.cancelled else "PUBLISH")


def feed(appointments: Sequence[Appointment], *, name: str, stamped: datetime) -> bytes:
    """A calendar to subscribe to. Programs are asked to look again every few hours (RFC 7986 sections 5.1, 5.7)."""
    events = [_event(each, stamped) for each in appointments]
    return _calendar(events, "PUBLISH", {"name": name, "x-wr-calname": name, "refresh-interval": timedelta(hours=4)})


def _event(appointment: Appointment, stamped: datetime) -> Event:
    event = Event()
    event.add("uid", appointment.uid)
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", stamped.astimezone(UTC))
    event.add("summary", appointment.title)
    event.add("dtstart", appointment.start.astimezone(_TOKYO))
    event.add("dtend", appointment.end.astimezone(_TOKYO))
    held = "TENTATIVE" if appointment.tentative else "CONFIRMED"
    event.add("status", "CANCELLED" if appointment.cancelled else held)
    for name, value in (
        ("location", appointment.place),
        ("description", appointment.description),
        ("url", appointment.url),
    ):
        if value:
            event.add(name, value)
    if appointment.organizer:
        organizer = vCalAddress(f"mailto:{appointment.organizer}")
        organizer.params["CN"] = vText(appointment.organizer_name or appointment.organizer)
        event["organizer"] = organizer
    if appointment.alarm and not appointment.cancelled:
        event.add_component(_alarm(appointment.alarm))
    return event


def _alarm(text: str) -> Alarm:
    """What is shown a day before (RFC 5545 section 3.6.6)."""
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", text)
    alarm.add("trigger", timedelta(days=-1))
    return alarm


@cache
def _zone() -> Timezone:
    """What Japanese time is (RFC 5545 section 3.6.5): the same in every file, and slow to put together."""
    return Timezone.from_tzid(_TOKYO.key)


def _calendar(events: Sequence[Event], method: str, more: Mapping[str, Any] | None = None) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//Nintei//JP")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    for key, value in (more or {}).items():
        calendar.add(key, value)
    for component in (_zone(), *events) if events else ():
        calendar.add_component(component)
    content: bytes = calendar.to_ical()
    return content
