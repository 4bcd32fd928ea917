"""One's own saves never conflict with oneself, whatever order they arrive in; those of others are told apart."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from app.errors import Stale
from app.services.base import permit
from app.services.base.actors import Actor
from app.services.cases import applications
from app.services.people import accounts as people
from app.services.tasks import forms, holding, recall, send
from app.services.tasks.drafts import OpenPage
from app.states import Side
from app.store import accounts, cases, database, work
from app.store.models import Draft
from tests.services.conftest import STAFF, Bench, StillClock
from tests.services.steps import go, staff, task

FIRST, SECOND = "page-that-came-first", "page-that-came-second"


class Form:
    """The open form of a small case, and what its draft holds."""

    def __init__(self, bench: Bench) -> None:
        self.portal = bench.portal
        asked = {"company_name": "読書会", "contact_name": "本田 読子", "email": "reader@example.com"}
        number = applications.apply(bench.portal, "library_card", {**asked, "reader_kind": "person", "books": 3}).number
        bench.drain()
        with database.connection():
            case = cases.get(number)
            assert case is not None
            self.task = next(row for row in work.open_tasks(case.id) if row.side == Side.OPERATOR)
        self.people = [self._person(email) for email in STAFF]

    def _person(self, email: str) -> Actor:
        with database.connection():
            user = accounts.by_email(email)
        assert user is not None
        return people.actor_of(self.portal, user.id)

    def save(self, text: str, page: OpenPage, who: int = 0) -> int:
        holding.take_over(self.portal, self.task.id, self.people[who])
        return forms.save_draft(self.portal, self.task.id, {"note": text}, self.people[who], page)

    @property
    def draft(self) -> Draft:
        with database.connection():
            row = work.draft(self.task.id)
        assert row is not None
        return row

    @property
    def text(self) -> str:
        return str(self.draft.values["note"])


@pytest.fixture
def form(small_bench: Bench) -> Form:
    return Form(small_bench)


def test_the_saves_of_one_page_end_with_its_last_in_whatever_order_they_arrive(form: Form) -> None:
    for number, order in enumerate(permutations((1, 2, 3, 4))):
        page = f"page-of-order-{number}"
        revision = form.draft.revision if number else 0  # each page is drawn anew
        for nth in order:
            form.save(f"{number}: {nth}", OpenPage(revision, page, nth))
        assert form.text == f"{number}: 4"


def test_a_save_that_is_sent_again_after_its_answer_was_lost_is_no_conflict(form: Form) -> None:
    form.save("あ", OpenPage(0, FIRST, 1))
    assert form.save("あい", OpenPage(0, FIRST, 2)) == 2  # the page never learnt that it was at 1
    assert form.save("あい", OpenPage(0, FIRST, 2)) == 2
    assert (form.text, form.draft.revision) == ("あい", 2)


def test_what_comes_late_leaves_what_was_checked_as_it_was(form: Form) -> None:
    pressed = form.save("押したとき", OpenPage(0, FIRST, 7))
    forms.check(form.portal, form.task.id, form.people[0])
    assert form.save("その前", OpenPage(0, FIRST, 6)) == pressed
    assert form.draft.revision == pressed
    assert form.text == "押したとき"


def test_a_page_without_scripts_saves_again_though_it_knows_no_numbers(form: Form) -> None:
    form.save("一度目", OpenPage(0, FIRST))
    form.save("止めて書き直した", OpenPage(0, FIRST))
    assert form.text == "止めて書き直した"


def test_another_window_of_the_same_person_is_told_when_they_saved(form: Form) -> None:
    form.save("こちら", OpenPage(0, FIRST, 1))
    with pytest.raises(Stale) as refused:
        form.save("あちら", OpenPage(0, SECOND, 1))
    assert refused.value.message.startswith("You saved this form in another window")
    assert refused.value.params == {"at": form.draft.saved_at}
    assert form.text == "こちら"
    form.save("あちら", OpenPage(1, SECOND, 2))  # knowing what the other saved
    with pytest.raises(Stale):
        form.save("こちら", OpenPage(1, FIRST, 2))
    assert form.text == "あちら"


def test_somebody_else_is_named(form: Form) -> None:
    form.save("佐藤", OpenPage(0, FIRST, 1))
    with pytest.raises(Stale) as refused:
        form.save("鈴木", OpenPage(0, SECOND, 1), who=1)
    assert refused.value.params == {"name": form.people[0].name, "at": form.draft.saved_at}
    assert str(refused.value).startswith(form.people[0].name)


def test_the_number_of_a_page_is_worth_nothing_to_others(form: Form) -> None:
    form.save("佐藤", OpenPage(0, FIRST, 1))
    for page in (OpenPage(0, FIRST, 2), OpenPage(0, SECOND, 1, (FIRST,))):
        with pytest.raises(Stale):
            form.save("鈴木", page, who=1)
    assert form.text == "佐藤"


def test_what_a_page_sent_as_it_was_left_does_not_stand_in_the_way_of_the_page_that_follows_in_its_window(
    form: Form,
) -> None:
    form.save("下書き", OpenPage(0, FIRST, 1))
    form.save("離れるとき", OpenPage(1, FIRST, 2))  # arrives after the next page was drawn
    assert form.save("続き", OpenPage(1, SECOND, 1, (FIRST,))) == 3
    with pytest.raises(Stale):
        form.save("戻って", OpenPage(2, FIRST, 3))


def test_what_is_sent_is_what_was_checked_and_whoever_changed_it_since_is_named(form: Form) -> None:
    checked = form.save("確かめた", OpenPage(0, FIRST, 1))
    form.save("変えた", OpenPage(checked, SECOND, 1), who=1)
    with pytest.raises(permit.Held) as refused:
        send.send(form.portal, form.task.id, form.people[0], checked)
    assert refused.value.params["name"] == form.people[1].name
    with pytest.raises(Stale):  # nor what oneself has changed since
        send.send(form.portal, form.task.id, form.people[1], checked)


def test_a_page_from_before_a_decision_was_taken_back_does_not_know_the_draft(bench: Bench) -> None:
    walker = go(bench, until="first_review")
    who, row = staff(walker), task(walker, "first_review")
    values: dict[str, Any] = {"outcome": "passed"}
    revision = forms.save_draft(walker.portal, row.id, values, who, OpenPage(0, FIRST, 1))
    send.send(walker.portal, row.id, who, revision)
    recall.take_back(walker.portal, row.id, who)
    with pytest.raises(Stale):
        forms.save_draft(walker.portal, row.id, {"outcome": "returned"}, who, OpenPage(revision, SECOND, 1))


def test_the_hour_is_that_of_the_save(form: Form) -> None:
    clock = form.portal.clock
    assert isinstance(clock, StillClock)
    form.save("朝", OpenPage(0, FIRST, 1))
    morning = clock.moment
    clock.moment += timedelta(hours=3)
    form.save("朝", OpenPage(0, FIRST, 1))  # comes once more: it was saved in the morning
    with pytest.raises(Stale) as refused:
        form.save("昼", OpenPage(0, SECOND, 1), who=1)
    assert refused.value.params["at"] == morning
