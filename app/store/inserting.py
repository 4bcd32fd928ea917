"""New rows, each in a statement whose text is put together once for its table and columns."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import peewee

from app.store.connections import Postgres, proxy
from app.store.rowmaking import sending


def insert(row: Any) -> None:
    """Store a row of peewee that was not stored before, and note the number that it gets."""
    _run(row, "")
    row._dirty.clear()


def insert_once(row: Any) -> bool:
    """Store it unless one with the same key, or with what must be there only once, is stored already. Says whether it
    was stored now."""
    return bool(_run(row, " ON CONFLICT DO NOTHING").rowcount)


def replace(row: Any) -> None:
    """Store it; one with the same key that is stored already has its values then."""
    key = row._meta.primary_key.column_name
    names = (field.column_name for field in row._meta.sorted_fields if field.name in row.__data__)
    _run(row, f' ON CONFLICT ("{key}") DO UPDATE SET ' + ", ".join(f'"{each}" = excluded."{each}"' for each in names))
    row._dirty.clear()


def _run(row: Any, unless: str) -> Any:
    model: Any = type(row)
    data, key = row.__data__, _key(model)
    unnumbered = key is not None and data.get(key) is None
    text, send, returning = _way(model, tuple(data), unnumbered, isinstance(proxy.obj, Postgres), unless)
    cursor = proxy.obj.execute_sql(text, send(data))
    if unnumbered and not unless:
        data[key] = cursor.fetchone()[0] if returning else cursor.lastrowid
    return cursor


@lru_cache(maxsize=512)
def _key(model: Any) -> str | None:
    """The name of a table's key; none where several columns are the key."""
    key = model._meta.primary_key
    return None if isinstance(key, peewee.CompositeKey) else key.name


@lru_cache(maxsize=1024)
def _way(
    model: Any, there: tuple[str, ...], unnumbered: bool, postgres: bool, unless: str
) -> tuple[str, Callable[[Any], list[Any]], bool]:
    """The statement for a row that holds these values, what makes the statement's values of the row's, and whether it
    gives back the number that the row gets."""
    key = model._meta.primary_key
    fields = [
        field
        for field in model._meta.sorted_fields
        if field.name in there and not (unnumbered and field.name == key.name)
    ]
    columns = ", ".join(f'"{field.column_name}"' for field in fields)
    marks = ", ".join([proxy.obj.param] * len(fields))
    returning = unnumbered and not unless and postgres
    end = f'{unless} RETURNING "{key.column_name}"' if returning else unless
    text = f'INSERT INTO "{model._meta.table_name}" ({columns}) VALUES ({marks}){end}'  # noqa: S608 - our own names
    return text, sending(fields), returning
