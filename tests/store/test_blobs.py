"""Files under their digest: whole or not there, and nothing is left of those who were killed."""

from __future__ import annotations

import io
import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.errors import TooLarge
from app.store.blobs import Blobs

DAY = timedelta(days=1)


class Cut(BaseException):
    """The power fails, or the process is killed."""


class Line:
    """Sends a little, and then what it is told to."""

    def __init__(self, error: BaseException | None = None) -> None:
        self._error, self._sent = error, False

    def read(self, _count: int) -> bytes:
        if self._sent and self._error is not None:
            raise self._error
        said, self._sent = b"" if self._sent else b"half", True
        return said


def arrive(blobs: Blobs, stream: Any, limit: int = 100) -> str:
    with blobs.arriving(stream, limit) as arrived:
        arrived.keep()
    return arrived.digest


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_what_is_stored_is_there_under_its_digest_alone(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    one = blobs.put(b"bytes")
    with blobs.arriving(io.BytesIO(b"bytes"), 100) as arrived:
        assert (arrived.digest, arrived.size, arrived.path.read_bytes()) == (one, 5, b"bytes")
        arrived.keep()
    assert blobs.get(one) == b"bytes"
    assert [path.name for path in files(tmp_path)] == [one]


@pytest.mark.parametrize("error", [ConnectionError(), Cut()])
def test_what_did_not_come_to_its_end_is_not_there(tmp_path: Path, error: BaseException) -> None:
    with pytest.raises(type(error)):
        arrive(Blobs(tmp_path), Line(error))
    with pytest.raises(TooLarge):
        arrive(Blobs(tmp_path), io.BytesIO(b"bytes"), 4)
    assert files(tmp_path) == []


def test_what_a_killed_process_had_begun_is_removed_after_a_day_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs = Blobs(tmp_path)
    kept = blobs.put(b"kept")
    monkeypatch.setattr(Path, "unlink", lambda *_args, **_more: None)  # a killed process tidies nothing up
    with pytest.raises(Cut):
        arrive(blobs, Line(Cut()))
    monkeypatch.undo()
    [left] = [path for path in files(tmp_path) if path.name != kept]
    long_ago = time.time() - 2 * DAY.total_seconds()
    os.utime(blobs.path(kept), (long_ago, long_ago))
    assert blobs.tidy(DAY) == 0  # it may still be written to
    os.utime(left, (long_ago, long_ago))
    assert blobs.tidy(DAY) == 1
    assert [path.name for path in files(tmp_path)] == [kept]


def test_what_is_looked_at_and_not_kept_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ValueError), Blobs(tmp_path).arriving(io.BytesIO(b"a virus"), 100) as arrived:
        assert arrived.path.read_bytes() == b"a virus"
        raise ValueError
    assert files(tmp_path) == []


# Bytes without a row


def aged(blobs: Blobs, digest: str, age: timedelta) -> None:
    at = time.time() - age.total_seconds()
    os.utime(blobs.path(digest), (at, at))


def test_what_lies_longer_than_a_day_is_listed(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    fresh, old, older = blobs.put(b"fresh"), blobs.put(b"old"), blobs.put(b"older")
    aged(blobs, old, 2 * DAY)
    aged(blobs, older, 20 * DAY)
    assert list(blobs.lying(DAY, 8 * DAY)) == [old]
    assert sorted(blobs.lying(DAY, 99 * DAY)) == sorted([old, older])
    assert fresh not in set(blobs.lying(DAY, 99 * DAY))


def test_bytes_are_collected_unless_somebody_wants_them(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    stray = blobs.put(b"stray")
    aged(blobs, stray, 2 * DAY)
    assert not blobs.collect(stray, DAY, lambda: True)
    assert blobs.get(stray) == b"stray"
    assert blobs.collect(stray, DAY, lambda: False)
    assert files(tmp_path) == []
    assert not blobs.collect(stray, DAY, lambda: False)  # another process was here before


def test_bytes_that_are_stored_again_while_they_are_collected_stay(tmp_path: Path) -> None:
    """Whoever stores them before they are moved aside finds them, and makes them new; whoever comes later, does not
    find them, and stores them anew."""
    blobs = Blobs(tmp_path)
    found = blobs.put(b"bytes")
    aged(blobs, found, 2 * DAY)
    blobs.put(b"bytes")
    assert not blobs.collect(found, DAY, lambda: False)
    assert blobs.get(found) == b"bytes"

    aged(blobs, found, 2 * DAY)
    assert blobs.collect(found, DAY, lambda: bool(blobs.put(b"bytes")) and False)
    assert blobs.get(found) == b"bytes"
