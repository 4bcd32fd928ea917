"""A new table or column with a person in it says whose it is: what they are handed, and what of it is forgotten."""

from __future__ import annotations

from peewee import CharField, ForeignKeyField

from app.store.database import Table
from app.store.fields import AddressField
from app.store.models import ALL, Case, CaseText, Certificate, InboundMail, Mail, Passkey, Task, TrailEntry, User
from app.store.whose import ALONE, TRACES
from app.store.words import WordField

# Columns that are called as if a person stood in them, and what stands there.
NOBODY = {
    (Case, "company_name"), (Case, "system_name"), (Task, "company_name"), (Task, "system_name"),
    (Mail, "sender"), (Certificate, "company_name"), (Certificate, "system_name"),
}  # fmt: skip
# Erased by the record's own rules (services.audit.thinning).
ELSEWHERE = {(TrailEntry, "person"), (TrailEntry, "behalf"), (TrailEntry, "who")}


def told_of(model: type[Table]) -> set[str]:
    """Columns of the table that somebody has decided on."""
    trace = TRACES.get(model)
    named = set(ALONE.get(model, ()))
    if trace is not None:
        for pairs in (trace.accounts, trace.addresses):
            named |= set(pairs) | {beside for beside in pairs.values() if beside}
    return named


def a_persons(model: type[Table]) -> set[str]:
    """Columns that refer to an account, hold an address, or are called as names of people are."""
    found = set()
    for name, field in model._meta.fields.items():
        account = isinstance(field, ForeignKeyField) and field.rel_model is User
        called = name.endswith(("_by", "_name", "_to", "_for")) or name in {
            "email",
            "sender",
            "recipient",
            "on_behalf_of",
        }
        text = isinstance(field, CharField) and not isinstance(field, WordField)
        if account or isinstance(field, AddressField) or (text and called):
            found.add(name)
    return {name for name in found if (model, name) not in NOBODY | ELSEWHERE}


def test_every_column_in_which_a_person_stands_is_decided_on() -> None:
    open_ones = {f"{model.__name__}.{name}" for model in ALL for name in a_persons(model) - told_of(model)}
    assert open_ones == set()


def test_what_is_decided_on_is_there() -> None:
    for model in {*TRACES, *ALONE}:
        told = TRACES[model].told if model in TRACES else ()
        assert {*told_of(model), *told} <= set(model._meta.fields), model.__name__
    assert not {CaseText, TrailEntry} & set(TRACES)


def test_nothing_secret_is_handed_out() -> None:
    secret = {
        "password",
        "token",
        "key",
        "credential",
        "public_key",
        "handle",
        "sealed",
        "digest",
        "cipher",
        "blob",
        "paper",
    }
    assert [(model, trace) for model, trace in TRACES.items() if secret & set(trace.told)] == []
    assert TRACES[Passkey].goes
    assert "text" in TRACES[InboundMail].told
