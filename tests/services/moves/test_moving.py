"""Running cases are sorted, moved by the worker one by one, stopped, and taken back to the same bytes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from app.engine import Engine
from app.errors import Forbidden, Refused
from app.services.moves import doing, moving
from app.services.tasks import forms
from app.store import cases, database, jobrows, timerrows, work
from app.store.models import MoveCase
from tests.services.broken import again, clerk, open_task, send
from tests.services.conftest import PACKAGES, Bench, open_bench
from tests.services.moves.support import (
    ASKING,
    GONE,
    LIBRARY,
    REASON,
    RENAMED,
    applied,
    move,
    person,
    plan,
    released,
    stored,
)
from tests.services.moves.support import work as worked


@pytest.fixture
def bench(either: str, tmp_path: Path, engine: Engine) -> Bench:
    """On both databases."""
    return open_bench(tmp_path, either, engine, PACKAGES)


def test_a_case_moves_with_its_titles_and_days_and_back_to_the_same_bytes(bench: Bench) -> None:
    [case] = applied(bench, 1)
    before, row = stored(case), open_task(case, "approve")
    number = released(bench, RENAMED)
    sorted_ones = plan(bench, number)
    assert [(each.number, each.verdict, each.place) for each in sorted_ones.cases] == [
        (case.number, "safe", ("申請の確認",))
    ]
    made = move(bench, number, [case])
    moved, task = again(case), open_task(case, "approve")
    assert bench.portal.releases.loaded(moved.release_id).number == number
    assert (task.title, task.id) == ("申請内容の確認", row.id)
    assert row.due_on is not None and task.due_on is not None and task.due_on > row.due_on
    assert stored(case)[0] == before[0]
    with database.connection():
        [entry] = [each for each in cases.timeline(case.id, internal=True) if each.kind == "version"]
        assert not [each for each in cases.timeline(case.id, internal=False) if each.kind == "version"]
    assert (entry.text, entry.title, entry.data["reason"]) == ("moved", str(number), REASON)
    moving.undo(bench.portal, made, person(bench, "administrator"))
    worked(bench)
    assert stored(case) == before
    back, task = again(case), open_task(case, "approve")
    assert (back.release_id, back.stage, back.turn) == (case.release_id, case.stage, case.turn)
    assert (task.title, task.due_on) == (row.title, row.due_on)
    assert moving.status(bench.portal, made, person(bench, "administrator")).state == "undone"
    send(bench, case, "approve", outcome="approved")


def test_a_case_that_has_gone_on_is_not_taken_back_with_the_others(bench: Bench) -> None:
    one, other = applied(bench, 2)
    number = released(bench, RENAMED)
    made = move(bench, number, [one, other])
    send(bench, one, "approve", outcome="approved")
    moving.undo(bench.portal, made, person(bench, "administrator"))
    worked(bench)
    outcomes = {each.number: each.state for each in moving.status(bench.portal, made, person(bench, "analyst")).cases}
    assert outcomes == {one.number: "gone_on", other.number: "back"}
    assert again(one).release_id != again(other).release_id
    back = plan(bench, 1)
    assert [(each.number, each.verdict) for each in back.cases] == [(one.number, "safe")]


def test_a_step_that_is_gone_is_asked_and_the_case_goes_on_at_the_one_that_was_chosen(bench: Bench) -> None:
    one, other = applied(bench, 2)
    number = released(bench, GONE)
    [question] = plan(bench, number).questions
    assert question.numbers == (one.number, other.number)
    assert question.choices[0].value == "to:examine"
    assert question.choices[0].title == "申請の確認"
    made = move(bench, number, [one])
    assert [each.state for each in moving.status(bench.portal, made, person(bench, "analyst")).cases] == ["left"]
    move(bench, number, [one], **{question.key: "to:examine"})
    send(bench, one, "examine", outcome="refused", reason="対象外です")
    assert again(one).ended


def test_a_name_that_is_missing_is_asked_with_what_it_may_be(bench: Bench) -> None:
    [case] = applied(bench, 1)
    number = released(bench, ASKING)
    [question] = plan(bench, number).questions
    assert question.free
    assert "branch" in str(question.problem)
    move(bench, number, [case], **{question.key: {"value": "closed"}})
    send(bench, case, "approve", outcome="approved")
    assert again(case).ended
    assert again(case).data["branch"] == "closed"


def test_a_timer_goes_with_the_case_and_keeps_its_time(bench: Bench) -> None:
    [case] = applied(bench, 1)
    send(bench, case, "approve", outcome="approved")
    with database.connection():
        before = [(row.task_id, row.element, row.due_at) for row in timerrows.timers(case.id)]
    move(bench, released(bench, RENAMED), [case])
    with database.connection():
        assert [(row.task_id, row.element, row.due_at) for row in timerrows.timers(case.id)] == before


def test_what_was_typed_is_kept_and_looked_through_once_more_where_the_form_is_another(bench: Bench) -> None:
    [case] = applied(bench, 1)
    task, who = open_task(case, "approve"), clerk(bench)
    forms.save_draft(bench.portal, task.id, {"outcome": "approved"}, who)
    number = released(
        bench,
        {**RENAMED, "forms/approve.form": lambda text: text.replace('"label"', '"description": "1つ選ぶ", "label"', 1)},
    )
    with database.connection():
        draft = work.draft(task.id)
        assert draft is not None
        draft.checked = True
        draft.save()
    made = move(bench, number, [case])
    with database.connection():
        draft = work.draft(task.id)
    assert draft is not None
    assert (draft.values["outcome"], draft.checked) == ("approved", False)
    moving.undo(bench.portal, made, person(bench, "administrator"))
    worked(bench)
    with database.connection():
        draft = work.draft(task.id)
    assert draft is not None and draft.checked


def test_a_move_is_stopped_between_two_cases_and_goes_on(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doing, "SLICE", 2)
    chosen = applied(bench, 5)
    number, who = released(bench, RENAMED), person(bench, "administrator")
    made = moving.ask(bench.portal, LIBRARY, number, [case.number for case in chosen], {}, REASON, who)
    assert doing.work(bench.portal) == 2
    moving.stop(bench.portal, made, who)
    worked(bench)
    assert moving.status(bench.portal, made, who).counts == {"moved": 2, "waiting": 3}
    moving.go_on(bench.portal, made, who)
    worked(bench)
    found = moving.status(bench.portal, made, who)
    assert (found.state, found.counts, found.done, found.total) == ("done", {"moved": 5}, 5, 5)


def test_an_analysts_move_waits_for_a_second_person(bench: Bench) -> None:
    [case] = applied(bench, 1)
    number, analyst = released(bench, RENAMED), person(bench, "analyst")
    made = moving.ask(bench.portal, LIBRARY, number, [case.number], {}, REASON, analyst)
    worked(bench)
    assert again(case).release_id == case.release_id
    with pytest.raises(Forbidden):
        moving.approve(bench.portal, made, analyst)
    moving.approve(bench.portal, made, person(bench, "administrator"))
    worked(bench)
    assert again(case).release_id != case.release_id
    with pytest.raises(Forbidden):
        moving.ask(bench.portal, LIBRARY, number, [case.number], {}, REASON, clerk(bench))
    with pytest.raises(Refused):
        moving.ask(bench.portal, LIBRARY, number, [case.number], {}, REASON, analyst)  # it is there already


def test_a_case_whose_job_waits_to_be_seen_to_moves_later(bench: Bench) -> None:
    [case] = applied(bench, 1)
    number = released(bench, RENAMED)
    with database.connection():
        jobrows.add_job(
            key="x", case=case.id, operator="mail", state="incident", run_at=bench.portal.now(),
            created_at=bench.portal.now(),
        )  # fmt: skip
    assert [each.verdict for each in plan(bench, number).cases] == ["later"]
    move(bench, number, [case])
    assert again(case).release_id == case.release_id


def test_whenever_power_fails_a_case_has_moved_or_not(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each write of the move fails once; whatever came before it is not there then, and the next round moves it."""
    [case] = applied(bench, 1)
    before, number = stored(case), released(bench, RENAMED)
    who = person(bench, "administrator")
    made = moving.ask(bench.portal, LIBRARY, number, [case.number], {}, REASON, who)
    run = database.proxy.obj.execute_sql
    for last in range(1, 60):
        left = [last]

        def failing(sql: str, params: object = None, *more: object, _left: list[int] = left) -> object:
            if sql.lstrip().upper().startswith(("UPDATE", "INSERT", "DELETE")):
                _left[0] -= 1
                if not _left[0]:
                    raise KeyboardInterrupt  # as a kill: nothing catches it
            return run(sql, params, *more)

        monkeypatch.setattr(database.proxy.obj, "execute_sql", failing)
        try:
            doing.work(bench.portal)
        except KeyboardInterrupt:
            monkeypatch.setattr(database.proxy.obj, "execute_sql", run)
            assert stored(case) == before
            assert again(case).release_id == case.release_id
            assert open_task(case, "approve").title == "申請の確認"
            with database.connection():
                assert [row.state for row in MoveCase.select().where(MoveCase.move == made)] == ["waiting"]
            continue
        break
    monkeypatch.setattr(database.proxy.obj, "execute_sql", run)
    assert last > 5
    assert again(case).release_id != case.release_id


def test_after_a_day_a_move_is_not_taken_back_as_a_whole(bench: Bench) -> None:
    [case] = applied(bench, 1)
    made, who = move(bench, released(bench, RENAMED), [case]), person(bench, "administrator")
    bench.portal.clock.moment += timedelta(hours=25)  # type: ignore[attr-defined]
    assert moving.status(bench.portal, made, who).undo_until is None
    with pytest.raises(Refused):
        moving.undo(bench.portal, made, who)
