"""引戻し: what a person of the staff decided last is taken back, wholly or not at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from app.errors import Forbidden, Refused
from app.services.base.actors import Actor
from app.services.cards import stock
from app.services.demo.walker import Walker
from app.services.people import accounts
from app.services.tasks import comments, forms, recall
from app.services.tasks import send as tasks
from app.services.tasks.drafts import OpenPage
from app.store import bookings, cases, clockrows, database, invoices, jobrows, records, timerrows, undo, visitrows, work
from app.store.models import Booking, Invoice, Payment, Task
from tests.services.cardbench import open_letters
from tests.services.conftest import Bench
from tests.services.steps import case_of, go, opened, staff, task


def picture(walker: Walker) -> dict[str, Any]:
    """Everything of a case that a step changes, as far as people and the engine can tell."""
    case = case_of(walker)
    with database.connection():
        return {
            "state": cases.state(case.id),
            "case": {key: value for key, value in case.__data__.items() if key not in {"revision", "changed_at"}},
            "open": sorted(row.id for row in work.open_tasks(case.id)),
            "jobs": sorted((row.id, row.state) for row in jobrows.jobs_of(case.id, "queued", "parked", "incident")),
            "clocks": [row.__data__ for row in clockrows.clocks(case.id)],
            "visits": sorted(
                (row.element, row.process, row.entered, row.completed) for row in visitrows.visits(case.id)
            ),
            "answers": {key: row.id for key, row in work.latest_answers(case.id).items()},
            "comments": [row.__data__ for row in work.comments(case.id)],
            "bookings": [row.__data__ for row in Booking.select().where(Booking.case == case)],
            "invoices": [(row.number, row.state, row.paid) for row in invoices.of_case(case.id)],
            "payments": Payment.select().join(Invoice).where(Invoice.case == case).count(),
            "openings": [row.grp for row in records.openings(case.id)],
            "timers": [(row.task_id, row.due_at) for row in timerrows.timers(case.id)],
        }


def send(walker: Walker, element: str, who: Actor, **values: Any) -> Task:
    """Type and send."""
    row = task(walker, element)
    with database.connection():
        draft = work.draft(row.id)
    forms.save_draft(walker.portal, row.id, values, who, OpenPage(draft.revision if draft else None))
    return tasks.send(walker.portal, row.id, who)


RETURN = {"outcome": "returned", "reason": "概要資料の3ページを差し替えてください。"}


def returned(bench: Bench) -> tuple[Walker, Task]:
    walker = go(bench, "second_review")
    walker.clock.moment += timedelta(minutes=5)
    reviewer = staff(walker, 1)
    row = task(walker, "second_review")
    place = comments.Place("reply_materials", "system_requirements")
    comments.pin(walker.portal, row.id, place, "表紙の日付がありません", reviewer)
    return walker, row


def test_a_return_is_taken_back_with_its_points_and_the_case_is_as_it_was(bench: Bench) -> None:
    walker, row = returned(bench)
    reviewer = staff(walker, 1)
    before = picture(walker)
    send(walker, "second_review", reviewer, **RETURN)
    assert opened(walker) == ["reply_materials"]
    offer = recall.offered(walker.portal, walker.number, reviewer)
    assert offer is not None and offer.refusal is None and offer.task_id == row.id

    recall.take_back(walker.portal, row.id, reviewer)

    assert picture(walker) == before
    assert opened(walker) == ["second_review"]
    with database.connection():
        draft = work.draft(row.id)
        assert draft is not None and draft.values["reason"] == RETURN["reason"]
        assert [each.state for each in work.comments(case_of(walker).id)] == ["draft"]
        told = [each.title for each in cases.timeline(case_of(walker).id, internal=False) if each.kind == "comment"]
        assert told == [], "the vendor does not read points that were taken back"
        last = cases.timeline(case_of(walker).id, internal=False)
        assert any(each.kind == "recall" and each.actor_name == reviewer.name for each in last)
    assert recall.offered(walker.portal, walker.number, reviewer) is None


def test_after_a_recall_another_decision_goes_the_other_way(bench: Bench) -> None:
    walker, row = returned(bench)
    reviewer = staff(walker, 1)
    send(walker, "second_review", reviewer, **RETURN)
    recall.take_back(walker.portal, row.id, reviewer)
    send(walker, "second_review", reviewer, outcome="passed")
    bench.drain(walker.portal)
    assert opened(walker) == ["review_result"]
    with database.connection():
        assert work.last_done(case_of(walker).id, "second_review") is not None
        assert not jobrows.jobs_of(case_of(walker).id, "incident")


def test_a_pass_is_taken_back_while_its_mail_waits_and_not_after_it_went(bench: Bench) -> None:
    walker, row = returned(bench)
    reviewer, before = staff(walker, 1), picture(walker)
    send(walker, "second_review", reviewer, outcome="passed")
    recall.take_back(walker.portal, row.id, reviewer)
    assert picture(walker) == before
    assert bench.drain(walker.portal) == [], "nothing of what was taken back goes out"

    send(walker, "second_review", reviewer, outcome="passed")
    bench.drain(walker.portal)
    offer = recall.offered(walker.portal, walker.number, reviewer)
    assert offer is not None and isinstance(offer.refusal, Refused)
    with pytest.raises(Refused):
        recall.take_back(walker.portal, row.id, reviewer)


def test_what_the_other_side_has_begun_is_not_taken_from_it(bench: Bench) -> None:
    walker, row = returned(bench)
    reviewer = staff(walker, 1)
    send(walker, "second_review", reviewer, **RETURN)
    with database.connection():
        member = cases.members(case_of(walker).id)[0].user_id
    vendor = accounts.actor_of(walker.portal, member)
    forms.save_draft(walker.portal, task(walker, "reply_materials").id, {"reply_note": "準備中"}, vendor)
    offer = recall.offered(walker.portal, walker.number, reviewer)
    assert offer is not None and offer.refusal is not None
    assert offer.refusal.params["title"] == task(walker, "reply_materials").title
    with pytest.raises(Refused):
        recall.take_back(walker.portal, row.id, reviewer)


def test_nobody_takes_back_what_another_decided(bench: Bench) -> None:
    walker, row = returned(bench)
    send(walker, "second_review", staff(walker, 1), **RETURN)
    assert recall.offered(walker.portal, walker.number, staff(walker, 2)) is None
    with pytest.raises(Forbidden):
        recall.take_back(walker.portal, row.id, staff(walker, 2))


def test_a_payment_that_was_confirmed_is_taken_back(bench: Bench) -> None:
    walker = go(bench, "confirm_initial_payment")
    who, before = staff(walker), picture(walker)
    row = task(walker, "confirm_initial_payment")
    with database.connection():
        owed = invoices.latest(case_of(walker).id, "initial_fee")
    assert owed is not None
    send(walker, row.element, who, amount=owed.total, paid_on=walker.portal.today().isoformat(), payer="ミホン")
    with database.connection():
        assert Payment.select().where(Payment.invoice == owed).count() == 1
    recall.take_back(walker.portal, row.id, who)
    assert picture(walker) == before


def test_a_day_that_was_settled_is_free_again(bench: Bench) -> None:
    walker = go(bench, "settle_exam_date")
    who, before = staff(walker), picture(walker)
    row = task(walker, "settle_exam_date")
    day = forms.choices_of(walker.portal, row.id, who)["wishes"][0][0]
    send(walker, row.element, who, outcome="accepted", date=day)
    with database.connection():
        assert bookings.latest(case_of(walker).id) is not None
        raised = [each.number for each in invoices.of_case(case_of(walker).id)]
    recall.take_back(walker.portal, row.id, who)
    after = picture(walker)
    cancelled = [each for each in after.pop("invoices") if each not in before["invoices"]]
    before.pop("invoices")
    assert after == before
    assert all(number in raised and state == "cancelled" for number, state, _ in cancelled)


def test_the_next_step_of_the_case_clears_what_was_kept(bench: Bench) -> None:
    walker = go(bench, "second_review")
    bench.drain(walker.portal)
    with database.connection():
        row = undo.of_case(case_of(walker).id)
    assert row is not None
    assert row.made["vendor"], "the vendor's reply came after the first review"


def test_posted_cards_are_not_taken_back(bench: Bench) -> None:
    walker = go(bench, "post_test_cards")
    row, who = task(walker, "post_test_cards"), staff(walker)
    stock.make(walker.portal, row.id, who)
    bench.drain(walker.portal)
    open_letters(walker)
    send(
        walker, row.element, who, carrier="yamato", tracking_number="123456789012",
        sent_on=walker.portal.today().isoformat(), key_tracking_number="123456789013",
        key_tracking_number_2="123456789014",
    )  # fmt: skip
    offer = recall.offered(walker.portal, walker.number, who, row.id)
    assert offer is not None and offer.refusal is not None


def test_on_postgresql_a_day_is_taken_back_alike(make_bench: Callable[[str], Bench], postgres: str) -> None:
    walker = go(make_bench(postgres), "settle_exam_date")
    who, before = staff(walker), picture(walker)
    row = task(walker, "settle_exam_date")
    day = forms.choices_of(walker.portal, row.id, who)["wishes"][0][0]
    send(walker, row.element, who, outcome="accepted", date=day, examiners=[who.name])
    recall.take_back(walker.portal, row.id, who)
    after = picture(walker)
    before.pop("invoices"), after.pop("invoices")
    assert after == before
