"""The timeline in words: which sentence an entry gets, and the groups by which it can be narrowed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from app.web.cases.timeline_kinds import KINDS, Worded, state_words

__all__ = ["GROUPS", "KINDS", "Worded", "group_words", "state_words", "worded"]


def group_words() -> dict[str, str]:
    """The filter's groups, in the order in which they are offered."""
    return {
        "steps": gettext("Steps"),
        "mail": gettext("Mail"),
        "documents": gettext("Documents"),
        "money": gettext("Money"),
        "dates": gettext("Dates and cards"),
        "talk": gettext("Messages and notices"),
        "register": gettext("Certification"),
        "people": gettext("People"),
        "trouble": gettext("Trouble"),
    }


# kind of an entry → group of the filter
GROUPS: Mapping[str, str] = {
    "applied": "steps",
    "entered": "steps",
    "task": "steps",
    "task_cancelled": "steps",
    "recall": "steps",
    "comment": "steps",
    "withdrawal": "steps",
    "mail": "mail",
    "link_sent": "mail",
    "reminder": "mail",
    "inbound": "mail",
    "delivery": "mail",
    "document": "documents",
    "released": "documents",
    "download": "documents",
    "secret_shown": "documents",
    "invoice": "money",
    "payment": "money",
    "date": "dates",
    "card": "dates",
    "key_letter": "dates",
    "note": "talk",
    "notice": "talk",
    "state": "register",
    "certificate": "register",
    "register": "register",
    "address": "people",
    "member": "people",
    "company": "people",
    "assigned": "people",
    "incident": "trouble",
    "late": "trouble",
}


def worded(entry: Any, titles: Mapping[str, str]) -> Worded:
    """The entry in the reader's language. `titles`: the package's names by id (elements, calendars)."""
    say = KINDS.get(entry.kind)
    return say(entry, titles) if say is not None else Worded(entry.title or entry.kind, entry.text)
