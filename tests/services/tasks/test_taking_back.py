"""取り下げて直す: a vendor takes back what was just sent, until somebody of the body opens it."""

from __future__ import annotations

import pytest

from app.errors import Refused
from app.services.demo.walker import Walker
from app.services.tasks import forms, recall
from app.services.tasks import send as tasks
from app.store import database, work
from tests.services.conftest import Bench
from tests.services.steps import actor, go, opened, staff, task
from tests.services.tasks.test_recall import picture

PAID = {"paid_on": "2026-04-10", "payer": "ミホンケンセツシステム"}


@pytest.fixture
def walker(bench: Bench) -> Walker:
    return go(bench, "pay_initial_fee")


def pay(walker: Walker) -> str:
    row, who = task(walker, "pay_initial_fee"), actor(walker)
    forms.save_draft(walker.portal, row.id, PAID, who)
    tasks.send(walker.portal, row.id, who)
    return row.id


def test_what_was_just_sent_is_a_draft_again_and_is_sent_once_more(bench: Bench, walker: Walker) -> None:
    before = picture(walker)
    sent = pay(walker)
    assert opened(walker) == ["confirm_initial_payment"]
    bench.drain(walker.portal)  # the receipt of the first has gone out: that binds nobody
    who = actor(walker)
    offer = recall.offered(walker.portal, walker.number, who)
    assert offer is not None
    assert offer.task_id == sent
    recall.take_back(walker.portal, sent, who)
    assert opened(walker) == ["pay_initial_fee"]
    assert picture(walker) == before
    with database.connection():
        draft = work.draft(sent)
    assert draft is not None
    assert draft.values["payer"] == PAID["payer"]
    assert task(walker, "pay_initial_fee").assignee_id is None
    pay(walker)
    assert opened(walker) == ["confirm_initial_payment"]


def test_once_the_body_has_opened_it_it_is_being_read(walker: Walker) -> None:
    sent = pay(walker)
    recall.opened(task(walker, "confirm_initial_payment").id, actor(walker))  # not by the vendor
    assert recall.offered(walker.portal, walker.number, actor(walker)) is not None
    recall.opened(task(walker, "confirm_initial_payment").id, staff(walker))
    assert recall.offered(walker.portal, walker.number, actor(walker)) is None
    with pytest.raises(Refused) as refused:
        recall.take_back(walker.portal, sent, actor(walker))
    assert refused.value.params["name"] == staff(walker).name


def test_what_the_body_decided_is_not_the_vendors_to_take_back(bench: Bench) -> None:
    walker = go(bench, "first_review")
    row, sato = task(walker, "first_review"), staff(walker)
    forms.save_draft(walker.portal, row.id, {"outcome": "passed"}, sato)
    tasks.send(walker.portal, row.id, sato)
    assert recall.offered(walker.portal, walker.number, actor(walker)) is None
