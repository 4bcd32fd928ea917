"""What the canvas knows of a package beside the declarations: which ids are given, which names a condition may read and
what they may be, which words stand where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app import bpmn
from app.bpmn.names import BPMN, FLOW_NODES
from app.bpmn.words import words_of
from app.catalogue import Package, called
from app.catalogue.domains import NOTHING, Domain, join
from app.catalogue.field_domains import options
from app.catalogue.fields import form_fields
from app.catalogue.routed import routes
from app.declarations.comparisons import ANSWERS, DAY, FLAG, LIST, NUMBER, TEXT
from app.services.base.titles import with_item
from app.services.workspaces import content
from app.text.xml import Xml

ANY = "any"
Shown = dict[str, Any]
_LASTING = FLOW_NODES | {"process", "lane"}  # what files, mails, cases and histories know by its id


def drawing(package: Package, fixed: Iterable[str], language: str) -> Shown:
    """One JSON object:

    ids         {id: file} of everything in the diagrams
    fixed       [id]: those that stand in a release
    sides       {lane: "vendor" | "operator"}
    wordings    {wording: [file]}: which diagrams say it
    names       {routing value: {title, kind: text | number | flag | day | list | any, values: [{id, title}]}}
    fields      {element: {key: the same}}: of its own form
    shown       [{id, title}]: what the property `shows` may offer
    """
    roots = dict(_roots(package.bpmn))
    fields = {element: _fields(form_fields(schema), language) for element, schema in package.forms.items()}
    return {
        "ids": {name: file for file, root in roots.items() for name in ids_of(root)},
        "fixed": sorted(fixed),
        "sides": {lane.id: lane.side.value for lane in package.lanes.values()},
        "wordings": _wordings(roots),
        "names": _names(package, fields, language),
        "fields": fields,
        "shown": _shown(package, fields),
    }


def ids_of(root: Xml) -> list[str]:
    """Of all elements, flows, lanes, pools and processes of a diagram."""
    return [node.get("id") for node in root.walk() if node.namespace == BPMN and node.get("id")]


def lasting_ids(diagrams: Mapping[str, bytes]) -> frozenset[str]:
    """The ids that do not change once these diagrams are released."""
    return frozenset(
        node.get("id")
        for _, root in _roots(diagrams)
        for node in root.walk()
        if node.namespace == BPMN and node.name in _LASTING and node.get("id")
    )


def _roots(diagrams: Mapping[str, bytes]) -> Iterable[tuple[str, Xml]]:
    with content.READING.used():
        found = bpmn.read_all(diagrams)  # what cannot be read is the check's to say
    for each in found.files:
        yield each.file, each.document.root


def _wordings(roots: Mapping[str, Xml]) -> dict[str, list[str]]:
    found: dict[str, dict[str, None]] = {}
    for file, root in roots.items():
        for wording, _ in words_of(root):
            if wording:
                found.setdefault(wording, {})[file] = None
    return {wording: list(files) for wording, files in found.items()}


def _fields(fields: Mapping[str, Mapping[str, Any]], language: str) -> Shown:
    return {key: _field(component, language) for key, component in fields.items()}


def _field(component: Mapping[str, Any], language: str) -> Shown:
    kind = ANSWERS.get(str(component.get("type")), ANY)
    values = component.get("values")
    known = options(component) or ()
    titles = {each.get("value"): _label(each, language) for each in values or () if isinstance(each, dict)}
    return {
        "title": _label(component, language) or _label(component, language, "dateLabel"),
        "kind": NUMBER if component.get("type") == "number" and not component.get("serializeToString") else kind,
        "values": [{"id": value, "title": titles.get(value) or value} for value in known],
    }


def _label(of: Mapping[str, Any], language: str, name: str = "label") -> str:
    properties = of.get("properties")
    english = of.get("label_en") or (properties.get("label_en") if isinstance(properties, dict) else "")
    return str((english if language == "en" else "") or of.get(name) or "")


def _names(package: Package, fields: Mapping[str, Shown], language: str) -> Shown:
    """Every routing value that something sets, as its form's field has it where there is one."""
    found: Shown = {}
    domains: dict[str, Domain] = {}
    setters: dict[str, dict[str, None]] = {}  # the names of the steps that set it: what no field asks is told by them
    for element, names in routes(package).items():
        for name, domain in names.items():
            domains[name] = join(domains.get(name, NOTHING), domain)
            if (drawn := package.elements.get(element)) is not None and drawn.name:
                setters.setdefault(name, {})[drawn.name] = None
            field = fields.get(element, {}).get(name)
            if field is not None and package.elements[element].kind == "userTask":
                found[name] = _merged(found.get(name), field)
    for name in package.declared.values:  # those that scripts set
        domains.setdefault(name, NOTHING)
    for name, domain in domains.items():
        said = found.setdefault(name, {"title": "", "kind": _kind(domain), "values": []})
        english = package.english if language == "en" else {}
        declared = package.declared.values.get(name)
        words = called.of_value(package, name) or [*setters.get(name, ())]
        if declared is not None or not said["title"]:
            said["title"] = "・".join(english.get(each, each) for each in words[:2])
        have, options = {each["id"] for each in said["values"]}, called.options(package, name)
        said["values"] += [
            {"id": text, "title": english.get(options.get(text, ""), options.get(text, "")) or text}
            for text in dict.fromkeys((*domain.texts(), *options))
            if text and text not in have
        ]
    return dict(sorted(found.items()))


def _merged(one: Shown | None, other: Shown) -> Shown:
    if one is None:
        return {**other, "values": list(other["values"])}
    have = {each["id"] for each in one["values"]}
    one["values"] += [each for each in other["values"] if each["id"] not in have]
    if one["kind"] != other["kind"]:
        one["kind"] = ANY
    return one


def _kind(domain: Domain) -> str:
    kinds = {kind for kind, _ in domain.known if kind != "none"} | set(domain.kinds)
    if domain.numbers is not None:
        kinds.add("number")
    one = next(iter(kinds)) if len(kinds) == 1 else ""
    return {"text": TEXT, "number": NUMBER, "bool": FLAG, "list": LIST, "day": DAY}.get(one, ANY)


def _shown(package: Package, fields: Mapping[str, Shown]) -> list[Shown]:
    found = [{"id": each.id, "title": each.title} for each in package.documents.values()]
    found += [{"id": f"file:{name}", "title": package.titles.get(name, name)} for name in package.handouts()]
    for element, own in fields.items():
        drawn = package.elements.get(element)
        name = drawn.name if drawn is not None else element
        found += [
            {"id": f"{element}.{key}", "title": with_item(name, each["title"] or key)} for key, each in own.items()
        ]
    return found
