"""Diagrams of other tools: nothing is lost, and each element that does not run is named with what to draw instead."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app import bpmn
from app.bpmn.names import BPMN, FLOW_NODES
from app.bpmn.support import EVENTS, RUNS
from app.services.designing.interchange import report
from app.text import xml
from tests.bpmn.dialects import DIALECTS
from tests.bpmn.miwg import models
from tests.bpmn.test_writing import facts

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">'
    '<process id="p" isExecutable="true">'
)
EVENTS_DRAWN = (
    "",
    "message",
    "timer",
    "signal",
    "error",
    "escalation",
    "conditional",
    "link",
    "compensate",
    "terminate",
    "cancel",
)


def drawn(kind: str, event: str = "") -> bytes:
    inner = f"<{event}EventDefinition/>" if event else ""
    attached = ' attachedToRef="host"' if kind == "boundaryEvent" else ""
    host = '<task id="host"/>' if attached else ""
    return f'{HEAD}{host}<{kind} id="it" name="それ"{attached}>{inner}</{kind}></process></definitions>'.encode()


@pytest.mark.parametrize(("text", "read_by_nobody"), DIALECTS.values(), ids=DIALECTS)
def test_nothing_of_a_foreign_file_is_lost_and_what_nobody_reads_is_named(text: str, read_by_nobody: set[str]) -> None:
    found = report("Foreign File.bpmn", text.encode(), (), ())
    assert facts(xml.read(found.data)) == facts(xml.read(text.encode()))
    assert found.name == "foreign_file.bpmn"
    said = {each.problem.params["found"] for each in found.fates if each.fate == "dropped"}
    assert said == read_by_nobody


def test_of_the_reference_models_nothing_is_lost_and_each_step_that_does_not_run_is_named() -> None:
    steps = 0
    for name, data in models().items():
        found = report(name, data, (), ())
        assert facts(xml.read(found.data)) == facts(xml.read(data)), name
        running = {element.id for element in bpmn.read(name, found.data).elements()}
        told = {fate.element for fate in found.fates if fate.fate == "idle"}
        for node in xml.read(found.data).root.walk():
            if node.namespace == BPMN and node.name in FLOW_NODES:
                steps += 1
                assert node.get("id") in (running | told if node.name in RUNS else told), (
                    name,
                    node.name,
                    node.get("id"),
                )
    assert steps > 400


@pytest.mark.parametrize("kind", sorted(FLOW_NODES - RUNS))
def test_each_kind_that_does_not_run_is_named_with_what_to_draw_instead(kind: str) -> None:
    fates = report("a.bpmn", drawn(kind), (), ()).fates
    named = [each for each in fates if each.element == "it" and each.fate == "idle"]
    assert named and named[0].problem.params["reason"]


@pytest.mark.parametrize("kind", sorted(EVENTS))
@pytest.mark.parametrize("event", EVENTS_DRAWN)
def test_each_event_runs_or_is_named(kind: str, event: str) -> None:
    found = report("a.bpmn", drawn(kind, event), (), ())
    idle = [each for each in found.fates if each.element == "it" and each.fate == "idle"]
    assert bool(idle) is (event not in EVENTS[kind]), [each.problem.message for each in found.fates]


def test_what_is_in_a_pool_that_does_not_run_is_named_too() -> None:
    data = drawn("complexGateway").replace(b'isExecutable="true"', b'isExecutable="false"')
    fates = report("a.bpmn", data, (), ()).fates
    assert {each.element for each in fates if each.fate == "idle"} == {"p", "it"}


def test_an_id_that_the_package_has_already_becomes_a_free_one_wherever_it_stands() -> None:
    text = next(iter(DIALECTS.values()))[0].encode()
    found = report("a.bpmn", text, {"Activity_1", "p"}, {"a.bpmn"})
    assert found.name == "a_2.bpmn"
    diagram = bpmn.read("a.bpmn", found.data)
    assert [process.id for process in diagram.processes] == ["p_2"]
    ends = {(flow.source, flow.target) for flow in diagram.flows()}
    assert ends == {("StartEvent_1", "Activity_1_2"), ("Activity_1_2", "Event_1")}
    assert {each.problem.params["new"] for each in found.fates if each.fate == "changed"} == {"p_2", "Activity_1_2"}
    back = found.data.replace(b"Activity_1_2", b"Activity_1").replace(b'"p_2"', b'"p"')
    assert facts(xml.read(back)) == facts(replace(xml.read(text)))


def test_what_is_only_drawn_and_what_nobody_reads_beside_the_processes_is_named() -> None:
    data = (
        f'{HEAD}<dataObject id="d"/><dataObjectReference id="it" dataObjectRef="d"/><dataStoreReference id="store"/>'
        '<group id="frame"/><task id="t"/></process><interface id="i" name="i"/><resource id="r" name="r"/>'
        "</definitions>"
    ).encode()
    found = report("a.bpmn", data, (), ())
    assert {each.element for each in found.fates if each.fate == "idle"} == {"it", "store", "frame"}
    assert {each.element for each in found.fates if each.fate == "dropped"} == {"i", "r"}
    assert facts(xml.read(found.data)) == facts(xml.read(data))


def test_of_several_drawings_it_is_said_that_one_is_shown() -> None:
    space = "http://www.omg.org/spec/BPMN/20100524/DI"
    drawing = f'<BPMNDiagram xmlns="{space}" id="{{}}"><BPMNPlane bpmnElement="p"/></BPMNDiagram>'
    data = f'{HEAD}<task id="t"/></process>{drawing.format("a")}{drawing.format("b")}</definitions>'.encode()
    [fate] = [each for each in report("a.bpmn", data, (), ()).fates if "drawings" in each.problem.message]
    assert fate.problem.params == {"count": 2}


def test_what_the_canvas_draws_in_its_own_way_is_said_before() -> None:
    drawn = (
        '<bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI">'
        '<bpmndi:BPMNPlane bpmnElement="{}">'
        '<bpmndi:BPMNShape id="f_di" bpmnElement="f" isExpanded="{}"/><bpmndi:BPMNShape id="i_di" bpmnElement="in"/>'
        "</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></definitions>"
    )

    def changed(of: str, expanded: str) -> list[str]:
        data = f'{HEAD}<subProcess id="f"><task id="in"/></subProcess></process>{drawn.format(of, expanded)}'.encode()
        found = report("a.bpmn", data, (), ())
        assert facts(xml.read(found.data)) == facts(xml.read(data))
        said = [each for each in found.fates if each.fate == "changed"]
        return [each.element for each in said if "no drawing" not in each.problem.message]  # its shapes have no places

    assert changed("p", "true") == [] and changed("p", "false") == ["f"] and changed("all", "true") == []
