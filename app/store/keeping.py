"""What keeps bytes: under their digest, and in pieces while they travel. A folder of this machine has both (`blobs`,
`spool`), and so has a bucket that several machines share (`objects`); tests/store hold them to one contract."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from app.store.arriving import Arrived


class Files(Protocol):
    """Bytes under their SHA-256 in hex: written once, never changed."""

    def put(self, content: bytes) -> str:
        """Store the bytes; gives their digest."""

    def arriving(self, stream: BinaryIO, limit: int) -> AbstractContextManager[Arrived]:
        """Take in what the stream holds, to be looked at: it stays only where the block calls `keep`. TooLarge for more
        than `limit` bytes."""

    def get(self, digest: str) -> bytes:
        """The bytes of this digest. Raises NotFound."""

    def open(self, digest: str) -> AbstractContextManager[BinaryIO]:
        """The same to be read piece by piece, from any place. Raises NotFound."""

    def remove(self, digest: str) -> None:
        """Delete the bytes of this digest, for what was destroyed on purpose; nothing happens when they are gone."""

    def tidy(self, age: timedelta) -> int:
        """Remove what was begun and not written to for so long; gives how much."""

    def lying(self, age: timedelta, window: timedelta) -> Iterator[str]:
        """Digests of what was stored longer ago than `age`, by not more than `window`."""

    def collect(self, digest: str, age: timedelta, wanted: Callable[[], bool]) -> bool:
        """Remove bytes that no row names, unless somebody has stored them again meanwhile or `wanted` says that a row
        names them after all. Gives whether they are gone."""

    def all(self) -> Iterator[str]:
        """Every digest, in order."""

    def reachable(self) -> bool:
        """Whether they can be read at this moment."""


class Pieces(Protocol):
    """Bytes of uploads that are on their way. What lies beyond the number that the database counts is not there."""

    def length(self, part_id: str) -> int:
        """Bytes that have come without a gap; 0 when there are none."""

    def writing(self, part_id: str) -> AbstractContextManager[Any]:
        """What `append` writes to, for one writer at a time. Raises Busy."""

    def append(self, at: Any, offset: int, stream: BinaryIO, most: int, checksum: tuple[str, bytes] | None) -> int:
        """Store the stream at `offset`, in place of what lies there; gives how many bytes came. All are safe when this
        returns. `most`: bytes that are still missing; more is TooLarge. `checksum`: (algorithm of hashlib, digest);
        other bytes raise BadChecksum. After an error nothing lies beyond `offset` that `length` counts."""

    def open(self, part_id: str) -> AbstractContextManager[BinaryIO]:
        """The bytes that have arrived, to be read once."""

    def drop(self, part_id: str) -> None:
        """Remove them, if there are any."""

    def older_than(self, moment: datetime) -> list[str]:
        """Ids of those that nobody wrote to since."""


class Folders(Protocol):
    """Small folders of the data folder that every machine needs alike: keys."""

    def opened(self, name: str) -> AbstractContextManager[Path]:
        """The folder as all have it; what the block changes in it is everybody's when it ends."""
