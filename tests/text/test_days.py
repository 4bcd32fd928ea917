"""Dates as people write them."""

from __future__ import annotations

from datetime import date

import pytest

from app.errors import Refused
from app.forms import long_date, parse_date, wareki
from app.text.days import WrongWeekday, input_type, parse_datetime, parse_time, read_date, required_date


@pytest.mark.parametrize(
    "typed",
    [
        "2026-11-22",
        "2026/11/22",
        "２０２６．１１．２２",
        "20261122",
        "2026年11月22日",
        "令和8年11月22日",
        "R8.11.22",
        "ｒ８－１１－２２",
        "2026年11月22日（日）",
        "2026年11月22日(日)",
        "2026年 11月 22日 （日曜日）",
        "2026/11/22(日)",
        "2026-11-22 [日]",
        "2026.11.22日曜",
        "令和8年11月22日（日）",
        "㋿８年１１月２２日（日）",
        "2026ー11ー22",
        "2026‐11‐22",
        "22 November 2026",
        "Sun 22 Nov 2026",
        "Sunday, 22 Nov. 2026",
    ],
)
def test_one_day_is_written_in_many_ways(typed: str) -> None:
    assert parse_date(typed) == date(2026, 11, 22)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "2026-02-30",
        "11/22/2026",
        "令和0年1月1日",
        "令和8年（2027年）11月22日",
        "9999-01-01",
        "0001-01-01",
        "昨日",
        "2026-1",
    ],
)
def test_what_is_no_day_is_none(typed: str) -> None:
    assert parse_date(typed) is None


@pytest.mark.parametrize("day", [date(2026, 11, 27), date(2019, 5, 1), date(2028, 2, 29), date(1989, 1, 8)])
def test_days_are_read_as_the_portal_writes_them(day: date) -> None:
    """On pages, in letters and mails, in either language."""
    from app.connectors import filters

    english = f"{('Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun')[day.weekday()]} {day.day} {day:%b %Y}"
    for text in (
        filters.jdate(day),
        filters.wareki(day),
        wareki(day),
        long_date(day, "ja"),
        long_date(day, "en"),
        english,
    ):
        assert parse_date(text) == day, text


@pytest.mark.parametrize(
    "typed", ["2026年11月27日（木）", "2026/11/27(土)", "令和8年11月27日（日）", "Mon 27 Nov 2026"]
)
def test_a_weekday_that_does_not_fit_is_told_apart(typed: str) -> None:
    assert parse_date(typed) is None
    with pytest.raises(WrongWeekday) as slip:
        read_date(typed)
    assert slip.value.day == date(2026, 11, 27)
    with pytest.raises(Refused) as refused:
        required_date(typed, Refused("missing"))
    assert refused.value.params == {"day": date(2026, 11, 27)}


def test_an_input_keeps_what_a_date_input_would_swallow() -> None:
    assert input_type("2026-11-27") == input_type("") == input_type(None) == "date"
    assert input_type("2026年11月27日（金）") == input_type("あした") == "text"


def test_eras_begin_on_their_first_day() -> None:
    assert wareki(date(2019, 4, 30)) == "平成31年4月30日"
    assert wareki(date(2019, 5, 1)) == "令和元年5月1日"
    assert wareki(date(1989, 1, 7)) == "昭和64年1月7日"
    assert wareki(date(1926, 12, 24)) == "大正15年12月24日"
    assert wareki(date(1912, 7, 29)) == "明治45年7月29日"
    assert wareki(date(1850, 1, 1)) == ""
    assert parse_date("令和元年5月1日") == date(2019, 5, 1)


def test_every_era_date_reads_back() -> None:
    for year in range(1873, 2100, 7):
        day = date(year, 6, 15)
        assert parse_date(wareki(day)) == day


def test_long_dates_carry_the_day_of_the_week() -> None:
    assert long_date(date(2026, 11, 22), "ja") == "2026年11月22日（日）"
    assert long_date(date(2026, 11, 22), "en") == "22 November 2026"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("9:05", "09:05"),
        ("１３：３０", "13:30"),
        ("13時", "13:00"),
        ("9時5分", "09:05"),
        ("13:00:00", "13:00"),
    ],
)
def test_times_too(typed: str, kept: str) -> None:
    found = parse_time(typed)
    assert found is not None
    assert found.strftime("%H:%M") == kept


@pytest.mark.parametrize("typed", ["25:00", "9:60", "9", "9:", "午後"])
def test_what_is_no_time_is_none(typed: str) -> None:
    assert parse_time(typed) is None


@pytest.mark.parametrize(
    "typed",
    [
        "2026-11-22T13:30",
        "2026/11/22 13:30",
        "2026年11月22日13時30分",
        "2026年11月22日 13:30",
        "2026年11月22日（日）13:30",
        "2026年11月22日（日） 13時30分",
        "R8.11.22 13:30",
    ],
)
def test_moments_are_a_day_and_a_time(typed: str) -> None:
    found = parse_datetime(typed)
    assert found is not None
    assert found.isoformat(timespec="minutes") == "2026-11-22T13:30"
