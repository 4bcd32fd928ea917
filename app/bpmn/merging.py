"""Two versions of a diagram (or of a decision table) put together by its facts: element by element, part by part.

An element is the same by its id. Where shapes stand is nobody's quarrel: mine stay where I put them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.bpmn.names import DRAWN, SPIFF
from app.bpmn.order import ordered
from app.bpmn.writing import write
from app.text import xml
from app.text.threeway import Choices, Conflict, order
from app.text.xml import Comment, Document, Instruction, Xml, but

_BY_TEXT = frozenset({"flowNodeRef", "incoming", "outgoing", "sourceRef", "targetRef"})
_REFERENCES = ("sourceRef", "targetRef", "attachedToRef")
_NAMED = ("id", "name", "bpmnElement")  # by which of its attributes an element is the same in two versions

Named = Xml | Comment | Instruction


def merge(base: bytes | None, mine: bytes, theirs: bytes, choices: Choices) -> bytes:
    """The file of both; `choices` tells what was decided, and takes up what is open. Raises XmlRefused."""
    documents = [ordered(xml.read(data)) for data in (mine, theirs)]
    old = ordered(xml.read(base)).root if base is not None else None
    whole = _Merge(choices).node(old, documents[0].root, documents[1].root, "", "")
    found = replace(documents[0], root=_tidy(whole))
    if (lost := _dangling(found.root)) is not None:
        clash = Conflict("*", lost, None, None, None)  # one took out what the other connected: only a whole makes sense
        return mine if choices.mine(clash) else theirs
    return write(found)


class _Merge:
    def __init__(self, choices: Choices) -> None:
        self.choices = choices
        self._facts: dict[int, Any] = {}

    def node(self, b: Xml | None, m: Xml, t: Xml, element: str, where: str) -> Xml:
        """`element`: the id of what is around, `where`: the names on the way from there."""
        if self.same(m, t) or (b is not None and self.same(b, t)):
            return m
        if b is not None and self.same(b, m):
            return t
        if m.get("id") and m.namespace != SPIFF:  # an operator's id is what it does
            element, where = m.get("id"), ""
        if m.namespace == DRAWN and m.name in ("BPMNShape", "BPMNEdge"):
            return m
        if (m.namespace, m.name) != (t.namespace, t.name) or _mixed(m) or _mixed(t):
            return self._whole(b, m, t, element, where)
        attributes = self._attributes(b, m, t, element, where)
        if not m.children and not t.children and (m.text.strip() or t.text.strip()):
            text = self._choose(b.text if b is not None else None, m.text, t.text, element, where or "text")
            return but(m, attributes, (text,) if text else ())
        declared = {**t.declared, **m.declared}
        return replace(but(m, attributes, tuple(self._content(b, m, t, element, where))), declared=declared)

    def _whole(self, b: Xml | None, m: Xml, t: Xml, element: str, where: str) -> Xml:
        said = [None if each is None else _said(each) for each in (b, m, t)]
        return m if self.choices.mine(Conflict(f"{element}#{where}", _place(element, where), *said)) else t

    def _attributes(self, b: Xml | None, m: Xml, t: Xml, element: str, where: str) -> Mapping[str, str]:
        old = b.attributes if b is not None else {}
        found = {}
        for name in order(list(m.attributes), list(t.attributes), lambda _name: True):
            place = "/".join(part for part in (where, name) if part)
            value = self._choose(old.get(name), m.attributes.get(name), t.attributes.get(name), element, place)
            if value is not None:
                found[name] = value
        return found

    def _choose(self, b: str | None, m: str | None, t: str | None, element: str, where: str) -> str | None:
        if m == t or t == b:
            return m
        if m == b:
            return t
        return m if self.choices.mine(Conflict(f"{element}#{where}", _place(element, where), b, m, t)) else t

    def _content(self, b: Xml | None, m: Xml, t: Xml, element: str, where: str) -> list[Named]:
        old = _keyed(b) if b is not None else {}
        mine, theirs = _keyed(m), _keyed(t)
        kept = {}
        for key in {**mine, **theirs}:
            place = "/".join(part for part in (where, key.partition(" ")[0]) if part)
            part = self._part(old.get(key), mine.get(key), theirs.get(key), element, place)
            if part is not None:
                kept[key] = part
        return [kept[key] for key in order(list(mine), list(theirs), kept.__contains__)]

    def _part(self, b: Named | None, m: Named | None, t: Named | None, element: str, where: str) -> Named | None:
        if isinstance(m, Xml) and isinstance(t, Xml):
            return self.node(b if isinstance(b, Xml) else None, m, t, element, where)
        if m is not None and t is not None:
            return m
        there = m if m is not None else t
        if b is None:
            return there  # one of the two made it
        if there is None or self.same(b, there):
            return None  # one of the two took it out
        if isinstance(there, Xml) and there.namespace == DRAWN:
            return None  # moved by the one, taken out by the other
        name = there.get("id") if isinstance(there, Xml) else ""
        said = [None if each is None else _said(each) for each in (b, m, t)]
        mine = self.choices.mine(
            Conflict(f"{name or element}#{'' if name else where}-", name or _place(element, where), *said)
        )
        return m if mine else t

    def same(self, a: Named, b: Named) -> bool:
        return bool(self.facts(a) == self.facts(b))

    def facts(self, node: Named) -> Any:
        """All that a part says, comparable."""
        if isinstance(node, Comment):
            return node.text
        if isinstance(node, Instruction):
            return (node.target, node.text)
        if id(node) not in self._facts:
            inside = tuple(part if isinstance(part, str) else self.facts(part) for part in node.content)
            self._facts[id(node)] = (node.namespace, node.name, tuple(sorted(node.attributes.items())), inside)
        return self._facts[id(node)]


def _keyed(node: Xml) -> dict[str, Named]:
    """The parts of an element, by what makes each the same in another version."""
    found: dict[str, Named] = {}
    for part in node.content:
        if isinstance(part, str):
            continue
        name = _key(part)
        number = 1
        while (key := name if number == 1 else f"{name} {number}") in found:
            number += 1
        found[key] = part
    return found


def _key(part: Named) -> str:
    if isinstance(part, Comment):
        return f"comment {part.text}"
    if isinstance(part, Instruction):
        return f"instruction {part.target} {part.text}"
    if part.get("id"):
        return f"id {part.get('id')}"
    if part.name in _BY_TEXT:
        return f"{part.name} {part.text.strip()}"
    return next((f"{part.name} {part.get(name)}" for name in _NAMED if part.get(name)), part.name)


def _mixed(node: Xml) -> bool:
    return bool(node.children) and any(isinstance(part, str) and part.strip() for part in node.content)


def _place(element: str, where: str) -> str:
    return " ".join(part for part in (element, where.replace("/", " ")) if part)


def _said(part: Named) -> str:
    if not isinstance(part, Xml):
        return part.text
    written = write(Document(replace(part, declared=_namespaces(part)))).decode()
    return written.partition("\n")[2]


def _namespaces(node: Xml) -> dict[str, str]:
    used = {each.namespace for each in node.walk()}
    used |= {name[1:].rpartition("}")[0] for each in node.walk() for name in each.attributes if name.startswith("{")}
    return {f"n{number}": namespace for number, namespace in enumerate(sorted(used - {""}))}


def _tidy(root: Xml) -> Xml:
    """Without shapes and references of what is not there any more."""
    ids = {each.get("id") for each in root.walk()}

    def kept(part: Any) -> bool:
        if not isinstance(part, Xml):
            return True
        if part.namespace == DRAWN and part.get("bpmnElement"):
            return part.get("bpmnElement") in ids
        return part.name not in ("flowNodeRef", "incoming", "outgoing") or part.text.strip() in ids

    def of(node: Xml) -> Xml:
        content = tuple(of(part) if isinstance(part, Xml) else part for part in node.content if kept(part))
        return but(node, node.attributes, content)

    return of(root)


def _dangling(root: Xml) -> str | None:
    """The id of what refers to an element that is not there; or of what stands there twice."""
    ids: set[str] = set()
    for node in (each for each in root.walk() if each.namespace != SPIFF):
        if node.get("id") in ids:
            return node.get("id")
        ids |= {node.get("id")} - {""}
    for node in root.walk():
        wanted = {node.get(name) for name in _REFERENCES if node.name in ("sequenceFlow", "boundaryEvent")} - {""}
        if wanted - ids:
            return node.get("id")
    return None
