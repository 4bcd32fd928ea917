"""The data folder is for the user that the portal runs as, and nobody else on the machine."""

from __future__ import annotations

import os
import stat
from pathlib import Path

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def private(folder: Path) -> bool:
    """Shut the folder to everybody else where it is ours; gives whether it is shut."""
    found = folder.stat()
    if found.st_mode & _OTHERS and found.st_uid == os.getuid():
        folder.chmod(stat.S_IMODE(found.st_mode) & ~_OTHERS)
        return True
    return not found.st_mode & _OTHERS
