"""Where the web processes of one `nintei run` count together (app/web/frame/counting.py)."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

FOLDER = ".counts"  # of the data folder


def folder(data_dir: Path) -> Path:
    """An empty folder of this process; those of processes that are no more go."""
    place = data_dir / FOLDER
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    for each in place.iterdir():
        if each.name == str(os.getpid()) or not Path("/proc", each.name).exists():
            shutil.rmtree(each, ignore_errors=True)
    mine = place / str(os.getpid())
    mine.mkdir(mode=0o700)
    return mine
