"""Where a page goes when somebody presses on a problem: a place that every editor can show.

`Problem` says where a thing is wrong as people read it; a `Place` names a file that is there, a line and a
column in it, and for editors that show no text the element, and the part of it, in the words that they share.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.catalogue.fields import component_of
from app.catalogue.manifest import FILE
from app.catalogue.model import Package
from app.errors import Problem

_WORDS = (
    "name",
    "path",
    "key",
    "value",
    "words",
    "id",
    "property",
    "end",
)  # of `params`: what the text has


@dataclass(frozen=True, slots=True)
class Place:
    """`line`, `column`: from 1. `element`: of a diagram its element or arrow, of a form its component, of a table the
    decision. `part`: of an element name, lane, property:…, parameter:…, condition, script, time, loop; of a form
    field:<component>.<attribute>; of a table row:<n>; of a mail or document header:<key>, body; of settings the dotted
    path. Either may be empty: then the whole is meant."""

    file: str
    element: str
    part: str
    line: int
    column: int


def place(package: Package, problem: Problem) -> Place:
    """Of a problem that has its line (`located`). What is said of a file that is not there, or of the package as a
    whole, is settled in package.toml, or by making the file."""
    if problem.file not in package.files:
        return Place(FILE, "", "", 1, 1)
    element, part = _named(package, problem)
    line = max(1, problem.line)
    return Place(problem.file, element, part, line, _column(package.files[problem.file], line, problem))


def _named(package: Package, problem: Problem) -> tuple[str, str]:
    file, element, part = problem.place
    kind, _, of = part.partition(":")
    if file.endswith(".bpmn"):
        told = kind.partition(".")[0]  # script.before, loop.times: fields of one group
        return element, "" if told == "attribute" else told if told in ("script", "loop") else part
    if file.endswith(".form"):
        form = package.forms.get(file.removeprefix("forms/").removesuffix(".form"), {})
        component = component_of(form, element)
        name = str((component or {}).get("id") or element)
        field = f"field:{name}.{of}" if of else f"field:{name}"
        return (name, field) if name else ("", "")
    if file.endswith((".md", ".html")):
        return "", f"header:{of}" if kind in ("header", "key") else "body" if kind == "body" else ""
    if file.endswith(".toml"):
        if kind == "step":
            number, _, key = of.partition(" ")
            return "", f"step.{number}.{key}".rstrip(".")
        return "", ".".join(each for each in (element, of) if each)
    return element, part


def _column(content: bytes, line: int, problem: Problem) -> int:
    """Where on the line the word stands that the problem is about; the beginning of the line's text without one."""
    rows = content.decode("utf-8-sig", "replace").split("\n")
    row = rows[line - 1] if line <= len(rows) else ""
    if isinstance(said := problem.params.get("column"), int):
        return said
    for word in _words(problem):
        found = re.search(rf"(?<!\w){re.escape(word)}(?!\w)", row)
        if found:
            return found.start() + 1
    return len(row) - len(row.lstrip()) + 1


def _words(problem: Problem) -> Iterator[str]:
    for key in _WORDS:
        value = problem.params.get(key)
        if isinstance(value, str):
            yield from (each for each in (value, value.rpartition(".")[2]) if each)
