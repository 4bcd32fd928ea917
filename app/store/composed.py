"""Queries of peewee that are composed once.

Putting a query's text together takes peewee several times as long as SQLite takes to run it. Here a query is written as
everywhere else, with places for its values; its text is kept for each kind of database, and for each length of the
lists among the values. Rows come as peewee gives them, those that were joined in their attributes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from operator import itemgetter
from typing import Any, Generic, TypeVar

import peewee

from app.store.connections import proxy
from app.store.rowmaking import reading, row_of

R = TypeVar("R", bound=peewee.Model)
_LISTS = (list, tuple)


class _Place(peewee.Node):
    """Where a value comes: the place in the arguments, and within a list. `convert`: what the column to which it is set
    makes of it; a comparison says that itself."""

    def __init__(self, *at: int, convert: Callable[[Any], Any] | None = None) -> None:
        self.at, self.convert = at, convert

    def __sql__(self, ctx: Any) -> Any:
        """Note the place with what a value at it goes through before it is sent."""
        ctx._values.append((self, self.convert or ctx.state.converter))
        return ctx.literal(ctx.state.param or "?")

    def of(self, values: Sequence[Any]) -> Any:
        """The value that these arguments have here."""
        found: Any = values
        for step in self.at:
            found = found[step]
        return found


class _Text:
    """A query's text, what stands at its places, and how its rows are made."""

    def __init__(self, query: Any) -> None:
        setting: Any = query if isinstance(query, peewee.Update) else None
        if setting is not None:  # peewee hands on what is no plain value as it is
            setting._update = {
                field: _Place(*to.at, convert=field.db_value) if isinstance(to, _Place) else to
                for field, to in setting._update.items()
            }
        self.sql, said = query.bind(proxy.obj).sql()
        self.parts: list[tuple[_Place | None, Any]] = [
            each if isinstance(each, tuple) and isinstance(each[0], _Place) else (None, each) for each in said
        ]
        self.query = query
        self._make: Callable[[Sequence[Any]], Any] | None = None

    def sent(self, values: Sequence[Any]) -> list[Any]:
        """What goes out with the text for these values."""
        sent = []
        for place, what in self.parts:
            if place is None:
                sent.append(what)
            else:
                value = place.of(values)
                sent.append(what(value) if what else value)
        return sent

    def run(self, values: Sequence[Any]) -> Any:
        """The cursor (PEP 249)."""
        return proxy.obj.execute_sql(self.sql, self.sent(values))

    def make(self, row: Sequence[Any]) -> Any:
        """A row of the query's table, with those that are joined to it."""
        if self._make is None:
            self._make = _maker(self.query)
        return self._make(row)


def _maker(query: Any) -> Callable[[Sequence[Any]], Any]:
    """What makes a row of `query` of its columns."""
    sources: dict[Any, list[tuple[int, peewee.Field]]] = {query.model: []}
    extra: list[tuple[int, str]] = []
    for at, node in enumerate(query._returning):
        if isinstance(node, peewee.FieldAlias):
            sources.setdefault(node.source, []).append((at, node.field))
        elif isinstance(node, peewee.Field):
            sources.setdefault(node.model, []).append((at, node))
        else:
            extra.append((at, node._alias))
    links = [
        (source, attribute, joined, "LEFT" in kind or "FULL" in kind)
        for source, found in query._joins.items()
        for joined, attribute, _, kind in found
        if joined in sources and source in sources
    ]
    columns = [
        (
            source,
            getattr(source, "model", source),
            _picked([at for at, _ in found]),
            reading([each for _, each in found]),
        )
        for source, found in sources.items()
    ]

    def make(row: Sequence[Any]) -> Any:
        made: dict[Any, Any] = {source: row_of(model, read(picked(row))) for source, model, picked, read in columns}
        for source, attribute, joined, outer in links:
            one = made[joined]
            if outer and all(value is None for value in one.__data__.values()):
                one = None
            owner = made[source]
            if attribute in owner._meta.fields:
                if one is not None:
                    owner.__rel__[attribute] = one
            else:
                setattr(owner, attribute, one)
        for at, name in extra:
            setattr(made[query.model], name, row[at])
        return made[query.model]

    return make


def _picked(places: Sequence[int]) -> Callable[[Sequence[Any]], Sequence[Any]]:
    """What takes the columns at these places out of a row."""
    if not places or list(places) == list(range(places[0], places[-1] + 1)):
        first, behind = (places[0], places[-1] + 1) if places else (0, 0)
        return lambda row: row[first:behind]
    return itemgetter(*places) if len(places) > 1 else lambda row: (row[places[0]],)


class Composed(Generic[R]):
    """A query with places for its values. `compose` is called with the places, in the order in which values are given
    to `rows`; a list among the values is a list of places there (lists and tuples have an order, sets have none)."""

    def __init__(self, compose: Callable[..., Any]) -> None:
        self._compose = compose
        self._texts: dict[Any, _Text] = {}

    def _text(self, values: Sequence[Any]) -> _Text:
        key = (type(proxy.obj), *(len(each) if isinstance(each, _LISTS) else -1 for each in values))
        found = self._texts.get(key)
        if found is None:
            places = [
                [_Place(at, place) for place in range(len(each))] if isinstance(each, _LISTS) else _Place(at)
                for at, each in enumerate(values)
            ]
            found = self._texts[key] = _Text(self._compose(*places))
        return found

    def run(self, *values: Any) -> Any:
        """The cursor of what the database answers (PEP 249): for rows of no table, and for writing."""
        return self._text(values).run(values)

    def rows(self, *values: Any) -> list[R]:
        """The rows that fit."""
        text = self._text(values)
        return [text.make(row) for row in text.run(values).fetchall()]

    def value(self, *values: Any) -> Any:
        """The first column of the first row as the database has it; None where no row fits."""
        row = self.run(*values).fetchone()
        return row[0] if row is not None else None

    def ahead(self, together: Composed[R], at: int, values: Sequence[Any]) -> None:
        """Read for all the values what this query, which has one place, will find for each. `together` asks for a list
        of values; the value of each row stands in its column `at`. Only within `reading_once`."""
        asked = list(dict.fromkeys(values))
        found: dict[Any, list[Any]] = {value: [] for value in asked}
        for row in together.run(asked).fetchall() if asked else ():
            found[row[at]].append(row)
        for value, rows in found.items():
            self.know(rows, value)

    def know(self, rows: Sequence[Any], *values: Any) -> None:
        """What this query will find for the values was read together with more. Only within `reading_once`."""
        text = self._text(values)
        proxy.obj.memory.know(text.sql, text.sent(values), rows)

    def one(self, *values: Any) -> R | None:
        """The first row that fits, if there is one."""
        text = self._text(values)
        row = text.run(values).fetchone()
        return text.make(row) if row is not None else None


@cache
def by(field: peewee.Field) -> Composed[Any]:
    """The rows of a field's table that have one value in it."""
    return Composed(lambda value: field.model.select().where(field == value))


def looked_up(model: type[R], query: Sequence[Any]) -> Composed[R] | None:
    """The kept query, where a row is asked for by one value of one of its table's own fields."""
    asked = query[0] if len(query) == 1 else None
    if not isinstance(asked, peewee.Expression) or asked.op != peewee.OP.EQ or isinstance(asked.rhs, peewee.Node):
        return None
    simple = isinstance(asked.lhs, peewee.Field) and asked.lhs.model is model and asked.rhs is not None
    return by(asked.lhs) if simple else None
