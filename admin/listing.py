"""The rows that a list asks for: narrowed, in order, one page from a mark on; and all of them, piece by piece.

However many rows there are, a page reads as many statements and about as long: references are read along, a page goes
on behind the last row of the one before (keyset), and counting stops at MOST.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import reduce
from operator import and_, or_
from typing import Any, TypeVar

import peewee

from admin.asking import Ask
from admin.kinds import Kind
from admin.querying import beyond, marked, order_of, ordered, place_of, selected
from app.services.base import businessdays
from app.store import database, saying, search
from app.store import models as m
from app.store.fields import UtcField

T = TypeVar("T")
SIZE = 50  # rows of a page
PIECE = 1000  # rows that are read together for a file
MOST = 10_000  # counted exactly
FOUND = 300  # counted of what is searched for
LOOKED = 10_000  # rows that a search looks through at once, where no index leads to words


@dataclass(frozen=True)
class Page:
    """Rows, and the marks of the pages beside."""

    rows: list[Any]
    before: str = ""
    after: str = ""


def page(kind: Kind, ask: Ask, size: int = SIZE) -> Page:
    """One page. Inside a connection."""
    where = narrowing(kind, ask)
    back = ask.before is not None and ask.after is None
    found = list(ordered(kind, ask, where, ask.before if back else ask.after, back).limit(size + 1))
    more, rows = len(found) > size, found[:size]
    if back:
        rows.reverse()
    if not rows:
        return Page([])
    first, last = (marked(kind, ask, each) for each in (rows[0], rows[-1]))
    has_before = more if back else ask.after is not None
    return Page(rows, first if has_before else "", last if more or back else "")


def every(kind: Kind, ask: Ask, fields: tuple[str, ...], tell: Callable[[Any], T]) -> Iterator[T]:
    """What is told of all rows, read piece by piece, each in a connection of its own."""
    with database.connection():
        where = narrowing(kind, ask)
    at: tuple[Any, Any] | None = None
    while True:
        with database.connection():
            rows = list(ordered(kind, ask, where, at, back=False, fields=fields).limit(PIECE))
            told = [tell(row) for row in rows]
        yield from told
        if len(rows) < PIECE:
            return
        at = place_of(kind, ask, rows[-1])


def count(kind: Kind, ask: Ask, most: int = MOST) -> int:
    """How many rows there are; most + 1 where there are more than `most`."""
    where = narrowing(kind, ask)
    query = kind.model.select(kind.model._meta.primary_key)
    return int((query.where(where) if where is not None else query).limit(most + 1).count())


def most(ask: Ask) -> int:
    """How far the rows of a list are counted."""
    return FOUND if ask.q else MOST


def every_one(kind: Kind, ask: Ask) -> int:
    """How many rows there are, counted to the last; in a connection of its own."""
    with database.connection():
        where = narrowing(kind, ask)
        query = kind.model.select(kind.model._meta.primary_key)
        return int((query.where(where) if where is not None else query).count())


def one(kind: Kind, key: Any) -> Any:
    """The row of this key with everything that its page says; none where there is none."""
    names = tuple(field.name for field in kind.model._meta.sorted_fields if not isinstance(field, peewee.BlobField))
    return selected(kind, names).where(kind.model._meta.primary_key == key).first()


# Columns and what they refer to


# Narrowing


def narrowing(kind: Kind, ask: Ask) -> Any:
    """The condition, worked out once for what is asked; none where nothing is left out."""
    if "where" not in ask.known:
        ask.known["where"] = _narrowing(kind, ask)
    return ask.known["where"]


def further(kind: Kind, ask: Ask) -> tuple[Any, Any] | None:
    """The place behind which a search has not looked yet; none where it has seen all."""
    narrowing(kind, ask)
    found: tuple[Any, Any] | None = ask.known.get("further")
    return found


def _narrowing(kind: Kind, ask: Ask) -> Any:
    found: list[Any] = []
    model = kind.model
    found += [getattr(model, name) == getattr(model, name).word(value) if hasattr(getattr(model, name), "word")
              else getattr(model, name) == value for name, value in ask.states.items()]  # fmt: skip
    found += [getattr(model, name) == value for name, value in ask.of.items()]
    if ask.first or ask.last:
        found += _days(getattr(model, kind.day), ask)
    if ask.who:
        found.append(_people(kind, ask.who))
    if ask.company:
        found.append(_company(kind, ask.company))
    if ask.q:  # last: it looks through what the others leave
        found.append(_said(kind, ask, reduce(and_, found) if found else None))
    return reduce(and_, found) if found else None


def _days(field: Any, ask: Ask) -> list[Any]:
    moments, found = isinstance(field, UtcField), []
    if ask.first is not None:
        found.append(field >= (businessdays.begins(ask.first) if moments else ask.first))
    if ask.last is not None:
        found.append(field < businessdays.begins(ask.last + timedelta(days=1)) if moments else field <= ask.last)
    return found


def _said(kind: Kind, ask: Ask, others: Any) -> Any:
    """Rows that say every word: cases and tasks by their indexes, others by looking through LOOKED of them, from
    where a search before this one ended."""
    model: Any = kind.model
    if model is m.Case:
        return search.said_of_case(ask.q)
    if model is m.Task and (tasks := saying.of_task(ask.q)) is not None:
        return tasks
    found = search.among(model._meta.primary_key, _looked(kind, ask, others))
    if "case" not in kind.search or ask.further is not None:  # cases were found the first time
        return found
    return found | model.case.in_(m.Case.select(m.Case.id).where(search.said_of_case(ask.q)))


def _looked(kind: Kind, ask: Ask, others: Any) -> list[Any]:
    """Keys of the rows of which every word is said in one of the fields, of the LOOKED newest behind the mark."""
    field, _ = order_of(kind, Ask())
    key = kind.model._meta.primary_key
    plain = [getattr(kind.model, name) for name in kind.search if name != "case"]
    query = kind.model.select(key, field, *plain)
    if others is not None:
        query = query.where(others)
    if ask.further is not None:
        query = query.where(beyond(field, key, ask.further, down=True, back=False))
    order = [field.desc(), key.desc()] if field is not key else [key.desc()]
    if field.null:
        order.insert(0, field.is_null().asc())
    found, seen, at = [], 0, None
    said = saying.teller(ask.q)
    for row in query.order_by(*order).limit(LOOKED).tuples().iterator():
        seen, at = seen + 1, (row[1], row[0])
        if said(row[2:]):
            found.append(row[0])
    ask.known["further"] = at if seen == LOOKED else None
    return found


def _people(kind: Kind, text: str) -> Any:
    """Rows in which somebody of this name or address stands."""
    account: Any = m.User
    keys = saying.accounts_said(text, LOOKED)
    names = {row[0] for row in account.select(account.name).where(account.id.in_(keys)).tuples()} | {text}
    found = []
    for name in kind.who:
        field = getattr(kind.model, name)
        own = isinstance(field, peewee.ForeignKeyField | peewee.AutoField)  # a reference, or the account itself
        found.append(field.in_(keys) if own else field.in_(sorted(names)))
    return reduce(or_, found)


def _company(kind: Kind, text: str) -> Any:
    """Rows of companies of this name or number, and of applications that name it and are of no company yet."""
    companies = saying.companies_said(text, LOOKED)
    if kind.company == "own":
        own: Any = kind.model
        return own.id.in_(companies)
    if kind.company == "company":
        return kind.model.company.in_(companies)
    case: Any = m.Case
    theirs = case.company.in_(companies) | (case.company.is_null() & search.said_of_case(text))
    if kind.model is m.Case:
        return theirs
    cases = m.Case.select(m.Case.id).where(theirs)
    head, _, _tail = kind.company.partition(".")
    field = getattr(kind.model, head)
    if head == "case":
        return field.in_(cases)
    there = field.rel_model
    return field.in_(there.select(there._meta.primary_key).where(there.case.in_(cases)))


# Order
