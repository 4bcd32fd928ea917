"""Files under their digest in the data folder, outside the web root: written once, never changed."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import IO, BinaryIO

from app.errors import NotFound, TooLarge
from app.store.arriving import Arrived

UNFINISHED = ".new-"  # how the names of files begin that are not whole yet
DIGITS = 64  # of a SHA-256 in hex
DIGEST = re.compile(f"[0-9a-f]{{{DIGITS}}}")


class Blobs:
    """`sha256` names each file; the first two hex digits are its folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, content: bytes) -> str:
        """Store the bytes; gives their digest."""
        digest = hashlib.sha256(content).hexdigest()
        if not self._wanted_again(digest):
            with self._fresh() as out:
                out.write(content)
                self._settle(out, digest)
        return digest

    @contextmanager
    def arriving(self, stream: BinaryIO, limit: int) -> Iterator[Arrived]:
        """Take in what the stream holds, to be looked at: it stays only where the block calls `keep`. TooLarge for more
        than `limit` bytes."""
        hasher, size = hashlib.sha256(), 0
        with self._fresh() as out:
            while chunk := stream.read(1 << 20):
                size += len(chunk)
                if size > limit:
                    raise TooLarge("The file is larger than %(megabytes)s MB", megabytes=limit // (1 << 20))
                hasher.update(chunk)
                out.write(chunk)
            out.flush()
            digest = hasher.hexdigest()
            yield Arrived(digest, size, Path(out.name), lambda: self._keep(out, digest))

    def get(self, digest: str) -> bytes:
        """The bytes of this digest."""
        path = self.path(digest)
        return path.read_bytes()

    @contextmanager
    def open(self, digest: str) -> Iterator[BinaryIO]:
        """The bytes of this digest, to be read piece by piece."""
        with self.path(digest).open("rb") as file:
            yield file

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

    def all(self) -> Iterator[str]:
        """Every digest, in order."""
        for folder in sorted(self._folder.glob("[0-9a-f][0-9a-f]")):
            yield from sorted(path.name for path in folder.iterdir() if DIGEST.fullmatch(path.name))

    def reachable(self) -> bool:
        """Whether they can be read at this moment."""
        return not self._folder.exists() or os.access(self._folder, os.R_OK | os.X_OK)

    def tidy(self, age: timedelta) -> int:
        """Remove what was begun and not written to for so long: who began it is gone. Gives how many files."""
        count, before = 0, time.time() - age.total_seconds()  # by the clock of the files, whatever the portal's says
        for path in self._folder.glob(f"{UNFINISHED}*"):
            with suppress(FileNotFoundError):  # another process tidies up, too, or it was finished after all
                if path.stat().st_mtime < before:
                    path.unlink()
                    count += 1
        return count

    def lying(self, age: timedelta, window: timedelta) -> Iterator[str]:
        """Digests of what was stored longer ago than `age`, by not more than `window`."""
        last = time.time() - age.total_seconds()
        first = last - window.total_seconds()
        for folder in sorted(self._folder.glob("[0-9a-f][0-9a-f]")):
            for path in folder.iterdir():
                with suppress(FileNotFoundError):
                    if len(path.name) == DIGITS and first <= path.stat().st_mtime < last:
                        yield path.name

    def collect(self, digest: str, age: timedelta, wanted: Callable[[], bool]) -> bool:
        """Remove bytes that no row names, unless somebody has stored them again meanwhile or `wanted` says, once they
        are out of everybody's way, that a row names them after all. Gives whether they are gone."""
        path = self._path(digest)
        aside = self._folder / f"{UNFINISHED}{digest}"
        try:
            path.rename(aside)
        except FileNotFoundError:
            return False
        if wanted() or aside.stat().st_mtime >= time.time() - age.total_seconds():
            aside.rename(path)
            return False
        aside.unlink()
        return True

    def _wanted_again(self, digest: str) -> bool:
        """Whether the bytes are here: as new, so that whoever collects what no row names leaves them alone."""
        try:
            os.utime(self._path(digest))
        except FileNotFoundError:
            return False
        return True

    def _keep(self, out: IO[bytes], digest: str) -> None:
        if not self._wanted_again(digest):
            self._settle(out, digest)

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
