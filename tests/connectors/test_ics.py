from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar

from app.connectors.ics import Appointment, calendar_file

TOKYO = ZoneInfo("Asia/Tokyo")
DAY = Appointment(
    "exam-2026-0042@body.example",
    0,
    "認定試験",
    datetime(2027, 2, 16, 13, tzinfo=TOKYO),
    datetime(2027, 2, 16, 16, tzinfo=TOKYO),
    "東京都港区、虎ノ門; 4階",
    "持ち物：ICカード\n開始10分前まで",
    "https://n.example/cases/1",
    "office@body.example",
    "認定事務局",
)
NOW = datetime(2026, 12, 1, 3, tzinfo=UTC)


def test_the_day_is_one_event_in_tokyo_time() -> None:
    content = calendar_file(DAY, stamped=NOW)
    calendar = Calendar.from_ical(content)
    [event] = calendar.walk("VEVENT")
    assert event["UID"] == DAY.uid and event["SEQUENCE"] == 0 and event["STATUS"] == "CONFIRMED"
    assert event.decoded("DTSTART") == DAY.start and event["DTSTART"].params["TZID"] == "Asia/Tokyo"
    assert str(event["LOCATION"]) == DAY.place and str(event["DESCRIPTION"]) == DAY.description
    assert calendar.walk("VTIMEZONE") and calendar["METHOD"] == "PUBLISH"
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))


def test_a_moved_day_keeps_its_identity_and_a_cancelled_one_says_so() -> None:
    [event] = Calendar.from_ical(calendar_file(replace(DAY, sequence=2, cancelled=True), stamped=NOW)).walk("VEVENT")
    assert event["UID"] == DAY.uid and event["SEQUENCE"] == 2 and event["STATUS"] == "CANCELLED"


def test_the_day_before_says_so_and_a_cancelled_day_rings_no_bell() -> None:
    day = replace(DAY, alarm="認定試験")
    [alarm] = Calendar.from_ical(calendar_file(day, stamped=NOW)).walk("VALARM")
    assert (alarm["ACTION"], str(alarm["DESCRIPTION"])) == ("DISPLAY", "認定試験")
    assert alarm.decoded("TRIGGER") == timedelta(days=-1)
    assert not Calendar.from_ical(calendar_file(replace(day, cancelled=True), stamped=NOW)).walk("VALARM")
