"""Whether a diagram can be seen: every element has a shape (BPMN 2.0.2, chapter 12, diagram interchange)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from xml.etree.ElementTree import Element as Node

from app.catalogue.extensions import BPMN
from app.catalogue.words import Listed
from app.errors import Named, Problem
from app.feel.xml import local

_MOST_NAMED = 5


def unseen(file: str, root: Node, kinds: Collection[str]) -> Iterator[Problem]:
    """A warning of elements without a shape. `kinds`: the tags of what is drawn as one."""
    nodes = [node for node in root.iter() if node.tag.startswith(BPMN) and local(node.tag) in kinds and node.get("id")]
    shapes = {node.get("bpmnElement") for node in root.iter() if local(node.tag) == "BPMNShape"}
    missing = [node for node in nodes if node.get("id") not in shapes]
    if nodes and not shapes:
        message = "The diagram has no shapes: nobody sees it on the pages. Draw it in a BPMN tool."
        yield Problem(file, message, severity="warning")
    elif missing:
        names = tuple(Named(node.get("id", ""), node.get("name", "")) for node in missing[:_MOST_NAMED])
        message = "The diagram has no shape for %(names)s: nobody sees it on the pages. Draw it in a BPMN tool."
        yield Problem(file, message, missing[0].get("id", ""), {"names": Listed(names)}, "warning")
