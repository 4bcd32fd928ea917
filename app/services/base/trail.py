"""The one way onto the audit record: who did what to what, when, from where, before and after, and why.

    trail.note(now, actor, Act.SETTING_CHANGED, about(Thing.SETTING, "bank:account", "口座番号"),
               before={"value": "1234567"}, after={"value": "7654321"}, why="銀行を変えた")

It is stored in the transaction of the act, in one statement that waits for nobody: the chain (`services.base.chain`) is
drawn through the entries a moment later, by whichever worker comes first. Never a secret, never a password.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.services.base.actors import Actor
from app.states import Act, Thing
from app.store import trail
from app.store.trail import NOWHERE as NOWHERE
from app.store.trail import Place as Place

LONGEST = 4000  # characters of a value


@dataclass(frozen=True, slots=True)
class Subject:
    """What an act is done to. `label`: what people call it."""

    thing: Thing
    id: str
    label: str = ""
    case: int | None = None


def about(thing: Thing, key: object, label: str = "", case: int | None = None) -> Subject:
    """The subject of this kind and id."""
    return Subject(thing, str(key), label, case)


def stand(place: Place) -> None:
    """From here on this thread acts from there: said by the pages for each request, by commands for themselves."""
    trail.stand(place)


@contextmanager
def standing(place: Place) -> Iterator[None]:
    """The same for the block."""
    before = trail.stand(place)
    try:
        yield
    finally:
        trail.leave(before)


def note(
    at: datetime,
    by: Actor,
    act: Act,
    subject: Subject,
    *,
    before: Mapping[str, Any] | str | None = None,
    after: Mapping[str, Any] | str | None = None,
    why: str = "",
    behalf: tuple[int, str] | None = None,
) -> None:
    """Put a fact on the record; inside the transaction of what it tells of (RuntimeError outside of one).

    `before`, `after`: what the act changed, by name, or as one text. `behalf`: (account, name) of whom `by` stands in
    for.
    """
    trail.add(
        at,
        act,
        by.side,
        by.user_id,
        behalf[0] if behalf else None,
        subject.thing,
        subject.id,
        subject.case,
        {
            "name": by.name,
            "behalf": behalf[1] if behalf else "",
            **trail.here(),
        },
        {"label": subject.label or subject.id, "before": _short(before), "after": _short(after), "why": why[:LONGEST]},
    )


def _short(value: Mapping[str, Any] | str | None) -> Any:
    """Values as the record keeps them: a text has an end."""
    if isinstance(value, str):
        return value[:LONGEST]
    if value is None:
        return None
    return {key: each[:LONGEST] if isinstance(each, str) else each for key, each in value.items()}
