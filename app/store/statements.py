"""The statements of a step, composed once.

peewee builds the text of a query anew each time, which costs more than the query itself on the rows that every step
reads and writes. Here the text is kept for each model and set of columns; values pass through the fields all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, TypeVar

from app.store.database import Table, is_postgres, proxy
from app.store.rowmaking import reading, row_of, sending

R = TypeVar("R", bound=Table)


def _key(model: type[Table]) -> Any:
    """The primary key's field."""
    return model._meta.primary_key


def rows(model: type[R], where: str, *values: Any, order: str = "", lock: bool = False) -> list[R]:
    """The rows that fit. `where` and `order` name columns; `?` stands for each value."""
    text = _select(model, where, order, proxy.obj.param, lock and is_postgres())
    found = proxy.obj.execute_sql(text, values).fetchall()
    return list(map(_maker(model), found))


def ahead(model: type[R], where: str, column: str, values: Sequence[Any], order: str = "") -> None:
    """Read for all the values what `rows(model, where, value, order=order)` will find for each, `where` holding
    `column = ?`: a list that asks of each of its rows then asks the database once. Only within `reading_once`."""
    asked = list(dict.fromkeys(values))
    if not asked:
        return
    mark, one_of = proxy.obj.param, f"{column} IN ({', '.join('?' * len(asked))})"
    assert f"{column} = ?" in where, where  # noqa: S101 - what is read ahead is what will be asked for
    text = _select(model, where.replace(f"{column} = ?", one_of), order, mark, lock=False)
    names = [field.column_name for field in model._meta.sorted_fields]
    found: dict[Any, list[Any]] = {value: [] for value in asked}
    for row in proxy.obj.execute_sql(text, asked).fetchall():
        found[row[names.index(column)]].append(row)
    alone = _select(model, where, order, mark, lock=False)
    for value, of_value in found.items():
        proxy.obj.memory.know(alone, (value,), of_value)


def none(model: type[R], where: str, value: Any, order: str = "") -> None:
    """That `rows(model, where, value, order=order)` finds nothing was read together with more. Only within a block
    that reads once (`reading_once`)."""
    proxy.obj.memory.know(_select(model, where, order, proxy.obj.param, lock=False), (value,), ())


def is_known(model: type[R], where: str, *values: Any, order: str = "") -> bool:
    """Whether the page that is being made has read already what `rows` would find."""
    found = proxy.obj.memory.found
    return bool(found) and (_select(model, where, order, proxy.obj.param, lock=False), values) in found


def one(model: type[R], where: str, *values: Any, order: str = "", lock: bool = False) -> R | None:
    """The row that fits, if there is one; the first in `order` where several do."""
    found = rows(model, where, *values, order=order, lock=lock)
    return found[0] if found else None


def having(models: Sequence[type[R]], otherwise: Mapping[Any, str], where: str, value: Any) -> set[type[R]]:
    """Those of the tables that have a row which fits `where`, or what `otherwise` says for the table; asked for
    all at once."""
    if not models:
        return set()
    asked = (f'EXISTS(SELECT 1 FROM "{each._meta.table_name}" WHERE {otherwise.get(each, where)})' for each in models)  # noqa: S608
    text = f"SELECT {', '.join(asked)}".replace("?", proxy.obj.param)
    found = proxy.obj.execute_sql(text, [value] * len(models)).fetchone()
    return {each for each, there in zip(models, found, strict=True) if there}


@cache
def _maker(model: type[Table]) -> Callable[[Sequence[Any]], Any]:
    """What makes a row of a table's columns in their order."""
    read = reading(model._meta.sorted_fields)
    return lambda values: row_of(model, read(values))


@lru_cache(maxsize=256)
def _select(model: type[Table], where: str, order: str, mark: str, lock: bool) -> str:
    columns = ", ".join(f'"{field.column_name}"' for field in model._meta.sorted_fields)
    text = f'SELECT {columns} FROM "{model._meta.table_name}" WHERE {where}'  # noqa: S608 - names of our own tables
    if order:
        text += f" ORDER BY {order}"
    return (text + " FOR UPDATE" if lock else text).replace("?", mark)


def save(row: Table) -> None:
    """Write what was changed of a row that was read before."""
    text, send = _update(type(row), frozenset(row._dirty), proxy.obj.param)
    if not text:
        return
    proxy.obj.execute_sql(text, send(row.__data__))
    row._dirty.clear()


@lru_cache(maxsize=1024)
def _update(model: type[Table], changed: frozenset[str], mark: str) -> tuple[str, Callable[[Any], list[Any]]]:
    """The statement, and what makes its values of a row's; no statement where there is nothing to write."""
    key = _key(model)
    fields = [field for field in model._meta.sorted_fields if field.name in changed and not field.primary_key]
    places = ", ".join(f'"{field.column_name}" = {mark}' for field in fields)
    text = f'UPDATE "{model._meta.table_name}" SET {places} WHERE "{key.column_name}" = {mark}'  # noqa: S608 - as above
    return text if fields else "", sending([*fields, key])
