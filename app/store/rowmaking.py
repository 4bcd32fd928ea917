"""Rows are made of what the database answers, and sent to it: quicker than peewee does it, and the same.

Most columns are stored as they are. Only those whose field makes something else of it (an instant, a word, JSON) are
handed to it: asking each field of each row took several times as long as all the rest of reading.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import peewee

from app.store.words import WordField

Values = Mapping[str, Any]

_UNCHANGED = frozenset({peewee.Field.adapt, peewee.IntegerField.adapt, peewee.CharField.adapt})


def as_stored(field: peewee.Field) -> bool:
    """Whether a field hands on what the database gives of its own type: whole numbers, and text."""
    if isinstance(field, peewee.ForeignKeyField):
        return type(field) is peewee.ForeignKeyField and as_stored(field.rel_field)
    kind = type(field)
    return kind.python_value is peewee.Field.python_value and kind.adapt in _UNCHANGED


def reading(fields: Sequence[peewee.Field]) -> Callable[[Sequence[Any]], dict[str, Any]]:
    """What makes the values of `fields`, by their names, of the columns of a row in the same order."""
    names = tuple(field.name for field in fields)
    made = tuple((at, field.name, field.python_value) for at, field in enumerate(fields) if not as_stored(field))

    def read(row: Sequence[Any]) -> dict[str, Any]:
        values = dict(zip(names, row, strict=True))
        for at, name, python_value in made:
            if (value := row[at]) is not None:
                values[name] = python_value(value)
        return values

    return read


def sending(fields: Sequence[peewee.Field]) -> Callable[[Mapping[str, Any]], list[Any]]:
    """What makes the values that go out for `fields`, in their order, of those that a row has by their names."""
    parts = tuple((field.name, _plain(field), field.db_value) for field in fields)

    def send(values: Mapping[str, Any]) -> list[Any]:
        return [
            value if (value := values.get(name)) is None or value.__class__ is plain else db_value(value)
            for name, plain, db_value in parts
        ]

    return send


def _plain(field: peewee.Field) -> type | None:
    """The type of which a field sends every value as it is; none where it makes something else of it."""
    if type(field) is peewee.ForeignKeyField:
        return _plain(field.rel_field)
    kind = type(field)
    if kind.db_value is not peewee.Field.db_value:
        return None
    return {peewee.CharField.adapt: str, peewee.TextField.adapt: str, peewee.IntegerField.adapt: int}.get(kind.adapt)


def new_row(model: Any, values: Values) -> Any:
    """A row to be stored: as `model(**values)`, but for what a field makes of a value that is set (a word, another
    row), without the way through each column's accessor."""
    row = model.__new__(model)
    data = row.__data__ = model._meta.get_default_dict()
    row._dirty, row.__rel__ = set(data), {}  # nothing of it is stored yet, so that any word may be set
    simple = _simple(model)
    for name, value in values.items():
        if name in simple:
            make = simple[name]
            data[name] = value if make is None else make(value)
        else:
            setattr(row, name, value)
    return row


@lru_cache(maxsize=512)
def _simple(model: Any) -> dict[str, Callable[[Any], Any] | None]:
    """The columns whose values a row holds as they are set, or as the word that they are."""
    held = (peewee.FieldAccessor, WordField.accessor_class)
    fields = (each for each in model._meta.sorted_fields if each.accessor_class in held)
    return {each.name: each.word if isinstance(each, WordField) else None for each in fields}


def row_of(model: Any, values: dict[str, Any]) -> Any:
    """A row that was read: as `model(__no_default__=1)` with these values, without the way through its constructor."""
    row = model.__new__(model)
    row.__data__, row._dirty, row.__rel__ = values, set(), {}
    return row
