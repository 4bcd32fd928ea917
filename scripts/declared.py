"""The tables of docs/package-format.md that are made from app.declarations, so that the manual says what is read.

declared.py update   write them into the manual
declared.py check    exit 1 if the manual has others
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from app.declarations import (
    COMPONENT_PROPERTIES,
    CONNECTORS,
    HEADERS,
    PROPERTIES,
    SECTIONS,
    TOP,
    Connector,
    Key,
    Kind,
    Parameter,
    Property,
    Section,
    Shape,
)
from app.declarations.properties import ANY, CALL, THROWS, USER, WAITS, WORKS

MANUAL = Path(__file__).resolve().parent.parent / "docs" / "package-format.md"
WORDS = tomllib.loads((Path(__file__).parent / "format_words.toml").read_text(encoding="utf-8"))
HIDDEN = {"card"}  # queued by the portal itself


def tables() -> dict[str, list[str]]:
    """The head of each table, as the manual has it, and its rows."""
    return {
        "| property | on | meaning |": [
            f"| `{each.name}` | {_on(each)} | {_words(each.help, 'property', each.name)} |"
            for each in PROPERTIES.values()
        ],
        "| operator | parameters | result in task data (under `resultVariable`) |": [
            f"| `{each.id}` | {_asks(each)} | {_words(each.left, 'operator', each.id, 'left') or '—'} |"
            for each in CONNECTORS.values()
            if each.id not in HIDDEN
        ],
        "| section of package.toml | key | value | meaning |": [
            row for section in (TOP, *SECTIONS.values()) for row in _rows(section)
        ],
        "| header | key | value | meaning |": [
            f"| {name} | {_key(each, _words(each.help, 'header', f'{name}.{each.name}'))} |"
            for name, section in HEADERS.items()
            for each in section.keys
        ],
        "| property | meaning |": [
            f"| `{each.name}` | {_words(each.help, 'component', each.name)} |" for each in COMPONENT_PROPERTIES.values()
        ],
    }


def _words(said: str, *names: str) -> str:
    """What the manual says in place of the designer's help, where it does."""
    return str(WORDS.get(" ".join(names), said))


def _rows(section: Section) -> Iterator[str]:
    """A line that says what the section is, and one for each of its keys."""
    heading = {
        Shape.ONE: f"`[{section.id}]`",
        Shape.NAMED: f"`[{section.id}.…]`",
        Shape.LISTED: f"`[[{section.id}]]`",
        Shape.NESTED: f"`[{section.id}.…]`, `… = {{…}}`",
    }[section.shape]
    names = f" (`{'` `'.join(section.fixed)}`)" if section.fixed else ""
    if section.id:
        yield f"| {heading} | | | {section.title}: {_words(section.help, 'package', section.id)}{names} |"
    for each in section.keys:
        meaning = _words(each.help, "package", f"{section.id}.{each.name}")
        yield f"| {heading if section.id else ''} | {_key(each, meaning)} |"


def _key(each: Key, meaning: str) -> str:
    """Its name, the kind of its value with its bounds or choices, and what it means."""
    value = f"list of: {each.kind.value}" if each.many else each.kind.value
    if each.choices:
        value = " ".join(f"`{choice}`" for choice in each.choices)
    elif each.kind is Kind.WHOLE and not each.many and (each.least, each.most) != (0, 10_000):
        value += f", {each.least} or more" if each.most == 10_000 else f", {each.least} to {each.most}"
    if each.default is not None:
        said = "" if each.default in ("", ()) else f": {_toml(each.default)}"
        value += f"; may be left out{said}"
    name = f"`{each.name}`, `{each.name}_en`" if each.english else f"`{each.name}`"
    return f"{name} | {value} | {each.title}: {meaning}"


def _toml(value: object) -> str:
    if isinstance(value, tuple):
        return f"`[{', '.join(map(str, value))}]`"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _on(declared: Property) -> str:
    words = {
        ANY: "any",
        USER: "user task",
        CALL: "call activity",
        WAITS: "event that waits",
        ("intermediateCatchEvent",): "intermediate event that waits",
        WORKS: "service task, send task",
        THROWS: "what throws an event (send task, throw or end event)",
    }[declared.on]
    return f"{declared.side}'s {words}" if declared.side else words


def _asks(connector: Connector) -> str:
    meaning = _words(connector.help, "operator", connector.id)
    if not connector.parameters:
        return f"— : {meaning}"
    asked = " · ".join(_parameter(connector.id, each) for each in connector.parameters)
    return f"{asked}. {meaning[0].upper()}{meaning[1:]}"


def _parameter(operator: str, parameter: Parameter) -> str:
    meaning = _words(parameter.help, "operator", f"{operator}.{parameter.name}")
    choices = f" ({' '.join(f'`{each}`' for each in parameter.choices)})" if parameter.kind is Kind.ONE_OF else ""
    return f"`{parameter.name}`: {meaning}{choices}{'' if parameter.required else ' (may be left out)'}"


def written(manual: str) -> str:
    """The manual with its tables as they are declared."""
    return "\n".join(_lines(manual.split("\n")))


def _lines(manual: list[str]) -> Iterator[str]:
    rows, skipping = tables(), False
    for line in manual:
        if line in rows:
            columns = line.count("|") - 1
            yield from (line, "|" + " --- |" * columns, *rows.pop(line))
            skipping = True
        elif not skipping or not line.startswith("|"):
            skipping = False
            yield line
    if rows:
        raise SystemExit(f"{MANUAL.name} has no table {', '.join(rows)}")


def main(command: str) -> int:
    """Update or check the manual; gives the exit code."""
    there = MANUAL.read_text(encoding="utf-8")
    if command == "update":
        MANUAL.write_text(written(there), encoding="utf-8")
        return 0
    if command == "check":
        return 0 if written(there) == there else 1
    raise SystemExit(__doc__)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2] or [""]))
