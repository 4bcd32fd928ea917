"""Steps that were deleted and drawn anew under another id are declared the same; what is decided for one case alone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from app.engine import Engine
from app.services.moves import moving, questions, sorting
from app.store import database, timerrows, work
from app.store.models import Case, Visit
from tests.services.broken import again, open_task, send
from tests.services.conftest import PACKAGES, Bench, open_bench
from tests.services.moves.support import ASKING, GONE, LIBRARY, applied, move, person, plan, released, stored
from tests.services.moves.support import work as worked

WAIT = "<bpmn:timeDuration xsi:type=\"bpmn:tFormalExpression\">'P1D'</bpmn:timeDuration>"


@pytest.fixture
def bench(either: str, tmp_path: Path, engine: Engine) -> Bench:
    """On both databases."""
    return open_bench(tmp_path, either, engine, PACKAGES)


def elements(case: Case) -> dict[str, set[str]]:
    """Where it is said that something happened."""
    with database.connection():
        return {
            "answers": set(work.latest_answers(case.id)),
            "closed": {row.element for row in work.tasks_of(case.id) if row.state != "open"},
            "visits": {row.element for row in Visit.select().where(Visit.case == case.id)} & {"approve", "examine"},
        }


def test_what_was_done_at_a_step_is_found_under_its_new_id_and_under_the_old_one_again(bench: Bench) -> None:
    [case] = applied(bench, 1)
    send(bench, case, "approve", outcome="approved")
    before, state = elements(case), stored(case)
    number = released(bench, GONE)
    [question] = plan(bench, number).questions
    assert question.key.startswith("same:") and "申請の確認" in str(question.problem)
    assert [each.value for each in question.choices] == ["same:examine", "apart"]
    assert [each.verdict for each in plan(bench, number, **{question.key: "apart"}).cases] == ["safe"]
    made = move(bench, number, [case], **{question.key: "same:examine"})
    assert elements(case) == {
        what: {"examine" if each == "approve" else each for each in those} for what, those in before.items()
    }
    moving.undo(bench.portal, made, person(bench, "administrator"))
    worked(bench)
    assert (elements(case), stored(case)) == (before, state)


def test_two_steps_that_are_not_the_same_stay_apart(bench: Bench) -> None:
    [case] = applied(bench, 1)
    send(bench, case, "approve", outcome="approved")
    before, number = elements(case), released(bench, GONE)
    [question] = plan(bench, number).questions
    move(bench, number, [case], **{question.key: "apart"})
    assert elements(case) == before


def test_one_case_is_decided_otherwise_than_those_that_stand_beside_it(bench: Bench) -> None:
    them = applied(bench, 3)
    number = released(bench, ASKING)
    [question] = plan(bench, number).questions
    one, other, third = (case.number for case in them)
    assert question.numbers == (one, other, third)
    own = {other: {question.key: "closed"}, "2001-0001": {question.key: "closed"}}
    decisions = questions.decided({question.key: "open"}, [question], own)
    assert decisions == {question.key: {"value": "open"}, "each": {other: {question.key: {"value": "closed"}}}}
    move(bench, number, them[:2], **decisions)
    for case, branch in zip(them, ("open", "closed"), strict=False):
        assert again(case).data["branch"] == branch


def test_one_case_of_a_group_is_left(bench: Bench) -> None:
    one, other = applied(bench, 2)
    number = released(bench, GONE)
    [question] = plan(bench, number).questions
    decisions = questions.decided({question.key: "to:examine"}, [question], {one.number: {question.key: "-"}})
    assert {each.number: each.verdict for each in plan(bench, number, **decisions).cases} == {
        one.number: "decide", other.number: "safe",
    }  # fmt: skip
    made = move(bench, number, [one, other], **decisions)
    outcomes = {each.number: each.state for each in moving.status(bench.portal, made, person(bench, "analyst")).cases}
    assert outcomes == {one.number: "left", other.number: "moved"}
    assert open_task(one, "approve") and open_task(other, "examine")


def test_a_wait_begins_anew_in_the_new_release_with_its_rows_and_goes_back(bench: Bench) -> None:
    [case] = applied(bench, 1)
    send(bench, case, "approve", outcome="approved")
    state = stored(case)
    number = released(
        bench,
        {
            "library_card.bpmn": lambda text: text.replace("wait_a_day", "wait_two").replace(
                WAIT, WAIT.replace("P1D", "P2D")
            )
        },
    )
    [question] = plan(bench, number).questions
    assert [each.value for each in question.choices][:2] == ["to:wait_two", "anew:wait_two"]
    made = move(bench, number, [case], **{question.key: "anew:wait_two"})
    with database.connection():
        [timer] = timerrows.timers(case.id)
    assert (timer.element, timer.due_at) == ("wait_two", bench.portal.now() + timedelta(days=2))
    moving.undo(bench.portal, made, person(bench, "administrator"))
    worked(bench)
    with database.connection():
        [timer] = timerrows.timers(case.id)
    assert (timer.element, stored(case)) == ("wait_a_day", state)


def test_what_follows_from_an_answer_is_asked_with_it(bench: Bench) -> None:
    [case] = applied(bench, 1)
    both = {**GONE, "library_card.bpmn": lambda text: ASKING["library_card.bpmn"](GONE["library_card.bpmn"](text))}  # type: ignore[operator]
    number, who = released(bench, both), person(bench, "administrator")
    [first] = plan(bench, number).questions
    found = sorting.answered(bench.portal, LIBRARY, number, {first.key: "to:examine"}, {}, who)
    [asked, more] = sorted(found.questions, key=lambda each: each.free)
    assert (asked.key, more.problem.params["name"]) == (first.key, "branch")
    found = sorting.answered(bench.portal, LIBRARY, number, {first.key: "to:examine", more.key: "closed"}, {}, who)
    assert [each.verdict for each in found.plan.cases] == ["safe"]
    move(bench, number, [case], **found.decisions)
    assert again(case).data["branch"] == "closed"
