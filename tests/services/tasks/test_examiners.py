"""試験官: who gave the exam is one of those who were there on its day, not whoever is typed in."""

from __future__ import annotations

from app.services.days import attendance
from app.services.tasks import forms
from app.store import bookings, database
from tests.services.conftest import Bench
from tests.services.steps import case_of, go, staff, task


def test_the_examiner_is_one_of_the_people_of_the_day(bench: Bench) -> None:
    walker = go(bench, "exam__operator")
    who, other = staff(walker), staff(walker, 1)
    with database.connection():
        row = bookings.latest(case_of(walker).id)
    assert row is not None
    attendance.assign(walker.portal, row.id, row.place or "本館", [other.user_id or 0], who)
    exam = task(walker, "exam__operator")
    (there,) = forms.choices_of(walker.portal, exam.id, who)["examiners"]
    assert there.value == other.name
    answers = {f"item_{n}": "passed" for n in range(1, 7)} | {"examined_on": row.day.isoformat()}
    for name, wrong in ((who.name, ["examiner"]), ("だれか", ["examiner"]), (other.name, [])):
        forms.save_draft(walker.portal, exam.id, {**answers, "examiner": name}, who)
        cleaned, _, _ = forms.check(walker.portal, exam.id, who)
        assert [error.key for error in cleaned.errors] == wrong


def test_a_mistyped_tracking_number_is_warned_about_and_can_be_sent(bench: Bench) -> None:
    walker = go(bench, "post_certificate")
    step, who = task(walker, "post_certificate"), staff(walker)
    answers = {"carrier": "yamato", "sent_on": walker.portal.today().isoformat()}
    for number, said in (("1234-5678-9012", True), ("1234-5678-9013", False)):
        forms.save_draft(walker.portal, step.id, {**answers, "tracking_number": number}, who)
        cleaned, warned, _ = forms.check(walker.portal, step.id, who)
        assert not [error for error in cleaned.errors if error.key == "tracking_number"]
        assert any("tracking number" in each.message for each in warned) is said
