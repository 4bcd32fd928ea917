"""Rows that are made by the portal's own short way are those that peewee makes."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import peewee
import pytest

from app.services.base import versions
from app.states import Side
from app.store import database, fields, inserting, models, statements, visitrows, words
from app.store.composed import Composed
from app.store.models import ALL
from app.store.rowmaking import as_stored, new_row, sending


@pytest.mark.parametrize("model", ALL, ids=lambda model: model.__name__)
def test_a_column_that_is_read_as_it_is_stored_would_not_be_changed_by_its_field(model: type[database.Table]) -> None:
    for field in model._meta.sorted_fields:
        if as_stored(field):
            number = field.field_type in {"INT", "BIGINT", "AUTO", "SMALLINT"}
            for value in (0, -7, 10**15) if number else ("", "髙﨑 ａ", "7"):
                read = field.python_value(value)
                assert (read, type(read)) == (value, type(value)), field.name


def test_what_is_no_text_and_no_number_goes_through_its_field() -> None:
    changed = {type(field) for model in ALL for field in model._meta.sorted_fields if not as_stored(field)}
    assert changed >= {
        peewee.BooleanField,
        peewee.DateField,
        fields.UtcField,
        fields.JsonField,
        fields.FileNameField,
    }
    assert not any(issubclass(kind, peewee.AutoField) for kind in changed)


def test_rows_are_what_peewee_makes_of_them(either: str) -> None:
    versions.prepare(database.connect(either))
    at = datetime(2026, 4, 1, 9, 0, 0, 123, tzinfo=UTC)
    with database.connection():
        person = models.User.create(email="a@b.example", name="髙橋", fs_uniquifier="u", side=Side.VENDOR, active=False)
        models.Session.create(key="k", user=person, begun_at=at, seen_at=at.replace(microsecond=0), until=at, place="")
        models.Outage.create(name="mail", since=at, tries=2, tried_at=at, message="m", params={"a": [1, None, "𠮷"]})
        models.Absence.create(user=person, delegate=person, first_day=date(2026, 4, 1), last_day=date(2026, 5, 31))
        for model in (models.User, models.Session, models.Outage, models.Absence):
            quick = statements.rows(model, "1 = 1")
            own = list(peewee.ModelSelect(model, model._meta.sorted_fields, is_default=True))
            composed = Composed[database.Table](lambda model=model: model.select()).rows()
            assert (
                [row.__data__ for row in quick] == [row.__data__ for row in own] == [row.__data__ for row in composed]
            )
            assert [row.dirty_fields for row in quick] == [[]]


def test_where_a_token_stands_is_said_alike_of_a_row_and_to_the_database(either: str) -> None:
    versions.prepare(database.connect(either))
    with database.connection():
        connection = database.proxy.obj
        for counts in itertools.product(range(3), repeat=3):
            row = models.Visit(entered=counts[0], completed=counts[1], cancelled=counts[2])
            asked = f"SELECT {visitrows.STANDING} FROM (SELECT {counts[0]} AS entered, {counts[1]} AS completed, "
            (said,) = connection.execute_sql(f"{asked}{counts[2]} AS cancelled) AS visit").fetchone()
            assert bool(said) is row.stands, counts


def test_a_row_that_is_there_is_not_stored_again(either: str) -> None:
    versions.prepare(database.connect(either))
    with database.connection():
        assert inserting.insert_once(models.Counter(name="a", value=1))
        assert not inserting.insert_once(models.Counter(name="a", value=2))
        assert statements.one(models.Counter, "name = ?", "a").value == 1  # type: ignore[union-attr]  # it is there
        with pytest.raises(peewee.IntegrityError):
            models.Counter.create(name="a", value=3)


def valued(model: type[database.Table]) -> dict[str, object]:
    """A value for each column of a table, as people of the portal's code give it."""
    given: dict[str, object] = {}
    for field in model._meta.sorted_fields:
        if isinstance(field, words.WordField):
            given[field.name] = next(iter(field.words))
        elif isinstance(field, fields.UtcField):
            given[field.name] = datetime(2026, 4, 1, 18, tzinfo=ZoneInfo("Asia/Tokyo"))
        elif isinstance(field, peewee.DateField):
            given[field.name] = date(2026, 4, 1)
        elif isinstance(field, fields.JsonField):
            given[field.name] = {"名": [1, None]}
        elif isinstance(field, peewee.BlobField):
            given[field.name] = b"x"
        else:
            number = field.field_type in {"INT", "BIGINT", "AUTO", "SMALLINT", "FLOAT", "BOOL"}
            given[field.object_id_name if isinstance(field, peewee.ForeignKeyField) else field.name] = (
                1 if number else " ａ@B.example"
            )
    return given


@pytest.mark.parametrize("model", ALL, ids=lambda model: model.__name__)
def test_a_new_row_and_what_is_sent_of_it_are_what_peewee_makes(model: type[database.Table]) -> None:
    given = valued(model)
    own = model(**given)
    quick = new_row(model, given)
    assert quick.__data__ == own.__data__
    fields = model._meta.sorted_fields
    assert sending(fields)(quick.__data__) == [field.db_value(own.__data__[field.name]) for field in fields]
    assert new_row(model, {}).__data__.keys() == model().__data__.keys()
    nothing: dict[str, object] = dict.fromkeys(quick.__data__)
    assert sending(fields)(nothing) == [None] * len(fields)


def test_what_is_stored_in_the_place_of_another_row_has_all_its_values(either: str) -> None:
    versions.prepare(database.connect(either))
    with database.connection():
        inserting.replace(models.Counter(name="a", value=1))
        inserting.replace(models.Counter(name="b", value=2))
        inserting.replace(models.Counter(name="a", value=3))
        assert {row.name: row.value for row in models.Counter.select()} == {"a": 3, "b": 2}


def test_an_instant_is_stored_as_its_utc_whatever_zone_it_was_said_in(either: str) -> None:
    """SQLite's as the text that it sorts by: the driver's own way of making it is deprecated since Python 3.12."""
    tokyo = datetime(2026, 4, 3, 9, 0, 0, 250, tzinfo=ZoneInfo("Asia/Tokyo"))
    database.connect(either)
    stored = models.Visit.last_at
    for at in (tokyo, tokyo.replace(microsecond=0), tokyo.astimezone(UTC)):
        sent = stored.db_value(at)
        assert str(sent) == str(at.astimezone(UTC).replace(tzinfo=None))
        assert isinstance(sent, str) is (not database.is_postgres()), "no driver has to make something of it"
        assert stored.python_value(sent) == at
    with pytest.raises(ValueError, match="time zone"):
        stored.db_value(datetime(2026, 4, 3))  # noqa: DTZ001 - that is what is refused
