"""The routing values that tables, mails and documents read, by the element that uses them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from jinja2 import TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from app.catalogue.model import Package
from app.catalogue.template_paths import leading, reading

DATA = "data"  # under which templates find routing values


def asked(package: Package) -> Mapping[str, frozenset[str]]:
    """To each element the names that are read for it: columns and cells of its table, `data.<name>` of the mails and
    documents that it sends or makes. What a template tests before it goes on is not asked for."""
    found: dict[str, set[str]] = defaultdict(set)
    read = {file: names for file, names in _templates(package) if names}
    for element in package.elements.values():
        if element.decision in package.decisions:
            found[element.id] |= package.decisions[element.decision].names()
        used = {value.strip()[1:-1] for value in element.parameters.values() if value.strip()[:1] in ("'", '"')}
        used.update(element.listed("sends"), element.listed("makes"))
        for each in used:
            found[element.id].update(read.get(f"mail/{each}.md", ()), read.get(f"pdf/{each}.html", ()))
    return {element: frozenset(names) for element, names in found.items() if names}


def _templates(package: Package) -> Iterator[tuple[str, frozenset[str]]]:
    for mail in package.mails.values():
        yield mail.file, _read(mail.subject) | _read(mail.subject_en) | _read(mail.body)
    for document in package.documents.values():
        yield document.file, _read(document.title) | _read(document.filename) | _read(document.html)


def _read(text: str) -> frozenset[str]:
    if DATA not in text:
        return frozenset()
    try:
        found = reading(ImmutableSandboxedEnvironment().parse(text))
    except (TemplateSyntaxError, RecursionError):
        return frozenset()  # what cannot be read is told by the check
    uses = {use.path[:2] for use in found.uses if len(use.path) > 1 and use.path[0] == DATA}
    return frozenset(path[1] for path in uses if not leading(found.asked - {(), (DATA,)}, path))
