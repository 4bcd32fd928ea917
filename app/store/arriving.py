"""Bytes that came and belong to nobody yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Arrived:
    """Bytes that belong to nobody yet: in the file at `path`, gone with the block unless `keep` is called."""

    digest: str
    size: int  # bytes
    path: Path
    keep: Callable[[], None]
