"""Bytes of uploads that are on their way, outside the web root: a file for each, synced before it is counted."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from app.errors import BadChecksum, Busy, TooLarge

CHUNK = 1 << 18  # bytes


class Spool:
    """`part id` names each file. What lies beyond the number of bytes that the database counts is not there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def length(self, part_id: str) -> int:
        """Bytes of the file; 0 when there is none."""
        try:
            return self._path(part_id).stat().st_size
        except FileNotFoundError:
            return 0

    @contextmanager
    def writing(self, part_id: str) -> Iterator[BinaryIO]:
        """The file, for one writer at a time. Raises Busy."""
        self._folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._path(part_id), os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(handle, "r+b") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise Busy("This file is just being received in another window") from error
            yield file

    @staticmethod
    def append(file: BinaryIO, offset: int, stream: BinaryIO, most: int, checksum: tuple[str, bytes] | None) -> int:
        """Write the stream at `offset`, replacing what lies there; gives how many bytes came, all of them synced.

        `most`: bytes that are still missing; more is TooLarge. `checksum`: (algorithm of hashlib, digest); other bytes
        raise BadChecksum. After an error the file holds nothing beyond `offset`. Where the power fails in between, the
        bytes are beyond what the database counts, and the next call replaces them.
        """
        hasher = hashlib.new(checksum[0], usedforsecurity=False) if checksum else None
        file.truncate(offset)
        file.seek(offset)
        count = 0
        try:
            while chunk := stream.read(CHUNK):
                count += len(chunk)
                if count > most:
                    raise TooLarge("More was sent than the file holds")
                if hasher:
                    hasher.update(chunk)
                file.write(chunk)
            if hasher and checksum and hasher.digest() != checksum[1]:
                raise BadChecksum("The bytes were damaged on their way; send them again")
        except BaseException:
            file.truncate(offset)
            raise
        file.flush()
        os.fsync(file.fileno())
        return count

    def open(self, part_id: str) -> BinaryIO:
        """The bytes that have arrived."""
        return self._path(part_id).open("rb")

    def drop(self, part_id: str) -> None:
        """Remove the file, if there is one."""
        self._path(part_id).unlink(missing_ok=True)

    def older_than(self, moment: datetime) -> list[str]:
        """Ids of files that nobody wrote since."""
        if not self._folder.exists():
            return []
        return [path.name for path in self._folder.iterdir() if path.stat().st_mtime < moment.timestamp()]

    def _path(self, part_id: str) -> Path:
        if not part_id.isalnum():
            raise ValueError(f"no id of an upload: {part_id!r}")
        return self._folder / part_id
