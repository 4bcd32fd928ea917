"""What is asked of a list, as its address says it: words, days, people, company, states, order, and from where on."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from admin.codes import words_of
from admin.kinds import Kind
from app.text.days import WrongWeekday, read_date
from app.text.numbers import whole

LONGEST = 200  # characters of what is typed
PLAIN = ("q", "from", "to", "who", "company", "sort")


@dataclass(frozen=True)
class Ask:
    """The narrowing and the order. `states`: by field, the words of closed sets; `of`: by reference, the key of what
    the records belong to. `sort`: a field, with a minus for the last first. `after`, `before`: marks of a page."""

    q: str = ""
    first: date | None = None
    last: date | None = None
    who: str = ""
    company: str = ""
    states: Mapping[str, str] = field(default_factory=dict)
    of: Mapping[str, str] = field(default_factory=dict)
    sort: str = ""
    after: tuple[Any, Any] | None = None
    before: tuple[Any, Any] | None = None
    wrong: bool = False  # a day that is none
    further: tuple[Any, Any] | None = None  # where a search goes on that has looked through enough at once
    known: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)  # what was worked out of it already

    @property
    def narrowed(self) -> bool:
        """Whether anything is left out."""
        return bool(self.q or self.first or self.last or self.who or self.company or self.states or self.of)

    def pairs(self, **changed: str) -> list[tuple[str, str]]:
        """The same as an address says it, without the place in the list; `changed` to other words, none for empty."""
        days = {"from": self.first.isoformat() if self.first else "", "to": self.last.isoformat() if self.last else ""}
        found = {"q": self.q, **days, "who": self.who, "company": self.company}
        found |= {f"f_{name}": value for name, value in (*self.states.items(), *self.of.items())}
        found |= {"sort": self.sort, "further": mark(*self.further) if self.further is not None else ""} | changed
        return [(name, value) for name, value in found.items() if value]

    def query(self, **changed: str) -> str:
        """As part of an address."""
        return urlencode(self.pairs(**changed))


def read(kind: Kind, args: Mapping[str, str]) -> Ask:
    """What an address asks of a list; what it cannot ask is left out."""
    said = {name: args.get(name, "").strip()[:LONGEST] for name in PLAIN}
    states, of = {}, {}
    for name in kind.choices:
        value = args.get(f"f_{name}", "")
        if value and value in words_of(kind.model.__name__, name):
            states[name] = value
    for name, reference in _references(kind):
        value = args.get(f"f_{name}", "")
        if value and _key(reference, value) is not None:
            of[name] = value
    first, wrong_first = _day(said["from"]) if kind.day else (None, False)
    last, wrong_last = _day(said["to"]) if kind.day else (None, False)
    return Ask(
        q=said["q"] if kind.search else "", first=first, last=last, who=said["who"] if kind.who else "",
        company=said["company"] if kind.company else "", states=states, of=of,
        sort=said["sort"] if said["sort"].removeprefix("-") in kind.sort else "",
        after=_mark(args.get("after", "")), before=_mark(args.get("before", "")), wrong=wrong_first or wrong_last,
        further=_mark(args.get("further", "")) if said["q"] else None,
    )  # fmt: skip


def _references(kind: Kind) -> list[tuple[str, Any]]:
    return [(each.name, each.rel_field) for each in kind.model._meta.sorted_fields if hasattr(each, "rel_model")]


def _key(field: Any, value: str) -> Any:
    """The key that a text is; none where no row of the table can have it."""
    while hasattr(field, "rel_field"):
        field = field.rel_field
    return whole(value) if field.field_type in {"AUTO", "INT"} else value[:LONGEST]


def _day(text: str) -> tuple[date | None, bool]:
    if not text:
        return None, False
    try:
        found = read_date(text)
    except WrongWeekday as slip:
        found = slip.day
    return found, found is None


def mark(value: Any, key: Any) -> str:
    """A place in a list, for an address."""
    sort = "t" if isinstance(value, datetime) else "d" if isinstance(value, date) else "v"
    said = [sort, value if sort == "v" else value.isoformat()]
    return base64.urlsafe_b64encode(json.dumps([said, key]).encode()).decode().rstrip("=")


def _mark(text: str) -> tuple[Any, Any] | None:
    try:
        (sort, value), key = json.loads(base64.urlsafe_b64decode(text[:500] + "=" * (-len(text[:500]) % 4)))
        if not isinstance(key, int | str) or not isinstance(value, int | float | str | None):
            return None
        kinds = {"t": datetime.fromisoformat, "d": date.fromisoformat, "v": lambda each: each}
        found = kinds[sort](value)
    except (ValueError, TypeError, KeyError):
        return None
    return (found, key) if text and _in_reach(key) and _in_reach(found) else None


def _in_reach(value: Any) -> bool:
    """Whether a database can compare with it."""
    if isinstance(value, int):
        return abs(value) < 1 << 31
    return not isinstance(value, str) or "\x00" not in value
