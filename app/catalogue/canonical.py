"""A file as it is kept after somebody saved it: in one form, whichever editor wrote it, so that a comparison shows what
was meant and nothing else. What says the same as before keeps its very bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from app import bpmn
from app.errors import N_, TooLarge
from app.text import xml

MAX_TEXT_BYTES = 2 * 1024 * 1024  # of a form, a template, a table of settings
TEXTS = (".bpmn", ".css", ".csv", ".dmn", ".form", ".html", ".json", ".md", ".svg", ".toml", ".txt", ".xml")
_TOO_LARGE = N_("The file is too large: %(most)s bytes are allowed.")

# The keys of forms in the order in which our files have them; what is not listed follows.
_KEYS = (
    "schemaVersion", "type", "id", "key", "path", "label", "label_en", "text", "content", "value", "values", "columns",
    "description", "options", "description_en", "components", "showOutline", "defaultValue", "layout", "properties",
    "conditional", "validate",
)  # fmt: skip
_RANK = {name: place for place, name in enumerate(_KEYS)}
_IDENTITY = ("id", "key", "value", "path", "name")


def is_text(path: str) -> bool:
    """Whether people may read and write the file as text."""
    return path.lower().endswith(TEXTS)


def canonical(path: str, data: bytes, before: bytes | None) -> bytes:
    """What is kept of `data` as the content of `path`, whose content was `before` (none: it is new).

    Raises XmlRefused for a diagram or table that no reader may be given, TooLarge. A form that is no JSON (somebody is
    still typing) is kept as it stands, and named by the check.
    """
    if before == data or not is_text(path):
        return data
    if path.endswith((".bpmn", ".dmn")):
        return _xml(data, before)
    if len(data) > MAX_TEXT_BYTES:
        raise TooLarge(_TOO_LARGE, most=MAX_TEXT_BYTES)
    data = _plain(data)
    if before is not None and _plain(before) == data:
        return before
    return _json(data, before) if path.endswith(".form") else data


def _xml(data: bytes, before: bytes | None) -> bytes:
    written = bpmn.write(xml.read(data))
    if before is not None:
        try:
            if bpmn.write(xml.read(before)) == written:
                return before
        except xml.XmlRefused:
            pass  # what was there is no XML; what comes is better
    return written


def _plain(data: bytes) -> bytes:
    """Without a byte order mark (Unicode Standard, 23.8), lines ended by LF."""
    return data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _json(data: bytes, before: bytes | None) -> bytes:
    new = _read(data)
    if new is None:
        return data
    old = None if before is None else _read(_plain(before))
    if before is not None and old is not None and new == old and _types(new) == _types(old):
        return before
    return (json.dumps(_like(new, old), ensure_ascii=False, indent=2) + "\n").encode()


def _read(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _types(value: Any) -> str:
    """1, 1.0 and true are equal in Python, and are not in JSON."""
    return json.dumps(value, sort_keys=True)


def _like(new: Any, old: Any) -> Any:
    """The same value, its keys in the order of the old one, new keys where our files have them."""
    if isinstance(new, dict):
        was: Mapping[str, Any] = old if isinstance(old, dict) else {}
        names = [name for name in was if name in new]
        for name in sorted((each for each in new if each not in was), key=_rank):
            place = next((at for at, each in enumerate(names) if _rank(each) > _rank(name)), len(names))
            names.insert(place, name)
        return {name: _like(new[name], was.get(name)) for name in names}
    if isinstance(new, list):
        known = {identity(each): each for each in old} if isinstance(old, list) else {}
        known.pop(None, None)
        return [_like(each, known.get(identity(each))) for each in new]
    return new


def _rank(name: str) -> int:
    return _RANK.get(name, len(_KEYS))


def identity(value: Any) -> tuple[str, str] | None:
    """By what a component, an option or a column is the same in two forms."""
    if not isinstance(value, dict):
        return None
    return next(((name, str(value[name])) for name in _IDENTITY if isinstance(value.get(name), str)), None)
