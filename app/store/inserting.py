"""New rows, each in a statement whose text is put together once for its table and columns."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import peewee

from app.store.connections import Postgres, proxy


def insert(row: Any) -> None:
    """Store a row of peewee that was not stored before, and note the number that it gets."""
    _run(row, "")
    row._dirty.clear()


def insert_once(row: Any) -> bool:
    """Store it unless one with the same key, or with what must be there only once, is stored already. Says whether it
    was stored now."""
    return bool(_run(row, " ON CONFLICT DO NOTHING").rowcount)


def _run(row: Any, unless: str) -> Any:
    key = row._meta.primary_key
    numbered = not isinstance(key, peewee.CompositeKey) and row.__data__.get(key.name) is None
    fields = [
        field for field in row._meta.sorted_fields if field.name in row.__data__ and not (numbered and field is key)
    ]
    returning = numbered and not unless and isinstance(proxy.obj, Postgres)
    end = f'{unless} RETURNING "{key.column_name}"' if returning else unless
    model: Any = type(row)
    text = _text(model, tuple(field.name for field in fields), proxy.obj.param, end)
    cursor = proxy.obj.execute_sql(text, [field.db_value(row.__data__[field.name]) for field in fields])
    if numbered and not unless:
        row.__data__[key.name] = cursor.fetchone()[0] if returning else cursor.lastrowid
    return cursor


@lru_cache(maxsize=512)
def _text(model: Any, names: tuple[str, ...], mark: str, end: str) -> str:
    fields = model._meta.fields
    columns = ", ".join(f'"{fields[name].column_name}"' for name in names)
    marks = ", ".join([mark] * len(names))
    return f'INSERT INTO "{model._meta.table_name}" ({columns}) VALUES ({marks}){end}'  # noqa: S608 - our own names
