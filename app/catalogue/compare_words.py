"""What the parts that a comparison names are called; those of problems have theirs in `errors.PARTS`."""

from __future__ import annotations

from collections.abc import Callable

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


def part_said(part: str, translate: Callable[[str], str]) -> str:
    """A part in words; what nobody has named, as the file has it."""
    kind, _, of = part.partition(":")
    if of:
        return translate(OF.get(kind) or PARTS.get(kind, "%(of)s")) % {"of": of}
    return translate(WORDS.get(part) or PARTS.get(part) or part)
