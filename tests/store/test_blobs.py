"""Files under their digest: whole or not there, and nothing is left of those who were killed."""

from __future__ import annotations

import io
import os
import time
from datetime import timedelta
from pathlib import Path

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


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_what_is_stored_is_there_under_its_digest_alone(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    one = blobs.put(b"bytes")
    assert blobs.put_stream(io.BytesIO(b"bytes"), 100) == (one, 5)
    assert blobs.get(one) == b"bytes"
    assert [path.name for path in files(tmp_path)] == [one]


@pytest.mark.parametrize("error", [ConnectionError(), Cut()])
def test_what_did_not_come_to_its_end_is_not_there(tmp_path: Path, error: BaseException) -> None:
    with pytest.raises(type(error)):
        Blobs(tmp_path).put_stream(Line(error), 100)  # type: ignore[arg-type]
    with pytest.raises(TooLarge):
        Blobs(tmp_path).put_stream(io.BytesIO(b"bytes"), 4)
    assert files(tmp_path) == []


def test_what_a_killed_process_had_begun_is_removed_after_a_day_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs = Blobs(tmp_path)
    kept = blobs.put(b"kept")
    monkeypatch.setattr(Path, "unlink", lambda *_args, **_more: None)  # a killed process tidies nothing up
    with pytest.raises(Cut):
        blobs.put_stream(Line(Cut()), 100)  # type: ignore[arg-type]
    monkeypatch.undo()
    [left] = [path for path in files(tmp_path) if path.name != kept]
    long_ago = time.time() - 2 * DAY.total_seconds()
    os.utime(blobs.path(kept), (long_ago, long_ago))
    assert blobs.tidy(DAY) == 0  # it may still be written to
    os.utime(left, (long_ago, long_ago))
    assert blobs.tidy(DAY) == 1
    assert [path.name for path in files(tmp_path)] == [kept]
