"""The last day of a thing: one value, read everywhere."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app import catalogue
from app.catalogue import scenarios
from app.services.base import businessdays
from app.services.days import bookings, lastday
from app.services.demo.walker import Walker
from app.services.money import invoices
from app.services.pages import task as taskpage
from app.states import BookingState
from app.store import bookings as stored
from app.store import cases, database, work
from tests.services.conftest import BPMN, Bench
from tests.services.steps import actor, case_of, go, task

MONDAY = date(2026, 4, 6)


@pytest.mark.parametrize(
    ("rule", "room", "last"),
    [
        (None, None, None),
        (date(2026, 4, 16), None, date(2026, 4, 16)),
        (date(2026, 4, 18), None, date(2026, 4, 20)),  # a Saturday: the next business day (民法142条)
        (date(2026, 12, 29), None, date(2027, 1, 4)),
        (None, date(2026, 4, 18), date(2026, 4, 17)),  # what an event leaves is over before it, not after
        (date(2026, 4, 16), date(2026, 4, 14), date(2026, 4, 14)),
        (date(2026, 4, 16), date(2026, 4, 20), date(2026, 4, 16)),
        (date(2026, 4, 16), date(2026, 4, 1), date(2026, 4, 7)),  # over already: one business day is left
        (date(2026, 4, 6), date(2026, 4, 1), date(2026, 4, 6)),  # due at once stays so
    ],
)
def test_the_last_day_is_the_earliest_of_rule_and_room_on_an_open_day(
    rule: date | None, room: date | None, last: date | None
) -> None:
    assert lastday.reckon(MONDAY, rule=rule, room=room) == last


def test_a_closing_day_of_the_body_is_no_last_day() -> None:
    closed = frozenset({date(2026, 4, 16)})
    assert lastday.reckon(MONDAY, rule=date(2026, 4, 16), closing=closed) == date(2026, 4, 17)
    assert lastday.reckon(MONDAY, room=date(2026, 4, 16), closing=closed) == date(2026, 4, 15)


@pytest.mark.parametrize(
    ("said", "last"),
    [
        ("2027-01-31", date(2027, 1, 31)),
        ("2028-03-08T15:00:00+00:00", date(2028, 3, 8)),  # the instant at which 8 March is over in Japan
        ("2028-03-08T16:00:00+00:00", date(2028, 3, 9)),
        ("soon", None),
        ("", None),
        (7, None),
    ],
)
def test_a_routing_value_says_a_day_or_the_instant_at_which_it_is_over(said: Any, last: date | None) -> None:
    assert lastday.named("certificate.audit_deadline", {"certificate": {"audit_deadline": said}}) == last
    assert lastday.named("certificate.audit_deadline.deeper", {"certificate": {"audit_deadline": said}}) is None
    first = {"certificate": {"valid_until": "2027-01-07", "cure_last_day": said}}
    assert lastday.named("certificate.cure_last_day, certificate.valid_until", first) == (last or date(2027, 1, 7))
    assert lastday.named("", {}) is None


def test_a_calendar_that_leaves_no_room_is_an_error_of_the_package() -> None:
    package = catalogue.load(BPMN / "ccus_api_certification", BPMN / "_shared")
    toml = package.files["package.toml"].decode().replace("earliest_bd = 25", "earliest_bd = 20")
    found = catalogue.check(catalogue.from_files({**package.files, "package.toml": toml.encode()}))
    assert [(each.severity, each.element) for each in found if "earliest_bd" in str(each)] == [
        ("error", "pay_exam_fee")
    ]


@pytest.mark.parametrize(
    ("step", "fee", "mail"),
    [
        ("pay_initial_fee", "initial_fee", "review-5"),
        ("pay_exam_fee", "exam_fee", "exam-1"),
        ("pay_audit_fee", "audit_fee", "audit-invoice"),
    ],
)
def test_the_page_the_invoice_the_held_day_and_the_mail_of_one_payment_say_one_day(
    bench: Bench, step: str, fee: str, mail: str
) -> None:
    walker = go(bench, step, business_days_ago=200)
    page = taskpage.page(walker.portal, task(walker, step).id, actor(walker))
    assert page.task.due_on is not None and page.nouns["invoice"] is not None
    with database.connection():
        invoice = invoices.expected(case_of(walker), fee)
        row = stored.latest(case_of(walker).id)
    assert invoice is not None and {page.nouns["invoice"].due_on, invoice.due_on} == {page.task.due_on}
    assert businessdays.is_business_day(page.task.due_on)
    text = bench.mailbox.of(mail)[-1].text
    assert text.count(long(page.task.due_on)) >= 2, text  # as the invoice's day and as the task's
    if fee != "initial_fee":
        assert row is not None and row.held_until == page.task.due_on < row.day
        lead = lastday.lead(_package(walker), row.calendar)
        assert businessdays.business_days_between(page.task.due_on, row.day) >= lead


def test_every_last_day_of_the_exam_and_the_audit_lies_before_the_day_and_what_asks_says_it(bench: Bench) -> None:
    """From the payment to the day itself: each open task is due before the day, the mail that asked for it says so."""
    walker = go(bench, "settle_exam_date", business_days_ago=200)
    package = _package(walker)
    asked = {  # by which mail a task is asked for, where one does
        "pay_exam_fee": "exam-1", "exam_date_received": "exam-3", "submit_exam_materials": "exam-4",
        "exam_materials_received": "exam-6", "pay_audit_fee": "audit-invoice",
        "submit_audit_materials": "audit-3",
    }  # fmt: skip
    seen = set()
    for step in _after(package, "settle_exam_date"):
        walker.take(step)
        with database.connection():
            rows = work.open_tasks(case_of(walker).id)
        for row in rows:
            element = package.elements[row.element]
            places = lastday.calendars(package, element.process)
            with database.connection():
                booking = stored.latest(case_of(walker).id, places[0]) if places else None
            if booking is None or booking.state == BookingState.CANCELLED:
                continue
            if element.whole("before_day_bd") is not None:
                assert row.due_on is not None and row.due_on < booking.day, row.element
                seen.add(row.element)
            if element.whole("after_day_bd") is not None:
                assert row.due_on is not None and row.due_on > booking.day, row.element
                seen.add(row.element)
            if row.element in asked and row.due_on is not None:
                assert long(row.due_on) in bench.mailbox.of(asked[row.element])[-1].text, (row.element, row.due_on)
        if step.get("complete") == "audit__operator":
            break
    with_days = {each.id for name in ("exam", "audit") for each in lastday.of_calendar(package, name)
                 if {"before_day_bd", "after_day_bd"} & each.properties.keys()}  # fmt: skip
    assert seen == with_days


def test_a_day_that_moves_takes_along_what_is_due_by_it(bench: Bench) -> None:
    walker = go(bench, "submit_exam_materials", business_days_ago=200)
    before = task(walker, "submit_exam_materials").due_on
    with database.transaction():
        case = cases.lock(case_of(walker).id)
        loaded = walker.portal.releases.loaded(case.release_id)
        row = stored.latest(case.id, "exam")
        assert row is not None
        day = bookings.free_instead(walker.portal, case, loaded, "exam")[0]
        bookings.move(walker.portal, case, loaded, row, day, walker.portal.now())
    after = task(walker, "submit_exam_materials").due_on
    assert before is not None and after is not None
    assert after == min(before, businessdays.add_business_days(day, -12))


def test_a_task_that_comes_back_is_counted_from_its_opening_not_from_the_first_mail(bench: Bench) -> None:
    walker = go(bench, "check_exam_materials", business_days_ago=200)
    opened = businessdays.today(walker.portal.now())
    walker.take(
        {"complete": "check_exam_materials", "by": "operator", "answer": {"outcome": "returned", "reason": "x"}}
    )
    due = task(walker, "submit_exam_materials").due_on
    with database.connection():
        row = stored.latest(case_of(walker).id, "exam")
    assert row is not None
    assert due == min(businessdays.add_business_days(opened, 10), businessdays.add_business_days(row.day, -12))


def long(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _package(walker: Walker) -> catalogue.Package:
    return walker.portal.releases.current("ccus_api_certification").package


def _after(package: catalogue.Package, element: str) -> list[Any]:
    steps = scenarios.steps(package.files, "happy_path")
    return list(steps[next(n for n, step in enumerate(steps) if step.get("complete") == element) :])


def test_no_refusal_names_a_day_as_machines_write_it() -> None:
    """Its page says the day in words, with the year (web.frame.problems)."""
    app = BPMN.parent / "app"
    found = [
        f"{path.relative_to(app)}:{number}"
        for path in sorted(app.rglob("*.py"))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if "isoformat()" in line and ("Refused(" in line or "NotFound(" in line)
    ]
    assert not found


def test_before_one_wishes_for_a_day_one_reads_when_where_how_long_and_what_it_costs(bench: Bench) -> None:
    walker = go(bench, "request_exam_date")
    page = taskpage.page(walker.portal, task(walker, "request_exam_date").id, actor(walker))
    spec = _package(walker).calendars["exam"]
    assert page.offer is not None and page.offer.kept and page.offer.until is None
    assert (page.offer.start, page.offer.minutes, page.offer.place) == (spec.start, spec.duration_minutes, spec.place)
    assert (page.offer.fee, page.offer.total) == ("認定試験費用", 165_000)


def test_after_a_failed_exam_the_failed_items_and_the_day_by_which_they_are_mended_stand_where_one_asks_again(
    bench: Bench,
) -> None:
    walker = go(bench, "request_exam_date", scenario="exam_retests", business_days_ago=300)
    row = task(walker, "request_exam_date")
    mend_by = lastday.named("mend_by", {**case_of(walker).data, **(row.data or {})})
    assert mend_by is not None
    assert row.due_on == businessdays.on_or_before(mend_by)
    page = taskpage.page(walker.portal, row.id, actor(walker))
    said = " ".join(f"{line.label}：{line.text}" for each in page.shown for line in each.lines)
    assert "不合格" in said and f"{mend_by.year}年{mend_by.month}月{mend_by.day}日" in said, said
