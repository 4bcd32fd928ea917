"""案件を直す: one case is mended by hand, after what follows was shown, for a reason, and can be taken back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.engine import Engine
from app.errors import Forbidden, Refused
from app.services.moves import mending, moving
from app.services.moves.mending import Wish
from app.states import MendKind
from app.store import cases, clockrows, database, jobrows, timerrows, visitrows, work
from app.store.models import Case
from tests.services.broken import again, applied, clerk, open_task, send
from tests.services.conftest import PACKAGES, Bench, open_bench
from tests.services.moves.support import LIBRARY, REASON, RENAMED, person, released, stored
from tests.services.moves.support import work as worked


@pytest.fixture
def bench(either: str, tmp_path: Path, engine: Engine) -> Bench:
    """On both databases."""
    return open_bench(tmp_path, either, engine, PACKAGES)


def picture(case: Case) -> dict[str, Any]:
    """Everything of a case that a step changes."""
    found = again(case)
    with database.connection():
        return {
            "state": cases.state(case.id),
            "case": {name: value for name, value in found.__data__.items() if name not in {"revision", "changed_at"}},
            "open": [
                {name: value for name, value in row.__data__.items() if name != "closed_at"}
                for row in work.open_tasks(case.id)
            ],
            "jobs": sorted((row.id, row.state) for row in jobrows.jobs_of(case.id, "queued", "parked", "incident")),
            "clocks": [row.__data__ for row in clockrows.clocks(case.id)],
            "visits": sorted(
                (row.element, row.entered, row.completed, row.cancelled) for row in visitrows.visits(case.id)
            ),
            "timers": [(row.task_id, row.due_at) for row in timerrows.timers(case.id)],
        }


def place(bench: Bench, case: Case) -> mending.Place:
    [found] = mending.desk(bench.portal, case.number, person(bench, "administrator")).places
    return found


def mend(bench: Bench, case: Case, wish: Wish) -> None:
    mending.mend(bench.portal, case.number, wish, REASON, again(case).revision, person(bench, "administrator"))


def test_a_case_goes_on_at_another_step_and_back_to_how_it_was(bench: Bench) -> None:
    case, admin = applied(bench), person(bench, "administrator")
    before, at = picture(case), place(bench, case)
    assert (at.element, at.title) == ("approve", "申請の確認")
    assert ("collect", "カードの受け取り") in at.there
    wish = Wish(MendKind.PLACE, at.task_id, "collect")
    shown = mending.forecast(bench.portal, case.number, wish, admin)
    assert (shown.closes, shown.opens, shown.ends) == (("申請の確認",), ("カードの受け取り",), False)
    assert picture(case) == before
    mend(bench, case, wish)
    with database.connection():
        assert [row.element for row in work.open_tasks(case.id)] == ["collect"]
        [entry] = [each for each in cases.timeline(case.id, internal=True) if each.kind == "mended"]
        assert not [each for each in cases.timeline(case.id, internal=False) if each.kind == "mended"]
    assert (entry.text, entry.title, entry.data["reason"]) == ("place", "カードの受け取り", REASON)
    mending.undo(bench.portal, case.number, admin)
    assert picture(case) == before
    send(bench, case, "approve", outcome="refused", reason="対象外です")
    assert again(case).ended


def test_a_step_is_done_once_more_with_all_that_it_asks_for_and_that_does_not_go_out_when_taken_back(
    bench: Bench,
) -> None:
    case, admin = applied(bench), person(bench, "administrator")
    before, at = picture(case), place(bench, case)
    wish = Wish(MendKind.AGAIN, at.task_id, "mail_hello")
    assert mending.forecast(bench.portal, case.number, wish, admin).jobs == ("受付のご連絡①",)
    mend(bench, case, wish)
    mending.undo(bench.portal, case.number, admin)
    assert picture(case) == before
    assert bench.drain() == []
    mend(bench, case, wish)
    assert bench.drain() == ["done"]
    assert place(bench, case).element == "approve"
    with pytest.raises(Refused):
        mending.undo(bench.portal, case.number, admin)


def test_a_step_is_skipped(bench: Bench) -> None:
    case = applied(bench)
    send(bench, case, "approve", outcome="approved")
    at = place(bench, case)
    assert at.element == "wait_a_day"
    mend(bench, case, Wish(MendKind.SKIP, at.task_id))
    with database.connection():
        assert timerrows.timers(case.id) == []
    assert place(bench, case).element == "collect"


def test_a_routing_value_is_corrected_and_decides(bench: Bench) -> None:
    case, admin = applied(bench), person(bench, "administrator")
    wish = Wish(MendKind.VALUE, name="limit", value=99)
    shown = mending.forecast(bench.portal, case.number, wish, admin)
    assert (shown.before, shown.opens, shown.closes) == (again(case).data["limit"], (), ())
    mend(bench, case, wish)
    assert again(case).data["limit"] == 99
    assert open_task(case, "approve")
    with pytest.raises(Refused):
        mend(bench, case, Wish(MendKind.VALUE, name="not a name", value=1))


def test_a_reason_is_asked_and_what_was_shown_must_still_hold(bench: Bench) -> None:
    case, admin = applied(bench), person(bench, "administrator")
    wish = Wish(MendKind.SKIP, place(bench, case).task_id)
    with pytest.raises(Refused):
        mending.mend(bench.portal, case.number, wish, "  ", again(case).revision, admin)
    with pytest.raises(Refused):
        mending.mend(bench.portal, case.number, wish, REASON, again(case).revision - 1, admin)
    with pytest.raises(Refused):
        mend(bench, case, Wish(MendKind.PLACE, wish.task_id, "start"))
    with pytest.raises(Refused):
        mend(bench, case, Wish(MendKind.PLACE, "0" * 32, "collect"))


def test_an_analyst_mends_a_case_once_a_move_of_it_was_approved(bench: Bench) -> None:
    case, analyst = applied(bench), person(bench, "analyst")
    with pytest.raises(Forbidden):
        mending.desk(bench.portal, case.number, analyst)
    with pytest.raises(Forbidden):
        mending.desk(bench.portal, case.number, clerk(bench))
    made = moving.ask(bench.portal, LIBRARY, released(bench, RENAMED), [case.number], {}, REASON, analyst)
    with pytest.raises(Forbidden):
        mending.desk(bench.portal, case.number, analyst)
    moving.approve(bench.portal, made, person(bench, "administrator"))
    worked(bench)
    assert mending.desk(bench.portal, case.number, analyst).places


def test_a_mended_case_whose_task_somebody_has_begun_is_not_taken_back(bench: Bench) -> None:
    case, admin = applied(bench), person(bench, "administrator")
    mend(bench, case, Wish(MendKind.AGAIN, place(bench, case).task_id, "approve"))
    task = open_task(case, "approve")
    with database.connection():
        task.assignee = clerk(bench).user_id
        task.save()
    state = stored(case)
    with pytest.raises(Refused):
        mending.undo(bench.portal, case.number, admin)
    assert stored(case) == state


def test_a_place_without_a_name_is_told_by_the_next_step_that_has_one(bench: Bench) -> None:
    case, admin = applied(bench), person(bench, "administrator")
    gate = '<bpmn:exclusiveGateway id="approve_gate" name="判断"'
    released(bench, {"library_card.bpmn": lambda text: text.replace(gate, gate.replace(' name="判断"', ""))})
    newer = applied(bench, email="newer@example.com")
    named = {name for _, name in place(bench, case).there}
    assert "判断" in named
    [found] = mending.desk(bench.portal, newer.number, admin).places
    assert {name for _, name in found.there} == named - {"判断"}, "nobody chooses by an id"
    loaded = bench.portal.releases.loaded(again(newer).release_id)
    assert mending._before(loaded, "approve_gate") in {"発行しない", "1日おく"}
    assert mending._before(loaded, "approve") == ""
