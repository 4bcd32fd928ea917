"""What mypy knows of a row is what is there, and nothing else is stored."""

from __future__ import annotations

import pytest
from peewee import ForeignKeyField

from app.store import statements
from app.store.database import Table
from app.store.models import ALL, Counter, Setting, Task


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
        statements.insert(Setting, package_id="p", keyy="k", valeu="v")


def test_a_key_may_be_given_for_what_it_refers_to() -> None:
    Task.require({"case_id": 1, "case": 1, "id": "x"})
