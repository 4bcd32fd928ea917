"""The words and ids of a diagram's file as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element as Node

from app.catalogue.extensions import BPMN, SPIFF
from app.errors import Problem


def words_of(root: Node) -> Iterator[tuple[str, str]]:
    """(wording, id) of names and notes, as the page shows them; messages are names for machines."""
    for node in root.iter():
        if node.tag == f"{BPMN}textAnnotation":
            yield even(node.findtext(f"{BPMN}text")), node.get("id", "")
        elif node.tag.startswith(BPMN) and node.tag != f"{BPMN}message":
            yield even(node.get("name")), node.get("id", "")
        if node.tag == f"{BPMN}userTask":  # said on the task's page
            yield even(node.findtext(f"{BPMN}documentation")), node.get("id", "")


def even(text: str | None) -> str:
    return " ".join((text or "").split())


def _ids(root: Node) -> Iterator[str]:
    # Ids of Spiff's elements name operators and parameters: they may repeat.
    return (node.get("id", "") for node in root.iter() if node.get("id") and not node.tag.startswith(SPIFF))


def check_unique(file: str, root: Node, problems: list[Problem]) -> None:
    seen: set[str] = set()
    told: set[str] = set()
    for name in _ids(root):
        if name in seen and name not in told:
            told.add(name)
            problems.append(Problem(file, "The id stands in this file twice: change one.", name))
        seen.add(name)
