"""Dates as people write them."""

from __future__ import annotations

from datetime import date

import pytest

from app.forms import long_date, parse_date, wareki
from app.forms.dates import parse_datetime, parse_time


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
    ],
)
def test_one_day_is_written_in_many_ways(typed: str) -> None:
    assert parse_date(typed) == date(2026, 11, 22)


@pytest.mark.parametrize(
    "typed", ["", "2026-02-30", "11/22/2026", "令和0年1月1日", "9999-01-01", "0001-01-01", "昨日", "2026-1"]
)
def test_what_is_no_day_is_none(typed: str) -> None:
    assert parse_date(typed) is None


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
    "typed", ["2026-11-22T13:30", "2026/11/22 13:30", "2026年11月22日13時30分", "2026年11月22日 13:30"]
)
def test_moments_are_a_day_and_a_time(typed: str) -> None:
    found = parse_datetime(typed)
    assert found is not None
    assert found.isoformat(timespec="minutes") == "2026-11-22T13:30"
