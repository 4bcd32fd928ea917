"""Names and hours of what is in a ZIP file, for whatever system it is unpacked on."""

from __future__ import annotations

import zipfile
from datetime import datetime
from pathlib import PurePosixPath

from app.text.names import file_name

_WIDE = str.maketrans('\\/:*?"<>|', "＼／：＊？＂＜＞｜")


def part(title: str) -> str:
    """A title as a part of an entry's name: what the systems on which it is unpacked take for something else is full
    width; at most 60 characters."""
    return file_name(title.translate(_WIDE))[:60].strip(". ") if title.strip() else ""


def entry(name: str, at: datetime) -> zipfile.ZipInfo:
    """An entry of this hour on the clock: a ZIP file knows no zones, and nothing before 1980."""
    found = zipfile.ZipInfo(name, max(at.timetuple()[:6], (1980, 1, 1, 0, 0, 0)))
    found.compress_type = zipfile.ZIP_DEFLATED
    found.external_attr = 0o644 << 16
    return found


def free(name: str, taken: set[str]) -> str:
    """The name, or one like it: two entries of one name would hide each other when unpacked."""
    path, number = PurePosixPath(name), 1
    while name in taken:
        number += 1
        name = str(path.with_name(f"{path.stem} ({number}){path.suffix}"))
    taken.add(name)
    return name
