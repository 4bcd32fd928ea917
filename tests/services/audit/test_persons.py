"""One person's data in every table that speaks of them: handed out whole, and forgotten without a rest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import peewee

from app.services.audit import chaining, persons, verifying
from app.services.people import accounts as people
from app.states import Standing
from app.store import database, models
from app.store.database import Table
from app.store.fields import JsonField, UtcField
from app.store.models import ALL, Case, Company, CompanyPerson, Export, Guess, Passkey, Session, User
from app.store.whose import ALONE, TRACES
from app.store.words import WordField
from tests.services.audit.test_keeping import ADMIN
from tests.services.conftest import Bench

WHO, ADDRESS = "忘却 さやか", "sayaka@example.jp"
AT = datetime(2026, 11, 1, tzinfo=UTC)
numbers = count(1)


def value_of(field: Any) -> Any:
    """Something that a column takes, another one each time."""
    n = next(numbers)
    if isinstance(field, WordField):
        return next(iter(field.words))
    if isinstance(field, UtcField):
        return AT
    if isinstance(field, JsonField):
        return {}
    plain: Mapping[type, Any] = {
        peewee.DateField: date(2026, 11, 1), peewee.BlobField: b"x", peewee.BooleanField: False,
        peewee.FloatField: 0.5, peewee.IntegerField: n, peewee.BigIntegerField: n,
    }  # fmt: skip
    return plain.get(type(field), f"{n}"[: getattr(field, "max_length", 20)])


def row(model: type[Table], **given: Any) -> Any:
    """A row with these values; what else it needs is made up, rows that it refers to as well."""
    values: dict[str, Any] = {}
    for name, field in model._meta.fields.items():
        if name in given:
            values[name] = given[name]
        elif isinstance(field, peewee.AutoField) or field.null or field.default is not None:
            continue
        elif isinstance(field, peewee.ForeignKeyField):
            rel: Any = field.rel_model
            values[name] = next(iter(rel.select().limit(1)), None) or row(rel)
        else:
            values[name] = value_of(field)
    return model.create(**values)


def speak_of(user: User) -> None:
    """A row of each table in which the person may stand, in every column in which they may."""
    for model, trace in TRACES.items():
        if model in (User, models.UserRole):
            continue
        given: dict[str, Any] = dict.fromkeys(trace.accounts, user) | dict.fromkeys(trace.addresses, ADDRESS)
        named = [*trace.accounts.values(), *trace.addresses.values(), *ALONE.get(model, ())]
        given |= dict.fromkeys(filter(None, named), WHO)
        if model is Case:
            given |= {"ended": True, "state": Standing.OPEN}
        if model is models.Mail:
            given["recipient"] = f"colleague@example.jp, {ADDRESS}"
        row(model, **given)
    for model, columns in ALONE.items():
        if model not in TRACES:
            row(model, **dict.fromkeys(columns, WHO))


def everything() -> str:
    """What the database says, of all tables."""
    return "\n".join(str(each) for model in ALL for each in model.select().tuples())


def test_a_person_gets_and_loses_what_any_table_says_of_them(bench: Bench) -> None:
    people.add_staff(bench.portal, ADDRESS, WHO, ["operator"], "a password for tests")
    with database.transaction():
        user = User.get(User.email == ADDRESS)
        models.Task.update(assignee=None).execute()
        speak_of(user)
        models.Task.update(state="done").where(models.Task.assignee == user.id).execute()
    found = persons.export(bench.portal, ADDRESS, ADMIN)
    assert set(found["more"]) == {model._meta.table_name for model, trace in TRACES.items() if trace.told}
    assert {trace.section for trace in TRACES.values() if trace.section} <= set(found)
    assert found["contact_of"][0]["name"] == WHO
    assert found["more"]["identity"][0].keys() == {"issuer", "subject", "made_at"}
    assert found["more"]["passkey"][0].keys() == {"name", "made_at", "used_at"}
    json.dumps(found, default=str)

    persons.erase(bench.portal, ADDRESS, "本人の求め", ADMIN)
    with database.connection():
        rest = everything()
        assert WHO not in rest
        assert ADDRESS not in rest
        assert f"colleague@example.jp, erased-{user.id}@erased.invalid" in rest
        assert f"#{user.id}" in rest
        own = (Passkey, models.CodeApp, models.RecoveryCode, models.Identity)
        for gone in (*own, Session, Guess, models.Absence, models.SavedView):
            assert not gone.select().where(gone.user == user.id).exists()
        assert Export.get(Export.user == user.id)
        assert CompanyPerson.select().where(CompanyPerson.user == user.id).exists()
        assert Company.select().exists()
    chaining.draw()
    assert verifying.verify().broken is None


def test_a_name_that_two_people_bear_stays_where_it_stands_alone(bench: Bench) -> None:
    for address in (ADDRESS, "other@example.jp"):
        people.add_staff(bench.portal, address, WHO, ["operator"], "a password for tests")
    with database.transaction():
        row(models.LegalHold, reason="訴訟", by_name=WHO)
    persons.erase(bench.portal, ADDRESS, "退職", ADMIN)
    with database.connection():
        assert models.LegalHold.get().by_name == WHO
