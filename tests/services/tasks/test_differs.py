"""Fields that differ from others: one number for parcel and key letters, one day twice are said, not taken."""

from __future__ import annotations

from datetime import timedelta

from app.services.tasks import forms
from tests.services.conftest import Bench
from tests.services.steps import actor, go, staff, task

NUMBERS = {"carrier": "yamato", "tracking_number": "1234-5678-9012", "sent_on": "2026-04-20"}


def wrong(walker: object, element: str, who: object, **values: str) -> list[str]:
    row = task(walker, element)  # type: ignore[arg-type]
    forms.save_draft(walker.portal, row.id, values, who)  # type: ignore[attr-defined, arg-type]
    cleaned, _, _ = forms.check(walker.portal, row.id, who)  # type: ignore[attr-defined, arg-type]
    return [error.key for error in cleaned.errors]


def test_parcel_and_key_letters_have_numbers_of_their_own(bench: Bench) -> None:
    walker = go(bench, "post_test_cards")
    who = staff(walker)
    same = {"key_tracking_number": "123456789012", "key_tracking_number_2": "１２３４５６７８９０１２"}
    assert wrong(walker, "post_test_cards", who, **NUMBERS, **same) == [
        "key_tracking_number", "key_tracking_number_2", "key_tracking_number_2",
    ]  # fmt: skip
    apart = {"key_tracking_number": "1234-5678-9013", "key_tracking_number_2": "1234-5678-9014"}
    assert wrong(walker, "post_test_cards", who, **NUMBERS, **apart) == []


def test_a_day_is_wished_for_once(bench: Bench) -> None:
    walker = go(bench, "request_exam_date")
    who = actor(walker)
    days = [
        each.value for each in forms.choices_of(walker.portal, task(walker, "request_exam_date").id, who)["calendar"]
    ]
    assert wrong(walker, "request_exam_date", who, wish_1=days[0], wish_2=days[0]) == ["wish_2"]
    assert wrong(walker, "request_exam_date", who, wish_1=days[0], wish_2=days[1]) == []


def test_a_day_that_lies_ahead_is_no_day_of_signature_and_a_transfer_is_not_of_next_year(bench: Bench) -> None:
    walker = go(bench, "contracts__vendor")
    today = walker.portal.today()
    for days, refused in ((0, False), (1, True)):
        day = (today + timedelta(days=days)).isoformat()
        assert ("signed_on" in wrong(walker, "contracts__vendor", actor(walker), signed_on=day)) is refused
    paying = go(bench, "pay_initial_fee", application={"email": "payer@example.com"})
    today = paying.portal.today()
    for days, refused in ((10, False), (40, True)):  # a transfer may be ordered for a day to come
        day = (today + timedelta(days=days)).isoformat()
        assert ("paid_on" in wrong(paying, "pay_initial_fee", actor(paying), paid_on=day)) is refused
