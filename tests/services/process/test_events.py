"""Pools and event subprocesses of a case in the portal: their tasks are worked with, taken back, and end with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.engine import Engine
from app.services.tasks import recall
from app.store import cases, database, work
from app.store.models import Case
from tests.engine.drawing import Drawing, properties
from tests.services import broken
from tests.services.conftest import Bench

FLOW = '<bpmn:sequenceFlow id="request__to__mail_hello" sourceRef="request" targetRef="mail_hello" />'
NAMED = '<bpmn:process id="library_card"'
FORM = '{"type": "default", "id": "%s", "schemaVersion": 19, "components": [{"type": "textfield", "id": "%s_note", "key": "note", "label": "控え", "properties": {"label_en": "Note"}}]}'  # noqa: E501 - JSON


@pytest.fixture
def bench(tmp_path: Path, engine: Engine) -> Bench:
    """After the request a message begins a process of its own, in which somebody looks into it, and a signal an event
    subprocess, in which somebody files it; the rest goes on."""
    beside = Drawing("filing").start_on("signal", "came", "fs", interrupting=False)
    beside.user("file", properties(lane="library", routes="note")).end("fe").path("fs", "file", "fe")
    main = Drawing("library_card").send("ask", "question", carries="books").throw("ring", "signal", "came")
    main.beside(beside).path("request", "ask", "ring", "mail_hello")
    other = (
        Drawing("clerk").start_on("message", "question", "qs").user("look", properties(lane="library", routes="note"))
    )
    other.end("qe").path("qs", "look", "qe")
    named = '<bpmn:message id="m_question" name="question" /><bpmn:signal id="signal_came" name="came" />'
    process = f'<bpmn:process id="clerk" isExecutable="true">{"".join(other.parts)}</bpmn:process>'
    changes = ((FLOW, "".join(main.parts)), (NAMED, named + process + NAMED))
    place = broken.package(tmp_path, *changes)
    for name in ("look", "file"):
        form = place / "three_steps" / "forms" / f"{name}.form"
        form.write_text(FORM % (name, name), encoding="utf-8")
    return broken.opened(tmp_path, engine, place)


def open_ones(case: Case) -> list[str]:
    with database.connection():
        return sorted(row.element for row in work.open_tasks(case.id))


def test_tasks_of_a_pool_and_of_an_event_subprocess_are_worked_with_like_others(bench: Bench) -> None:
    case = broken.applied(bench)
    assert open_ones(case) == ["approve", "file", "look"]
    assert broken.open_task(case, "look").data == {"books": 3}
    broken.send(bench, case, "look", note="調べた")
    broken.send(bench, case, "file", note="綴じた")
    case = broken.again(case)
    assert open_ones(case) == ["approve"]
    assert "note" not in case.data or case.data["note"] == "綴じた"
    broken.send(bench, case, "approve", outcome="refused", reason="対象外です")
    assert broken.again(case).ended


def test_a_case_ends_when_its_last_pool_has(bench: Bench) -> None:
    case = broken.applied(bench)
    broken.send(bench, case, "approve", outcome="refused", reason="対象外です")
    assert open_ones(case) == ["file", "look"]
    broken.send(bench, case, "file", note="綴じた")
    assert not broken.again(case).ended
    broken.send(bench, case, "look", note="調べた")
    assert broken.again(case).ended


@pytest.mark.parametrize("element", ["look", "file"])
def test_what_was_decided_there_is_taken_back(bench: Bench, element: str) -> None:
    case = broken.applied(bench)
    task = broken.open_task(case, element)
    with database.connection():
        before = cases.state(case.id)[0]
    broken.send(bench, case, element, note="誤り")
    assert element not in open_ones(case)
    recall.take_back(bench.portal, task.id, broken.clerk(bench))
    assert open_ones(case) == ["approve", "file", "look"]
    with database.connection():
        assert cases.state(case.id)[0] == before
