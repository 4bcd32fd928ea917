"""A query that is composed once finds what it finds when it is composed anew."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from peewee import JOIN, fn

from app.services.base import versions
from app.states import Side
from app.store import accounts, database
from app.store.composed import Composed
from app.store.models import Absence, Company, Role, User, UserRole
from tests.support.statements import counted

DAY = date(2026, 4, 1)


@pytest.fixture(params=["sqlite", "postgres"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/nintei.db" if request.param == "sqlite" else request.getfixturevalue("postgres")
    versions.prepare(database.connect(url))


def person(name: str, side: Side = Side.OPERATOR) -> User:
    return User.create(email=f"{name}@nintei.example", name=name, fs_uniquifier=name, side=side)


def test_values_go_through_their_fields_as_always(opened: None) -> None:
    named = Composed[User](lambda email, sides: User.select().where((User.email == email) & User.side.in_(sides)))
    with database.connection():
        person("a")
        assert [row.name for row in named.rows(" A@Nintei.Example ", ["vendor", "operator"])] == ["a"]
        assert named.rows("a@nintei.example", ["vendor"]) == []
        assert named.rows("a@nintei.example", []) == []
        assert named.one("nobody@nintei.example", ["operator"]) is None


def test_values_that_are_set_go_through_their_fields_too(opened: None) -> None:
    seen = Composed[User](lambda at, email, name: User.update(last_login_at=at, email=email).where(User.name == name))
    japan = datetime(2026, 4, 1, 10, tzinfo=ZoneInfo("Asia/Tokyo"))
    with database.connection():
        person("a")
        seen.run(japan, " B@Nintei.Example", "a")
        stored = database.proxy.obj.execute_sql('SELECT email, last_login_at FROM "user"').fetchone()
        assert (stored[0], str(stored[1])) == ("b@nintei.example", "2026-04-01 01:00:00")
        assert User.get().last_login_at == japan


def test_rows_that_are_joined_stand_in_their_attributes(opened: None) -> None:
    away = Composed[Absence](
        lambda delegate: Absence.select(Absence, User).join(User, on=(Absence.user == User.id)).where(
            Absence.delegate == delegate
        )
    )  # fmt: skip
    with database.connection():
        first, second = person("a"), person("b")
        Absence.create(user=first, delegate=second, first_day=DAY, last_day=DAY)
        (row,) = away.rows(second)
        assert (row.user_id, row.first_day, row.dirty_fields) == (first.id, DAY, [])
        assert isinstance(row.user, User)
        assert row.user.name == "a"


def test_what_an_outer_join_does_not_find_is_nobody(opened: None) -> None:
    roles = Composed[UserRole](
        lambda: User.select(User, UserRole).join(UserRole, JOIN.LEFT_OUTER, attr="link").order_by(User.name)
    )
    with database.connection():
        first = person("a")
        person("b")
        UserRole.create(user=first, role=Role.create(name="operator"))
        assert [getattr(row, "link", None) is not None for row in roles.rows()] == [True, False]


def test_a_query_of_no_tables_rows_gives_the_database_s_own(opened: None) -> None:
    many = Composed[Company](
        lambda number: Company.select(fn.COUNT(Company.id)).where(Company.corporate_number == number)
    )
    with database.connection():
        Company.create(corporate_number="1", name="x", created_at="2026-04-01 00:00:00")
        assert (many.value("1"), many.value("2")) == (1, 0)


def test_who_asks_is_found_with_roles_and_absences_in_one_statement(tmp_path: Path) -> None:
    versions.prepare(database.connect(f"sqlite:///{tmp_path}/nintei.db"))
    with database.connection():
        one, other = person("one"), person("other")
        accounts.add_roles(one, ["operator", "analyst"])
        for day in (DAY, date(2026, 5, 1)):
            Absence.create(user=other, delegate=one, first_day=day, last_day=day)
        with counted() as seen:
            found = accounts.asking("one", DAY)
            assert found is not None
            assert {role.name for role in found.roles} == {"operator", "analyst"}
        assert len(seen.statements) == 1
        assert found.known is not None
        assert found.known.standing_in_for == ((other.id, "other"),)
        later = accounts.asking("one", date(2026, 6, 1))
        assert later is not None
        assert later.known is not None
        assert later.known.standing_in_for == ()
        assert accounts.asking("nobody", DAY) is None
