"""A diagram from elsewhere: what becomes of each of its elements here, before it is taken in.

kept      runs as it is (counted, not listed)
idle      stays in the file and is drawn, and does not run: what to draw instead is said
dropped   stays in the file, and nothing reads it: what does its work here is said
changed   is written otherwise: an id that the package has already
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from app import bpmn
from app.bpmn import Diagram, Diagrams
from app.bpmn.names import BPMN, SPIFF
from app.catalogue.dropped import dropped
from app.errors import N_, Problem
from app.text.xml import Comment, Instruction, Xml, but

FATES = {"kept": N_("kept"), "idle": N_("kept, does not run"), "dropped": N_("dropped"), "changed": N_("changed")}
_MOST = 500
_PICTURE = N_("The pool says that it is not executable, so it is a picture: switch on that it runs.")
_APART = N_("Nothing here runs %(kind)s: draw who does what as lanes or pools of one collaboration.")
_ID = N_("The id %(old)s is in the package already: it becomes %(new)s.")
_NO_DRAWING = N_("The file has no drawing: one is made, which can be tidied by hand.")
# What is drawn and says nothing to the portal.
_PICTURES = {
    "dataObjectReference": N_(
        "A data object is a picture here: what steps share are values, which forms and tables set."
    ),
    "dataStoreReference": N_(
        "A data store is a picture here: what steps share are values, which forms and tables set."
    ),
    "group": N_("A frame is a picture here: it holds nothing together."),
}
_DRAWINGS = N_("The file has %(count)s drawings: the first is shown, the others stay in the file.")
_FOLDED = N_(
    "The part is folded, and what is inside is drawn beside it: whoever changes that here gives it a sheet of its own."
)
_NOTHING = N_("remove it, or say it by what docs/package-format.md names")
_UNREAD = frozenset({"import", "interface", "resource", "partnerEntity", "partnerRole", "endPoint",
                     "correlationProperty"})  # fmt: skip
# What stands beside the processes and would be a process elsewhere.
_BESIDE = frozenset({"choreography", "globalChoreographyTask", "globalConversation", "conversation", "globalTask",
                     "globalUserTask", "globalManualTask", "globalScriptTask", "globalBusinessRuleTask",
                     "callConversation", "subConversation"})  # fmt: skip
_PARTS = frozenset({"subProcess", "adHocSubProcess", "transaction"})
_REFERENCES = frozenset({"flowNodeRef", "incoming", "outgoing"})


@dataclass(frozen=True, slots=True)
class Fate:
    """Of one element. `problem` says why, and what to draw instead."""

    fate: str
    problem: Problem

    @property
    def element(self) -> str:
        return self.problem.element


@dataclass(frozen=True, slots=True)
class Report:
    """`name`: of the file that it becomes; `data`: its content in our form; `runs`: how many elements run as is."""

    name: str
    data: bytes
    runs: int
    fates: tuple[Fate, ...]
    names: Mapping[str, str]  # element to what is written on it


def report(name: str, data: bytes, ids: Collection[str], files: Collection[str]) -> Report:
    """`ids`, `files`: what the package has already. Raises XmlRefused for what is no diagram."""
    file = _file_name(name, files)
    diagram = bpmn.read(file, data)
    clashes = _fresh(diagram.document.root, frozenset(ids))
    document = replace(diagram.document, root=_with_ids(diagram.document.root, clashes))
    written = bpmn.write(document)
    diagram = bpmn.read(file, written)
    fates = list(_fates(diagram, clashes))
    names = {each.id: each.name for each in diagram.elements()}
    names |= {process.id: process.name for process in diagram.processes}
    bad = {each.element for each in fates if each.fate == "idle"}
    runs = sum(1 for each in diagram.elements() if each.id not in bad)
    return Report(file, written, runs, tuple(fates[:_MOST]), names)


def _file_name(name: str, files: Collection[str]) -> str:
    stem = re.sub(r"[^a-z0-9_]+", "_", name.rpartition("/")[2].rpartition(".")[0].lower()).strip("_") or "diagram"
    number = 1
    while (found := f"{stem}.bpmn" if number == 1 else f"{stem}_{number}.bpmn") in files:
        number += 1
    return found


def _fates(diagram: Diagram, clashes: Mapping[str, str]) -> Iterator[Fate]:
    if not diagram.shapes:
        yield Fate("changed", Problem(diagram.file, _NO_DRAWING))
    drawings = sum(1 for each in diagram.document.root.children if each.name == "BPMNDiagram")
    if drawings > 1:
        yield Fate("idle", Problem(diagram.file, _DRAWINGS, params={"count": drawings}))
    yield from _redrawn(diagram)
    for old, new in clashes.items():
        yield Fate("changed", Problem(diagram.file, _ID, new, {"old": old, "new": new}))
    for process in diagram.processes:
        if not process.executable and not process.parent:
            yield Fate("idle", Problem(diagram.file, _PICTURE, process.id, line=process.line))
    for node in diagram.document.root.walk():
        if node.namespace == BPMN and node.name in _BESIDE:
            yield Fate("idle", Problem(diagram.file, _APART, node.get("id"), {"kind": node.name}, line=node.line))
        if node.namespace == BPMN and node.name in _PICTURES:
            yield Fate("idle", Problem(diagram.file, _PICTURES[node.name], node.get("id"), line=node.line))
        if node.namespace == BPMN and node.name in _UNREAD:
            facts = {"found": node.name, "reason": _NOTHING}
            unread = "Nothing reads %(found)s: %(reason)s."
            yield Fate("dropped", Problem(diagram.file, unread, node.get("id"), facts, line=node.line))
    for problem in bpmn.faults(_as_if_all_ran(diagram)):
        if problem.message.endswith("is not supported: %(reason)s.") or problem.part.startswith("property"):
            yield Fate("idle", problem)
    for problem in dropped(diagram.file, diagram.document.root):
        yield Fate("dropped" if problem.severity == "warning" else "idle", problem)


def _redrawn(diagram: Diagram) -> Iterator[Fate]:
    """What the canvas draws in its own way (bpmn-js: SubprocessCompatibility)."""
    nodes = list(diagram.document.root.walk())
    parts = {each.get("id"): each for each in nodes if each.name in _PARTS}
    for plane in (each for each in nodes if each.name == "BPMNPlane"):
        drawn = {_local(each.get("bpmnElement")) for each in plane.walk()} - {""}
        for shape in (each for each in plane.walk() if each.name == "BPMNShape" and each.get("isExpanded") != "true"):
            part = parts.get(_local(shape.get("bpmnElement")))
            if part is not None and any(each.get("id") in drawn for each in part.walk() if each is not part):
                yield Fate("changed", Problem(diagram.file, _FOLDED, part.get("id"), line=part.line))


def _local(name: str) -> str:
    """The id that a name with or without a prefix says (QName)."""
    return name.rpartition(":")[2]


def _as_if_all_ran(diagram: Diagram) -> Diagrams:
    """Pools that are pictures are read, too: somebody may want to run them."""
    processes = tuple(replace(each, executable=True) for each in diagram.processes)
    return Diagrams((replace(diagram, processes=processes),), (), {each.id: each for each in reversed(processes)})


def _fresh(root: Xml, ids: frozenset[str]) -> dict[str, str]:
    """Ids that the package has already, each with a free one."""
    own = {node.get("id") for node in root.walk() if node.get("id")}
    busy = own | ids
    found: dict[str, str] = {}
    for node in root.walk():
        name = node.get("id")
        if node.namespace != BPMN or name not in ids or name in found:
            continue
        number = 2
        while f"{name}_{number}" in busy:
            number += 1
        found[name] = f"{name}_{number}"
        busy.add(found[name])
    return found


def _with_ids(node: Xml, ids: Mapping[str, str]) -> Xml:
    """The same with other ids, and whatever refers to them."""
    if not ids:
        return node
    attributes = dict(node.attributes)
    if node.namespace != SPIFF:
        for name, value in attributes.items():
            if name == "id" or name.endswith("Ref") or name in ("default", "bpmnElement", "calledElement"):
                attributes[name] = ids.get(value, value)

    def part(each: Xml | Comment | Instruction | str) -> Xml | Comment | Instruction | str:
        if isinstance(each, Xml):
            return _with_ids(each, ids)
        if isinstance(each, str) and (node.name in _REFERENCES or node.name.endswith("Ref")) and each.strip() in ids:
            return ids[each.strip()]
        return each

    return but(node, attributes, tuple(part(each) for each in node.content))
