"""Who may do what, and money that does not fit."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.catalogue import scenarios
from app.errors import Forbidden, NotFound, Refused, Stale
from app.services.base.actors import Actor
from app.services.cases import applications, entering
from app.services.pages import task as taskpage
from app.services.pages import worklist
from app.services.people import accounts as people
from app.services.tasks import forms
from app.services.tasks import send as tasks
from app.store import accounts, bookings, cases, database, entrylinks, invoices, work
from app.store.models import Surplus
from tests.services.conftest import APPLICATION, Bench
from tests.services.steps import actor, case_of, go, opened, staff, task


def send(walker, element: str, values: dict, who: Actor):
    row = task(walker, element)
    forms.save_draft(walker.portal, row.id, values, who)
    tasks.send(walker.portal, row.id, who)
    with database.connection():
        return work.task(row.id)


def test_the_second_review_is_somebody_elses(bench: Bench) -> None:
    walker = go(bench, until="first_review")
    send(walker, "first_review", {"outcome": "passed"}, staff(walker, 0))
    bench.drain(walker.portal)
    for step in (
        {"complete": "materials_requested", "by": "vendor"},
        {
            "complete": "reply_materials",
            "by": "vendor",
            "answer": {
                "system_requirements": "a.pdf",
                "security_requirements": "b.pdf",
                "system_overview_documents": ["c.pdf"],
            },
        },
    ):
        walker.take(step)
    with pytest.raises(Refused, match="somebody else"):
        send(walker, "second_review", {"outcome": "passed"}, staff(walker, 0))
    send(walker, "second_review", {"outcome": "passed"}, staff(walker, 1))
    assert case_of(walker).revision > 0


def test_a_delegate_of_the_first_reviewer_does_not_do_the_second(bench: Bench) -> None:
    walker = go(bench, until="first_review")
    send(walker, "first_review", {"outcome": "passed"}, staff(walker, 0))
    bench.drain(walker.portal)
    walker.take({"complete": "materials_requested", "by": "vendor"})
    walker.take(
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
    day = walker.portal.today()
    people.away(walker.portal, staff(walker, 0), staff(walker, 1).user_id or 0, day, day + timedelta(days=3), "")
    with pytest.raises(Refused, match="somebody else"):
        send(walker, "second_review", {"outcome": "passed"}, staff(walker, 1))
    send(walker, "second_review", {"outcome": "passed"}, staff(walker, 2))


def test_what_a_delegate_does_is_traced(bench: Bench) -> None:
    walker = go(bench, until="first_review")
    row = task(walker, "first_review")
    worklist.assign(walker.portal, [row.id], staff(walker, 0).user_id, staff(walker, 1))
    day = walker.portal.today()
    people.away(walker.portal, staff(walker, 0), staff(walker, 1).user_id or 0, day, day, "休暇")
    done = send(walker, "first_review", {"outcome": "passed"}, staff(walker, 1))
    assert done.on_behalf_of == staff(walker, 0).name


def test_a_strangers_task_looks_like_none(bench: Bench) -> None:
    walker = go(bench, until="submit_documents")
    other = go(bench, until="submit_documents", application={"email": "other@example.com", "system_name": "他社"})
    with pytest.raises(NotFound):
        taskpage.page(walker.portal, task(walker, "submit_documents").id, actor(other))


def test_an_analyst_does_no_operators_work(bench: Bench) -> None:
    walker = go(bench, until="first_review")
    people.add_staff(walker.portal, "analyst@example.jp", "分析", ["analyst"], "a password for tests")
    with database.connection():
        user = accounts.by_email("analyst@example.jp")
    assert user is not None
    with pytest.raises(Forbidden):
        send(walker, "first_review", {"outcome": "passed"}, people.actor_of(walker.portal, user.id))


def test_a_task_is_finished_once(bench: Bench) -> None:
    walker = go(bench, until="first_review")
    row = task(walker, "first_review")
    send(walker, "first_review", {"outcome": "passed"}, staff(walker))
    with pytest.raises(Stale):
        tasks.send(walker.portal, row.id, staff(walker))


def test_a_payment_that_is_short_is_said_recorded_and_asked_for(bench: Bench) -> None:
    walker = go(bench, until="confirm_initial_payment")
    row = task(walker, "confirm_initial_payment")
    values = {"amount": "100000", "paid_on": walker.portal.today().isoformat(), "payer": "ミホン"}
    forms.save_draft(walker.portal, row.id, values, staff(walker))
    cleaned, warnings, _ = forms.check(walker.portal, row.id, staff(walker))
    assert cleaned.ok
    assert [warning.params["amount"] for warning in warnings] == ["100,000"]
    tasks.send(walker.portal, row.id, staff(walker))
    bench.drain(walker.portal)
    assert opened(walker) == ["pay_initial_fee"]
    with database.connection():
        invoice = invoices.latest(case_of(walker).id, "initial_fee")
    assert invoice is not None
    assert (invoice.paid, invoice.state) == (100000, "open")
    walker.take({"complete": "pay_initial_fee", "by": "vendor", "answer": {"paid_on": "@today", "payer": "ミホン"}})
    rest = invoice.total - 100000
    send(walker, "confirm_initial_payment", {**values, "amount": str(rest + 1)}, staff(walker))
    bench.drain(walker.portal)
    with database.connection():
        invoice = invoices.latest(case_of(walker).id, "initial_fee")
        over = [(row.amount, row.state.value) for row in Surplus.select()]
    assert invoice is not None
    assert (invoice.paid - invoice.total, invoice.state, over) == (0, "paid", [(1, "open")])
    assert opened(walker) == ["api_documents"]


def test_a_both_box_keeps_both_answers_when_it_is_filled_twice(bench: Bench) -> None:
    walker = go(bench, until="contracts__vendor")
    today = walker.portal.today().isoformat()
    for number, outcome in enumerate(("returned", "countersigned")):
        vendor = {
            "complete": "contracts__vendor",
            "by": "vendor",
            "answer": {
                "signed_nda": f"nda{number}.pdf",
                "signed_agreement": f"agreement{number}.pdf",
                "signer_name": f"署名者{number}",
                "signed_on": today,
            },
        }
        operator = {
            "complete": "contracts__operator",
            "by": "operator",
            "answer": {
                "contract_outcome": outcome,
                "countersigned_on": today,
                "countersigned_nda": "nda.pdf",
                "countersigned_agreement": "agreement.pdf",
                "return_reason": "押印がありません",
            },
        }
        for step in (vendor, operator):
            walker.take(step)
    with database.connection():
        case = case_of(walker)
        vendors = [row.values["signer_name"] for row in work.answers(case.id, "contracts__vendor")]
        operators = [row.values["contract_outcome"] for row in work.answers(case.id, "contracts__operator")]
    assert vendors == ["署名者1", "署名者0"]
    assert operators == ["countersigned", "returned"]
    assert opened(walker) == ["pay_initial_fee"]


def test_the_same_application_is_recognised(bench: Bench) -> None:
    first = applications.apply(bench.portal, "ccus_api_certification", APPLICATION)
    again = applications.apply(
        bench.portal, "ccus_api_certification", {**APPLICATION, "company_name": " 株式会社みほん建設システム "}
    )
    assert (again.number, again.repeated) == (first.number, True)
    with database.connection():
        assert cases.count() == 1


def test_the_entry_link_works_once_and_only_while_it_is_young(bench: Bench) -> None:
    started = applications.apply(bench.portal, "ccus_api_certification", APPLICATION)
    bench.drain()
    with database.connection():
        case = cases.get(started.number)
        assert case is not None
        link = entrylinks.current_link(case.id)
    assert link is not None
    entering.enter(bench.portal, link.token, None, "a good long password")
    with pytest.raises(Refused, match="used already"):
        entering.look(bench.portal, link.token)
    with pytest.raises(NotFound):
        entering.look(bench.portal, link.token[:-1] + "x")
    other = applications.apply(bench.portal, "ccus_api_certification", {**APPLICATION, "email": "b@example.com"})
    with database.connection():
        case = cases.get(other.number)
        assert case is not None
        link = entrylinks.current_link(case.id)
    assert link is not None
    bench.portal.clock.moment += timedelta(days=entering.LINK_DAYS, seconds=1)  # type: ignore[attr-defined]
    with pytest.raises(Refused, match="too old"):
        entering.enter(bench.portal, link.token, None, "a good long password")


def test_a_mistyped_address_is_mended_before_the_link_is_used(bench: Bench) -> None:
    started = applications.apply(bench.portal, "ccus_api_certification", APPLICATION)
    bench.drain()
    with database.connection():
        case = cases.get(started.number)
        assert case is not None
        old = entrylinks.current_link(case.id)
        user = accounts.by_email("sato@example.jp")
    assert old is not None
    assert user is not None
    entering.correct_address(bench.portal, started.number, "right@example.com", people.actor_of(bench.portal, user.id))
    bench.drain()
    assert bench.mailbox.letters[-1].to == ("right@example.com",)
    with pytest.raises(Refused, match="newer link"):
        entering.look(bench.portal, old.token)


def test_a_held_date_lapses_with_a_warning_and_is_taken_again_when_it_is_free(bench: Bench) -> None:
    from app.services import upkeep

    walker = go(bench, until="pay_exam_fee")
    with database.connection():
        booking = bookings.latest(case_of(walker).id)
    assert booking is not None
    assert booking.held_until is not None
    days = (booking.held_until - walker.portal.today()).days
    walker.clock.moment += timedelta(days=days - 1)
    upkeep.tick(walker.portal)
    upkeep.tick(walker.portal)
    bench.drain(walker.portal)
    assert bench.mailbox.ids.count("date-lapse-warning") == 1
    walker.clock.moment += timedelta(days=3)
    upkeep.tick(walker.portal)
    bench.drain(walker.portal)
    assert bench.mailbox.ids.count("date-lapsed") == 1
    with database.connection():
        lapsed = bookings.latest(case_of(walker).id)
        owed = invoices.latest(case_of(walker).id, "exam_fee")
    assert lapsed is not None
    assert owed is not None
    assert lapsed.state == "lapsed"
    send(walker, "pay_exam_fee", {"paid_on": walker.portal.today().isoformat(), "payer": "ミ"}, actor(walker))
    send(
        walker,
        "confirm_exam_payment",
        {"amount": str(owed.total), "paid_on": walker.portal.today().isoformat(), "payer": "ミ"},
        staff(walker),
    )
    bench.drain(walker.portal)
    with database.connection():
        kept = bookings.latest(case_of(walker).id)
    assert kept is not None
    free = kept.day > walker.portal.today()
    assert kept.state == ("confirmed" if free else "lapsed")
    assert ("settle_exam_date" in opened(walker)) is not free


def test_the_date_of_a_free_retest_is_firm_without_a_payment(bench: Bench) -> None:
    steps = scenarios.steps(bench.portal.releases.current("ccus_api_certification").package.files, "exam_retests")
    walker = bench.walker()
    walker.begin()
    settled = 0
    for step in steps[1:]:
        walker.take(step)
        settled += step.get("complete") == "settle_exam_date"
        if settled == 2:
            break
    with database.connection():
        booking = bookings.latest(case_of(walker).id, "exam")
        unpaid = [row.fee for row in invoices.of_case(case_of(walker).id) if row.state == "open"]
    assert booking is not None
    assert (booking.state, booking.held_until, unpaid) == ("confirmed", None, [])
