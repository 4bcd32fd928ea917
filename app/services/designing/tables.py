"""TOML changed in place, as the forms of package.toml, english.toml and of headers ask.

What is not touched stays to the letter, comments with it.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, InlineTable

from app.errors import Permanent, Refused

MOST = 200  # changes at a time
MARK = "+++"
Value = str | int | float | bool | list[Any] | dict[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """`path`: keys, and places in lists from 0. `act`: set `value`, remove what is there, or move it up or down in its
    list (`value`: -1 or 1)."""

    path: tuple[str | int, ...]
    act: str
    value: Value | None = None


def values(text: str, *, header: bool = False) -> dict[str, Any]:
    """What the text says. `header`: it is a mail's or document's, and the TOML stands between lines of +++.
    Raises Permanent on what is no TOML."""
    return _parsed(_split(text)[1] if header else text).unwrap()


def changed(text: str, changes: Sequence[Change], *, header: bool = False) -> str:
    """The text after the changes, one after the other. Raises Permanent, Refused."""
    if len(changes) > MOST:
        raise Refused("At most %(most)s changes can be made at a time", most=MOST)
    before, inside, after = _split(text) if header else ("", text, "")
    document = _parsed(inside)
    for change in changes:
        try:
            _change(document, change)
        except (KeyError, IndexError, TypeError, ValueError, AttributeError, TOMLKitError) as error:
            raise Refused("This change does not fit the file: load it again") from error
    return before + tomlkit.dumps(document) + after


def _parsed(text: str) -> tomlkit.TOMLDocument:
    try:
        return tomlkit.parse(text)
    except (TOMLKitError, RecursionError) as error:
        raise Permanent("This is not TOML: %(reason)s.", reason=str(error)) from error


def _split(text: str) -> tuple[str, str, str]:
    """Before, between and after the lines of +++, so that they make up the text."""
    lines = text.splitlines(keepends=True)
    ends = [number for number, line in enumerate(lines) if line.rstrip() == MARK]
    if len(ends) < 2 or ends[0] != 0:
        raise Permanent("The header is missing: begin with TOML between two lines of +++.")
    return lines[0], "".join(lines[1 : ends[1]]), "".join(lines[ends[1] :])


def _change(document: MutableMapping[str, Any], change: Change) -> None:
    *way, last = change.path
    here: Any = document
    parent: Any = None
    for depth, step in enumerate(way):
        if isinstance(step, str) and isinstance(here, Mapping) and step not in here and change.act == "set":
            here[step] = tomlkit.table(is_super_table=depth < len(way) - 1)  # type: ignore[index]
        parent, here = here, here[step]
    if change.act == "remove" and isinstance(here, InlineTable) and last in here:
        parent[way[-1]] = _inline({key: value for key, value in here.unwrap().items() if key != last})
    elif change.act == "remove":
        del here[last]
    elif change.act == "move":
        _move(here, int(last), int(str(change.value)))
    elif isinstance(last, int):
        _put(here, last, change.value)
    else:
        here[last] = _item(change.value, here)


def _put(here: Any, at: int, value: Any) -> None:
    if at == len(here):
        here.append(tomlkit.item(value) if not isinstance(here, AoT) else _table(value))
    else:
        here[at] = value


def _move(here: Any, at: int, by: int) -> None:
    to = at + by
    if not 0 <= to < len(here) or at < 0:
        raise IndexError(to)
    one, other = here[at].unwrap(), here[to].unwrap()
    for place, said in ((at, other), (to, one)):
        for key in list(here[place]):
            del here[place][key]
        for key, value in said.items():
            here[place][key] = value


def _item(value: Any, here: Any) -> Any:
    if isinstance(value, dict):
        inline = isinstance(here, InlineTable) or any(isinstance(each, InlineTable) for each in here.values())
        return _inline(value) if inline else _table(value)
    if isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
        listed = tomlkit.aot()
        for each in value:
            listed.append(_table(each))
        return listed
    return tomlkit.item(value)


def _inline(value: Mapping[str, Any]) -> Any:
    said = ", ".join(
        f"{tomlkit.key(key).as_string()} = {tomlkit.item(each).as_string()}" for key, each in value.items()
    )
    return tomlkit.parse(f"x = {{ {said} }}")["x"]


def _table(value: Mapping[str, Any]) -> Any:
    made = tomlkit.table()
    for key, each in value.items():
        made[key] = each
    made.add(tomlkit.nl())
    return made
