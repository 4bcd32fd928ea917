"""Lists have an end, however many rows there are, and the indexes that they need."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from app.services.demo.walker import Walker
from app.services.pages import carddesk, casehead, postdesk, worklist
from app.services.pages import case as casepage
from app.states import Side, Turn
from app.store import cases, database, work
from app.store.models import Answer, Case, Task
from tests.services.conftest import Bench
from tests.services.steps import case_of, go, staff, task
from tests.support.statements import counted


def more_cases(like: Case, count: int) -> None:
    """Other cases of the same company."""
    with database.transaction():
        for n in range(count):
            cases.create(
                number=f"2026-9{n:03d}", package_id=like.package_id, release=like.release_id, email=like.email,
                company=like.company_id, company_name=like.company_name, turn_since=like.turn_since,
                created_at=like.created_at, changed_at=like.changed_at,
            )  # fmt: skip


def test_a_case_shows_some_of_its_companys_other_cases_and_whether_there_are_more(bench: Bench) -> None:
    walker = go(bench, until="first_review")
    more_cases(case_of(walker), casepage.BESIDE)
    page = casepage.page(bench.portal, walker.number, staff(walker))
    assert (len(page.same_company), page.more_of_company) == (casepage.BESIDE, False)
    with database.transaction():
        Case.update(number="2027-0001").where(Case.number == "2026-9000").execute()
    more_cases(case_of(walker), 1)
    page = casepage.page(bench.portal, walker.number, staff(walker))
    assert (len(page.same_company), page.more_of_company) == (casepage.BESIDE, True)


def test_tasks_of_one_presentation_are_found_by_an_index(small_bench: Bench) -> None:
    with database.connection():
        with counted() as seen:
            assert work.open_presented("post", Side.OPERATOR) == []
        (asked,) = seen.statements
        plan = database.proxy.obj.execute_sql(f"EXPLAIN QUERY PLAN {asked}").fetchall()
    assert "worklist_presented" in str(plan)


def copies(walker: Walker, element: str, numbers: range) -> None:
    """More tasks like the one of this element, each of a case of its own that has said the same."""
    like, about = case_of(walker), task(walker, element)
    with database.transaction():
        for n in numbers:
            values = {name: value for name, value in like.__data__.items() if name not in {"id", "apply_key"}}
            case = Case.create(**{**values, "number": f"2026-8{n:03d}"})
            for row in Answer.select().where(Answer.case == like.id):
                said = {name: value for name, value in row.__data__.items() if name != "id"}
                Answer.create(**{**said, "case": case.id})
            Task.create(**{**about.__data__, "id": f"copy-{n}", "case": case.id, "case_number": case.number})


def test_a_list_of_whole_tasks_asks_as_much_for_many_as_for_few(bench: Bench) -> None:
    walker = go(bench, until="post_test_cards")
    who = staff(walker)
    pages: list[Callable[[], Any]] = [
        lambda: postdesk.waiting(bench.portal, who, "ja"),
        lambda: carddesk.page(bench.portal, who),
    ]
    for page in pages:
        page()  # what a process keeps is there
    asked = []
    for numbers in (range(2), range(2, 30)):
        copies(walker, "post_test_cards", numbers)
        for page in pages:
            with database.connection(), counted() as seen:
                page()
            asked.append(len(seen.statements))
    assert asked[:2] == asked[2:]
    assert max(asked) <= 60


def test_who_did_what_comes_before_is_asked_once_for_a_page_of_the_worklist(bench: Bench) -> None:
    walker = go(bench, until="second_review")
    wanted = worklist.Filter(scope="all", element="second_review")
    worklist.page(bench.portal, staff(walker), wanted)  # what a process keeps is there
    asked = []
    for numbers in (range(2), range(2, 30)):
        copies(walker, "second_review", numbers)
        with database.connection(), counted() as seen:
            page = worklist.page(bench.portal, staff(walker), wanted)
        asked.append(len(seen.statements))
    assert len(page.rows) == 31
    assert asked[0] == asked[1]


def test_the_list_of_cases_is_put_in_order_and_narrowed_by_whose_turn_it_is(bench: Bench) -> None:
    walker = go(bench, until="first_review")
    case = case_of(walker)
    more_cases(case, 3)
    days = {"2026-9000": date(2027, 5, 1), "2026-9001": date(2026, 1, 5), case.number: date(2026, 9, 1)}
    about = task(walker, "first_review")
    with database.transaction():
        Task.update(due_on=days[case.number]).where(Task.case == case.id).execute()
        for n, number in enumerate(("2026-9000", "2026-9001")):
            other = Case.get(Case.number == number)
            Case.update(turn="vendor" if n else "both").where(Case.id == other.id).execute()
            Task.create(**{**about.__data__, "id": f"due-{n}", "case": other.id, "due_on": days[number]})
        Case.update(ended=True, state="closed").where(Case.number == "2026-9002").execute()

    def numbers(**asked: Any) -> list[str]:
        found, total = casehead.heads(bench.portal, staff(walker), **asked)
        assert total == len(found)
        return [each.number for each in found]

    assert numbers(order="due") == ["2026-9001", case.number, "2026-9000"]
    assert numbers(order="number") == sorted([*days, "2026-9002"], reverse=True)
    assert set(numbers(turn=Turn.VENDOR)) == {"2026-9000", "2026-9001"}
    assert set(numbers(turn=Turn.OPERATOR)) == {case.number, "2026-9000"}
    with database.transaction():
        Case.update(undelivered=1).where(Case.number == "2026-9001").execute()
    assert set(numbers(turn=Turn.VENDOR)) == {"2026-9000"}
    assert set(numbers(turn=Turn.OPERATOR, order="due")) == {*days}


def test_the_first_due_of_a_case_is_found_by_an_index(small_bench: Bench) -> None:
    with database.connection():
        with counted() as seen:
            assert cases.search(order="due") == []
        _counted, asked = seen.statements  # whether they are few enough to be put in order, and they
        plan = database.proxy.obj.execute_sql(f"EXPLAIN QUERY PLAN {asked}", (None,) * asked.count("?")).fetchall()
    assert "task_case_id_state" in str(plan)
