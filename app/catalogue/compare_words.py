"""What the parts that a comparison names are called; those of problems have theirs in `errors.PARTS`."""

from __future__ import annotations

import json
from collections.abc import Callable

from app.declarations import ATTRIBUTES, COMPONENT_PROPERTIES, CONNECTORS, PROPERTIES, SECTIONS, TOP, Shape
from app.errors import N_, PARTS

WORDS = {
    "kind": N_("kind"),
    "name": N_("name"),
    "from": N_("from"),
    "to": N_("to"),
    "default": N_("default arrow"),
    "operator": N_("operator"),
    "result": N_("result variable"),
    "decision": N_("decision"),
    "documentation": N_("documentation"),
    "text": "text",
    "message": "message",
    "within": N_("within"),
    "order": N_("order"),
    "label": N_("label"),
    N_("hit policy"): N_("hit policy"),
    "note": N_("note"),
    "expression": "expression",
    "type": N_("type"),
}
OF = {"cell": "%(of)s", "column": N_("column %(of)s"), "option": N_("option %(of)s"), "row": N_("row %(of)s")}


# What the designer's panels call a part of an element, and of a field of a form.
_TITLES = {
    **{f"property:{name}": each.title for name, each in PROPERTIES.items()},
    **{f"parameter:{each.name}": each.title for connector in CONNECTORS.values() for each in connector.parameters},
    **{name: each.title for name, each in COMPONENT_PROPERTIES.items()},
    **{name: each.title for name, each in ATTRIBUTES.items()},
}


def part_said(part: str, translate: Callable[[str], str]) -> str:
    """A part in words; what nobody has named, as the file has it."""
    kind, _, of = part.partition(":")
    if declared := _TITLES.get(part) or _TITLES.get(part.removeprefix("properties.")):
        return translate(declared)
    if of:
        return translate(OF.get(kind) or PARTS.get(kind, "%(of)s")) % {"of": of}
    return translate(WORDS.get(part) or PARTS.get(part) or part)


def key_said(path: str, translate: Callable[[str], str]) -> str:
    """A key of package.toml by what the designer's form calls it: section, the name that the package gave, key; as the
    file has it where nothing is declared of it."""
    first, *names = path.split(".")
    section = SECTIONS.get(first)
    if section is None:
        section, names = TOP, [first, *names]
    titles = {key.name: key.title for key in section.keys}
    titles |= {f"{key.name}_en": N_("English") for key in section.keys if key.english}
    given = {Shape.ONE: 0, Shape.NESTED: 2}.get(section.shape, 1)
    if len(names) <= given or names[given] not in titles:
        return translate(N_("key %(of)s")) % {"of": path}
    words = [translate(section.title), *names[:given], translate(titles[names[given]]), *names[given + 1 :]]
    return translate(N_(": ")).join(words if section is not TOP else words[1:])


def value_said(text: str, translate: Callable[[str], str]) -> str:
    """A value of package.toml: yes and no, and lists, as people write them."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    if isinstance(value, bool):
        return translate(N_("yes") if value else N_("no"))
    return translate(N_(", ")).join(map(str, value)) if isinstance(value, list) else text
