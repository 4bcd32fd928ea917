"""The counts of open tasks are what counting gives, whatever was done; the lists and the search hold all of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from peewee import fn

from app.services import upkeep
from app.states import Side, TaskState
from app.store import cases, database, schema, search, tally, work, worklist
from app.store.models import Case, CaseGram, CaseState, CaseText, Release, Task, TaskChange, TaskTally, User
from app.store.worklist import Wanted
from app.text.fold import fold

NOW = datetime(2026, 4, 1, tzinfo=UTC)
COMPANIES = ("株式会社みほん建設", "ﾐﾎﾝ工業", "Ｓａｍｐｌｅ Systems", "合同会社 例")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """An empty database with a release and three accounts' ids to assign to (foreign keys are off for these rows)."""
    folder: Path = tmp_path_factory.mktemp("counts")
    bound = database.connect(f"sqlite:///{folder}/nintei.db")
    schema.prepare(bound)
    with database.connection():
        database.proxy.obj.execute_sql("PRAGMA foreign_keys = 0")
        release = Release.create(package_id="p", number=1, title="p", digest="d", archive=b"", stored_at=NOW)
        yield release.id


def _clear() -> None:
    for table in (Task, CaseText, CaseGram, CaseState, Case):
        table.delete().execute()


def _case(release: int, n: int) -> Case:
    return cases.create(
        number=f"2026-{n:04d}", package_id="p", release=release, email=f"{n}@example.jp", turn_since=NOW,
        created_at=NOW, changed_at=NOW, company_name=COMPANIES[n % len(COMPANIES)], system_name=f"システム{n}",
    )  # fmt: skip


def _open(case: Case, n: int, kind: int, day: int | None, person: int | None, side: Side = Side.OPERATOR) -> None:
    Task.create(
        id=f"t{n}", case=case, element=f"e{kind}", process="p", title=f"仕事 {kind}", side=side,
        grp=("review", "accounting", "")[kind % 3], opened_at=NOW + timedelta(minutes=n),
        due_on=None if day is None else date(2026, 4, 1) + timedelta(days=day), assignee=person,
        case_number=case.number, company_name=case.company_name, system_name=case.system_name,
    )  # fmt: skip


NARROWED: list[dict[str, Any]] = [
    {},
    {"element": "e1"},
    {"group": "review"},
    {"due_before": date(2026, 4, 3)},
    {"words": ("みほん",)},
]
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("open"), st.integers(0, 5), st.none() | st.integers(0, 4), st.none() | st.integers(1, 2)),
        st.tuples(st.just("assign"), st.integers(0, 30), st.none() | st.integers(1, 2), st.just(0)),
        st.tuples(st.just("close"), st.integers(0, 30), st.sampled_from(["done", "cancelled"]), st.just(0)),
        st.tuples(st.just("back"), st.integers(1, 2), st.just(0), st.just(0)),
        st.tuples(st.just("delay"), st.integers(0, 30), st.none() | st.integers(0, 4), st.just(0)),
        st.tuples(st.just("withdraw"), st.integers(0, 3), st.just(0), st.just(0)),
        st.tuples(st.just("undo"), st.integers(0, 5), st.just(0), st.just(0)),
        st.tuples(st.just("fold"), st.just(0), st.just(0), st.just(0)),
    ),
    max_size=40,
)


@settings(max_examples=40, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(ACTS)
def test_counts_are_right_after_anything(store: int, acts: list[tuple[str, Any, Any, Any]]) -> None:
    with database.transaction():
        _clear()
        places = [_case(store, n) for n in range(4)]
    for n, (act, one, two, three) in enumerate(acts):
        _do(act, one, two, three, n, places)
        with database.connection():
            assert tally.differing() == []
            _compare()


def _do(act: str, one: Any, two: Any, three: Any, n: int, places: list[Case]) -> None:
    if act == "undo":
        with pytest.raises(ZeroDivisionError), database.transaction():
            _open(places[0], 1000 + n, one, None, None)
            raise ZeroDivisionError
        return
    with database.transaction():
        if act == "open":
            _open(places[n % 4], n, one, two, three, "vendor" if n % 7 == 6 else "operator")
        elif act == "assign":
            work.reassign([f"t{one}", f"t{one + 1}"], two, NOW)
        elif act == "close":
            Task.update(state=two).where((Task.id == f"t{one}") & (Task.state == "open")).execute()
        elif act == "back":
            for row in work.assigned_to(one):
                row.assignee = None
                row.save()
        elif act == "delay":
            day = None if two is None else date(2026, 4, 1) + timedelta(days=two)
            Task.update(due_on=day).where(Task.id == f"t{one}").execute()
        elif act == "withdraw":
            Task.update(state="cancelled").where((Task.case == places[one].id) & (Task.state == "open")).execute()
        elif act == "fold":
            tally.fold(0)


def _compare() -> None:
    """Every list against plain reading of all open tasks."""
    rows = [row for row in Task.select() if row.state == TaskState.OPEN and row.side == Side.OPERATOR]
    for scope in worklist.SCOPES:
        for more in NARROWED:
            wanted = Wanted(side=Side.OPERATOR, scope=scope, users=(1,), groups=("review",), **more)
            expected = [row for row in rows if _fits(row, wanted)]
            found = worklist.find(wanted)
            assert (found.total, found.more) == (len(expected), False)
            expected.sort(key=lambda row: (row.due_on or date.max, row.id))
            ids = [each for start in range(0, len(expected) + 1, 3) for each in worklist.page(found, 3, start)]
            assert ids == [row.id for row in expected]


def _fits(row: Task, wanted: Wanted) -> bool:
    scopes = {
        "mine": row.assignee_id in wanted.users,
        "group": row.assignee_id is None and row.grp in {*wanted.groups, ""},
        "all": True,
    }
    text = search.text_of(row.case_number, row.company_name, row.system_name, row.title)
    return (
        scopes[wanted.scope]
        and wanted.element in {"", row.element}
        and wanted.group in {"", row.grp}
        and (wanted.due_before is None or (row.due_on is not None and row.due_on <= wanted.due_before))
        and all(fold(word) and fold(word) in text for word in wanted.words)
    )


def test_every_order_is_kept_from_the_first_page_to_the_last(store: int) -> None:
    with database.transaction():
        _clear()
        for n in range(23):
            _open(_case(store, n), n, n % 5, n % 6 if n % 4 else None, None)
    keys: dict[str, Any] = {
        "due": lambda row: (row.due_on or date.max, row.id),
        "opened": lambda row: (row.opened_at, row.id),
        "company": lambda row: (row.company_name, row.due_on or date.max, row.id),
        "element": lambda row: (row.element, row.due_on or date.max, row.id),
    }
    with database.connection():
        rows = list(Task.select())
        for order in worklist.ORDERS:
            found = worklist.find(Wanted(Side.OPERATOR, "all", (1,), (), order=order))
            ids = [each for start in range(0, 25, 5) for each in worklist.page(found, 5, start)]
            expected = sorted(rows, key=keys["opened" if order == "newest" else order], reverse=order == "newest")
            assert ids == [row.id for row in expected], order


@pytest.mark.parametrize(
    ("text", "finds"),
    [("みほん建設", True), ("ミホン", True), ("ﾐﾎﾝ", True), ("sample", True), ("ＳＡＭＰＬＥ systems", True),
     ("2026-0007", True), ("0007", True), ("7", True), ("17", True), ("例", True), ("仕事 3", True), ("仕事", True),
     ("建設 システム4", True), ("4@example", True), ("無い", False), ("%", False), ("みほん建設x", False),
     ("仕事 無い", False)],
)  # fmt: skip
def test_a_search_finds_parts_of_words_in_any_width(store: int, text: str, finds: bool) -> None:
    with database.transaction():
        _clear()
        known = {}
        for n in range(23):
            case = _case(store, n)
            _open(case, n, n % 5, None, None)
            known[f"t{n}"] = search.text_of(
                case.number, case.company_name, case.system_name, case.email, f"仕事 {n % 5}"
            )
        wanted = Wanted(Side.OPERATOR, "all", (1,), (), words=tuple(text.split()))
        found = worklist.find(wanted)
        fitting = {
            each for each, said in known.items() if all(fold(word) and fold(word) in said for word in wanted.words)
        }
        assert set(worklist.page(found, 50, 0)) == fitting
        assert found.total == len(fitting)
        assert bool(fitting) is finds


def test_a_search_that_finds_too_much_says_so(store: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worklist, "MOST", 10)
    monkeypatch.setattr(worklist, "_FEW", 0)
    monkeypatch.setattr(search, "_RARE", 0)
    with database.transaction():
        _clear()
        for n in range(23):
            _open(_case(store, n), n, n % 5, n, None)
        for word, few in (("システム", 0), ("シス", 0), ("シス", 11), ("ス", 3)):  # by few of its index rows first
            monkeypatch.setattr(worklist, "_FEW", few)
            found = worklist.find(Wanted(Side.OPERATOR, "all", (1,), (), words=(word,)))
            assert (found.total, found.more) == (10, True)
            assert worklist.page(found, 5, 0) == [f"t{n}" for n in range(5)]
        monkeypatch.setattr(worklist, "_FEW", 3)
        found = worklist.find(Wanted(Side.OPERATOR, "all", (1,), (), words=("17",)))
        assert (found.total, found.more) == (1, False), "few rows are not enough, and all have no more"


def test_a_case_is_found_by_its_new_name_and_no_longer_by_the_old(store: int) -> None:
    with database.transaction():
        _clear()
        case = _case(store, 1)
        case.company_name = "あたらしい名前"
        search.keep(case)
        assert search.cases_with([search.word(fold("あたらしい"))]) == [case.id]
        assert search.word(fold("工業")).postings == 0


def test_a_wrong_count_is_mended_and_reported(store: int, caplog: pytest.LogCaptureFixture) -> None:
    with database.transaction():
        kind = {"side": "operator", "grp": "x", "element": "ghost", "title": "g", "assignee": 0}
        TaskTally.insert(due_key="", n=3, **kind).execute()
    assert upkeep.recount() == 1
    assert "wrong" in caplog.text
    assert upkeep.recount() == 0
    with database.connection():
        assert not [lane for lane in tally.lanes(Side.OPERATOR) if lane.element == "ghost"]


def test_adding_up_keeps_the_counts_and_makes_rows_fewer(store: int) -> None:
    with database.transaction():
        _clear()
        case = _case(store, 999)
        for n in range(20):
            _open(case, 2000 + n, 1, None, None)
        before = tally.lanes(Side.OPERATOR)
        assert not tally.fold(TaskChange.select().count() + 1)
        assert tally.fold(10)
        assert TaskChange.select().count() == 0
        assert tally.lanes(Side.OPERATOR) == before
        assert TaskTally.select(fn.SUM(TaskTally.n)).where(TaskTally.due_key == "").scalar() == 20
        assert TaskTally.select().where(TaskTally.n == 0).count() == 0


def test_postgresql_counts_finds_and_adds_up_alike(postgres: str) -> None:
    bound = database.connect(postgres)
    schema.prepare(bound)
    schema.prepare(bound)  # a second start changes nothing
    try:
        with database.transaction():
            people = [
                User.create(email=f"{n}@example.jp", password="", side=Side.OPERATOR, fs_uniquifier=str(n))
                for n in (1, 2)
            ]
            release = Release.create(package_id="p", number=1, title="p", digest="d", archive=b"", stored_at=NOW)
            places = [_case(release.id, n) for n in range(4)]
        assert [each.id for each in people] == [1, 2]
        acts = [("open", n % 6, n % 5 if n % 3 else None, (None, 1, 2)[n % 3]) for n in range(24)]
        acts += [("assign", 3, 2, 0), ("close", 5, "done", 0), ("back", 1, 0, 0), ("delay", 8, None, 0)]
        acts += [("fold", 0, 0, 0), ("undo", 1, 0, 0), ("withdraw", 2, 0, 0), ("fold", 0, 0, 0), ("delay", 9, 3, 0)]
        for n, (act, one, two, three) in enumerate(acts):
            _do(act, one, two, three, n, places)
        with database.connection():
            assert tally.differing() == []
            _compare()
            assert search.cases_with([search.word(fold("ミホン")), search.word(fold("1"))]) == [places[1].id]
            assert [row.id for row in cases.search(text="sample")] == [places[2].id]
            assert cases.count(text="2026 例") == 1
    finally:
        database.proxy.obj.close_all()
