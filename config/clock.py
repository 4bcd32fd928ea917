"""What time it is, as something that is passed in: so that a year can go by in a test or a rehearsal.

A clock file holds one line: an instant with its zone (`2027-11-22T09:00:00+09:00`; time stands still there)
or an offset (`+365d`, `-2h`, `+1w 3d 4h 5m 6s`; time goes on, that much later or earlier). No file, or an
empty one: the real time.
"""

from __future__ import annotations

import logging
import os
import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

log = logging.getLogger(__name__)

UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
# A file system may give two writes within one tick the same time: what was just written is read again.
JUST_WRITTEN = 0.1  # seconds


class Clock(Protocol):
    """Anything that knows the time."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""


class SystemClock:
    """Tells the time of the machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class FileClock:
    """Follows a clock file while the portal runs; what cannot be read leaves the clock as it last was."""

    def __init__(self, path: Path, base: Clock | None = None) -> None:
        """Raise ValueError if the file is there and holds neither an instant nor an offset."""
        self.path = path
        self.base = base or SystemClock()
        self._seen: tuple[int, int, int] | None = None
        self._reading: datetime | timedelta = timedelta(0)
        self._read()

    def now(self) -> datetime:
        try:
            self._read()
        except ValueError as error:
            log.warning("The clock file %s is ignored: %s", self.path, error)
        if isinstance(self._reading, datetime):
            return self._reading
        return self.base.now() + self._reading

    def _read(self) -> None:
        try:
            status = self.path.stat()
        except FileNotFoundError:
            self._seen, self._reading = None, timedelta(0)
            return
        seen = (status.st_mtime_ns, status.st_size, status.st_ino)
        if seen == self._seen and time.time() - status.st_mtime > JUST_WRITTEN:
            return
        self._seen = seen
        self._reading = read_instant_or_offset(self.path.read_text(encoding="utf-8"))


def clock_for(clock_file: Path | None) -> Clock:
    """The clock that the setting NINTEI_CLOCK_FILE asks for."""
    return FileClock(clock_file) if clock_file else SystemClock()


def set_clock_file(path: Path, text: str) -> None:
    """Write a clock file in one piece: no reader sees half of it. ValueError for what no clock can read."""
    read_instant_or_offset(text)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)


def read_instant_or_offset(text: str) -> datetime | timedelta:
    """An aware datetime in UTC, or a timedelta (zero for an empty text)."""
    words = text.split()
    if not words:
        return timedelta(0)
    line = " ".join(words)
    if line[0] in "+-":
        parts = re.fullmatch(r"[+-](?:\s*\d+[wdhms])+", line)
        if not parts:
            raise ValueError(f"{line!r} is no offset such as +365d or -2h 30m")
        amounts = re.findall(r"(\d+)([wdhms])", line)
        offset = sum((timedelta(**{UNITS[unit]: int(number)}) for number, unit in amounts), timedelta(0))
        return -offset if line[0] == "-" else offset
    try:
        instant = datetime.fromisoformat(line)
    except ValueError:
        raise ValueError(f"{line!r} is no offset and no instant (2027-11-22T09:00:00+09:00)") from None
    if instant.tzinfo is None:
        raise ValueError(f"{line!r} lacks its zone: write {line}+09:00 for Japan")
    return instant.astimezone(UTC)
