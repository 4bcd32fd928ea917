"""The declarations as JSON for the designer: which fields its panels draw, with what words, and what can be chosen.

`panels(package, language, translate)` gives one object. In it every `title` and `help` is in the reader's language, and
every `id` is what stands in the file. Lists are in the order in which they are to be shown.

    language    "ja" | "en"
    kinds       {kind: {title}}: what a value may be. The kind names the widget: "text", "lines", "flag", "whole",
                "number", "days" (a whole number, or a setting), "one_of" (`choices`), "answer", "expression" (Python),
                "condition" (S-FEEL), "script", "new" (a name given here), "name" (a routing value, see …/names),
                "field" (of the element's own form), "shown" (document, file:<name>, element.field), "loop",
                "options", "columns", "components"; every other kind is chosen from `things[kind]`
    groups      [{id, title}]: headings of an element's panel
    elements    [{id, title, help, parts: [id], properties: [id]}]: by BPMN tag, "sequenceFlow" too; a property with
                `side` only where the element's lane is of that side
    parts       {id: {id, title, help, kind, events: [definition]}}: what BPMN itself lets one say. `id` is the `part`
                of a Problem ("name", "condition", "script.before", "time", "loop" …); with `events` only for those
    properties  {id: {id, title, help, kind, group, many, side, choices, needs: [field key], routes, holds}}: written as
                spiffworkflow:property; several values comma-separated where `many`
    connectors  [{id, title, help, where: "outside" | "record", parameters: [{id, title, help, kind, choices,
                required, quoted}], result: "nothing" | "dict" | "count", left}]: spiffworkflow:serviceTaskOperator.
                A value is Python; where `quoted` it is a choice that the panel puts into quotes ('a-mail')
    sorts       [{id, title}]: headings of a form component's panel
    components  [{id, title, asks, attributes: [id], properties: [id], option: [id], compared}]: by form-js type;
                `option`: properties of each of its options; `compared`: which `of` of `comparisons` fits, or ""
    attributes  {id: {id, title, help, kind, sort, choices, drawn}}: form-js's own, a dot leads into an object;
                `drawn`: editors write it, people do not
    component_properties  the same of what stands under `properties`
    comparisons [{id, title, python, feel, of: [text | number | flag | day | list], several}]: 項目 · は · 値;
                templates with places {name}, {value}, {to}
    package     [section]: package.toml, its keys at the top first (their `id` is ""); a section is {id, title, help,
                shape: "one" | "named" | "listed" | "nested", keys, makes, names, fixed: [{id, title}]}: [id],
                [id.<name>], [[id]], or [id.<name>] with name = { … }; `makes`: the kind of value that names one of
                its tables (so a choice that is missing is made here), or ""; `names`: the kind of the names of its
                tables ("new": free); `fixed`: the names that there are, where they are closed.
                keys: [{id, title, help, kind, required, default, many, choices, least, most, english, without}];
                `english`: <id>_en beside it; `without`: what goes missing where it is left out, or ""
    headers     {"mail": section, "document": section}: between the lines of +++
    english     [{words, english, elsewhere}]: english.toml, every wording of the diagrams; `elsewhere`: its English
                stands in a title already
    things      {kind: [{id, title}]}: what this package has of each kind
    fields      {element id: [{id, title}]}: keys of its form
Every `choices` is [{id, title}] as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Any

from app.catalogue import Package, things
from app.declarations import (
    ATTRIBUTES,
    COMPARISONS,
    COMPONENT_PROPERTIES,
    COMPONENTS,
    CONNECTORS,
    ELEMENTS,
    PARTS,
    PROPERTIES,
    Attribute,
    ComponentProperty,
    Connector,
    Group,
    Kind,
    Parameter,
    Part,
    Property,
    Sort,
)
from app.declarations.comparisons import ANSWERS
from app.services.designing import sections

Translate = Callable[[str], str]
Shown = dict[str, Any]


def panels(package: Package, language: str, translate: Translate) -> Shown:
    """See above. `translate` turns message ids into words of `language`."""
    return _Panels(package, language, translate).all()


class _Panels:
    def __init__(self, package: Package, language: str, translate: Translate) -> None:
        self.package = package
        self.language = language
        self.translate = translate

    def all(self) -> Shown:
        return {
            "language": self.language,
            "kinds": {_id(kind): {"title": self.translate(kind.value)} for kind in Kind},
            "groups": self._headings(Group),
            "elements": [
                {**self._said(each.tag, each), "parts": _parts(each.tag), "properties": _properties(each.tag)}
                for each in ELEMENTS.values()
            ],
            "parts": {name: self._part(each) for name, each in PARTS.items()},
            "properties": {name: self._property(each) for name, each in PROPERTIES.items()},
            "connectors": [self._connector(each) for each in CONNECTORS.values() if each.id not in things.HIDDEN],
            "sorts": self._headings(Sort),
            "components": [
                {
                    "id": each.type,
                    "title": self.translate(each.title),
                    "asks": each.asks,
                    "attributes": list(each.attributes),
                    "properties": _of_component(each.type, option=False),
                    "option": _of_component(each.type, option=True),
                    "compared": ANSWERS.get(each.type, ""),
                }
                for each in COMPONENTS.values()
            ],
            "attributes": {name: self._attribute(each) for name, each in ATTRIBUTES.items()},
            "component_properties": {name: self._attribute(each) for name, each in COMPONENT_PROPERTIES.items()},
            "comparisons": [
                {
                    "id": each.id,
                    "title": self.translate(each.title),
                    "python": each.python,
                    "feel": each.feel,
                    "of": list(each.of),
                    "several": each.several,
                }
                for each in COMPARISONS.values()
            ],
            "package": sections.package(self.translate),
            "headers": sections.headers(self.translate),
            "english": [
                {
                    "words": words,
                    "english": self.package.table.get(words, ""),
                    "elsewhere": words in self.package.english and words not in self.package.table,
                }
                for words in self.package.words
            ],
            "things": {_id(kind): self._things(kind) for kind in things.THINGS},
            "fields": {
                element: self._choices(things.fields_of(self.package, element)) for element in self.package.forms
            },
        }

    # ---- one of each

    def _said(self, name: str, each: Any) -> Shown:
        # Files say `true` where the panel has a tick.
        help_ = _TICK.sub(lambda found: found[1].upper(), self.translate(each.help))
        return {"id": name, "title": self.translate(each.title), "help": help_}

    def _part(self, part: Part) -> Shown:
        return {**self._said(part.id, part), "kind": _id(part.kind), "events": list(part.event)}

    def _property(self, each: Property) -> Shown:
        return {
            **self._said(each.name, each),
            "kind": _id(each.kind),
            "group": _id(each.group),
            "many": each.many,
            "side": each.side.value,
            "choices": sections.named(each.choices, self.translate),
            "needs": list(each.needs),
            "routes": each.routes,
            "holds": each.holds,
        }

    def _connector(self, each: Connector) -> Shown:
        return {
            **self._said(each.id, each),
            "where": each.where.value,
            "parameters": [self._parameter(parameter) for parameter in each.parameters],
            "result": each.result.value,
            "left": self.translate(each.left) if each.left else "",
        }

    def _parameter(self, each: Parameter) -> Shown:
        return {
            **self._said(each.name, each),
            "kind": _id(each.kind),
            "choices": sections.named(each.choices, self.translate),
            "required": each.required,
            "quoted": each.kind in things.WHAT or each.kind is Kind.ONE_OF,
        }

    def _attribute(self, each: Attribute | ComponentProperty) -> Shown:
        return {
            **self._said(each.name, each),
            "kind": _id(each.kind),
            "sort": _id(each.sort),
            "choices": sections.named(each.choices, self.translate),
            "drawn": isinstance(each, Attribute) and each.drawn,
        }

    # ---- what there is

    def _things(self, kind: Kind) -> list[Shown]:
        found = things.things(self.package, kind)
        return self._choices({name: self.translate(title) if title else "" for name, title in found.items()}
                             if kind is Kind.OPERATOR else found)  # fmt: skip

    def _choices(self, found: Mapping[str, str]) -> list[Shown]:
        english = self.package.english if self.language == "en" else {}
        return [{"id": name, "title": english.get(title, title) or name} for name, title in found.items()]

    def _headings(self, headings: Iterable[Enum]) -> list[Shown]:
        return [{"id": _id(each), "title": self.translate(each.value)} for each in headings]


_TICK = re.compile(r"`true`(?:：|: )(.)")


def _id(each: Enum) -> str:
    return each.name.lower()


def _parts(tag: str) -> list[str]:
    return [each.id for each in PARTS.values() if not each.on or tag in each.on]


def _properties(tag: str) -> list[str]:
    """In the order of their headings. The arrow has none."""
    order = list(Group)
    found = [each for each in PROPERTIES.values() if tag != "sequenceFlow" and (not each.on or tag in each.on)]
    return [each.name for each in sorted(found, key=lambda each: order.index(each.group))]


def _of_component(type_: str, *, option: bool) -> list[str]:
    order = list(Sort)
    found = [each for each in COMPONENT_PROPERTIES.values() if each.option is option and type_ in each.on]
    return [each.name for each in sorted(found, key=lambda each: order.index(each.sort))]
