"""Calendar files (iCalendar, RFC 5545) for a day that was settled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vText

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


def calendar_file(appointment: Appointment, *, stamped: datetime) -> bytes:
    """The file: one event in Tokyo time, an alarm-less one. `stamped` is when it was made (aware)."""
    event = Event()
    event.add("uid", appointment.uid)
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", stamped.astimezone(UTC))
    event.add("summary", appointment.title)
    event.add("dtstart", appointment.start.astimezone(_TOKYO))
    event.add("dtend", appointment.end.astimezone(_TOKYO))
    event.add("status", "CANCELLED" if appointment.cancelled else "CONFIRMED")
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
    calendar = Calendar()
    calendar.add("prodid", "-//Nintei//JP")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if appointment.cancelled else "PUBLISH")
    calendar.add_component(event)
    calendar.add_missing_timezones()
    content: bytes = calendar.to_ical()
    return content
