"""Fields that differ from others: one number for parcel and key letters, one day twice are said, not taken."""

from __future__ import annotations

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
        value for value, _ in forms.choices_of(walker.portal, task(walker, "request_exam_date").id, who)["calendar"]
    ]
    assert wrong(walker, "request_exam_date", who, wish_1=days[0], wish_2=days[0]) == ["wish_2"]
    assert wrong(walker, "request_exam_date", who, wish_1=days[0], wish_2=days[1]) == []
