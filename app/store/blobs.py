"""Files under their digest in the data folder, outside the web root: written once, never changed."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import BinaryIO

from app.errors import NotFound, TooLarge


class Blobs:
    """`sha256` names each file; the first two hex digits are its folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, content: bytes) -> str:
        """Store the bytes; gives their digest."""
        digest = hashlib.sha256(content).hexdigest()
        path = self._path(digest)
        if not path.exists():
            self._write(path, content)
        return digest

    def put_stream(self, stream: BinaryIO, limit: int) -> tuple[str, int]:
        """Store what the stream holds; gives digest and size. TooLarge for more than `limit` bytes."""
        self._folder.mkdir(parents=True, exist_ok=True)
        hasher, size = hashlib.sha256(), 0
        with tempfile.NamedTemporaryFile(dir=self._folder, delete=False) as out:
            temporary = Path(out.name)
            try:
                while chunk := stream.read(1 << 20):
                    size += len(chunk)
                    if size > limit:
                        raise TooLarge("The file is larger than %(megabytes)s MB", megabytes=limit // (1 << 20))
                    hasher.update(chunk)
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
            except BaseException:
                temporary.unlink(missing_ok=True)
                raise
        path = self._path(hasher.hexdigest())
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.replace(path)
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

    @staticmethod
    def _write(path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        Path(out.name).replace(path)  # power may fail before this line: then the file was never there
