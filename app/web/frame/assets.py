"""Files that browsers may keep: their addresses name their very content."""

from __future__ import annotations

import hashlib
from pathlib import Path

from flask import request, url_for
from werkzeug.security import safe_join

STATIC = Path(__file__).parents[1] / "static"
DIST = STATIC / "dist"
_stamps: dict[str, str] = {}
_addresses: dict[tuple[str, str], str] = {}  # (where the portal is mounted, the file) → its address


def asset(name: str) -> str:
    """The address of a built file, with its digest, so that browsers may keep it."""
    return fixed(f"dist/{name}")


def fixed(filename: str) -> str:
    """The same of any file of the folder `static`; each page names half a dozen, so each is made once."""
    key = (request.root_path, filename)
    if key not in _addresses:
        _addresses[key] = url_for("static", filename=filename, v=stamp(filename))
    return _addresses[key]


def stamp(filename: str) -> str:
    """What names this very content of a file of the folder `static`."""
    known = _stamps.get(filename)
    if known is None:
        path = safe_join(str(STATIC), filename)
        found = path is not None and Path(path).is_file()
        known = hashlib.sha256(Path(str(path)).read_bytes()).hexdigest()[:12] if found else "0"
        _stamps[filename] = known
    return known
