"""A case that ends early, at any step, with work in flight: it stays ended, and nothing of it comes back."""

from __future__ import annotations

import pytest

from app.errors import Refused
from app.services.cases import lifecycle, settlement
from app.services.demo.walker import Walker
from app.services.pages import casehead, diagrams
from app.services.process import jobs
from app.store import bookings, cases, database, invoices, records, work
from app.store.models import Case, Job
from tests.services.conftest import Bench
from tests.services.steps import actor, case_of, go, opened, staff

BARE = ["company_profile", "second_review", "contracts__operator"]  # nothing is out, held, owed or signed yet
STEPS = ["post_test_cards", "request_exam_date", "check_audit_materials"]
AFTER_CARDS = {"request_exam_date", "check_audit_materials"}  # cards are out by then


def withdraw(walker: Walker, by: str = "vendor") -> None:
    lifecycle.withdraw(walker.portal, walker.number, "方針の変更", actor(walker) if by == "vendor" else staff(walker))


@pytest.mark.parametrize("element", STEPS)
def test_a_withdrawal_leads_to_the_settlement_and_then_to_the_end(element: str, bench: Bench) -> None:
    walker = go(bench, until=element)
    before = opened(walker)
    withdraw(walker)
    bench.drain(walker.portal)
    assert opened(walker) == ["settle_withdrawal"]
    drawn = diagrams.state(walker.portal, walker.number, staff(walker))
    assert drawn.open == ["settle_withdrawal"], "no token is left where the case was"
    walker.take(
        {
            "complete": "settle_withdrawal",
            "by": "operator",
            "answer": {
                "withdrawal_reason": "方針の変更",
                "cards_state": "returned" if element in AFTER_CARDS else "none",
                "fees_state": "none",
                "contracts_state": "none",
                "settled_on": "@today",
            },
        }
    )
    case = case_of(walker)
    assert (case.state, case.ended, opened(walker)) == ("withdrawn", True, [])
    assert "withdrawn" in bench.mailbox.ids
    with database.connection():
        cancelled = {row.element for row in work.tasks_of(case.id) if row.state == "cancelled"}
    assert set(before) <= cancelled


@pytest.mark.parametrize("element", BARE)
def test_where_nothing_is_left_to_settle_the_case_ends_at_once_as_its_page_has_said(element: str, bench: Bench) -> None:
    walker = go(bench, until=element)
    assert settlement.settlement(walker.portal, walker.number, actor(walker)).clean
    withdraw(walker)
    bench.drain(walker.portal)
    case = case_of(walker)
    assert (case.state, case.ended, opened(walker)) == ("withdrawn", True, [])
    assert bench.mailbox.ids[-1] == "withdrawn-at-once"
    [mail] = bench.mailbox.of("withdrawn-at-once")
    assert mail.attachments == ()


def test_the_body_closes_a_dormant_case(bench: Bench) -> None:
    walker = go(bench, until="submit_documents")
    withdraw(walker, by="operator")
    bench.drain(walker.portal)
    assert case_of(walker).state == "closed"
    [mail] = bench.mailbox.of("withdrawn-at-once")
    assert "長く進んでいないため" in mail.text


def test_a_mail_in_flight_is_recorded_and_resurrects_nothing(bench: Bench) -> None:
    walker = go(bench, until="second_review")
    walker.take_without_jobs(
        {"complete": "second_review", "by": "operator", "answer": {"outcome": "passed"}, "person": "2"}
    )
    hands = bench.hands(walker.portal)
    job = jobs.lease(walker.portal, "slow worker")
    assert job is not None
    assert job.params["mail"] == "review-3"
    withdraw(walker)
    assert jobs.perform(walker.portal, hands, job) == "late"
    bench.drain(walker.portal)
    assert opened(walker) == []
    with database.connection():
        sent = [row for row in records.mails(case_of(walker).id) if row.mail_id == "review-3"]
        timeline = [row.kind for row in cases.timeline(case_of(walker).id, internal=True)]
    assert [row.state for row in sent] == ["sent"]
    assert "late" in timeline


def test_jobs_that_were_only_queued_are_cancelled(bench: Bench) -> None:
    walker = go(bench, until="second_review")
    walker.take_without_jobs(
        {"complete": "second_review", "by": "operator", "answer": {"outcome": "passed"}, "person": "2"}
    )
    withdraw(walker)
    bench.drain(walker.portal)
    assert "review-3" not in bench.mailbox.ids
    with database.connection():
        asked = Job.select().where((Job.case == case_of(walker).id) & (Job.operator == "mail"))
        states = {row.element: row.state for row in asked}
    assert states["mail_review_3"] == "cancelled"


def test_dates_are_given_free_and_unpaid_claims_are_cancelled(bench: Bench) -> None:
    walker = go(bench, until="confirm_exam_payment")
    withdraw(walker)
    with database.connection():
        case = case_of(walker)
        booking = bookings.latest(case.id)
        claims = {row.fee: row.state for row in invoices.of_case(case.id)}
    assert booking is None  # released dates are no dates of the case
    assert claims == {"initial_fee": "paid", "exam_fee": "cancelled"}


def test_what_is_out_held_and_paid_is_listed_first(bench: Bench) -> None:
    walker = go(bench, until="check_exam_materials")
    found = settlement.settlement(walker.portal, walker.number, staff(walker))
    assert found.booking is not None
    assert {row.fee for row in found.invoices} == {"initial_fee", "exam_fee"}
    assert found.signed
    assert not found.clean


def test_a_certified_system_is_not_withdrawn_by_its_vendor(bench: Bench) -> None:
    walker = go(bench, until="certificate_received")
    with pytest.raises(Refused):
        withdraw(walker)
    assert case_of(walker).state == "certified"


def test_a_reason_is_asked_for(bench: Bench) -> None:
    walker = go(bench, until="submit_documents")
    with pytest.raises(Refused):
        lifecycle.withdraw(walker.portal, walker.number, "  ", actor(walker))
    assert opened(walker) == ["submit_documents"]


def test_a_second_case_is_untouched_by_the_first_ones_withdrawal(bench: Bench) -> None:
    first = go(bench, until="reply_materials")
    withdraw(first)
    bench.drain(first.portal)
    second = go(
        bench, until="reply_materials", application={"email": "second@example.com", "system_name": "別のシステム"}
    )
    assert opened(second) == ["reply_materials"]
    second.take(
        {
            "complete": "reply_materials",
            "by": "vendor",
            "answer": {
                "system_requirements": "a.pdf",
                "security_requirements": "b.pdf",
                "system_overview_documents": ["c.pdf"],
            },
        }
    )
    assert opened(second) == ["second_review"]
    with database.connection():
        assert Case.select().where(Case.ended).count() == 1


@pytest.mark.parametrize("dormant", [True, False])
def test_a_case_that_nobody_carried_on_is_said_to_be_dormant(bench: Bench, dormant: bool) -> None:
    walker = go(bench, until="submit_documents")
    lifecycle.withdraw(walker.portal, walker.number, "6か月お返事がありません", staff(walker), dormant=dormant)
    bench.drain(walker.portal)
    heads, _ = casehead.heads(walker.portal, actor(walker))
    (head,) = [each for each in heads if each.number == walker.number]
    assert head.ended
    assert head.end is not None
    assert head.end.title == ("休眠" if dormant else "終了")
