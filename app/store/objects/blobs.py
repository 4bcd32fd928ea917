"""Files under their digest in a bucket: `blobs/ab/ab12…`.

Nothing there can be moved aside, so whoever collects says first that the bytes are doomed (`doomed/ab12…`), and then
looks once more. Whoever stores makes them new, then looks whether they are doomed, then whether they are still there.
In whichever order the steps of the two fall, one of them sees the other.
"""

from __future__ import annotations

import errno
import hashlib
import io
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from app.errors import NotFound, Permanent
from app.store import blobs as folder
from app.store.arriving import Arrived
from app.store.objects.bucket import Bucket

YOUNG = timedelta(hours=1)  # what was stored within is new enough; collectors leave a day's alone
DEAD = timedelta(minutes=10)  # a collector that said "doomed" and was not heard of since
TRIES, PAUSE = 60, 0.1  # of whoever stores what is just being collected; seconds between them
IN_MEMORY = 8 << 20  # bytes of a file that is read, before it goes to the disk


class Blobs:
    """`scratch`: a folder of this machine for what comes in, before it is whole."""

    def __init__(self, bucket: Bucket, scratch: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._bucket = bucket
        self._coming = folder.Blobs(scratch)
        self._now = now

    def put(self, content: bytes) -> str:
        """Store the bytes; gives their digest."""
        digest = hashlib.sha256(content).hexdigest()
        self._store(digest, io.BytesIO(content))
        return digest

    @contextmanager
    def arriving(self, stream: BinaryIO, limit: int) -> Iterator[Arrived]:
        """Take in what the stream holds, to be looked at: it stays only where the block calls `keep`."""
        with self._coming.arriving(stream, limit) as here:

            def keep() -> None:
                with here.path.open("rb") as file:
                    self._store(here.digest, file)

            yield Arrived(here.digest, here.size, here.path, keep)

    def get(self, digest: str) -> bytes:
        """The bytes of this digest. Raises NotFound, Permanent when they are others."""
        content = self._bucket.get(_name(digest))
        if content is None:
            raise NotFound("The file is not in the data folder any more")
        _require(digest, hashlib.sha256(content).hexdigest())
        return content

    @contextmanager
    def open(self, digest: str) -> Iterator[BinaryIO]:
        """The same to be read piece by piece, from any place."""
        pieces = self._bucket.pieces(_name(digest))
        if pieces is None:
            raise NotFound("The file is not in the data folder any more")
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as file:
            hasher = hashlib.sha256()
            for piece in pieces:
                hasher.update(piece)
                file.write(piece)
            _require(digest, hasher.hexdigest())
            file.seek(0)
            yield file  # type: ignore[misc]  # it is a BinaryIO in all but its declaration

    def remove(self, digest: str) -> None:
        """Delete the bytes of this digest, for what was destroyed on purpose."""
        self._bucket.delete(_name(digest))

    def all(self) -> Iterator[str]:
        """Every digest, in order."""
        for item in self._bucket.listed("blobs/"):
            digest = item.name.rpartition("/")[2]
            if folder.DIGEST.fullmatch(digest):
                yield digest

    def reachable(self) -> bool:
        """Whether the bucket answers."""
        return self._bucket.reachable()

    def tidy(self, age: timedelta) -> int:
        """Remove what was begun here and not written to for so long; gives how many files."""
        return self._coming.tidy(age)

    def lying(self, age: timedelta, window: timedelta) -> Iterator[str]:
        """Digests of what was stored longer ago than `age`, by not more than `window`."""
        last = self._now() - age
        for item in self._bucket.listed("blobs/"):
            digest = item.name.rpartition("/")[2]
            if folder.DIGEST.fullmatch(digest) and last - window <= item.modified < last:
                yield digest

    def collect(self, digest: str, age: timedelta, wanted: Callable[[], bool]) -> bool:
        """Remove bytes that no row names, unless somebody has stored them again meanwhile or wants them after all."""
        if self._bucket.look(_name(digest)) is None:
            return False
        self._bucket.put(_doom(digest), b"")
        try:
            if wanted():
                return False
            found = self._bucket.look(_name(digest))
            if found is None or found.modified >= self._now() - age:
                return False
            self._bucket.delete(_name(digest))
        finally:
            self._bucket.delete(_doom(digest))
        return True

    def _store(self, digest: str, content: BinaryIO) -> None:
        """It is in the bucket under its digest, and new, when this returns."""
        name = _name(digest)
        for _ in range(TRIES):
            if not self._made_new(name):
                content.seek(0)
                self._bucket.put(name, content, sha256=digest, once=True)
            if not self._doomed(digest) and self._bucket.look(name) is not None:
                return
            time.sleep(PAUSE)
        raise OSError(errno.EAGAIN, "The file is being removed just now; it is stored when that is over")

    def _made_new(self, name: str) -> bool:
        """Whether the bytes are here: as new, so that whoever collects what no row names leaves them alone."""
        found = self._bucket.look(name)
        if found is None:
            return False
        return found.modified >= self._now() - YOUNG or self._bucket.renew(name)

    def _doomed(self, digest: str) -> bool:
        said = self._bucket.look(_doom(digest))
        if said is not None and said.modified < self._now() - DEAD:
            self._bucket.delete(_doom(digest))  # whoever said so has died
            return False
        return said is not None


def _name(digest: str) -> str:
    return f"blobs/{digest[:2]}/{digest}"


def _doom(digest: str) -> str:
    return f"doomed/{digest}"


def _require(digest: str, found: str) -> None:
    if digest != found:
        raise Permanent("The file %(name)s in the storage is not what it was; take it from a backup", name=digest)
