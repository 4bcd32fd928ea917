"""Lists have an end, however many rows there are, and the indexes that they need."""

from __future__ import annotations

from app.services.pages import case as casepage
from app.store import cases, database, work
from app.store.models import Case
from tests.services.conftest import Bench
from tests.services.steps import case_of, go, staff
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
            assert work.open_presented("post", "operator") == []
        (asked,) = seen.statements
        plan = database.proxy.obj.execute_sql(f"EXPLAIN QUERY PLAN {asked}").fetchall()
    assert "worklist_presented" in str(plan)
