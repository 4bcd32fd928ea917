"""What is wrong with a diagram is said before anyone runs it: where, what, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.engine import Engine
from app.errors import BadPackage, Problem, ScriptError
from tests.engine.drawing import HEAD, Drawing, again, each, xml
from tests.engine.walking import NOON, judged
from tests.support.listener import Listener, listening

ATTACKS = Path(__file__).parents[1] / "attacks" / "xml_attacks"
HARMLESS = {"24_schema_location.bpmn"}  # what they point to is never looked at


@pytest.fixture
def listener() -> Iterator[Listener]:
    """Whoever calls the address that the attacks name is heard here."""
    with listening() as heard:
        yield heard


def problems(engine: Engine, *drawings: Drawing) -> list[Problem]:
    return judged(engine, {"drawn.bpmn": xml(*drawings)}, drawings[0].name)


def said(engine: Engine, *drawings: Drawing) -> list[str]:
    return [f"{problem.element}: {problem}" for problem in problems(engine, *drawings) if problem.severity == "error"]


def straight(*names: str) -> Drawing:
    return Drawing("p").start().end().path("s", *names, "e")


@pytest.mark.parametrize("file", sorted(ATTACKS.glob("*.bpmn")), ids=lambda file: file.name)
def test_hostile_files_are_refused_or_harmless(engine: Engine, file: Path, listener: Listener) -> None:
    sources = {file.name: listener.aimed(file.read_bytes())}
    found = [problem for problem in judged(engine, sources, "p") if problem.severity == "error"]
    if file.name in HARMLESS:
        assert found == []
        assert engine.start(engine.compile(sources, "p", {}), {}, NOON).ended
    else:
        assert found
        assert all(str(problem) for problem in found)
        try:  # what comes into a database unchecked does no harm either
            engine.start(engine.compile(sources, "p", {}), {}, NOON)
        except (BadPackage, ScriptError) as error:
            found.append(Problem("", str(error)))
        said = "".join(str(problem) for problem in found)
        assert "root:" not in said  # of /etc/passwd
        assert (ATTACKS / "secret.txt").read_text().strip() not in said
    assert listener.heard == []


def test_a_clean_diagram_has_no_problems(engine: Engine) -> None:
    assert problems(engine, straight("a").user("a")) == []


def test_all_that_is_wrong_is_said_at_once(engine: Engine) -> None:
    drawing = (
        Drawing("p").start().script("a", "import os").service("b", "").rule("c", "none").call("d", "nowhere").end()
    )
    found = said(engine, drawing.path("s", "a", "b", "c", "d", "e"))
    assert [line.split(":")[0] for line in found] == ["b", "a"]


@pytest.mark.parametrize(
    ("drawing", "element", "words"),
    [
        (Drawing("p").start().user("a").path("s", "a"), "a", "end event"),
        (Drawing("p").user("a").end().path("a", "e"), "p", "start event"),
        (Drawing("p").start().start("s2").end().path("s", "e").path("s2", "e"), "p", "start event"),
        (straight("g").xor("g").user("b").flow("g", "b", name="f").path("b", "e"), "p_f2", "condition"),
        (straight("a").both("a").flow("a", "a", "x"), "p_f3", "condition"),
        (straight("a").user("a", default="p_f9"), "a", "default flow"),
        (straight("a").user("a").flow("a", "a", "x ="), "p_f3", "valid expression"),
        (straight().flow("s", "nowhere", name="f"), "f", "not there"),
        (straight("a").user("a", again()), "a", "maximum"),
        (straight("a").user("a", again(maximum="100000")), "a", "maximum"),
        (straight("a").user("a", each(count="1000000")), "a", "100 times"),
        (straight("a").user("a", each()), "a", "how often"),
        (straight("a").user("a", each("docs", output="out")), "a", "item"),
        (straight("a").user("a").on_timer("t", "a", "timeDuration", "'P1X'").path("t", "e"), "t", "duration"),
        (straight("a").user("a").on_timer("t", "a", "timeCycle", "'R3/P1D'").path("t", "e"), "t", "repeat"),
        (straight("a").user("a").on_timer("t", "a", "timeCycle", "'R1000000/PT0S'", False).path("t", "e"), "t", "1 to"),
        (straight("a").timer("a", "timeDate", ""), "a", "time"),
        (straight("a").timer("a", "timeDate", "'soon'"), "a", "date"),
        (straight("a").node("receiveTask", "a"), "a", "message"),
        (straight("a").node("complexGateway", "a"), "a", "not supported"),
        (straight("a").node("eventBasedGateway", "a"), "a", "two events"),
        (straight("a").node("adHocSubProcess", "a"), "a", "not supported"),
        (straight("a").node("intermediateCatchEvent", "a", "<bpmn:signalEventDefinition/>"), "a", "signal"),
        (straight("a").node("intermediateThrowEvent", "a", "<bpmn:compensateEventDefinition/>"), "a", "not supported"),
        (straight("a").node("subProcess", "a", triggeredByEvent="true"), "a", "event subprocess"),
        (straight("a").node("boundaryEvent", "a", "<bpmn:cancelEventDefinition/>"), "a", "not supported"),
        (straight().on_message("m", "s", "x").path("m", "e"), "m", "boundary event"),
        (straight("a").user("a").user("a"), "a", "twice"),
        (straight("a:b").user("a:b"), "a:b", "id"),
        (straight("a").call("a", "p"), "a", "calls itself"),
    ],
)  # fmt: skip
def test_each_fault_is_named_by_its_element(engine: Engine, drawing: Drawing, element: str, words: str) -> None:
    found = [problem for problem in problems(engine, drawing) if problem.severity == "error"]
    assert any(problem.element == element and words in str(problem) for problem in found), [str(p) for p in found]


def test_processes_that_call_each_other_in_a_ring_are_refused(engine: Engine) -> None:
    a = Drawing("p").start().call("x", "q").end().path("s", "x", "e")
    b = Drawing("q").start("s2").call("y", "r").end("e2").path("s2", "y", "e2")
    c = Drawing("r").start("s3").call("z", "p").end("e3").path("s3", "z", "e3")
    assert len([line for line in said(engine, a, b, c) if "calls itself" in line]) == 3


def test_what_can_never_end_is_refused(engine: Engine) -> None:
    drawing = Drawing("p").start().xor("m").script("t", "n = 1").end().path("s", "m", "t", "m")
    assert any("for ever" in line for line in said(engine, drawing))


def test_what_is_never_reached_is_a_warning(engine: Engine) -> None:
    found = problems(engine, straight("a").user("a").user("lost").path("lost", "e"))
    assert [(problem.element, problem.severity) for problem in found] == [("lost", "warning")]


def test_ids_are_unique_in_the_whole_package(engine: Engine) -> None:
    one = Drawing("p").start().user("a").end().path("s", "a", "e")
    two = Drawing("q").start("s2").user("a").end("e2").path("s2", "a", "e2")
    found = judged(engine, {"one.bpmn": xml(one), "two.bpmn": xml(two)}, "p")
    assert any(problem.file == "two.bpmn" and problem.element == "a" for problem in found)


def test_an_entry_that_is_not_there_is_said(engine: Engine) -> None:
    assert any("nowhere" in str(problem) for problem in engine.obstacles({"a.bpmn": xml(straight())}, "nowhere"))


@pytest.mark.parametrize(
    "source",
    [b"", b"<a/>", b"<a", b"<?xml version='1.0' encoding='nonsense'?><a/>", b"\xff\xfe<", b"<html xmlns='x'/>",
     HEAD.encode() + b"<a>" * 100_000, HEAD.encode() + b"<bpmn:x/>" * 50_000 + b"</bpmn:definitions>",
     b"<!DOCTYPE a><a/>", b"\0" * 1000, b"<a x='" + b"y" * 200_000 + b"'/>", b" " * 5_000_000],
)  # fmt: skip
def test_what_is_no_diagram_is_refused_with_a_reason(engine: Engine, source: bytes) -> None:
    (found,) = [p for p in judged(engine, {"bad.bpmn": source}, "p") if p.file == "bad.bpmn"]
    assert str(found)


def test_a_long_chain_needs_no_deep_recursion(engine: Engine) -> None:
    drawing = Drawing("p").start()
    names = [f"t{number}" for number in range(1500)]
    for name in names:
        drawing.node("task", name)
    program = engine.compile({"long.bpmn": xml(drawing.end().path("s", *names, "e"))}, "p", {})
    assert engine.start(program, {}, NOON).ended


def test_a_wide_fork_is_refused(engine: Engine) -> None:
    drawing = Drawing("p").start().both("f").both("j").end().path("s", "f").path("j", "e")
    for number in range(60):
        drawing.user(f"t{number}").path("f", f"t{number}", "j")
    assert any("flows meet" in line for line in said(engine, drawing))


def test_a_join_that_never_fires_can_still_be_walked_away_from(engine: Engine) -> None:
    """An exclusive way into a parallel join waits for ever; the engine neither spins nor fails."""
    drawing = Drawing("p").start().xor("g", "d").user("a").user("b").both("j").end().path("s", "g").path("a", "j")
    drawing.flow("g", "a", name="d").flow("g", "b", "x").path("b", "j", "e")
    program = engine.compile({"a.bpmn": xml(drawing)}, "p", {})
    step = engine.start(program, {"x": False}, NOON)
    assert not step.ended


def test_too_much_at_once_is_an_error_not_a_hang(engine: Engine) -> None:
    drawing = Drawing("p").start().both("f").both("g").xor("m").both("h").end().path("s", "m", "f", "g")
    for number in range(10):
        drawing.node("task", f"t{number}").path("f", f"t{number}", "m")
    program = engine.compile({"a.bpmn": xml(drawing.path("g", "h", "e"))}, "p", {})
    with pytest.raises(ScriptError):
        engine.start(program, {}, NOON)


def test_what_the_check_refuses_and_a_program_can_be_built_from_runs(engine: Engine) -> None:
    """A release that an older check accepted: only what a case comes to can stop it."""
    drawing = (
        Drawing("p").start().xor("g", "d").script("a", "import os").rule("b", "gone").user("c", again(maximum="1e9"))
    )
    drawing.path("s", "g").flow("g", "a", "way == 1").flow("g", "b", "way == 2").flow("g", "c", "way == 3")
    drawing.flow("g", "e", name="d").end().path("a", "e").path("b", "e").path("c", "e")
    source = {"a.bpmn": xml(drawing)}
    assert {p.element for p in judged(engine, source, "p") if p.severity == "error"} == {"a", "c"}
    program = engine.compile(source, "p", {})
    assert engine.start(program, {"way": 0}, NOON).ended
    for way, words in ((1, "import"), (2, "gone")):
        with pytest.raises(ScriptError, match=words) as caught:
            engine.start(program, {"way": way}, NOON)
        assert caught.value.params["element"] == "ab"[way - 1]


@pytest.mark.parametrize(
    "drawing",
    [
        Drawing("q").start().end().path("s", "e"),
        straight("a").node("complexGateway", "a"),
        straight().flow("s", "nowhere"),
        straight("a").node("intermediateCatchEvent", "a", "<bpmn:conditionalEventDefinition/>"),
        straight().on_message("m", "s", "x").path("m", "e"),
        straight("a").call("a", "nowhere"),
        Drawing("p").node("startEvent", "s", "<bpmn:signalEventDefinition/>").end().path("s", "e"),
    ],
)
def test_what_no_program_can_be_built_from_is_refused(engine: Engine, drawing: Drawing) -> None:
    with pytest.raises(BadPackage):
        engine.compile({"a.bpmn": xml(drawing)}, "p", {})
