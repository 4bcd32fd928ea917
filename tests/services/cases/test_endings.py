"""An administrator ends any case, whatever its process says: nothing goes on, nothing is lost, all is on record."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from app.engine import Engine
from app.errors import Forbidden, Refused
from app.services import upkeep
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.cases import endings, entering, lifecycle
from app.services.people import accounts as people
from app.services.process import jobs, timers
from app.services.tasks import send as tasks
from app.states import Side
from app.store import (
    accounts,
    bookings,
    cases,
    clockrows,
    database,
    entrylinks,
    incidents,
    invoices,
    records,
    visitrows,
    work,
)
from app.store.models import CaseState, TimerRow
from tests.services import broken
from tests.services.broken import again, applied, clerk, open_task, send
from tests.services.conftest import Bench
from tests.services.steps import actor, case_of, go, staff

REASON = "手続きの設定に誤りがあり、進められないため"


def admin(portal: Portal) -> Actor:
    with database.connection():
        user = accounts.by_email("admin@example.jp")
    if user is None:
        people.add_staff(portal, "admin@example.jp", "管理 太郎", ["administrator"], "a password for tests")
        with database.connection():
            user = accounts.by_email("admin@example.jp")
    assert user is not None
    return people.actor_of(portal, user.id)


def test_a_case_whose_package_knows_no_ending_is_ended(small_bench: Bench) -> None:
    case = applied(small_bench)
    with pytest.raises(Refused):  # no withdraw_message
        lifecycle.withdraw(small_bench.portal, case.number, REASON, clerk(small_bench))
    task = open_task(case, "approve")
    endings.end(small_bench.portal, case.number, REASON, admin(small_bench.portal))
    found = again(case)
    assert (found.ended, found.state, found.turn, found.messages, found.running) == (True, "closed", "", [], [])
    assert found.withdrawal["reason"] == REASON
    with database.connection():
        assert work.open_tasks(case.id) == []
        assert [visit for visit in visitrows.visits(case.id) if visit.stands] == []
        assert [clock for clock in clockrows.clocks(case.id) if clock.ended_on is None] == []
        [entry] = [row for row in cases.timeline(case.id, internal=False) if row.kind == "withdrawal"]
    assert (entry.title, entry.actor_name, entry.data["tasks"]) == (REASON, "管理 太郎", ["申請の確認"])
    with pytest.raises(Refused):
        tasks.send(small_bench.portal, task.id, clerk(small_bench))


def test_a_case_that_has_come_to_a_stop_is_ended_and_needs_attention_no_more(tmp_path: Path, engine: Engine) -> None:
    bench = broken.opened(tmp_path, engine, broken.waits_for_ever(tmp_path))
    case = applied(bench)
    send(bench, case, "approve", outcome="refused", reason="対象外です")
    endings.end(bench.portal, case.number, REASON, admin(bench.portal))
    with database.connection():
        assert incidents.opened() == []
        [past] = incidents.past()
    assert past.over_by == "管理 太郎"


def test_a_case_with_a_damaged_state_and_a_timer_is_ended(small_bench: Bench) -> None:
    case = applied(small_bench)
    send(small_bench, case, "approve", outcome="approved")
    small_bench.portal.engine.close()
    with database.transaction():
        CaseState.update(blob=b"1{").where(CaseState.case == case.id).execute()
    endings.end(small_bench.portal, case.number, REASON, admin(small_bench.portal))
    small_bench.portal.clock.moment += timedelta(days=3)  # type: ignore[attr-defined]
    assert timers.wake(small_bench.portal) == 0
    with database.connection():
        assert TimerRow.select().count() == 0
        assert incidents.opened() == []


def test_what_is_out_is_given_up_or_stays_and_the_vendor_reads_why(bench: Bench) -> None:
    walker = go(bench, until="pay_exam_fee")  # a day is held, an invoice is open, test cards are out
    case = case_of(walker)
    endings.end(walker.portal, walker.number, REASON, admin(walker.portal))
    bench.drain(walker.portal)
    with database.connection():
        assert {row.state for row in bookings.of_case(case.id)} == {"released"}
        assert "open" not in {row.state for row in invoices.of_case(case.id) if not row.paid}
        [entry] = [row for row in cases.timeline(case.id, internal=False) if row.kind == "withdrawal"]
        made = [row.key for row in records.documents(case.id)]
    assert entry.data["days"] and entry.data["invoices"] and entry.data["cards"]
    [letter] = bench.mailbox.of("withdrawn")
    assert f"> {REASON}" in letter.text
    assert "settlement" in made
    upkeep.tick(walker.portal)
    with database.connection():
        assert incidents.opened() == []


def test_a_worker_that_is_at_it_comes_too_late(bench: Bench) -> None:
    walker = go(bench, until="second_review")
    walker.take_without_jobs({"complete": "second_review", "by": "operator", "answer": {"outcome": "passed"},
                              "person": "2"})  # fmt: skip
    held = jobs.lease(walker.portal, "slow")
    assert held is not None
    endings.end(walker.portal, walker.number, REASON, admin(walker.portal))
    assert jobs.perform(walker.portal, bench.hands(walker.portal), held) == "late"
    assert case_of(walker).state == "closed"


def test_only_administrators_end_a_case_and_say_why_and_once(small_bench: Bench) -> None:
    case = applied(small_bench)
    with pytest.raises(Forbidden):
        endings.end(small_bench.portal, case.number, REASON, clerk(small_bench))
    with pytest.raises(Refused):
        endings.end(small_bench.portal, case.number, "  ", admin(small_bench.portal))
    endings.end(small_bench.portal, case.number, REASON, admin(small_bench.portal))
    with pytest.raises(Refused):
        endings.end(small_bench.portal, case.number, REASON, admin(small_bench.portal))


def test_a_vendor_who_enters_an_ended_case_moves_nothing(bench: Bench) -> None:
    walker = bench.walker()
    walker.begin()
    endings.end(walker.portal, walker.number, REASON, admin(walker.portal))
    with database.connection():
        link = entrylinks.current_link(case_of(walker).id)
    assert link is not None
    entering.enter(walker.portal, link.token, None, "a password for tests")
    assert case_of(walker).ended
    assert actor(walker).side == Side.VENDOR
    assert staff(walker).side == Side.OPERATOR
