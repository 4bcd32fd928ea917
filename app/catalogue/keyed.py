"""Tables of package.toml, and headers, read by what is declared of their keys (app.declarations)."""

from __future__ import annotations

import re
from typing import Any

from app.catalogue.toml import Table
from app.declarations import Key, Kind, Section
from app.errors import Problem

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


def values(table: Table, section: Section) -> dict[str, Any]:
    """Every declared key of the table, by the names of the facts; an empty or harmless value where it cannot be read,
    which is told. What is not declared is told, too."""
    found = read(table, section)
    table.close()
    return found


def read(table: Table, section: Section) -> dict[str, Any]:
    """The same of a table that has more in it."""
    found: dict[str, Any] = {}
    for key in section.keys:
        found[key.attribute] = said = _value(table, key)
        if key.english:
            found[f"{key.attribute}_en"] = table.english(key.name, str(said))
    return found


def _value(table: Table, key: Key) -> Any:
    default: Any = key.default
    match key.kind:
        case Kind.WHOLE | Kind.WEEKDAYS if key.many:
            return table.wholes(key.name, default, key.most)
        case Kind.WHOLE:
            return table.whole(key.name, default, key.least, key.most)
        case Kind.FLAG:
            return table.flag(key.name, bool(default))
        case Kind.SCALAR:
            return table.scalar(key.name)
        case Kind.ONE_OF:
            return table.choice(key.name, key.choices, default)
        case Kind.CLOCK:
            return _clock(table, key)
    return table.texts(key.name, default) if key.many else table.text(key.name, default)


def _clock(table: Table, key: Key) -> str:
    said = table.text(key.name, str(key.default))
    if not _CLOCK.fullmatch(said):
        message = '“%(key)s” must be a time of day: "13:00".'
        table.problems.append(Problem(table.file, message, table.path, {"key": key.name}, part=f"key:{key.name}"))
    return said
