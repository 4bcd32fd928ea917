"""A step that the process comes to once a year is not sent back, and only what comes this time is announced."""

from __future__ import annotations

from app.services.pages import task as taskpage
from app.services.pages import vendorhome
from app.services.tasks import view
from app.store import database, records
from tests.services.conftest import Bench
from tests.services.steps import actor, case_of, go, staff, task
from tests.services.tasks.test_recall import RETURN, send

LONG_AGO = 400  # business days: the annual audit has opened by today


def test_a_step_of_the_second_year_is_no_return(bench: Bench) -> None:
    walker = go(bench, "submit_audit_materials", "annual_audit", business_days_ago=LONG_AGO)
    home = vendorhome.of(walker.portal, actor(walker))
    assert home.page is not None and home.page.head.next is not None
    assert home.page.head.next.element == "submit_audit_materials"
    assert not home.repeated
    page = taskpage.page(walker.portal, task(walker, "submit_audit_materials").id, actor(walker))
    assert page.returned is None and page.last is not None, "it holds what was sent a year ago, and nobody sent it back"


def test_only_what_comes_this_year_is_announced_and_only_this_years_steps_are_done(bench: Bench) -> None:
    walker = go(bench, "submit_audit_materials", "annual_audit", business_days_ago=LONG_AGO)
    steps = vendorhome.of(walker.portal, actor(walker)).steps
    later = [step.element for step in steps if step.state == "todo"]
    assert not {"connect_production", "disclose_production", "audit_result", "certificate_received"} & set(later)
    assert {"audit__vendor", "submit_production_and_listing"} <= set(later)
    done = {step.element for step in steps if step.state == "done"}
    assert "request_audit_date" in done
    assert not done & {"certificate_received", "connect_production"}, "those were done a year ago"


def test_what_a_review_sent_back_is_a_return(bench: Bench) -> None:
    walker = go(bench, "second_review")
    send(walker, "second_review", staff(walker, 1), **RETURN)
    assert vendorhome.of(walker.portal, actor(walker)).repeated


def test_a_short_payment_is_no_return_and_says_what_is_missing(bench: Bench) -> None:
    walker = go(bench, "pay_initial_fee", "short_payment")
    home = vendorhome.of(walker.portal, actor(walker))
    assert not home.repeated
    assert home.short is not None and home.short.balance > 0
    page = taskpage.page(walker.portal, task(walker, "pay_initial_fee").id, actor(walker))
    assert page.nouns["short"] == home.short and page.returned is None


def test_the_mail_of_a_result_leads_to_the_step_that_opens_with_it(bench: Bench) -> None:
    walker = go(bench, "annual_audit_result", "annual_audit", business_days_ago=LONG_AGO)
    case = case_of(walker)
    with database.connection():
        sent = [row for row in records.mails(case.id) if row.mail_id == "audit-5"]
    first, annual, *_ = sorted(sent, key=lambda row: row.id)  # in the last, a certificate is posted first
    assert f"/cases/{walker.number}/tasks/audit_result" in first.text
    assert f"/cases/{walker.number}/tasks/annual_audit_result" in annual.text
    assert "「定期監査の結果を確認する」" in annual.text
    opened, _, _ = view.open_task_of(walker.portal, walker.number, "annual_audit_result", actor(walker))
    assert opened == task(walker, "annual_audit_result").id
    assert view.open_task_of(walker.portal, walker.number, "pay_initial_fee", actor(walker))[2], (
        "done: the link says so"
    )
