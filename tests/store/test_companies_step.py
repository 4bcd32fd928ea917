"""Companies of before (step 0005): which are proved, whose cases go their own way again, who is asked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest

from app.store import database, schema
from tests.store.test_versions import KEPT, data

__all__ = ["data"]
FIRST = [file for file in KEPT if file.name.startswith("0001")]
NUMBER = "9999999999999"


class Tables:
    """Rows by plain SQL, as a step sees them."""

    def __init__(self, bound: Any) -> None:
        self.bound = bound

    def all(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return list(self.bound.execute_sql(sql.replace("?", self.bound.param), values).fetchall())

    def columns(self, table: str) -> list[str]:
        return [each.name for each in self.bound.get_columns(table)]

    def copy(self, table: str, like: int, **changed: Any) -> int:
        """A row like another, but for some columns; gives its id."""
        names = self.columns(table)
        ((row),) = self.all(f'SELECT {self._names(names)} FROM "{table}" WHERE id = ?', like)
        values = dict(zip(names, row, strict=True)) | changed
        ((last,),) = self.all(f'SELECT MAX(id) FROM "{table}"')
        values["id"] = int(last) + 1
        self._insert(table, values)
        return int(values["id"])

    def new(self, table: str, **values: Any) -> int:
        ((last,),) = self.all(f'SELECT COALESCE(MAX(id), 0) FROM "{table}"')
        self._insert(table, {"id": int(last) + 1, **values})
        return int(last) + 1

    def _names(self, names: Sequence[str]) -> str:
        return ", ".join(f'"{name}"' for name in names)

    def _insert(self, table: str, values: dict[str, Any]) -> None:
        marks = ", ".join([self.bound.param] * len(values))
        text = f'INSERT INTO "{table}" ({self._names(list(values))}) VALUES ({marks})'
        self.bound.execute_sql(text, list(values.values()))
        if database.is_postgres():
            text = f"SELECT setval(pg_get_serial_sequence('\"{table}\"', 'id'), ?)"
            self.bound.execute_sql(text.replace("?", "%s"), (values["id"],))


class Past:
    """A company that nobody proved, as version 1 left it: its manager let a stranger in, and another one waits."""

    def __init__(self, tables: Tables, now: datetime) -> None:
        self.tables, self.at = tables, now.replace(tzinfo=None).isoformat(sep=" ")
        ((self.like,),) = tables.all('SELECT MIN(id) FROM "case" WHERE company_id IS NOT NULL')
        self.company = tables.new(
            "company", corporate_number=NUMBER, name="先に入力した会社", kana="", created_at=self.at
        )
        self.squatter, self.let_in, self.helper, self.waiting = (self.user(name) for name in "abcd")
        self.own = self.case("2020-0001", "a", self.company)
        self.theirs = self.case("2020-0002", "b", self.company)
        self.third = self.case("2020-0003", "d", None)
        for user, role in ((self.squatter, "manager"), (self.let_in, "member")):
            self.person(user, role)
        for case, user, by in ((self.own, self.squatter, ""), (self.theirs, self.squatter, ""),
                               (self.theirs, self.let_in, ""), (self.theirs, self.helper, "b"),
                               (self.third, self.waiting, "")):  # fmt: skip
            tables.new("member", case_id=case, user_id=user, rights="full", mails=True, mandate_id=None,
                       added_at=self.at, added_by=by)  # fmt: skip
        self.admitted = self.claim(self.theirs, self.let_in, "admitted")
        self.asked = self.claim(self.third, self.waiting, "asked")
        self.entry = tables.new("entry", case_id=self.third, at=self.at, kind="company", element="", title="先に",
                                text="asked", actor_name="", actor_side="system", audience="both",
                                data="{}")  # fmt: skip

    def user(self, name: str) -> int:
        ((like,),) = self.tables.all('SELECT MIN(id) FROM "user"')
        return self.tables.copy("user", like, email=f"{name}@past.example", name=name, side="vendor",
                                fs_uniquifier=name * 20, feed_token=None)  # fmt: skip

    def case(self, number: str, name: str, company: int | None) -> int:
        return self.tables.copy("case", self.like, number=number, email=f"{name}@past.example", company_id=company,
                                company_name=f"会社{name}", apply_key=None, state="open", ended=False)  # fmt: skip

    def person(self, user: int, role: str) -> None:
        self.tables.new(
            "company_person", company_id=self.company, user_id=user, role=role, added_at=self.at, added_by=""
        )

    def claim(self, case: int, user: int, state: str) -> int:
        return self.tables.new("claim", company_id=self.company, case_id=case, user_id=user, state=state,
                               asked_at=self.at, answered_by="", reason="")  # fmt: skip

    def passed(self, case: int) -> None:
        self.tables.new("answer", case_id=case, element="first_review", values='{"outcome": "passed"}', at=self.at,
                        by_name="担当 一", side="operator")  # fmt: skip

    def company_of(self, case: int) -> int:
        ((found,),) = self.tables.all('SELECT company_id FROM "case" WHERE id = ?', case)
        return int(found)

    def proved(self, company: int) -> bool:
        return bool(self.tables.all("SELECT id FROM company WHERE id = ? AND proved_at IS NOT NULL", company))

    def people(self, company: int) -> set[tuple[int, str]]:
        return set(self.tables.all("SELECT user_id, role FROM company_person WHERE company_id = ?", company))

    def seats(self, case: int) -> set[int]:
        return {user for (user,) in self.tables.all("SELECT user_id FROM member WHERE case_id = ?", case)}

    def questions(self) -> set[tuple[int, int, str]]:
        return set(self.tables.all("SELECT case_id, company_id, asks FROM claim WHERE state = 'asked'"))


@pytest.fixture
def past(data: Any) -> Past:
    settings, moment = data
    bound = database.connect(settings.database_url)
    with database.transaction():
        return Past(Tables(bound), moment)


def up(past: Past) -> None:
    schema.upgrade(past.tables.bound, lambda _step: None)


both = pytest.mark.parametrize("data", FIRST, indirect=True, ids=["postgres", "sqlite"])


@both
def test_the_demos_companies_are_proved_by_their_certificates_and_passed_reviews(past: Past) -> None:
    up(past)
    with database.connection():
        rows = past.tables.all(
            "SELECT c.id, MAX(CASE WHEN z.id IS NULL THEN 0 ELSE 1 END) FROM company c "
            'JOIN "case" k ON k.company_id = c.id LEFT JOIN certificate z ON z.case_id = k.id '
            "WHERE c.corporate_number <> ? GROUP BY c.id", NUMBER,
        )  # fmt: skip
        said = past.tables.all('SELECT k.company_id, a."values" FROM answer a JOIN "case" k ON k.id = a.case_id '
                               "WHERE a.side = 'operator'")  # fmt: skip
        passed = {company for company, values in said if json.loads(values).get("outcome") == "passed"}
        assert any(certified for _, certified in rows)
        for company, certified in rows:
            assert past.proved(company) is bool(certified or company in passed)


@both
def test_a_company_that_nobody_proved_gives_back_the_case_of_whom_it_let_in(past: Past) -> None:
    up(past)
    with database.connection():
        apart = past.company_of(past.theirs)
        assert apart != past.company
        assert past.seats(past.theirs) == {past.let_in, past.helper}
        assert past.people(apart) == {(past.let_in, "manager"), (past.helper, "member")}
        assert past.people(past.company) == {(past.squatter, "manager")}
        assert past.company_of(past.own) == past.company
        assert not past.proved(past.company)
        assert not past.proved(apart)
        assert past.questions() == {
            (past.theirs, past.company, "body"), (past.third, past.company, "body"),
        }  # fmt: skip
        assert past.people(past.company_of(past.third)) == {(past.waiting, "manager")}
        assert past.tables.all("SELECT audience FROM entry WHERE id = ?", past.entry) == [("operator",)]
        assert past.tables.all("SELECT state FROM claim WHERE id = ?", past.admitted) == [("void",)]


@both
def test_whom_it_let_in_is_proved_by_their_own_review_and_the_first_goes_to_the_body(past: Past) -> None:
    with database.transaction():
        past.passed(past.theirs)
    up(past)
    with database.connection():
        apart = past.company_of(past.theirs)
        assert past.proved(apart)
        assert not past.proved(past.company)
        assert (past.own, apart, "body") in past.questions()
        assert past.seats(past.theirs) == {past.let_in, past.helper}


@both
def test_a_company_proved_by_its_own_case_keeps_whom_it_let_in(past: Past) -> None:
    with database.transaction():
        past.passed(past.own)
    up(past)
    with database.connection():
        assert past.proved(past.company)
        assert past.company_of(past.theirs) == past.company
        assert past.seats(past.theirs) == {past.squatter, past.let_in, past.helper}
        assert past.questions() == {(past.third, past.company, "managers")}
        assert past.company_of(past.third) != past.company
