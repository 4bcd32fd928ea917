"""Rows are made of what the database answers: quicker than peewee makes them, and the same.

Most columns are read as they are stored. Only those whose field makes something else of it (an instant, a word, JSON)
are handed to it: asking each field of each row took several times as long as all the rest of reading.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import peewee

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


def row_of(model: Any, values: dict[str, Any]) -> Any:
    """A row that was read: as `model(__no_default__=1)` with these values, without the way through its constructor."""
    row = model.__new__(model)
    row.__data__, row._dirty, row.__rel__ = values, set(), {}
    return row
