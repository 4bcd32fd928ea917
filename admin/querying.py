"""The query behind a list of records: what is read with each, in which order they stand, where a page begins."""

from __future__ import annotations

from typing import Any

import peewee
from peewee import JOIN, Tuple

from admin.asking import Ask, mark
from admin.cells import BRIEF
from admin.kinds import Kind

_LONG = (peewee.BlobField, peewee.TextField)  # JSON among them: read only where they are told


def order_of(kind: Kind, ask: Ask) -> tuple[Any, bool]:
    """(the field of the order, whether the last comes first)."""
    name = ask.sort.removeprefix("-") or kind.first or kind.model._meta.primary_key.name
    return getattr(kind.model, name), ask.sort.startswith("-") or not ask.sort


def ordered(
    kind: Kind, ask: Ask, where: Any, at: tuple[Any, Any] | None, back: bool, fields: tuple[str, ...] = ()
) -> Any:  # fmt: skip
    field, last_first = order_of(kind, ask)
    key = kind.model._meta.primary_key
    query = selected(kind, (*(fields or kind.columns), field.name))
    if where is not None:
        query = query.where(where)
    down = last_first != back
    if at is not None:
        query = query.where(beyond(field, key, at, down, back))
    order = [each.desc() if down else each.asc() for each in ([field, key] if field is not key else [key])]
    if field.null:  # empty ones come last, whichever way
        order.insert(0, field.is_null().desc() if back else field.is_null().asc())
    return query.order_by(*order)


def beyond(field: Any, key: Any, at: tuple[Any, Any], down: bool, back: bool) -> Any:
    value, last = at
    if field is key:
        return key < last if down else key > last
    if value is None:
        same = field.is_null() & (key < last if down else key > last)
        return same | field.is_null(False) if back else same
    row, place = Tuple(field, key), Tuple(peewee.Value(field.db_value(value)), last)
    found = row < place if down else row > place
    return found | field.is_null() if field.null and not back else found


def place_of(kind: Kind, ask: Ask, row: Any) -> tuple[Any, Any]:
    field, _ = order_of(kind, ask)
    return getattr(row, field.name), row._pk


def marked(kind: Kind, ask: Ask, row: Any) -> str:
    return mark(*place_of(kind, ask, row))


def selected(kind: Kind, names: tuple[str, ...]) -> Any:
    model = kind.model
    wanted = {*names, *kind.needs, *(path.partition(".")[0] for path in kind.deep)}
    if any(name in kind.told for name in names):
        wanted.add("case")  # what is told of a row is mostly told of its case
    fields: list[Any] = [
        each for each in model._meta.sorted_fields if each.name in wanted or not isinstance(each, _LONG)
    ]
    joins: list[tuple[Any, Any, Any, str]] = []
    for field in [each for each in fields if isinstance(each, peewee.ForeignKeyField) and each.name in wanted]:
        there = _join(model, field, fields, joins)
        for path in kind.deep:
            head, _, name = path.partition(".")
            if head == field.name:
                _join(there, getattr(there, name), fields, joins)
    query = model.select(*fields)
    for here, there, on, attr in joins:
        query = query.join_from(here, there, JOIN.LEFT_OUTER, on=on, attr=attr)
    return query


def _join(here: Any, field: Any, fields: list[Any], joins: list[tuple[Any, Any, Any, str]]) -> Any:
    plain = field.field if isinstance(field, peewee.FieldAlias) else field
    there = plain.rel_model.alias()
    brief = BRIEF.get(plain.rel_model, (plain.rel_field.name,))
    fields += [getattr(there, name) for name in brief]
    joins.append((here, there, field == getattr(there, plain.rel_field.name), plain.name))
    return there
