"""Bytes of uploads that are on their way, in a bucket: an object for each piece, `parts/<id>/<offset>`.

A piece that was stored and not counted, as when the power fails in between, is written over by the next one: that
begins at the same place.
"""

from __future__ import annotations

import hashlib
import io
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import BinaryIO, cast

from app.errors import BadChecksum, TooLarge
from app.store.objects.bucket import Bucket, Item
from app.store.spool import CHUNK

IN_MEMORY = 8 << 20  # bytes of a piece, before it goes to the disk


class Spool:
    """`alone`: holds a name among all machines, or raises Busy."""

    def __init__(self, bucket: Bucket, alone: Callable[[str], AbstractContextManager[None]]) -> None:
        self._bucket = bucket
        self._alone = alone

    def length(self, part_id: str) -> int:
        """Bytes that have come without a gap."""
        return sum(each.size for each in self._pieces(part_id))

    @contextmanager
    def writing(self, part_id: str) -> Iterator[str]:
        """For one writer at a time. Raises Busy."""
        with self._alone(f"part {part_id}"):
            yield part_id

    def append(self, at: str, offset: int, stream: BinaryIO, most: int, checksum: tuple[str, bytes] | None) -> int:
        """Store the stream at `offset`; gives how many bytes came."""
        hasher = hashlib.new(checksum[0], usedforsecurity=False) if checksum else None
        count = 0
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as file:
            while chunk := stream.read(CHUNK):
                count += len(chunk)
                if count > most:
                    raise TooLarge("More was sent than the file holds")
                if hasher:
                    hasher.update(chunk)
                file.write(chunk)
            if hasher and checksum and hasher.digest() != checksum[1]:
                raise BadChecksum("The bytes were damaged on their way; send them again")
            if count:
                file.seek(0)
                self._bucket.put(_name(at, offset), cast("BinaryIO", file))
        return count

    @contextmanager
    def open(self, part_id: str) -> Iterator[BinaryIO]:
        """The bytes that have arrived, to be read once."""
        yield cast("BinaryIO", io.BufferedReader(_Chain(self._bucket, self._pieces(part_id)), CHUNK))

    def drop(self, part_id: str) -> None:
        """Remove them, if there are any."""
        for item in list(self._bucket.listed(f"parts/{_checked(part_id)}/")):
            self._bucket.delete(item.name)

    def older_than(self, moment: datetime) -> list[str]:
        """Ids of those that nobody wrote to since."""
        last: dict[str, datetime] = {}
        for item in self._bucket.listed("parts/"):
            part = item.name.split("/")[1]
            last[part] = max(item.modified, last.get(part, item.modified))
        return [part for part, modified in last.items() if modified < moment]

    def _pieces(self, part_id: str) -> list[Item]:
        """Those that follow upon each other from the beginning."""
        found: list[Item] = []
        end = 0
        for item in self._bucket.listed(f"parts/{_checked(part_id)}/"):
            if item.name == _name(part_id, end):
                found.append(item)
                end += item.size
        return found


class _Chain(io.RawIOBase):
    """Objects, one after the other."""

    def __init__(self, bucket: Bucket, items: list[Item]) -> None:
        self._bytes = self._all(bucket, items)
        self._rest = b""

    def readable(self) -> bool:
        """Always so: what was spooled can be read."""
        return True

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]  # noqa: UP037 - io calls it with one
        """As io has it."""
        while not self._rest:
            following = next(self._bytes, None)
            if following is None:
                return 0
            self._rest = following
        count = min(len(buffer), len(self._rest))
        buffer[:count], self._rest = self._rest[:count], self._rest[count:]
        return count

    @staticmethod
    def _all(bucket: Bucket, items: list[Item]) -> Iterator[bytes]:
        for item in items:
            yield from bucket.pieces(item.name) or ()


def _name(part_id: str, offset: int) -> str:
    return f"parts/{_checked(part_id)}/{offset:015d}"


def _checked(part_id: str) -> str:
    if not part_id.isalnum():
        raise ValueError(f"no id of an upload: {part_id!r}")
    return part_id
