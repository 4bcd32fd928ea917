"""What files and people are called: on one line, composed (NFC), without what is not seen of it."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import PurePosixPath

from app.text.marks import without_unseen
from app.text.normal import normal
from app.text.typed import line

MOST = 180  # characters of a file's name
_LONGEST_ENDING = 20


@lru_cache(maxsize=4096)  # a list of documents reads the same names again and again
def file_name(value: str) -> str:
    """A file's name: without the folders that some browsers send along, control characters, marks of direction and
    blanks around; at most 180 characters, its ending among them; `file` when nothing is left.
    """
    name = PurePosixPath(without_unseen(line(value)).replace("\\", "/")).name.strip()
    if len(name) > MOST:
        stem, ending = _parts(name)
        name = stem[: MOST - len(ending)].rstrip() + ending
    return name if name.strip(". ") else "file"


def _parts(name: str) -> tuple[str, str]:
    ending = PurePosixPath(name).suffix
    return (name[: -len(ending)], ending) if 0 < len(ending) <= _LONGEST_ENDING else (name, "")


def ascii_name(value: str) -> str:
    """The name in ASCII, for programs that know no other (RFC 6266 section 4.3, appendix D): what is not, is `_`."""
    plain = normal("NFKD", file_name(value)).encode("ascii", "ignore").decode()
    stem, ending = _parts(re.sub(r"[^A-Za-z0-9 ._()+,=@\[\]{}~-]", "_", plain))
    return (stem.strip() or "file") + ending
