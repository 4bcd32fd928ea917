"""What mypy knows of a row is what is there, and nothing else is stored."""

from __future__ import annotations

from pathlib import Path

import pytest
from peewee import SQL, ForeignKeyField, ModelSelect, fn

from app.store import database
from app.store.database import Select, Table
from app.store.models import ALL, Case, Counter, Setting, Task
from app.store.words import WordField


@pytest.mark.parametrize("model", ALL, ids=lambda model: str(model.__name__))
def test_each_reference_declares_its_stored_key(model: type[Table]) -> None:
    declared = model.__annotations__
    for field in model._meta.sorted_fields:
        if isinstance(field, ForeignKeyField):
            kind = "str" if field.rel_model._meta.primary_key.field_type == "VARCHAR" else "int"
            assert declared.get(f"{field.name}_id") == (f"{kind} | None" if field.null else kind), field.name
    keys = {f"{field.name}_id" for field in model._meta.refs}
    bare = {name for name in declared if name not in model._meta.fields}
    assert bare == keys, "a name that is declared, and is no column"


def test_a_name_that_is_no_column_is_not_stored() -> None:
    with pytest.raises(TypeError, match="Counter has no column valeu"):
        Counter.create(name="cases", valeu=3)
    with pytest.raises(TypeError, match="Setting has no column keyy, valeu"):
        Setting.create(package_id="p", keyy="k", valeu="v")


def test_a_key_may_be_given_for_what_it_refers_to() -> None:
    Task.require({"case_id": 1, "case": 1, "id": "x"})


def whole(model: type[Table]) -> ModelSelect:
    """The query of all columns as peewee itself composes it."""
    return ModelSelect(model, model._meta.sorted_fields, is_default=True)


@pytest.mark.parametrize("model", ALL, ids=lambda model: str(model.__name__))
def test_a_query_that_is_composed_quickly_is_peewees_own(model: type[Table], tmp_path: Path) -> None:
    database.connect(f"sqlite:///{tmp_path}/nintei.db")
    first = model._meta.sorted_fields[0]
    one, two = list(first.words)[:2] if isinstance(first, WordField) else (1, 2)
    for composed in (
        lambda query: query,
        lambda query: query.where(first == one).order_by(first).limit(3).offset(2),
        lambda query: query.distinct(),
        lambda query: query.select_extend(SQL("1 AS one")),
        lambda query: query.where(first << query.clone().where(first == two)),
        lambda query: query.alias("named"),
        lambda query: query | query,
        lambda query: query.join(Counter, on=(Counter.name == first)),
        lambda query: Counter.select(Counter.name).from_(Counter, query.alias("beside")),
    ):
        quick, again, own = composed(model.select()), composed(model.select()), composed(whole(model))
        assert quick.sql() == again.sql() == own.sql()
    assert type(model.select()) is Select


def test_tables_of_one_query_keep_their_names(tmp_path: Path) -> None:
    """The list of columns is kept for each name that a table has in a query."""
    database.connect(f"sqlite:///{tmp_path}/nintei.db")
    said = []
    for tasks, cases in ((Task.select(), Case.select()), (whole(Task), whole(Case))):
        said.append(tasks.join(Case, on=(Case.id == Task.case)).where(Case.id << cases).sql())
        said.append(cases.where(Case.id << tasks.where(Task.case == Case.id)).sql())
        said.append(cases.where(fn.EXISTS(tasks.where(Task.case == Case.id))).sql())
    assert said[:3] == said[3:]
