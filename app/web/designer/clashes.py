"""What two people say otherwise in one place of a file, in words: which element or field it is, and what each says."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext

from app.catalogue import facts
from app.catalogue.compare_words import part_said
from app.services.workspaces.taking import FilePlan
from app.text.threeway import Conflict
from app.web.frame.current import named

Lines = list[tuple[str, str]]
_MOST = 12  # parts of one side that are shown
_DRAWN = (".bpmn", ".dmn")


def said(file: FilePlan, clash: Conflict) -> dict[str, Any]:
    """`place`: what it is about, "" for the whole file; `before`, `mine`, `theirs`: each a list of (part, text), none
    where there is nothing."""
    if clash.key == "*" and clash.mine is None and clash.theirs is None:
        return {"place": "", "whole": True}
    of = [facts.of(file.path, each) if each is not None else None for each in file.contents]
    told = None
    if file.path.endswith(_DRAWN):
        told = _thing(of, clash.key.partition("#")[0])
    elif file.path.endswith(".form") and clash.key != "*":
        told = _field(of, clash)
    return told or _text(clash)


def _thing(of: list[facts.Facts | None], name: str) -> dict[str, Any] | None:
    """An element of a diagram: the parts in which the three differ."""
    things = [each.things.get(name) if each is not None else None for each in of]
    there = next((each for each in (*things[1:], things[0]) if each is not None), None)
    if there is None or there.named is None:
        return None
    told = [each.facts if each is not None else None for each in things]
    said = [each for each in told if each is not None]
    parts = dict.fromkeys(part for each in said for part in each)
    differ = [part for part in parts if len({each.get(part, "") for each in said}) > 1][:_MOST]
    sides = [
        None if each is None else [(part_said(part, gettext), each.get(part, "")) for part in differ] for each in told
    ]
    return {"place": named(there.named.name or name), **_sides(sides)}


def _sides(sides: Iterable[Lines | None]) -> dict[str, Lines | None]:
    return dict(zip(("before", "mine", "theirs"), sides, strict=True))


def _field(of: list[facts.Facts | None], clash: Conflict) -> dict[str, Any]:
    """A component of a form: its label, and the part of it that the two say otherwise."""
    known: dict[str, str] = {}
    base, mine, theirs = of
    for each in (each for found in (base, theirs, mine) if found is not None for each in found.things.values()):
        if each.named is not None:
            known[each.facts.get("id") or each.named.id] = each.named.name or each.named.id
    parts = [part for part in clash.place.split(".") if part not in ("components", "values")]
    about = [named(known[part]) for part in parts if part in known]
    rest = ".".join(part for part in parts if part not in known)
    sides = (
        None if each is None else [(part_said(rest, gettext) if rest else "", _plain(each))]
        for each in (clash.base, clash.mine, clash.theirs)
    )
    return {"place": gettext(", ").join(about), **_sides(sides)}


def _text(clash: Conflict) -> dict[str, Any]:
    """Lines of a text; of a whole form what it asks."""
    place = gettext("line %(number)s", number=clash.place) if clash.key.startswith("line:") else ""
    sides = (None if each is None else [("", _plain(each))] for each in (clash.base, clash.mine, clash.theirs))
    return {"place": place, **_sides(sides)}


def _plain(text: str) -> str:
    """A value of a form as people read it: a text without its quotes, of components their labels."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, str) else gettext(", ").join(named(each) for each in _labels(value)) or text


def _labels(value: Any) -> list[str]:
    if isinstance(value, list):
        return [label for each in value for label in _labels(each)]
    if not isinstance(value, Mapping):
        return []
    own = [str(value[key]) for key in ("label", "dateLabel", "timeLabel") if isinstance(value.get(key), str)]
    return [*own[:1], *_labels(value.get("components"))]
