"""What a diagram says in words."""

from __future__ import annotations

from collections.abc import Iterator

from app.bpmn.names import BPMN
from app.text.xml import Xml


def even(text: str) -> str:
    """Line ends and runs of spaces count as one space."""
    return " ".join(text.split())


def words_of(root: Xml) -> Iterator[tuple[str, str]]:
    """(wording, id) of names and notes, as the page shows them; those of messages, signals … are for machines."""
    for node in root.walk():
        if node.namespace != BPMN:
            continue
        if node.name == "textAnnotation":
            yield even(node.said("text")), node.get("id")
        elif node.name not in _NAMES_FOR_MACHINES:
            yield even(node.get("name")), node.get("id")
        if node.name == "userTask":  # said on the task's page
            yield even(node.said("documentation")), node.get("id")


_NAMES_FOR_MACHINES = frozenset({"message", "signal", "error", "escalation", "linkEventDefinition"})
