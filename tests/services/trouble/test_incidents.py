"""What fails in a step is an incident of its case: nothing of it is stored, the answer is kept, others go on."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import peewee
import pytest

from app.engine import Engine
from app.errors import StepFailed, Temporary
from app.services.cases import applications
from app.services.pages import attention
from app.services.process import timers
from app.services.tasks import quick
from app.services.tasks import send as tasks
from app.services.trouble import incidents
from app.states import Side
from app.store import cases, database, work
from app.store import incidents as rows
from app.store.models import CaseState, Incident, Task
from tests.services import broken
from tests.services.broken import applied, clerk, open_task, send
from tests.services.conftest import Bench
from tests.services.process.test_jobs import locked

BAD = (broken.CONDITION, "outcome + 1 == 2")


@pytest.fixture
def bad(tmp_path: Path, engine: Engine) -> Bench:
    """A condition of the diagram that cannot be computed."""
    return broken.opened(tmp_path, engine, broken.package(tmp_path, BAD))


def open_incidents(case: Any) -> list[tuple[str, str, str]]:
    with database.connection():
        return [(row.kind, row.element, row.title) for row in rows.of_case(case.id)]


def told(case: Any) -> list[str]:
    """Lines of the case's history about trouble."""
    with database.connection():
        return [row.text for row in cases.timeline(case.id, internal=True, kinds=("incident",))]


def test_a_script_that_fails_in_a_persons_step_is_an_incident_and_the_answer_is_kept(
    bad: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    case = applied(bad)
    with pytest.raises(StepFailed) as caught:
        send(bad, case, "approve", outcome="refused", reason="対象外です")
    assert (caught.value.title, caught.value.element) == ("申請の確認", "approve")
    task = open_task(case, "approve")
    with database.connection():
        draft = work.draft(task.id)
        assert draft is not None and draft.values["reason"] == "対象外です"
        assert work.answers(case.id, "approve") == []
        staff_only = [row.audience for row in cases.timeline(case.id, internal=True, kinds=("incident",))]
    assert open_incidents(case) == [("step", "approve", "申請の確認")]
    assert staff_only == ["operator"]
    assert "values are put together whose kinds do not fit" in told(case)[0]
    assert "incident: step approve of case" in caplog.text and "Traceback" in caplog.text


def test_the_same_fault_again_is_the_same_incident(bad: Bench) -> None:
    case = applied(bad)
    for _ in range(3):
        with pytest.raises(StepFailed):
            send(bad, case, "approve", outcome="approved")
    with database.connection():
        [row] = Incident.select()
    assert row.count == 3
    assert len(told(case)) == 1


def test_when_the_step_goes_well_the_incident_is_over(small_bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    case = applied(small_bench)

    def broken_engine(*_arguments: Any) -> None:
        raise KeyError("outcome")

    with monkeypatch.context() as patch:
        patch.setattr(small_bench.portal.engine, "advance", broken_engine)
        with pytest.raises(StepFailed):
            send(small_bench, case, "approve", outcome="approved")
    assert [each[0] for each in open_incidents(case)] == ["step"]
    tasks.send(small_bench.portal, open_task(case, "approve").id, clerk(small_bench))  # the draft is still there
    assert open_incidents(case) == []
    with database.connection():
        [past] = rows.past()
    assert past.over_at is not None


@pytest.mark.parametrize(
    "damage", [b"", b"1{", b"2xyz", b'1{"t": []}', b'1{"t": [["00", -1, "nothing", 1, 0, {}, {}, []]]}'], ids=repr
)
def test_a_damaged_state_is_an_incident_of_its_case(small_bench: Bench, damage: bytes) -> None:
    case = applied(small_bench)
    small_bench.portal.engine.close()  # forgets every live case
    with database.transaction():
        CaseState.update(blob=damage).where(CaseState.case == case.id).execute()
    with pytest.raises(StepFailed):
        send(small_bench, case, "approve", outcome="approved")
    assert open_incidents(case) == [("step", "approve", "申請の確認")]


@pytest.mark.parametrize("error", [locked(), Temporary("All script workers are busy.")], ids=["locked", "busy"])
def test_what_passes_by_itself_is_no_incident(
    small_bench: Bench, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    case = applied(small_bench)

    def busy(*_arguments: Any) -> None:
        raise error

    monkeypatch.setattr(small_bench.portal.engine, "advance", busy)
    with pytest.raises((Temporary, peewee.OperationalError)):
        send(small_bench, case, "approve", outcome="approved")
    assert open_incidents(case) == []


def test_what_is_finished_from_a_list_is_kept_as_a_draft(bad: Bench) -> None:
    case = applied(bad)
    task = open_task(case, "approve")
    with pytest.raises(StepFailed):
        quick.finish(bad.portal, task.id, {"outcome": "refused", "reason": "期限切れ"}, clerk(bad))
    with database.connection():
        draft = work.draft(task.id)
    assert draft is not None and draft.values["reason"] == "期限切れ"


def test_an_application_that_cannot_begin_leaves_no_case_and_is_the_packages_incident(
    small_bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken_engine(*_arguments: Any) -> None:
        raise KeyError("reader_kind")

    with monkeypatch.context() as patch:
        patch.setattr(small_bench.portal.engine, "advance", broken_engine)
        with pytest.raises(StepFailed):
            applications.apply(small_bench.portal, "library_card", broken.READER)
    with database.connection():
        assert cases.count() == 0
        [row] = rows.opened()
    assert (row.kind, row.case_id, row.element) == ("start", None, "library_card")
    applied(small_bench)
    with database.connection():
        assert rows.opened() == []


# Nothing waits, nothing runs, not ended


def test_a_case_that_has_come_to_a_stop_is_an_incident(tmp_path: Path, engine: Engine) -> None:
    bench = broken.opened(tmp_path, engine, broken.waits_for_ever(tmp_path))
    case = applied(bench)
    assert open_incidents(case) == []
    send(bench, case, "approve", outcome="refused", reason="対象外です")
    assert open_incidents(case) == [("deadlock", "approve", "申請の確認")]
    with database.connection():
        assert work.open_tasks(case.id) == []
        [trouble] = attention.of_case(bench.portal, broken.again(case))
    assert trouble.error.message.startswith("The process has come to a stop")


def test_a_case_that_waits_for_time_has_not_come_to_a_stop(small_bench: Bench) -> None:
    case = applied(small_bench)
    send(small_bench, case, "approve", outcome="approved")
    assert broken.again(case).timer_count == 1
    assert open_incidents(case) == []


def test_a_gate_that_can_open_no_more_is_a_stop(tmp_path: Path, engine: Engine) -> None:
    """A branch that waits for a step which nobody reaches any more: a parked job alone is nothing under way."""
    make = text_between('<bpmn:serviceTask id="make_card"', "</bpmn:serviceTask>")
    gate = make.replace('id="pdf"', 'id="wait_for"').replace(
        'id="document" type="str" value="\'library_card\'"', 'id="element" type="str" value="\'refused\'"'
    )
    bench = broken.opened(tmp_path, engine, broken.package(tmp_path, (make, gate)))
    case = applied(bench)
    send(bench, case, "approve", outcome="approved")
    bench.portal.clock.moment += timedelta(days=2)  # type: ignore[attr-defined]
    timers.wake(bench.portal)
    task = open_task(case, "collect")
    with database.transaction():
        Task.update(side=Side.OPERATOR).where(Task.id == task.id).execute()
    tasks.send(bench.portal, task.id, clerk(bench))
    assert [each[0] for each in open_incidents(case)] == ["deadlock"]


def text_between(first: str, last: str) -> str:
    text = (broken.PACKAGES / "three_steps" / "library_card.bpmn").read_text(encoding="utf-8")
    start = text.index(first)
    return text[start : text.index(last, start) + len(last)]


# Timers


def damaged_and_healthy(bench: Bench) -> tuple[Any, Any]:
    """Two cases whose timers are due; the state of the first is damaged."""
    pair = [applied(bench), applied(bench, email="other@example.com", company_name="別の学校")]
    for case in pair:
        send(bench, case, "approve", outcome="approved")
    bench.portal.engine.close()
    with database.transaction():
        CaseState.update(blob=b"1{").where(CaseState.case == pair[0].id).execute()
    bench.portal.clock.moment += timedelta(days=2)  # type: ignore[attr-defined]
    return pair[0], pair[1]


def test_a_case_that_cannot_be_woken_stops_no_other_and_is_one_incident(small_bench: Bench) -> None:
    damaged, healthy = damaged_and_healthy(small_bench)
    for _ in range(5):
        timers.wake(small_bench.portal)
        small_bench.portal.clock.moment += timedelta(hours=1, minutes=1)  # type: ignore[attr-defined]
    with database.connection():
        assert [row.element for row in work.open_tasks(healthy.id)] == ["collect"]
        [row] = rows.of_case(damaged.id)
    assert (row.kind, row.count) == ("timer", 5)
    assert len(told(damaged)) == 1


def test_a_timer_that_fires_at_last_is_no_incident_any_more(small_bench: Bench) -> None:
    with database.connection():
        assert CaseState.select().count() == 0
    case = applied(small_bench)
    send(small_bench, case, "approve", outcome="approved")
    small_bench.portal.engine.close()
    with database.transaction():
        kept = bytes(CaseState.get_by_id(case.id).blob)
        CaseState.update(blob=b"1{").where(CaseState.case == case.id).execute()
    small_bench.portal.clock.moment += timedelta(days=2)  # type: ignore[attr-defined]
    timers.wake(small_bench.portal)
    assert [each[0] for each in open_incidents(case)] == ["timer"]
    with database.transaction():
        CaseState.update(blob=kept).where(CaseState.case == case.id).execute()
    small_bench.portal.clock.moment += timedelta(hours=2)  # type: ignore[attr-defined]
    timers.wake(small_bench.portal)
    assert open_incidents(case) == []
    with database.connection():
        assert [row.element for row in work.open_tasks(case.id)] == ["collect"]


def test_a_timer_that_meets_a_busy_database_waits_a_little(small_bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    case = applied(small_bench)
    send(small_bench, case, "approve", outcome="approved")
    small_bench.portal.clock.moment += timedelta(days=2)  # type: ignore[attr-defined]

    def busy(*_arguments: Any) -> None:
        raise locked()

    with monkeypatch.context() as patch:
        patch.setattr(small_bench.portal.engine, "advance", busy)
        timers.wake(small_bench.portal)
    assert open_incidents(case) == []
    small_bench.portal.clock.moment += timedelta(minutes=2)  # type: ignore[attr-defined]
    timers.wake(small_bench.portal)
    with database.connection():
        assert [row.element for row in work.open_tasks(case.id)] == ["collect"]


def test_an_incident_is_put_on_record_once_by_whoever_comes_first(small_bench: Bench) -> None:
    case = applied(small_bench)
    error = StepFailed(Temporary("x"), case.id, "approve", "申請の確認")
    incidents.note(small_bench.portal, error)
    incidents.note(small_bench.portal, error)
    with database.connection():
        [row] = rows.of_case(case.id)
    assert row.count == 1
