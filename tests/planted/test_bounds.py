"""Following values and tokens comes to an end on every diagram: in time, or by saying that it is too large."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest

from app.bpmn import Flow, Trigger
from app.catalogue import Package
from app.catalogue.check_flow import FlowChecks
from app.catalogue.check_values import ValueChecks
from app.catalogue.complaints import Complaints
from app.catalogue.declared import Declared
from app.catalogue.drawn import Element, ProcessInfo
from app.catalogue.following import MAX_VISITS, Following
from app.catalogue.game import MAX_STATES, Game
from tests.planted.support import THREE_STEPS, Edit, planted, said, swap


class Drawn:
    """A process drawn by hand, as a package holds it."""

    def __init__(self) -> None:
        self.elements: dict[str, Element] = {}
        self.flows: list[Flow] = []
        self.node("s", "startEvent").node("e", "endEvent")

    def node(self, name: str, kind: str, **more: object) -> Drawn:
        self.elements[name] = Element(name, name, kind, "p", "p.bpmn", **more)  # type: ignore[arg-type]
        return self

    def path(self, *names: str, condition: str = "") -> Drawn:
        for source, target in pairwise(names):
            self.flows.append(Flow(f"f{len(self.flows)}", "", source, target, "p.bpmn", "p", condition))
        return self

    def package(self) -> Package:
        empty: dict[str, object] = {}
        facts = dict.fromkeys(Package.__dataclass_fields__, empty)
        facts |= {
            "entry": "p", "withdraw_message": "", "elements": self.elements, "flows": tuple(self.flows), "problems": (),
            "declared": Declared(),
            "processes": {"p": ProcessInfo("p", "p", "p.bpmn")},
        }  # fmt: skip
        return Package(**facts)  # type: ignore[arg-type]

    def said(self) -> list[tuple[str, str]]:
        """(element, severity) of what is said of its flow."""
        complaints = Complaints()
        FlowChecks(self.package(), complaints, Following(self.package())).run()
        return [(problem.element, problem.severity) for problem in complaints.problems]

    def values(self) -> list[tuple[str, str]]:
        """The same of what is said of its conditions."""
        complaints = Complaints()
        ValueChecks(self.package(), complaints, Following(self.package())).run()
        return [(problem.element, problem.severity) for problem in complaints.problems]


def wide(count: int) -> Drawn:
    """So many branches beside each other, each with choices of its own."""
    drawn = Drawn().node("fork", "parallelGateway").node("join", "parallelGateway").path("s", "fork").path("join", "e")
    for number in range(count):
        one, two = f"x{number}", f"y{number}"
        drawn.node(one, "exclusiveGateway").node(two, "exclusiveGateway")
        for branch in range(5):
            drawn.node(f"t{number}_{branch}", "userTask").path(one, f"t{number}_{branch}", two)
        drawn.path("fork", one).path(two, "join").path(two, one)
    return drawn


def doubling() -> Drawn:
    """A fork in a loop without a join: tokens without end."""
    drawn = Drawn().node("m", "exclusiveGateway").node("f", "parallelGateway").node("t", "userTask")
    return drawn.node("g", "exclusiveGateway").path("s", "m", "f", "t", "g", "e").path("g", "m").path("f", "m")


def deep(count: int) -> Drawn:
    names = [f"t{number}" for number in range(count)]
    drawn = Drawn().path("s", *names, "e")
    for name in names:
        drawn.node(name, "userTask")
    return drawn


def counting() -> Drawn:
    """Twelve values, each of which several gateways ask for: more combinations than anybody plays."""
    drawn = Drawn().node("set", "scriptTask", scripts={"script": "\n".join(f"a{n} = x > {n}" for n in range(12))})
    drawn.path("s", "set")
    last = "set"
    for turn in range(3):
        for number in range(12):
            name = f"g{turn}_{number}"
            drawn.node(name, "exclusiveGateway", default="")
            drawn.path(last, name)
            ends = [f"{name}{branch}" for branch in "ab"]
            for branch, end in zip(("", "not "), ends, strict=True):
                drawn.node(end, "userTask").path(name, end, condition=f"{branch}a{number}")
            last = f"{name}m"
            drawn.node(last, "exclusiveGateway")
            for end in ends:
                drawn.path(end, last)
    return drawn.path(last, "e")


@pytest.mark.parametrize(
    "drawn", [lambda: wide(40), doubling, lambda: deep(1500), counting], ids=["wide", "doubling", "deep", "counting"]
)
def test_every_walk_stays_within_its_bounds(drawn: Callable[[], Drawn]) -> None:
    following = Following(drawn().package())
    assert sum(following.visits.values()) <= MAX_VISITS
    played = Game(following, "p").play()
    assert len(played.moves) <= MAX_STATES * 60


def test_branches_beside_each_other_add_up_and_do_not_multiply() -> None:
    assert not Game(Following(wide(40).package()), "p").play().large
    assert wide(40).said() == []


def test_tokens_without_end_are_work_done_twice_and_not_only_too_large() -> None:
    assert ("m", "warning") in doubling().said()


def test_what_is_too_large_says_so() -> None:
    assert counting().said() == [("p", "warning")]


def test_an_exclusive_split_into_a_parallel_join_waits_for_ever() -> None:
    drawn = (
        Drawn().node("g", "exclusiveGateway").node("a", "userTask").node("b", "userTask").node("j", "parallelGateway")
    )
    drawn.path("s", "g", "a", "j", "e").path("g", "b", "j")
    assert drawn.said() == [("j", "error")]


def test_gateways_that_a_value_keeps_in_step_raise_no_alarm() -> None:
    drawn = Drawn().node("set", "scriptTask", scripts={"script": "both = x == 1"}).node("g", "exclusiveGateway")
    for name, kind in (
        ("f", "parallelGateway"),
        ("a", "userTask"),
        ("h", "exclusiveGateway"),
        ("j", "parallelGateway"),
    ):
        drawn.node(name, kind)
    drawn.node("b", "userTask").node("c", "userTask")
    drawn.path("s", "set", "g").path("g", "f", condition="both").path("g", "b", condition="not both").path("b", "h")
    drawn.path("f", "a", "j").path("f", "c", "h").path("h", "j", condition="both").path("h", "e", condition="not both")
    drawn.path("j", "e")
    assert drawn.said() == []


def test_a_join_that_some_ways_cannot_pass_is_a_warning() -> None:
    drawn = Drawn().node("f", "parallelGateway").node("g", "exclusiveGateway").node("j", "parallelGateway")
    drawn.node("a", "userTask").path("s", "f", "a", "j", "e").path("f", "g", "j").path("g", "e")
    assert drawn.said() == [("j", "warning")]


def test_an_event_that_does_not_interrupt_runs_beside_and_into_what_it_must_not() -> None:
    drawn = Drawn().node("a", "userTask").node("b", "userTask").path("s", "a", "b", "e")
    drawn.node("late", "boundaryEvent", definitions=("timerEventDefinition",), attached_to="a", interrupting=False)
    drawn.node("mail", "serviceTask").node("over", "endEvent").path("late", "mail", "over")
    assert drawn.said() == []
    drawn.path("mail", "b")
    assert ("b", "warning") in drawn.said()


def test_a_process_that_is_ended_at_once_leaves_nothing_waiting() -> None:
    drawn = Drawn().node("f", "parallelGateway").node("a", "userTask").node("b", "userTask")
    drawn.node("stop", "endEvent", definitions=("terminateEventDefinition",)).path("s", "f", "a", "e").path(
        "f", "b", "stop"
    )
    assert drawn.said() == []


JOIN = '<bpmn:parallelGateway id="join" name="合流"><bpmn:incoming>a</bpmn:incoming></bpmn:parallelGateway>'
CARD = "library_card.bpmn"


def test_a_split_that_is_joined_otherwise_is_refused_in_a_whole_package() -> None:
    def joined(text: str) -> str:
        text = swap('targetRef="refused"', 'targetRef="join"')(text)
        text = swap('sourceRef="make_card" targetRef="end"', 'sourceRef="make_card" targetRef="join"')(text)
        flow = '<bpmn:sequenceFlow id="join__to__end" sourceRef="join" targetRef="end" />'
        return swap("</bpmn:process>", f"{JOIN}{flow}</bpmn:process>")(text)

    edit: Edit = {CARD: joined}
    found = [problem for problem in said(planted(THREE_STEPS, edit)) if problem.severity == "error"]
    assert [(problem.element, problem.name) for problem in found] == [("join", "合流")]
    assert "every case waits for ever: nothing comes from “判断” (approve_gate)" in str(found[0])


def inclusive(after: str = "inclusiveGateway") -> Drawn:
    """Two branches, each by its own condition, which meet at a gateway of this kind."""
    drawn = Drawn().node("i", "inclusiveGateway", default="f2").node("a", "userTask").node("b", "userTask")
    drawn.node("j", after).node("work", "userTask").path("s", "i")
    drawn.path("i", "a", condition="x == 1").path("i", "b").path("a", "j", "work", "e").path("b", "j")
    drawn.node("c", "userTask").path("i", "c", condition="y == 1").path("c", "j")
    return drawn


def test_an_inclusive_gateway_gathers_what_an_inclusive_gateway_has_parted() -> None:
    assert inclusive().said() == []


def test_what_an_inclusive_gateway_has_parted_waits_at_a_parallel_one_and_doubles_at_an_exclusive_one() -> None:
    assert ("j", "error") in inclusive("parallelGateway").said()
    assert ("j", "warning") in inclusive("exclusiveGateway").said()


def test_of_events_one_comes_and_no_two() -> None:
    drawn = Drawn().node("w", "eventBasedGateway").node("m", "receiveTask", message="m")
    drawn.node("t", "intermediateCatchEvent", definitions=("timerEventDefinition",)).node("x", "exclusiveGateway")
    drawn.node("work", "userTask").path("s", "w", "m", "x", "work", "e").path("w", "t", "x")
    assert drawn.said() == []


def test_flows_out_of_a_task_go_side_by_side() -> None:
    drawn = Drawn().node("a", "userTask").node("b", "userTask").node("c", "userTask").node("j", "parallelGateway")
    drawn.path("s", "a", "b", "j", "e").path("a", "c", "j")
    assert drawn.said() == []
    loose = Drawn().node("a", "userTask").node("b", "userTask").node("c", "userTask").node("d", "userTask")
    loose.path("s", "a", "b", "d", "e").path("a", "c", "d")
    assert loose.said() == [("d", "warning")]


def test_what_an_event_subprocess_does_is_followed_and_may_change_anything_at_any_time() -> None:
    drawn = Drawn().node("set", "scriptTask", scripts={"script": "who = 'a'"}).node("wait", "userTask")
    drawn.node("g", "exclusiveGateway", default="f3").path("s", "set", "wait", "g").path("g", "e")
    drawn.node("late", "userTask").path("g", "late", condition="who == 'b'").node("e2", "endEvent").path("late", "e2")
    assert [element for element, _ in drawn.values()] == ["f4"]
    drawn.node("aside", "subProcess", by_event=True)
    start = {"parent": "aside", "trigger": Trigger("message", "m"), "message": "m"}
    drawn.node("as", "startEvent", **start).node(
        "change", "scriptTask", parent="aside", scripts={"script": "who = 'b'"}
    )
    drawn.node("ae", "endEvent", parent="aside").path("as", "change", "ae")
    assert drawn.values() == []
    assert {"as", "change", "ae"} <= Following(drawn.package()).entry.keys()
