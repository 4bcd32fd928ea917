"""What an agent keeps on its disk: the reports that the server has not taken yet, and that the folder is its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from filelock import FileLock

from hardware import files
from hardware.errors import NoDaemon
from hardware.files import write_whole


class Outbox:
    """Reports that the server has not taken yet: one JSON line each, on the disk before `add` returns."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def all(self) -> list[dict[str, Any]]:
        if not self._path.exists():
            return []
        found = []
        for line in self._path.read_text(encoding="utf-8").splitlines():
            try:
                found.append(json.loads(line))
            except ValueError:
                continue  # cut short by a power cut: the card will be looked at instead
        return found

    def add(self, report: Mapping[str, Any]) -> None:
        self._write([*self.all(), dict(report)])

    def drop(self, report: Mapping[str, Any]) -> None:
        self._write([each for each in self.all() if each != report])

    def _write(self, reports: list[dict[str, Any]]) -> None:
        write_whole(self._path, "".join(json.dumps(each) + "\n" for each in reports).encode())


def alone(path: Path) -> FileLock:
    """Nobody else works in this folder while the lock is held."""
    lock = files.alone(path)
    if lock is None:
        raise NoDaemon("Another agent works in the folder %(path)s", path=str(path.parent))
    return lock
