"""On which line of its file a problem stands, and how people call the element that it is about.

Looked up when all problems are gathered, and only in files that have some: who finds a problem need not know lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from app.bpmn.names import SPIFF
from app.bpmn.words import even
from app.catalogue.fields import component_of
from app.catalogue.json_places import JsonPlaces
from app.catalogue.model import Package
from app.catalogue.toml_places import TomlPlaces
from app.errors import Problem
from app.text import xml
from app.text.xml import XmlRefused

Lookup = Callable[[str, str], int]  # (element, part) to line, 0 where it is not found


@dataclass(frozen=True, slots=True)
class _File:
    """`names`: what the file itself calls its elements, also those that nothing else knows."""

    line: Lookup
    names: Mapping[str, str] = field(default_factory=dict)


_DRAWN_NOT = ("Definition", "Characteristics", "Expression", "Association", "Item", "Performer")
# What holds the parts of an element, by its local name.
_HOLDERS = {
    "conditionExpression": ("condition",),
    "script": ("script",),
    "preScript": ("script.before",),
    "postScript": ("script.after",),
    "timeDate": ("time",),
    "timeDuration": ("time",),
    "timeCycle": ("time",),
    "standardLoopCharacteristics": ("loop", "loop.condition"),
    "multiInstanceLoopCharacteristics": ("loop", "loop.condition", "loop.times"),
}


def located(package: Package, problems: Iterable[Problem]) -> list[Problem]:
    """The same problems with lines and names, where they are known and the problem does not say them itself."""
    files: dict[str, _File] = {}
    found = []
    for problem in problems:
        line, name = problem.line, problem.name or name_of(package, problem.file, problem.element)
        if (problem.element or problem.part) and problem.file in package.files:
            if problem.file not in files:
                files[problem.file] = _looked_at(package, problem.file)
            line = line or files[problem.file].line(problem.element, problem.part)
            name = name or files[problem.file].names.get(problem.element, "")
        found.append(replace(problem, line=line, name=name))
    return found


def name_of(package: Package, file: str, element: str) -> str:
    """What is written on the element: its name, of an arrow without one its ends, of a field its label."""
    if file.endswith(".form"):
        label = component_of(package.forms.get(file.removeprefix("forms/").removesuffix(".form"), {}), element)
        return str(label.get("label") or "") if label else ""
    if file.endswith(".dmn"):
        return package.decisions[element].name if element in package.decisions else ""
    if element in package.elements:
        return package.elements[element].name
    flow = next((each for each in package.flows if each.id == element), None) if element else None
    if flow is not None:
        ends = (package.elements.get(end) for end in (flow.source, flow.target))
        return flow.name or " → ".join((end.name or end.id) if end else "?" for end in ends)
    return package.processes[element].name if element in package.processes else ""


def _looked_at(package: Package, file: str) -> _File:
    content = package.files[file]
    if file.endswith((".bpmn", ".dmn")):
        return _in_xml(content)
    text = content.decode("utf-8-sig", "replace")
    if file.endswith(".form"):
        return _File(JsonPlaces(text).line)
    if file.endswith(".toml"):
        return _File(TomlPlaces(text).line)
    mail = next((each for each in package.mails.values() if each.file == file), None)
    begins = mail.body_line if mail is not None else 0
    return _File(lambda _, part: begins if part == "body" else _in_header(text, part))


def _in_xml(content: bytes) -> _File:
    """Where the elements of a diagram or a decision table stand in its file."""
    try:
        root = xml.read(content).root
    except XmlRefused:
        return _File(lambda _element, _part: 0)
    lines: dict[tuple[str, str], int] = {}
    names: dict[str, str] = {}
    rows: dict[str, int] = {}  # of tables: how many rows were seen
    pending = [("", root)]
    while pending:
        owner, node = pending.pop()
        inner = node.name.endswith(_DRAWN_NOT) or node.name in ("rule", "input", "output", "property", "parameter")
        if node.get("id") and not inner and node.namespace != SPIFF and not node.name.endswith("Entry"):
            owner = node.get("id") if node.name not in ("decisionTable", "lane") else owner
            names.setdefault(owner, even(node.get("name")))
        if node.name == "rule":
            rows[owner] = rows.get(owner, 0) + 1
            lines.setdefault((owner, f"row:{rows[owner]}"), node.line)
        if node.name in ("property", "parameter"):
            lines.setdefault((owner, f"{node.name}:{node.get('name') or node.get('id')}"), node.line)
        for part in (*_HOLDERS.get(node.name, ()), f"attribute:{node.name}", ""):
            lines.setdefault((owner, part), node.line)
        pending.extend((owner, child) for child in reversed(node.children))
    return _File(
        lambda element, part: lines.get((element, part)) or (lines.get((element, ""), 0) if element else 0), names
    )


def _in_header(text: str, part: str) -> int:
    """Mails and documents: `part` is header:<key>, or key:<key> of the header's TOML."""
    key = part.partition(":")[2] if part.startswith(("header:", "key:")) else ""
    rows = text.split("\n")
    end = next((number for number, row in enumerate(rows) if number and row.rstrip() == "+++"), 0)
    return next((n + 1 for n, row in enumerate(rows[:end]) if key and re.match(rf"{re.escape(key)}\s*=", row)), 0)
