"""再開: a case that the body ended by mistake is opened again as it stood."""

from __future__ import annotations

import pytest

from app.errors import Refused
from app.services.cases import lifecycle
from app.services.process import reopening
from app.store import bookings, database, invoices
from tests.services.conftest import Bench
from tests.services.steps import actor, case_of, go, opened, staff
from tests.services.tasks.test_recall import picture


def test_a_closed_case_is_open_again_as_it_stood_and_the_vendor_is_told(bench: Bench) -> None:
    walker = go(bench, "pay_exam_fee")
    bench.drain(walker.portal)
    before = picture(walker)
    lifecycle.withdraw(walker.portal, walker.number, "誤って終了", staff(walker))
    bench.drain(walker.portal)
    assert opened(walker) != before["open"]
    with pytest.raises(Refused):
        reopening.reopen(walker.portal, walker.number, " ", staff(walker))
    assert reopening.reopen(walker.portal, walker.number, "別の案件と取り違えました", staff(walker)) == []
    after = picture(walker)
    for what in ("state", "open", "timers", "invoices", "answers"):
        assert after[what] == before[what], what
    case = case_of(walker)
    assert (case.ended, case.withdrawal) == (False, None)
    with database.connection():
        day = bookings.latest(case.id)
        assert day is not None
        assert day.state == "held"
        assert [row.state for row in invoices.of_case(case.id) if row.fee == "exam_fee"] == ["open"]
    bench.drain(walker.portal)
    assert any("取り違え" in each.text for each in bench.mailbox.letters)
    walker.take({"complete": "pay_exam_fee", "by": "vendor", "answer": {"paid_on": "@today", "payer": "ミホン"}})
    assert "confirm_exam_payment" in opened(walker)
    with pytest.raises(Refused):
        reopening.reopen(walker.portal, walker.number, "もう一度", staff(walker))


def test_what_the_vendor_withdrew_is_not_the_bodys_to_open(bench: Bench) -> None:
    walker = go(bench, "first_review")
    lifecycle.withdraw(walker.portal, walker.number, "やめます", actor(walker))
    with pytest.raises(Refused):
        reopening.reopen(walker.portal, walker.number, "理由", staff(walker))
