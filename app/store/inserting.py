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
    key = row._meta.primary_key
    numbered = not isinstance(key, peewee.CompositeKey) and row.__data__.get(key.name) is None
    data = row.__data__
    model: Any = type(row)
    names = tuple([name for name in _names(model) if name in data and not (numbered and name == key.name)])
    returning = numbered and not unless and isinstance(proxy.obj, Postgres)
    end = f'{unless} RETURNING "{key.column_name}"' if returning else unless
    text, send = _text(model, names, proxy.obj.param, end)
    cursor = proxy.obj.execute_sql(text, send(data))
    if numbered and not unless:
        data[key.name] = cursor.fetchone()[0] if returning else cursor.lastrowid
    return cursor


@lru_cache(maxsize=512)
def _names(model: Any) -> tuple[str, ...]:
    return tuple(field.name for field in model._meta.sorted_fields)


@lru_cache(maxsize=512)
def _text(model: Any, names: tuple[str, ...], mark: str, end: str) -> tuple[str, Callable[[Any], list[Any]]]:
    """The statement, and what makes its values of a row's."""
    fields = model._meta.fields
    columns = ", ".join(f'"{fields[name].column_name}"' for name in names)
    marks = ", ".join([mark] * len(names))
    text = f'INSERT INTO "{model._meta.table_name}" ({columns}) VALUES ({marks}){end}'  # noqa: S608 - our own names
    return text, sending([fields[name] for name in names])
