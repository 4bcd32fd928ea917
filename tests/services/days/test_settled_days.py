"""Dates that are filled with the day settled for the case; and what result pages say first."""

from __future__ import annotations

from app.services.pages import task as taskpage
from app.services.tasks import forms
from app.store import bookings, database
from tests.services.conftest import Bench
from tests.services.steps import actor, case_of, go, staff, task


def test_the_day_of_the_exam_is_the_settled_one_and_an_earlier_one_is_warned_about(bench: Bench) -> None:
    walker = go(bench, until="exam__operator", business_days_ago=90)
    with database.connection():
        booking = bookings.latest(case_of(walker).id, "exam")
    assert booking is not None
    operator = staff(walker, 1)
    found = task(walker, "exam__operator")
    page = taskpage.page(bench.portal, found.id, operator)
    day = next(field for field in page.form.walk() if field.spec.key == "examined_on")
    assert day.value == booking.day.isoformat()
    items = {f"item_{n}": "passed" for n in range(1, 7)}
    for typed, warned in (("2020-01-06", True), (booking.day.isoformat(), False)):
        forms.save_draft(bench.portal, found.id, {**items, "examined_on": typed}, operator)
        _, warnings, _ = forms.check(bench.portal, found.id, operator)
        assert any("before the fixed day" in each.message for each in warnings) is warned


def test_the_page_of_a_result_says_the_result(bench: Bench) -> None:
    walker = go(bench, until="exam_result", business_days_ago=120)
    page = taskpage.page(bench.portal, task(walker, "exam_result").id, actor(walker))
    said = [field.html for field in page.form.walk() if field.html]
    assert any("結果：合格" in html for html in said)
    assert not any("結果：不合格" in html for html in said)


def test_the_place_that_the_vendor_names_is_the_place_of_the_day(bench: Bench) -> None:
    walker = go(bench, until="submit_audit_materials")
    said = {"audit_place": "見本本社\n5階会議室", "audit_materials": ["監査資料.pdf"], "attendees": "例 一郎"}
    walker.take({"complete": "submit_audit_materials", "by": "vendor", "answer": said})
    with database.connection():
        row = bookings.latest(case_of(walker).id, "audit")
    assert row is not None
    assert row.place == "見本本社 5階会議室"
