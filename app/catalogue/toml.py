"""TOML read with care: every key is asked for by name, and one that nobody asked for is a problem.

The problem names the nearest key that is known.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from typing import Any

from app.catalogue.reasons import TWICE, of_toml
from app.errors import N_, Problem
from app.text.memo import remembered
from app.text.typed import composed

MAX_CHARACTERS = 500_000
NOT_TOML = N_("This is not TOML: %(reason)s (column %(column)s).")
KEY_TWICE = N_("The key “%(key)s” stands there a second time: remove one.")
UNREAD = frozenset({NOT_TOML, KEY_TWICE})  # nothing of such a file is known
# tomllib needs time and memory by the square of a key's parts: a line of 100,000 would take the machine down.
_LONG_KEY = re.compile(r"""(?<![\w-])(?:(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*){8}""")
MAX_STRANGE = 20  # unknown keys of one table that are named


def parse(text: str, file: str, problems: list[Problem], first_line: int = 1) -> dict[str, Any]:
    """The document, {} if it cannot be read. `first_line`: on which line of the file the text begins."""
    key = (text, file, first_line)
    raw, found = remembered("toml", key, len(text), lambda: _parsed(text, file, first_line))
    problems += found
    return raw


def _parsed(text: str, file: str, first_line: int) -> tuple[dict[str, Any], list[Problem]]:
    problems: list[Problem] = []
    return _read(text, file, problems, first_line), problems


def _read(text: str, file: str, problems: list[Problem], first_line: int) -> dict[str, Any]:
    if len(text) > MAX_CHARACTERS:
        problems.append(
            Problem(
                file,
                "The file is too long: %(most)s characters are allowed.",
                params={"most": MAX_CHARACTERS},
            )
        )
        return {}
    if _LONG_KEY.search(text):
        problems.append(Problem(file, "The TOML has a key of more than eight parts."))
        return {}
    try:
        return tomllib.loads("\n" * (first_line - 1) + composed(text))
    except tomllib.TOMLDecodeError as error:
        problems.append(_not_toml(text, file, str(error), first_line))
    except (RecursionError, ValueError):  # a number of 5,000 digits, too
        problems.append(Problem(file, "The TOML is nested too deep, or a number in it is too long."))
    return {}


def _not_toml(text: str, file: str, said: str, first_line: int) -> Problem:
    place = re.search(r"\(at line (\d+), column (\d+)\)", said)
    line = int(place.group(1)) if place else text.count("\n") + first_line
    row = text.split("\n")[line - first_line] if 0 <= line - first_line <= text.count("\n") else ""
    key = re.match(r"""\s*\[*\s*("(?:[^"\\]|\\.)*"|'[^']*'|[\w.-]+)""", row)
    reason = of_toml(said)
    if reason == TWICE and key:
        name = key.group(1).strip("\"'")
        return Problem(file, KEY_TWICE, "", {"key": name}, part=f"key:{name}", line=line)
    return Problem(file, NOT_TOML, "", {"reason": reason, "column": int(place.group(2)) if place else 1}, line=line)


def nearest(word: str, known: set[str] | frozenset[str]) -> str:
    """The known word most like this one; "" if none is, or if looking would take long."""
    if len(word) > 80 or len(known) > 1000:
        return ""
    found = difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return found[0] if found else ""


def unknown(
    file: str, element: str, name: str, known: set[str] | frozenset[str], severity: str = "error", part: str = ""
) -> Problem:
    """A key, property or parameter that nobody reads."""
    like = nearest(name, known)
    message = N_("Nothing reads “%(name)s”: did you mean “%(nearest)s”?") if like else ""
    return Problem(
        file,
        message or "Nothing reads “%(name)s”: known are %(known)s.",
        element,
        {"name": name, "nearest": like} if like else {"name": name, "known": ", ".join(sorted(known))},
        severity,
        part or f"key:{name}",
    )


class Table:
    """One table of a file. Each method reads one key; a default of None means that the key must be there.

    A text key `x` may stand with `x_en`, its English wording, which `english` reads.
    """

    def __init__(self, raw: object, file: str, path: str, problems: list[Problem]) -> None:
        self.raw: Mapping[str, Any] = raw if isinstance(raw, dict) else {}
        self.file = file
        self.path = path
        self.problems = problems
        self.asked: set[str] = set()
        self.missing: dict[str, Problem] = {}
        if not isinstance(raw, dict):
            self._say(N_("This must be a table: [%(table)s]."), table=path)

    def text(self, key: str, default: str | None = None) -> str:
        value = self._take(key, default)
        if isinstance(value, str) and (value.strip() or default is not None):
            return value
        empty = isinstance(value, str) and not value.strip()
        self._wrong(key, N_("“%(key)s” is empty.") if empty else N_("“%(key)s” must be a text in quotes."))
        return default or ""

    def english(self, key: str, fallback: str) -> str:
        """`<key>_en`; the Japanese wording where there is none."""
        return self.text(f"{key}_en", "") or fallback

    def whole(self, key: str, default: int | None = None, least: int = 0, most: int = 10_000) -> int:
        value = self._take(key, default)
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        self._wrong(key, N_("“%(key)s” must be a whole number from %(least)s to %(most)s."), least=least, most=most)
        return default or least

    def flag(self, key: str, default: bool) -> bool:
        value = self._take(key, default)
        if isinstance(value, bool):
            return value
        self._wrong(key, N_("“%(key)s” must be true or false."))
        return default

    def texts(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        value = self._take(key, default)
        if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
            return tuple(value)
        self._wrong(key, N_("“%(key)s” must be a list of texts in quotes."))
        return default or ()

    def wholes(self, key: str, default: tuple[int, ...] | None = None, most: int = 10_000) -> tuple[int, ...]:
        value = self._take(key, default)
        if isinstance(value, list | tuple) and all(type(item) is int and 0 <= item <= most for item in value):
            return tuple(value)
        self._wrong(key, N_("“%(key)s” must be a list of whole numbers from 0 to %(most)s."), most=most)
        return default or ()

    def choice(self, key: str, known: tuple[str, ...], default: str | None = None) -> str:
        value = self._take(key, default)
        if isinstance(value, str) and value in known:
            return value
        self._wrong(key, N_("“%(key)s” must be one of: %(known)s."), known=", ".join(known))
        return default or ""

    def scalar(self, key: str) -> str | int | bool:
        value = self._take(key, None)
        if isinstance(value, str | int | bool):
            return value
        self._wrong(key, N_("“%(key)s” must be a text in quotes, a whole number, true or false."))
        return ""

    def table(self, key: str) -> Table | None:
        """`[key]`; None where there is none."""
        self.asked.add(key)
        return Table(self.raw[key], self.file, self._below(key), self.problems) if key in self.raw else None

    def named(self, key: str) -> dict[str, Table]:
        """`[key.<name>]` tables by name."""
        outer = self.table(key)
        return outer.all() if outer else {}

    def all(self) -> dict[str, Table]:
        """Every table inside this one, whatever its name."""
        self.asked.update(self.raw)
        return {name: Table(raw, self.file, self._below(name), self.problems) for name, raw in self.raw.items()}

    def array(self, key: str) -> list[Table]:
        """`[[key]]` tables in order."""
        self.asked.add(key)
        raw = self.raw.get(key, [])
        if not isinstance(raw, list):
            self._wrong(key, N_("“%(key)s” must be an array of tables: [[%(key)s]]."))
            return []
        return [Table(item, self.file, f"{self._below(key)}.{n}", self.problems) for n, item in enumerate(raw, 1)]

    def close(self) -> None:
        """Names the keys that were not asked for."""
        strange = [key for key in self.raw if key not in self.asked][:MAX_STRANGE]
        for key in strange:
            meant = self.missing.get(nearest(key, self.asked))
            if meant in self.problems:  # one fault: a key that is written wrongly
                self.problems.remove(meant)
            self.problems.append(unknown(self.file, self.path, key, self.asked))

    def _below(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def _take(self, key: str, default: Any) -> Any:
        self.asked.add(key)
        if key not in self.raw and default is None:
            self._say(N_("The key “%(key)s” is missing: add it."), key=key)
            self.missing[key] = self.problems[-1]
        return self.raw.get(key, default)

    def _wrong(self, key: str, message: str, **params: Any) -> None:
        if key in self.raw:  # what is missing was complained about already
            self._say(message, key=key, **params)

    def _say(self, message: str, **params: Any) -> None:
        part = f"key:{params['key']}" if "key" in params else ""
        self.problems.append(Problem(self.file, message, self.path, params, part=part))
