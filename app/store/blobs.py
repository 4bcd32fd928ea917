"""Files under their digest in the data folder, outside the web root: written once, never changed."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import IO, BinaryIO

from app.errors import NotFound, TooLarge

UNFINISHED = ".new-"  # how the names of files begin that are not whole yet


class Blobs:
    """`sha256` names each file; the first two hex digits are its folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, content: bytes) -> str:
        """Store the bytes; gives their digest."""
        digest = hashlib.sha256(content).hexdigest()
        path = self._path(digest)
        if not path.exists():
            with self._fresh() as out:
                out.write(content)
                self._settle(out, digest)
        return digest

    def put_stream(self, stream: BinaryIO, limit: int) -> tuple[str, int]:
        """Store what the stream holds; gives digest and size. TooLarge for more than `limit` bytes."""
        hasher, size = hashlib.sha256(), 0
        with self._fresh() as out:
            while chunk := stream.read(1 << 20):
                size += len(chunk)
                if size > limit:
                    raise TooLarge("The file is larger than %(megabytes)s MB", megabytes=limit // (1 << 20))
                hasher.update(chunk)
                out.write(chunk)
            self._settle(out, hasher.hexdigest())
        return hasher.hexdigest(), size

    def get(self, digest: str) -> bytes:
        """The bytes of this digest."""
        path = self.path(digest)
        return path.read_bytes()

    def remove(self, digest: str) -> None:
        """Delete the bytes of this digest, for what was destroyed on purpose; nothing happens when they are gone."""
        self._path(digest).unlink(missing_ok=True)

    def path(self, digest: str) -> Path:
        """Where the bytes of this digest lie."""
        path = self._path(digest)
        if not path.exists():
            raise NotFound("The file is not in the data folder any more")
        return path

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest

    def tidy(self, age: timedelta) -> int:
        """Remove what was begun and not written to for so long: who began it is gone. Gives how many files."""
        count, before = 0, time.time() - age.total_seconds()  # by the clock of the files, whatever the portal's says
        for path in self._folder.glob(f"{UNFINISHED}*"):
            with suppress(FileNotFoundError):  # another process tidies up, too, or it was finished after all
                if path.stat().st_mtime < before:
                    path.unlink()
                    count += 1
        return count

    @contextmanager
    def _fresh(self) -> Iterator[IO[bytes]]:
        """A file that has no name of its own yet; gone at the end unless it was settled."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self._folder, prefix=UNFINISHED, delete=False) as out:
            try:
                yield out
            finally:
                Path(out.name).unlink(missing_ok=True)

    def _settle(self, out: IO[bytes], digest: str) -> None:
        """It is whole: on the disk under its digest when this returns. Power may fail after any line: then the bytes
        were never there, and no row names them yet."""
        path = self._path(digest)
        out.flush()
        os.fsync(out.fileno())
        path.parent.mkdir(parents=True, exist_ok=True)
        Path(out.name).replace(path)
        for folder in (path.parent, self._folder):  # the name is on the disk, too, before a row relies on it
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
