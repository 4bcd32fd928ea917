"""Time that is passed in."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config.clock import FileClock, SystemClock, clock_for, read_instant_or_offset, set_clock_file

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


class Noon:
    """A clock that stands at noon."""

    def now(self) -> datetime:
        return NOON


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "clock"


def test_the_system_clock_tells_aware_utc() -> None:
    assert SystemClock().now().tzinfo is UTC
    assert isinstance(clock_for(None), SystemClock)


def test_without_a_file_or_with_an_empty_one_time_is_real(file: Path) -> None:
    clock = FileClock(file, Noon())
    assert clock.now() == NOON
    file.write_text("\n")
    assert clock.now() == NOON


def test_an_offset_shifts_time_and_an_instant_makes_it_stand(file: Path) -> None:
    clock = FileClock(file, Noon())
    set_clock_file(file, "+365d")
    assert clock.now() == NOON + timedelta(days=365)
    set_clock_file(file, "2027-11-22T09:00:00+09:00")
    assert clock.now() == datetime(2027, 11, 22, tzinfo=UTC)
    file.unlink()
    assert clock.now() == NOON


def test_each_of_many_quick_changes_is_seen(file: Path) -> None:
    clock = FileClock(file, Noon())
    for day in range(1, 60):
        file.write_text(f"+{day:03}d")
        assert clock.now() == NOON + timedelta(days=day)


def test_an_old_file_is_not_read_again(file: Path) -> None:
    file.write_text("+1d")
    long_ago = time.time() - 60
    os.utime(file, (long_ago, long_ago))
    clock = FileClock(file, Noon())
    seen = file.stat()
    with file.open("r+") as opened:  # same size, and the time is put back: nothing shows the change
        opened.write("+2d")
    os.utime(file, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    assert clock.now() == NOON + timedelta(days=1)


def test_nonsense_stops_the_start_but_not_a_running_portal(file: Path) -> None:
    file.write_text("+1d")
    clock = FileClock(file, Noon())
    file.write_text("tomorrow")
    assert clock.now() == NOON + timedelta(days=1)
    with pytest.raises(ValueError, match="tomorrow"):
        FileClock(file)


def test_nonsense_is_not_written(file: Path) -> None:
    with pytest.raises(ValueError, match="soon"):
        set_clock_file(file, "soon")
    assert not file.exists()


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("", timedelta(0)),
        ("+365d", timedelta(days=365)),
        ("-2h", timedelta(hours=-2)),
        (" +1w 3d  4h 5m 6s\n", timedelta(weeks=1, days=3, hours=4, minutes=5, seconds=6)),
        ("-1d 2h", timedelta(days=-1, hours=-2)),
    ],
)
def test_offsets(text: str, offset: timedelta) -> None:
    assert read_instant_or_offset(text) == offset


@pytest.mark.parametrize("text", ["365d", "+365", "+d", "2027-11-22", "2027-11-22T09:00:00", "+1d -2h", "+1y"])
def test_what_could_be_misread_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"offset|zone"):
        read_instant_or_offset(text)
