"""Many of what a database has a few of, on PostgreSQL: its planner goes by how many rows there are, and of what."""

from __future__ import annotations

from typing import Any

import peewee

from app.store import database, models, search, tally
from app.store.database import proxy
from app.store.grams import ranges

APART = 100_000  # between a row's number and that of its next copy
ROWS = 4_000  # of a table, about; cases, and words that all of them have, are more
EVENTS = 15_000  # of cards, which have the more of them the longer they are used
MANY = ("みほん", "2026")  # searched, and had by all
BODY = """SELECT id FROM "user" WHERE side <> 'vendor'"""
NAMES = frozenset({"company_name", "name", "system_name"})


def multiply(times: int) -> None:
    """Each case so many times more, at other times and under another name, most of them over; each open task a quarter
    as often, of a case that is not; and of everything else that refers to them as much as there is place for. The body
    has as many people as before."""
    tables = [model for model in models.ALL if _grows(model)]
    counts = {model: max(1, model.select().count()) for model in tables}
    copies = {model: min(times, max(1, ROWS // count)) for model, count in counts.items()}
    copies |= {models.Case: times, models.CardEvent: EVENTS // counts[models.CardEvent]}
    with database.transaction():
        proxy.obj.execute_sql("SET LOCAL session_replication_role = replica")  # nothing is looked after or counted
        for model in tables:
            names = [field.column_name for field in model._meta.sorted_fields]
            values = ", ".join(_value(model, field, copies) for field in model._meta.sorted_fields)
            listed = ", ".join(f'"{name}"' for name in names)
            table = f'"{model._meta.table_name}"'
            proxy.obj.execute_sql(
                f"INSERT INTO {table} ({listed}) SELECT {values} FROM {table} AS t, generate_series(1, {times}) AS k "
                f"WHERE {_which(model, copies[model], times)} ON CONFLICT DO NOTHING"
            )
        proxy.obj.execute_sql(
            f"UPDATE \"case\" SET ended = true, state = 'closed', turn = '' WHERE id > {APART * (times // 4 + 1)}"
        )
        tally.repair(tally.differing())
    proxy.obj.execute_sql("VACUUM ANALYZE")


def _grows(model: Any) -> bool:
    """Whether there is more of it the more cases there are."""
    alone = {models.TaskTally, models.TaskChange}
    found = (
        [model] if model in {models.Case, models.Company, models.User, models.TrailEntry, models.InboundMail} else []
    )
    refers = {field.rel_model for field in model._meta.sorted_fields if isinstance(field, peewee.ForeignKeyField)}
    return model not in alone and bool(found or refers - {model, models.Release, models.Role})


def _which(model: Any, copies: int, times: int) -> str:
    """SQL: whether this row is to be had once more for the k-th time."""
    if model is models.User:
        return f"t.side = 'vendor' AND k <= {copies}"
    if model is models.UserRole:
        return f"t.user_id NOT IN ({BODY}) AND k <= {copies}"
    if model is models.Task:
        return f"k <= {copies} OR t.state = 'open' AND k <= {times // 4}"
    if model is models.CaseGram:
        every = {each for word in MANY for each in ranges(search.text_of(word))}
        return " OR ".join([f"k <= {copies}", *(f"t.gram BETWEEN {first} AND {last}" for first, last in sorted(every))])
    return f"k <= {copies}"


def _value(model: Any, field: Any, copies: dict[Any, int]) -> str:
    """What stands in the column of a copy."""
    column, text = f't."{field.column_name}"', isinstance(field, peewee.CharField | peewee.TextField)
    target: Any = model if field.primary_key else None
    if isinstance(field, peewee.ForeignKeyField):
        target = field.rel_model
        text = isinstance(target._meta.primary_key, peewee.CharField)
    if target in copies:
        nth = f"(mod(k - 1, {copies[target]}) + 1)" if target is not model else "k"
        if target is models.User and model is not models.User:
            return f"CASE WHEN {column} IN ({BODY}) THEN {column} ELSE {column} + {APART} * {nth} END"
        return _named(column, nth, field) if text else f"{column} + {APART} * {nth}"
    if model is models.Claim and field.name == "state":
        return "'refused'"  # few are asked at one time
    if isinstance(field, peewee.DateTimeField):
        return f"{column} - k * interval '37 minutes'"
    if isinstance(field, peewee.DateField):
        return f"{column} - mod(k, 400)"
    if text and (field.unique or field.name in NAMES):
        return _named(column, "k", field)
    return f"{column} + {APART} * k" if field.unique else column


def _named(column: str, nth: str, field: Any) -> str:
    longest = getattr(getattr(field, "rel_field", field), "max_length", None) or 255
    return f"left({column}, {longest - 7}) || '-' || {nth}"
