"""Files under their digest, in a folder and in a bucket: whole or not there, and nothing is left of those who were
killed."""

from __future__ import annotations

import hashlib
import io
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.errors import NotFound, Permanent, Temporary, TooLarge
from app.store import passing
from app.store.blobs import Blobs
from app.store.keeping import Files
from app.store.objects import blobs as objectblobs
from app.store.objects.bucket import Access, Bucket
from tests.support import bucket

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


@dataclass
class Place:
    """Somewhere that keeps files. `left`: names of all that lies there; `age`: make a file so old."""

    blobs: Files
    left: Callable[[], list[str]]
    age: Callable[[str, timedelta], None]
    scratch: Path


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def in_folder(tmp_path: Path) -> Place:
    blobs = Blobs(tmp_path)

    def age(digest: str, by: timedelta) -> None:
        at = time.time() - by.total_seconds()
        os.utime(blobs.path(digest), (at, at))

    return Place(blobs, lambda: [path.name for path in files(tmp_path)], age, tmp_path)


def in_bucket(tmp_path: Path) -> Place:
    aged = bucket.Aged(bucket.access(bucket.settings_of_new()))

    def age(digest: str, by: timedelta) -> None:
        aged.ages[f"blobs/{digest[:2]}/{digest}"] = by

    def left() -> list[str]:
        return [name.rpartition("/")[2] for name in [*aged.names(), *(path.name for path in files(tmp_path))]]

    return Place(objectblobs.Blobs(aged, tmp_path), left, age, tmp_path)


@pytest.fixture(params=[in_folder, in_bucket], ids=["folder", "bucket"])
def place(tmp_path: Path, request: pytest.FixtureRequest) -> Place:
    found: Place = request.param(tmp_path)
    return found


def arrive(blobs: Files, stream: Any, limit: int = 100) -> str:
    with blobs.arriving(stream, limit) as arrived:
        arrived.keep()
    return arrived.digest


def test_what_is_stored_is_there_under_its_digest_alone(place: Place) -> None:
    one = place.blobs.put(b"bytes")
    with place.blobs.arriving(io.BytesIO(b"bytes"), 100) as arrived:
        assert (arrived.digest, arrived.size, arrived.path.read_bytes()) == (one, 5, b"bytes")
        arrived.keep()
    assert place.blobs.get(one) == b"bytes"
    with place.blobs.open(one) as file:
        assert (file.seek(0, os.SEEK_END), file.seek(1), file.read()) == (5, 1, b"ytes")
    assert place.left() == [one]
    assert list(place.blobs.all()) == [one]
    assert place.blobs.reachable()


def test_what_comes_piece_by_piece_is_whole_in_the_end(place: Place) -> None:
    content = os.urandom(3 << 20)
    digest = arrive(place.blobs, io.BytesIO(content), 4 << 20)
    assert digest == hashlib.sha256(content).hexdigest()
    with place.blobs.open(digest) as file:
        assert file.read() == content


def test_what_was_destroyed_is_gone_and_what_is_not_there_is_said_so(place: Place) -> None:
    digest = place.blobs.put(b"bytes")
    place.blobs.remove(digest)
    place.blobs.remove(digest)
    with pytest.raises(NotFound):
        place.blobs.get(digest)
    with pytest.raises(NotFound), place.blobs.open(digest):
        pass
    assert place.left() == []


@pytest.mark.parametrize("error", [ConnectionError(), Cut()])
def test_what_did_not_come_to_its_end_is_not_there(place: Place, error: BaseException) -> None:
    with pytest.raises(type(error)):
        arrive(place.blobs, Line(error))
    with pytest.raises(TooLarge):
        arrive(place.blobs, io.BytesIO(b"bytes"), 4)
    assert place.left() == []


def test_what_a_killed_process_had_begun_is_removed_after_a_day_and_nothing_else(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = place.blobs.put(b"kept")
    monkeypatch.setattr(Path, "unlink", lambda *_args, **_more: None)  # a killed process tidies nothing up
    with pytest.raises(Cut):
        arrive(place.blobs, Line(Cut()))
    monkeypatch.undo()
    [left] = [path for path in files(place.scratch) if path.name != kept]
    long_ago = time.time() - 2 * DAY.total_seconds()
    place.age(kept, 2 * DAY)
    assert place.blobs.tidy(DAY) == 0  # it may still be written to
    os.utime(left, (long_ago, long_ago))
    assert place.blobs.tidy(DAY) == 1
    assert place.left() == [kept]


def test_what_is_looked_at_and_not_kept_is_not_there(place: Place) -> None:
    with pytest.raises(ValueError), place.blobs.arriving(io.BytesIO(b"a virus"), 100) as arrived:
        assert arrived.path.read_bytes() == b"a virus"
        raise ValueError
    assert place.left() == []


# Bytes without a row


def test_what_lies_longer_than_a_day_is_listed(place: Place) -> None:
    fresh, old, older = (place.blobs.put(each) for each in (b"fresh", b"old", b"older"))
    place.age(old, 2 * DAY)
    place.age(older, 20 * DAY)
    assert list(place.blobs.lying(DAY, 8 * DAY)) == [old]
    assert sorted(place.blobs.lying(DAY, 99 * DAY)) == sorted([old, older])
    assert fresh not in set(place.blobs.lying(DAY, 99 * DAY))


def test_bytes_are_collected_unless_somebody_wants_them(place: Place) -> None:
    stray = place.blobs.put(b"stray")
    place.age(stray, 2 * DAY)
    assert not place.blobs.collect(stray, DAY, lambda: True)
    assert place.blobs.get(stray) == b"stray"
    assert place.blobs.collect(stray, DAY, lambda: False)
    assert place.left() == []
    assert not place.blobs.collect(stray, DAY, lambda: False)  # another process was here before


def test_bytes_that_are_stored_again_before_they_are_collected_stay(place: Place) -> None:
    found = place.blobs.put(b"bytes")
    place.age(found, 2 * DAY)
    place.blobs.put(b"bytes")  # as new
    assert not place.blobs.collect(found, DAY, lambda: False)
    assert place.blobs.get(found) == b"bytes"


def test_bytes_that_are_stored_again_while_they_are_collected_are_there_in_the_end(place: Place) -> None:
    """Whoever comes between two steps of the collector: found as they were, or stored anew."""
    found = place.blobs.put(b"bytes")
    place.age(found, 2 * DAY)
    others: list[threading.Thread] = []

    def meanwhile() -> bool:
        others.append(threading.Thread(target=place.blobs.put, args=(b"bytes",)))
        others[0].start()
        return False

    place.blobs.collect(found, DAY, meanwhile)
    others[0].join()
    assert place.blobs.get(found) == b"bytes"
    assert place.left() == [found]


# A bucket alone


def test_a_collector_that_died_keeps_nobody_from_storing(tmp_path: Path) -> None:
    aged = bucket.Aged(bucket.access(bucket.settings_of_new()))
    blobs = objectblobs.Blobs(aged, tmp_path)
    digest = hashlib.sha256(b"bytes").hexdigest()
    aged.put(f"doomed/{digest}", b"")
    aged.ages[f"doomed/{digest}"] = 2 * objectblobs.DEAD
    assert blobs.put(b"bytes") == digest
    assert blobs.get(digest) == b"bytes"
    assert aged.names() == [f"blobs/{digest[:2]}/{digest}"]


def test_what_lies_there_is_never_written_over_and_damage_is_noticed(tmp_path: Path) -> None:
    place = Bucket(bucket.access(bucket.settings_of_new()))
    blobs = objectblobs.Blobs(place, tmp_path)
    digest = blobs.put(b"bytes")
    name = f"blobs/{digest[:2]}/{digest}"
    assert not place.put(name, b"others", once=True)
    assert place.get(name) == b"bytes"
    place.put(name, b"others")
    with pytest.raises(Permanent, match="not what it was"):
        blobs.get(digest)
    with pytest.raises(Permanent), blobs.open(digest):
        pass


def test_a_storage_that_does_not_answer_is_a_trouble_that_passes(tmp_path: Path) -> None:
    with bucket.nobody_answers() as settings:
        blobs = objectblobs.Blobs(Bucket(bucket.access(settings)), tmp_path)
        assert not blobs.reachable()
        with pytest.raises(OSError, match="does not answer") as error:
            blobs.put(b"bytes")
        assert passing.passes(error.value)


def test_a_bucket_that_is_not_there_is_a_setting_that_is_wrong(tmp_path: Path) -> None:
    known = bucket.access(bucket.settings_of_new())
    other = Access("s3://nintei-no-such-bucket", known.endpoint, known.region, known.key_id, known.secret)
    blobs = objectblobs.Blobs(Bucket(other), tmp_path)
    with pytest.raises(Temporary, match="NoSuchBucket"):
        blobs.put(b"bytes")
    assert not blobs.reachable()
    assert "only-for-this" not in repr(other)
