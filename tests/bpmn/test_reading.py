"""A diagram is read once, as frozen facts, with the line of each thing; what is no diagram is refused with a reason."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from app import bpmn
from app.bpmn import Repetition, Shape, Timing, Trigger
from app.text.xml import XmlRefused
from tests.engine.drawing import HEAD, Drawing, again, each, properties, xml


def drawn(inside: str, beside: str = "") -> bpmn.Diagram:
    text = f'{HEAD}\n{beside}<bpmn:process id="p" name="P\n  Q">\n{inside}\n</bpmn:process></bpmn:definitions>'
    return bpmn.read("drawn.bpmn", text.encode())


def element(inside: str, name: str = "x", beside: str = "") -> bpmn.Element:
    return {each.id: each for each in drawn(inside, beside).elements()}[name]


def test_an_element_says_where_it_stands_and_what_leads_on_from_it() -> None:
    inside = '<bpmn:subProcess id="sub">\n<bpmn:task id="a"/>\n<bpmn:task id="b" name=" two\n words "/>'
    inside += '<bpmn:sequenceFlow id="f" sourceRef="a" targetRef="b"/></bpmn:subProcess>'
    found = {each.id: each for each in drawn(inside).elements()}
    a, b = found["a"], found["b"]
    assert (a.kind, a.process, a.parent, a.inside, a.line) == ("task", "p", "sub", "sub", 5)
    assert (a.leaving, a.outgoing, b.incoming, b.name) == (("f",), ("b",), ("f",), "two words")
    assert (found["sub"].runs, found["sub"].parent) == ("sub", "")


def test_what_is_read_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        element('<bpmn:task id="x"/>').name = "y"  # type: ignore[misc]


def test_everything_that_the_file_says_of_an_element_is_there() -> None:
    found = element(
        '<bpmn:userTask id="x" foreign:colour="red" xmlns:foreign="urn:foreign"><bpmn:extensionElements>'
        "<foreign:note>hello</foreign:note></bpmn:extensionElements></bpmn:userTask>"
    )
    assert found.attributes == {"id": "x", "{urn:foreign}colour": "red"}
    assert [(each.namespace, each.name, each.text) for each in found.extensions] == [("urn:foreign", "note", "hello")]


@pytest.mark.parametrize(
    ("inside", "facts"),
    [
        (Drawing("d").timer("x", "timeDate", "day"), {"timing": Timing("timeDate", "day"), "event": "timer"}),
        (Drawing("d").user("x", again("more", "3")), {"loop": Repetition(True, True, condition="more", maximum="3")}),
        (Drawing("d").user("x", each("docs", "doc")), {"loop": Repetition(collection="docs", item="doc")}),
        (Drawing("d").user("x", properties(lane="desk", number="①")), {"lane": "desk", "number": "①"}),
        (Drawing("d").script("x", " n = 1 "), {"scripts": {"script": "n = 1"}}),
        (Drawing("d").rule("x", "fees"), {"decision": "fees"}),
        (Drawing("d").call("x", "other"), {"called": "other", "runs": "other"}),
        (
            Drawing("d").service("x", "mail", "sent", mail="'hello'"),
            {"operator": "mail", "result_variable": "sent", "parameters": {"mail": "'hello'"}},
        ),
        (Drawing("d").on_timer("x", "h", "timeDate", "day", False), {"attached_to": "h", "interrupting": False}),
    ],
)  # fmt: skip
def test_each_kind_of_fact_is_read(inside: Drawing, facts: dict[str, object]) -> None:
    found = element("".join(inside.parts))
    assert {name: getattr(found, name) for name in facts} == facts


@pytest.mark.parametrize(
    ("kind", "declared", "name"),
    [
        ("message", '<bpmn:message id="r" name="paid"/>', "paid"),
        ("signal", '<bpmn:signal id="r" name="alarm"/>', "alarm"),
        ("error", '<bpmn:error id="r" name="wrong" errorCode="E1"/>', "E1"),
        ("escalation", '<bpmn:escalation id="r" name="late"/>', "late"),
    ],
)
def test_what_an_event_refers_to_is_read_by_its_name_or_code(kind: str, declared: str, name: str) -> None:
    inside = f'<bpmn:startEvent id="x"><bpmn:{kind}EventDefinition {kind}Ref="r"/></bpmn:startEvent>'
    found = element(inside, beside=declared)
    assert (found.trigger, found.definitions) == (Trigger(kind, name), (f"{kind}EventDefinition",))


def test_lanes_give_their_elements_a_place_and_borders_have_that_of_their_host() -> None:
    inside = (
        '<bpmn:laneSet id="l"><bpmn:lane id="desk"><bpmn:flowNodeRef>sub</bpmn:flowNodeRef></bpmn:lane>'
        '<bpmn:lane id="outer"><bpmn:childLaneSet id="c"><bpmn:lane id="inner"><bpmn:flowNodeRef> y </bpmn:flowNodeRef>'
        '</bpmn:lane></bpmn:childLaneSet></bpmn:lane></bpmn:laneSet><bpmn:subProcess id="sub"><bpmn:task id="a"/>'
        '</bpmn:subProcess><bpmn:task id="y"/><bpmn:boundaryEvent id="b" attachedToRef="y"/>'
    )
    diagram = drawn(inside)
    assert {each.id: each.lane for each in diagram.elements()} == {
        "sub": "desk",
        "a": "desk",
        "y": "inner",
        "b": "inner",
    }
    assert [(lane.id, lane.inner) for lane in diagram.processes[0].lanes] == [
        ("desk", True), ("outer", False), ("inner", True),
    ]  # fmt: skip


def test_where_things_are_drawn_is_read() -> None:
    shape = (
        '<d:BPMNDiagram xmlns:d="http://www.omg.org/spec/BPMN/20100524/DI"><d:BPMNPlane><d:BPMNShape bpmnElement="x">'
        '<c:Bounds xmlns:c="http://www.omg.org/spec/DD/20100524/DC" x="1" y="2" width="9" height="8e1"/></d:BPMNShape>'
        '<d:BPMNEdge bpmnElement="f"><p:waypoint xmlns:p="http://www.omg.org/spec/DD/20100524/DI" x="1" y="oops"/>'
        "</d:BPMNEdge></d:BPMNPlane></d:BPMNDiagram>"
    )
    found = drawn('<bpmn:task id="x"/>', shape)
    assert found.shapes == {"x": Shape(1, 2, 9, 80)}
    assert found.edges == {"f": ((1, 0),)}


def test_a_pool_that_is_not_executable_is_a_picture_unless_it_is_called_or_begins() -> None:
    other = "".join(
        f'<bpmn:process id="{name}" isExecutable="false"><bpmn:callActivity id="c_{name}" calledElement="{called}"/>'
        "</bpmn:process>"
        for name, called in (("begins", "deeper"), ("deeper", ""), ("picture", "drawn"), ("drawn", ""))
    )
    source = f"{HEAD}{other}</bpmn:definitions>".encode()
    assert bpmn.read_all({"a.bpmn": source}).running("begins") == {"begins", "deeper"}


def test_message_flows_join_processes_by_their_pools() -> None:
    collaboration = (
        '<bpmn:collaboration id="c"><bpmn:participant id="ours" processRef="p"/><bpmn:participant id="theirs"/>'
        '<bpmn:messageFlow id="m" sourceRef="x" targetRef="theirs"/><bpmn:messageFlow id="n" sourceRef="ours" '
        'targetRef="x"/></bpmn:collaboration>'
    )
    found = drawn('<bpmn:task id="x"/>', collaboration).message_flows
    assert [(each.source, each.target) for each in found] == [("x", ""), ("p", "x")]


@pytest.mark.parametrize(
    ("data", "words", "line"),
    [
        (b"", "not well-formed", 1),
        (b"<a>\n</b>", "not well-formed", 2),
        (b"<html xmlns='x'/>", "root is html", 1),
        (b"<!DOCTYPE a><a/>", "document type", 0),
        (b"\n" + b"<a>" * 100, "nested deeper", 2),
        (HEAD.encode() + b"<bpmn:x/>" * 60_000 + b"</bpmn:definitions>", "elements", 1),
        (b"<a x='" + b"y" * 30_000 + b"'/>", "attribute", 1),
        (b"<a>" + b"y" * 200_000 + b"</a>", "text", 1),
        (b" " * 5_000_000, "larger", 0),
        (b"<?xml version='1.0' encoding='nonsense'?><a/>", "UTF-8", 0),
    ],
)
def test_what_is_no_diagram_is_refused_with_its_line(data: bytes, words: str, line: int) -> None:
    with pytest.raises(XmlRefused, match=words) as caught:
        bpmn.read("bad.bpmn", data)
    assert caught.value.line == line
    [problem] = bpmn.read_all({"bad.bpmn": data}).unread
    assert (problem.file, problem.line) == ("bad.bpmn", line)


def test_many_elements_take_no_longer_than_their_number() -> None:
    parts = "".join(f'<bpmn:task id="t{n}"/><bpmn:sequenceFlow id="f{n}" sourceRef="t{n}" targetRef="t{n + 1}"/>'
                    for n in range(20_000))  # fmt: skip
    assert sum(1 for _ in drawn(parts).elements()) == 20_000


def test_diagrams_of_other_tests_read() -> None:
    straight = Drawing("p").start().user("a").end().path("s", "a", "e")
    assert bpmn.faults(bpmn.read_all({"a.bpmn": xml(straight)}), "p") == []
