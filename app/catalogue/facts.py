"""What a diagram, a decision table, a form or a settings file says, as facts: thing, part, text.

The same facts in another order, or drawn elsewhere, are the same content. What is not known here by name is told by its
path, so that nothing that a file says is left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.bpmn.names import BPMN, SPIFF
from app.bpmn.words import even
from app.catalogue.toml import parse
from app.errors import N_, Named, Problem
from app.text import xml
from app.text.xml import Xml, XmlRefused

_THINGS = frozenset({
    "process", "collaboration", "participant", "lane", "message", "sequenceFlow", "textAnnotation", "association",
    "task", "messageFlow", "subProcess", "callActivity", "dataObjectReference", "dataStoreReference", "group",
})  # fmt: skip
_DERIVED = frozenset({"incoming", "outgoing", "flowNodeRef"})  # what arrows and lanes say already
_PLAIN = {  # a child whose text is the fact
    "script": N_("script"),
    "conditionExpression": "condition",
    "documentation": N_("documentation"),
    "text": "text",
    "timeDuration": N_("time"),
    "timeDate": N_("time"),
    "timeCycle": N_("time"),
    "calledDecisionId": N_("decision"),
}


@dataclass(slots=True)
class Thing:
    """Something of a file. `parts`: where it is, as `Problem.part` says it; `facts`: part to text, which is the id of
    another thing where the part is one of `refers`."""

    named: Named | None
    parts: tuple[str, ...] = ()
    facts: dict[str, str] = field(default_factory=dict)
    refers: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Facts:
    """All that a file says. `drawn`: where each thing of a diagram stands on the page; `names`: what ids are called;
    `ordered`: whether the order of the things says something."""

    things: dict[str, Thing] = field(default_factory=dict)
    drawn: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    ordered: bool = False


def of(path: str, data: bytes) -> Facts | None:
    """The facts of a file; none where it is read as text, or cannot be read as what it is."""
    try:
        if path.endswith(".bpmn"):
            return _Diagram(xml.read(data).root).facts
        if path.endswith(".dmn"):
            return _tables(xml.read(data).root)
        if path.endswith(".form"):
            return _form(json.loads(data.decode("utf-8-sig")))
        if path in ("package.toml", "english.toml"):
            return _settings(path, data.decode("utf-8-sig"))
    except (XmlRefused, ValueError, RecursionError):
        return None
    return None


class _Diagram:
    """BPMN 2.0, chapter 10; where things are drawn is kept apart."""

    def __init__(self, root: Xml) -> None:
        self.facts = Facts()
        named = {node.get("id"): even(node.get("name")) for node in root.walk() if node.namespace == BPMN}
        self.facts.names = {name: words for name, words in named.items() if words}
        for node in root.children:
            if node.namespace == BPMN:
                self._thing(node, "")
            else:
                self._drawing(node)
        for lane in (node for node in root.walk() if node.name == "lane" and node.namespace == BPMN):
            for reference in lane.all("flowNodeRef"):
                thing = self.facts.things.get(reference.text.strip())
                if thing is not None:
                    thing.facts["lane"] = lane.get("id")
                    thing.refers.add("lane")

    def _thing(self, node: Xml, within: str) -> None:
        kind, name = node.name, node.get("id")
        thing = self.facts.things.setdefault(name, Thing(Named(name, self._title(node))))
        thing.facts["kind"] = kind
        if within:
            thing.facts["within"] = within
        self._attributes(node, thing, "")
        for child in node.children:
            self._child(child, name, thing, "")

    def _title(self, node: Xml) -> str:
        """Its name; an arrow without one by what it joins, a note by its beginning."""
        if node.name == "textAnnotation":
            return even(node.said("text"))[:40]
        if node.name == "sequenceFlow":
            ends = " → ".join(self._named(node.get(end)) for end in ("sourceRef", "targetRef"))
            return f"{even(node.get('name'))}: {ends}" if node.get("name") else ends
        return even(node.get("name"))

    def _named(self, name: str) -> str:
        return self.facts.names.get(name) or name

    def _attributes(self, node: Xml, thing: Thing, path: str) -> None:
        for key, value in node.attributes.items():
            if key == "id" or (_local(key) == "type" and key.startswith("{")):
                continue
            known = (
                {"name": N_("name"), "sourceRef": N_("from"), "targetRef": N_("to"), "default": "default"}
                if not path
                else {}
            )
            part = "message" if key == "messageRef" else known.get(key, f"attribute:{path}{_local(key)}")
            thing.facts[part] = value
            if key.endswith("Ref") or key == "default":
                thing.refers.add(part)

    def _child(self, node: Xml, owner: str, thing: Thing, path: str) -> None:
        kind = node.name
        if kind in _DERIVED:
            return
        if node.namespace == BPMN and node.get("id") and _is_thing(kind):
            self._thing(node, owner)
        elif kind == "property" and node.namespace == SPIFF:
            thing.facts[f"property:{node.get('name', '')}"] = node.get("value", "")
        elif kind == "parameter" and node.namespace == SPIFF:
            thing.facts[f"parameter:{node.get('id', '')}"] = node.get("value", "")
        elif kind == "serviceTaskOperator":
            thing.facts["operator"] = node.get("id", "")
            if node.get("resultVariable"):
                thing.facts["result"] = node.get("resultVariable", "")
            for child in node.walk():
                if child is not node and child.name == "parameter":
                    self._child(child, owner, thing, "")
        elif kind in _PLAIN and not node.children:
            thing.facts[_PLAIN[kind]] = node.text.strip()
        else:
            inner = path if kind in ("extensionElements", "properties", "laneSet") else f"{path}{kind}."
            if inner != path:
                thing.facts[f"attribute:{inner.rstrip('.')}"] = node.text.strip()
            self._attributes(node, thing, inner)
            for child in node.children:
                self._child(child, owner, thing, inner)

    def _drawing(self, root: Xml) -> None:
        for node in root.walk():
            element = node.get("bpmnElement")
            if element and node.name in ("BPMNShape", "BPMNEdge"):
                places = (f"{each.name}{sorted(each.attributes.items())}" for each in node.walk() if each is not node)
                self.facts.drawn[element] = " ".join(places)


def _is_thing(kind: str) -> bool:
    return kind in _THINGS or kind.endswith(("Task", "Event", "Gateway"))


def _tables(root: Xml) -> Facts:
    """DMN 1.3, chapter 8: a row is known by its id, a cell by its column's label."""
    facts = Facts(ordered=True)
    for decision in root.all("decision"):
        name = decision.get("id")
        named = Named(name, even(decision.get("name")))
        table = decision.first("decisionTable")
        facts.things[name] = Thing(named, (), {"name": decision.get("name")})
        if table is None:
            continue
        facts.things[name].facts[N_("hit policy")] = table.get("hitPolicy", "UNIQUE")
        labels = []
        for number, column in enumerate((node for node in table.children if node.name in ("input", "output")), 1):
            said = next((_text(node) for node in column.all("inputExpression")), "")
            label = column.get("label") or column.get("name") or said or str(number)
            labels.append(label)
            known = {"name": column.get("name", ""), "expression": said, "type": column.get("typeRef", "")}
            key = f"{name}/column/{column.get('id') or number}"
            facts.things[key] = Thing(named, (f"column:{label}",), {"label": label, **known})
        for number, row in enumerate(table.all("rule"), 1):
            cells = [_text(node) for node in row.children if node.name in _CELLS]
            notes = [_text(node) or node.text.strip() for node in row.children if node.name not in _CELLS]
            told = {f"cell:{labels[at] if at < len(labels) else at + 1}": cell for at, cell in enumerate(cells)}
            key = f"{name}/row/{row.get('id') or number}"
            facts.things[key] = Thing(named, (f"row:{number}",), {**told, "note": " ".join(notes).strip()})
    return facts


_CELLS = ("inputEntry", "outputEntry")


def _form(schema: Any) -> Facts:
    """A form-js schema: a field is known by its key, whatever group it stands in."""
    if not isinstance(schema, dict):
        raise ValueError("no form")
    whole = dict(_flat({name: value for name, value in schema.items() if name != "components"}, ""))
    facts = Facts({"": Thing(None, (), whole)}, ordered=True)
    _components(schema.get("components"), facts, "")
    return facts


def _components(components: Any, facts: Facts, within: str) -> None:
    for number, component in enumerate(components if isinstance(components, list) else [], 1):
        if not isinstance(component, dict):
            continue
        key = str(component.get("key") or component.get("path") or component.get("id") or number)
        label = even(str(component.get("label") or component.get("text") or ""))[:40]
        place = f"{within}/{key}" if within else key
        told = {name: value for name, value in component.items() if name not in ("components", "values")}
        thing = Thing(Named(key, label), (), dict(_flat(told, "")))
        for option in component.get("values") or ():
            if isinstance(option, dict):
                value = option.get("value")
                others = {name: each for name, each in option.items() if name not in ("value", "label")}
                thing.facts[f"option:{value}"] = str(option.get("label", ""))
                thing.facts |= {f"option:{value} {name}": text for name, text in _flat(others, "")}
        facts.things[place] = thing
        _components(component.get("components"), facts, place)


def _settings(path: str, text: str) -> Facts:
    problems: list[Problem] = []
    raw = parse(text, path, problems)
    if problems:
        raise ValueError("no TOML")
    return Facts({key: Thing(None, (f"key:{key}",), {"": value}) for key, value in _flat(raw, "")})


def _flat(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Dotted path to text; the entries of a list of tables by their id, else by their place."""
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from _flat(each, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list) and value and all(isinstance(each, Mapping) for each in value):
        for number, each in enumerate(value, 1):
            yield from _flat(each, f"{path}.{each.get('id') or number}")
    else:
        yield path, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _text(node: Xml) -> str:
    return node.said("text")


def _local(key: str) -> str:
    """The name of an attribute without its namespace."""
    return key.rpartition("}")[2]
