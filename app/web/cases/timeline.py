"""The timeline in words: the sentence that is declared with an entry's kind, and the groups by which it is narrowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from app.states import GROUPS, TOLD, EntryKind, Group
from app.web.cases import timeline_kinds
from app.web.cases.timeline_kinds import state_words

__all__ = ["Worded", "group_of", "group_words", "kinds_of", "state_words", "worded"]


@dataclass(frozen=True, slots=True)
class Worded:
    """An entry in words. `quote` is what somebody wrote; `note` a short fact; `tab` where more of it is."""

    title: str
    note: str = ""
    quote: str = ""
    bad: bool = False
    tab: str = ""  # of the case's page
    link: str = ""  # words of the link to that tab


def group_words() -> dict[str, str]:
    """The filter's groups, in the order in which they are offered."""
    return {group.value: gettext(words) for group, words in GROUPS.items()}


def kinds_of(group: str) -> tuple[EntryKind, ...]:
    """The kinds of entries of a group of the filter; none for a word that is none."""
    return tuple(kind for kind, told in TOLD.items() if told.group.value == group)


def group_of(kind: EntryKind) -> Group:
    """The group of the filter that entries of this kind belong to."""
    return TOLD[kind].group


def worded(entry: Any, titles: Mapping[str, str]) -> Worded:
    """The entry in the reader's language. `titles`: the package's names by id (elements, calendars)."""
    told, facts = TOLD[entry.kind], timeline_kinds.of(entry, titles)
    return Worded(
        gettext(told.sentence(facts.what), title=facts.title, name=facts.name),
        facts.note,
        facts.quote,
        facts.what in told.bad,
        told.tab if facts.more else "",
        gettext(told.link) if facts.more and told.link else "",
    )
