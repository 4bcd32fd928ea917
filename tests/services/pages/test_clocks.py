"""A guideline's clock is shown with the steps that it measures, and with no other."""

from __future__ import annotations

from app.services.base import flow
from app.services.pages import casehead, worklist
from app.store import cases, database
from tests.services.conftest import Bench
from tests.services.steps import actor, case_of, go, staff


def test_a_guideline_measures_what_lies_between_its_two_steps(bench: Bench) -> None:
    package = bench.portal.releases.current("ccus_api_certification").package
    found = {each.id: flow.measured(package, each) for each in package.guidelines}
    tasks = {
        name: {element for element in steps if package.elements[element].kind == "userTask"}
        for name, steps in found.items()
    }
    assert tasks["exam_materials"] == {"check_exam_materials"}
    assert {"first_review", "submit_documents", "reply_materials", "second_review"} <= tasks["document_review"]
    assert "receive_application" not in tasks["document_review"]
    assert tasks["contracts"] == {"contracts__vendor", "contracts__operator"}
    assert tasks["exam_result"] == set()
    assert "audit__operator" not in tasks["audit_materials"]


def test_the_worklist_shows_no_clock_of_another_step(bench: Bench) -> None:
    walker = go(bench, "return_cards__operator", scenario="cards_returned_later", business_days_ago=200)
    package = walker.portal.releases.current("ccus_api_certification").package
    seen = worklist.page(walker.portal, staff(walker), worklist.Filter(scope="all"))
    titles = {each.title: each.id for each in package.guidelines}
    for row in seen.rows:
        if row.clock is not None:
            guideline = next(each for each in package.guidelines if each.id == titles[row.clock.title])
            assert row.element in flow.measured(package, guideline), row.element
    assert any(row.element == "return_cards__operator" and row.clock is None for row in seen.rows)


def test_who_waits_reads_what_is_waited_for_since_when_and_until_about_when(bench: Bench) -> None:
    for until in ("first_review", "disclose_exam_environment"):
        walker = go(bench, until, business_days_ago=200, application={"email": f"{until}@example.com"})
        case = case_of(walker)
        with database.connection():
            loaded = walker.portal.releases.loaded(case.release_id)
            head = casehead.head(walker.portal, cases.by_id(case.id) or case, loaded, actor(walker))
        assert head.awaited is not None
        assert head.awaited.title == loaded.element(until).title
        assert head.awaited.until is not None and head.awaited.until >= walker.portal.today()
        assert (head.awaited.clock is not None) is (until == "first_review")
        bench.mailbox.letters.clear()
