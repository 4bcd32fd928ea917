"""Where tables and keys stand in a TOML file (TOML 1.0, "Table" and "Array of Tables"), which Python's reader
does not keep."""

from __future__ import annotations

import re

_HEADER = re.compile(r"\s*(\[\[?)\s*(.*?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*("(?:[^"\\]|\\.)*"|'[^']*'|[\w-]+)\s*(?:\.|=|$)""")


class TomlPlaces:
    """Rows of the tables of a text, by dotted path; of the n-th of an array `array.n`, also by its `id`."""

    def __init__(self, text: str) -> None:
        self.rows = text.split("\n")
        self.tables: dict[str, int] = {"": 0}
        counts: dict[str, int] = {}
        here = ""
        for number, row in enumerate(self.rows):
            header = _HEADER.match(row) if row.lstrip().startswith("[") else None
            if header:
                here = self._opened(_parts(header.group(2)), header.group(1) == "[[", counts)
                self.tables.setdefault(here, number)
            elif here and (named := re.match(r"""\s*id\s*=\s*["'](.*?)["']""", row)):
                around, _, last = here.rpartition(".")
                if last.isdigit():
                    self.tables.setdefault(f"{around}.{named.group(1)}", self.tables[here])

    def _opened(self, parts: list[str], array: bool, counts: dict[str, int]) -> str:
        """The path of a table that a header opens, with the places of the arrays on the way."""
        path = ""
        for place, part in enumerate(parts):
            path = f"{path}.{part}" if path else part
            last = place == len(parts) - 1
            if last and array:
                counts[path] = counts.get(path, 0) + 1
            if path in counts and (array or not last):
                path = f"{path}.{counts[path]}"
        return path

    def line(self, element: str, part: str) -> int:
        """The line (from 1) of key:<key> in the table `element`; of the table where it has no such key; of a table that
        stands as a key in another (`a = {…}`) that key; 0 where nothing is found."""
        first, key = self.tables.get(element), part.removeprefix("key:") if part.startswith("key:") else ""
        if first is None:
            outer, _, key = element.rpartition(".")
            while outer and outer not in self.tables:
                outer, _, key = outer.rpartition(".")
            first = self.tables[outer]
        for number in range(first, len(self.rows)):
            if number > first and self.rows[number].lstrip().startswith("[") and _HEADER.match(self.rows[number]):
                break
            if key and (found := _KEY.match(self.rows[number])) and _bare(found.group(1)) == key:
                return number + 1
        return first + 1 if element else 0


def _parts(header: str) -> list[str]:
    return [_bare(part) for part in re.findall(r"""\"(?:[^"\\]|\\.)*"|'[^']*'|[\w-]+""", header)]


def _bare(key: str) -> str:
    return key[1:-1] if key[:1] in "\"'" else key
