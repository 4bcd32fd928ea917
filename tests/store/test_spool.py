"""Bytes of uploads that are on their way, in a folder and in a bucket."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.errors import BadChecksum, Busy, TooLarge
from app.store.keeping import Pieces
from app.store.objects import spool as objectspool
from app.store.objects.bucket import Bucket
from app.store.spool import Spool
from tests.support import bucket


def in_bucket(_folder: Path) -> Pieces:
    held: set[str] = set()

    @contextmanager
    def alone(name: str) -> Iterator[None]:
        if name in held:
            raise Busy("held")
        held.add(name)
        try:
            yield
        finally:
            held.discard(name)

    return objectspool.Spool(Bucket(bucket.access(bucket.settings_of_new())), alone)


@pytest.fixture(params=[Spool, in_bucket], ids=["folder", "bucket"])
def spool(tmp_path: Path, request: pytest.FixtureRequest) -> Pieces:
    found: Pieces = request.param(tmp_path)
    return found


def add(spool: Pieces, offset: int, content: bytes, most: int = 100, checksum: bytes | None = None) -> int:
    with spool.writing("a1") as at:
        told = ("sha1", checksum) if checksum is not None else None
        return spool.append(at, offset, io.BytesIO(content), most, told)


def read(spool: Pieces) -> bytes:
    with spool.open("a1") as stream:
        return stream.read()


def test_pieces_become_one_file_in_their_order(spool: Pieces) -> None:
    assert spool.length("a1") == 0
    assert add(spool, 0, b"one ") == 4
    assert add(spool, 4, b"") == 0
    assert add(spool, 4, b"two ", checksum=hashlib.sha1(b"two ", usedforsecurity=False).digest()) == 4
    assert add(spool, 8, b"three") == 5
    assert spool.length("a1") == 13
    assert read(spool) == b"one two three"


def test_a_piece_that_was_stored_and_not_counted_is_written_over(spool: Pieces) -> None:
    add(spool, 0, b"one ")
    add(spool, 4, b"lost with the power")
    assert add(spool, 4, b"two") == 3
    assert spool.length("a1") == 7
    assert read(spool) == b"one two"


def test_what_is_too_much_or_damaged_is_not_there(spool: Pieces) -> None:
    add(spool, 0, b"one ")
    with pytest.raises(TooLarge):
        add(spool, 4, b"two ", most=3)
    with pytest.raises(BadChecksum):
        add(spool, 4, b"two ", checksum=b"?" * 20)
    assert spool.length("a1") == 4
    assert read(spool) == b"one "


def test_one_writes_at_a_time(spool: Pieces) -> None:
    with spool.writing("a1"), pytest.raises(Busy), spool.writing("a1"):
        pass
    with spool.writing("a1"):
        pass


def test_what_nobody_writes_to_is_found_and_dropped(spool: Pieces) -> None:
    add(spool, 0, b"one ")
    now = datetime.now(UTC)
    assert spool.older_than(now - timedelta(minutes=5)) == []
    assert spool.older_than(now + timedelta(minutes=5)) == ["a1"]
    spool.drop("a1")
    spool.drop("a1")
    assert spool.length("a1") == 0
    assert spool.older_than(now + timedelta(minutes=5)) == []


def test_an_id_that_is_no_id_names_nothing(spool: Pieces) -> None:
    for bad in ("../a", "a/b", ""):
        with pytest.raises(ValueError, match="no id"):
            spool.length(bad)
