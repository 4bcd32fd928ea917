"""差戻し: the vendor is told by mail that a task is theirs again, unless it is not any more."""

from __future__ import annotations

from app.services.tasks import recall, returning
from app.store import database, work
from tests.services.conftest import Bench
from tests.services.steps import case_of, staff
from tests.services.tasks.test_recall import RETURN, returned, send


def test_a_return_is_told_after_a_while_with_its_reason(bench: Bench) -> None:
    walker, _ = returned(bench)
    send(walker, "second_review", staff(walker, 1), **RETURN)
    bench.drain(walker.portal)
    assert not bench.mailbox.of(returning.PURPOSE), "the decision can still be taken back"
    walker.clock.moment += returning.GRACE
    bench.drain(walker.portal)
    [mail] = bench.mailbox.of(returning.PURPOSE)
    with database.connection():
        [task] = work.open_tasks(case_of(walker).id)
    assert RETURN["reason"] in mail.text and f"/tasks/{task.id}" in mail.text


def test_what_was_taken_back_is_not_told(bench: Bench) -> None:
    walker, row = returned(bench)
    send(walker, "second_review", staff(walker, 1), **RETURN)
    recall.take_back(walker.portal, row.id, staff(walker, 1))
    walker.clock.moment += returning.GRACE
    bench.drain(walker.portal)
    assert not bench.mailbox.of(returning.PURPOSE)
