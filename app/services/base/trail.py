"""The one way onto the audit record: who did what to what, when, from where, before and after, and why.

    trail.note(now, actor, Act.SETTING_CHANGED, about(Thing.SETTING, "bank:account", "Account"),
               before={"value": "1234567"}, after={"value": "7654321"}, why="another bank")

It is stored in the transaction of the act, in one statement that waits for nobody: the chain (`services.base.chain`) is
drawn through the entries a moment later, by whichever worker comes first. Never a secret, never a password.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.states import Act, Side, Thing
from app.store import attempts, database, trail
from app.store.trail import NOWHERE as NOWHERE
from app.store.trail import Place as Place

LONGEST = 4000  # characters of a value
MOST = 500  # values of one list, or of one table of them
STRETCH = timedelta(hours=1)  # in which a person who looks at one thing is put on record once
log = logging.getLogger("nintei.audit")


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
    behalf: tuple[int | None, str] | None = None,
) -> None:
    """Put a fact on the record; inside the transaction of what it tells of (RuntimeError outside of one).

    `before`, `after`: what the act changed, by name, or as one text. `behalf`: (account, name) of whom `by`
    stands in for.
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
        {
            "label": (subject.label or subject.id)[:LONGEST],
            "before": _short(before),
            "after": _short(after),
            "why": why[:LONGEST],
        },
    )


def viewed(portal: Portal, by: Actor, subject: Subject, act: Act = Act.VIEWED) -> None:
    """A person of the body looked at something: on record once in `STRETCH` for each person and thing. A database that
    cannot take it just now keeps nobody from reading; the log has it then."""
    if by.side != Side.OPERATOR or by.user_id is None:
        return
    now, key = portal.now(), f"{act.value}:{by.user_id}:{subject.thing.value}:{subject.id}"
    if trail.lately(key, now, STRETCH):
        return
    try:
        with database.transaction():
            if not told_lately(by, act, subject, now):
                note(now, by, act, subject)
        trail.noted(key, now)
    except Exception as error:
        if not database.passes(error):
            raise
        log.warning("not on record: account %s, %s %s %s: %s", by.user_id, act, subject.thing, subject.id, error)


def told_lately(by: Actor, act: Act, subject: Subject, now: datetime) -> bool:
    """Whether this person's act on this thing was put on record within `STRETCH`; if not, it is to be now."""
    key = f"{act.value}:{by.user_id}:{subject.thing.value}:{subject.id}"[:120]
    return not attempts.due(key, now, STRETCH)


def refused(portal: Portal, by: Actor, what: str) -> None:
    """Somebody asked for what their account may not do."""
    try:
        with database.transaction():
            note(portal.now(), by, Act.REFUSED, about(Thing.PORTAL, what[:80], what))
    except Exception as error:
        if not database.passes(error):
            raise
        log.warning("not on record: account %s was refused %s: %s", by.user_id, what, error)


def _short(value: Any) -> Any:
    """Values as the record keeps them: a text has an end, and a list of them, however deep it lies."""
    if isinstance(value, str):
        return value[:LONGEST]
    if isinstance(value, Mapping):
        return {str(key)[:LONGEST]: _short(each) for key, each in list(value.items())[:MOST]}
    if isinstance(value, list | tuple):
        return [_short(each) for each in value[:MOST]]
    return value
