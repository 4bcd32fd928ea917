"""Where the components of a form stand in its file: lines of JSON (RFC 8259), which Python's reader does not keep."""

from __future__ import annotations

import json
import re
from typing import Any

_NAMES = ("key", "path", "id", "type")  # what a problem may call a component by


class JsonPlaces:
    """Every object of a text with its beginning and end."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.objects: list[tuple[int, int, dict[str, Any]]] = []  # inner ones before those around them
        decoder = json.JSONDecoder()
        read = decoder.parse_object  # type: ignore[attr-defined]

        def parse(position: Any, *more: Any) -> Any:
            value, end = read(position, *more)
            if isinstance(value, dict):
                self.objects.append((position[1] - 1, end, value))
            return value, end

        decoder.parse_object = parse  # type: ignore[attr-defined]
        decoder.scan_once = json.scanner.py_make_scanner(decoder)  # type: ignore[attr-defined]
        try:
            decoder.decode(text)
        except (ValueError, RecursionError):
            return

    def line(self, element: str, part: str) -> int:
        """The line of a component (by key, path, id or type), or of its `attribute:…`; 0 where it is not there."""
        found = self._object(element)
        if found is None:
            return 0
        start, end = found
        names = part.removeprefix("attribute:").split(".") if part.startswith("attribute:") else []
        at = start
        for name in names:
            inside = re.compile(rf'"{re.escape(name)}"\s*:').search(self.text, at, end)
            if inside is None:
                break
            at = inside.start()
        return self.text.count("\n", 0, at) + 1

    def _object(self, element: str) -> tuple[int, int] | None:
        if not element:
            return self.objects[-1][:2] if self.objects else None
        for name in _NAMES:
            for start, end, value in self.objects:
                if value.get(name) == element and "type" in value:
                    return start, end
        return None
