"""What a called process hands back, and what is drawn for people alone."""

from __future__ import annotations

import pytest

from app.engine import Engine
from app.errors import BadPackage
from tests.engine.drawing import Drawing, properties
from tests.engine.walking import Walk, compiled


def calling(inside: str = "") -> list[Drawing]:
    body = Drawing("body").start("bs").script("set", "result = 'fine'\nnotes = notes + ['b']\nworking = 1").user("a")
    body.end("be").path("bs", "set", "a", "be")
    return [Drawing("p").start().call("c", "body", inside).user("after").end().path("s", "c", "after", "e"), body]


def test_a_call_that_declares_what_it_returns_hands_back_that_alone(engine: Engine) -> None:
    walk = Walk(engine, compiled(engine, *calling(properties(returns="result, never_set"))), {"notes": [], "k": 1})
    assert walk.task("a").data == {"notes": ["b"], "k": 1, "result": "fine", "working": 1}  # all goes in
    assert walk.step.data == {"notes": [], "k": 1, "result": "fine"}
    engine.close()
    walk.do("a", k=2)
    assert walk.task("after").data == {"notes": [], "k": 1, "result": "fine"}


def test_a_call_that_declares_nothing_hands_back_everything_and_an_empty_list_nothing(engine: Engine) -> None:
    walk = Walk(engine, compiled(engine, *calling()), {"notes": []})
    assert walk.do("a").data == {"notes": ["b"], "result": "fine", "working": 1}
    walk = Walk(engine, compiled(engine, *calling(properties(returns=""))), {"notes": []})
    assert walk.do("a").data == {"notes": []}


def test_what_a_call_returns_is_written_when_it_was_written_inside(engine: Engine) -> None:
    """Beside it a branch sets the same names: the later of both holds, and what does not come back wrote nothing."""
    outer, body = calling(properties(returns="result"))
    drawing = Drawing("p").start().both("f").call("c", "body", properties(returns="result")).user("b").both("j")
    drawing.user("after").end().path("s", "f", "c", "j", "after", "e").path("f", "b", "j")
    walk = Walk(engine, compiled(engine, drawing, body), {"notes": []})
    walk.do("b", result="b's", notes=["outer"])
    walk.do("a", notes=["inner"])
    assert walk.task("after").data == {"notes": ["outer"], "result": "b's"}
    assert outer.name == "p"


def test_a_name_that_is_none_is_refused(engine: Engine) -> None:
    with pytest.raises(BadPackage, match="not a name"):
        compiled(engine, *calling(properties(returns="result, 2nd")))


def test_what_is_drawn_for_people_changes_nothing(engine: Engine) -> None:
    drawing = (
        Drawing("p")
        .start()
        .user(
            "a",
            '<bpmn:property id="pr" name="__targetRef_placeholder"/><bpmn:dataInputAssociation id="dia">'
            "<bpmn:sourceRef>dor</bpmn:sourceRef><bpmn:targetRef>pr</bpmn:targetRef></bpmn:dataInputAssociation>"
            '<bpmn:dataOutputAssociation id="doa"><bpmn:targetRef>dsr</bpmn:targetRef></bpmn:dataOutputAssociation>',
        )
    )
    drawing.node("dataObject", "do").node("dataObjectReference", "dor", dataObjectRef="do")
    drawing.node("dataStoreReference", "dsr").node("textAnnotation", "note", "<bpmn:text>Look here</bpmn:text>")
    drawing.node("association", "as", sourceRef="a", targetRef="note").node("group", "g").end().path("s", "a", "e")
    walk = Walk(engine, compiled(engine, drawing))
    assert walk.open() == ["a"]
    assert walk.do("a").ended


def test_a_pool_that_is_not_executable_is_a_picture_whatever_is_drawn_in_it(engine: Engine) -> None:
    picture = Drawing("q").node("complexGateway", "odd").user("one").flow("nowhere", "one").end_with("x", "error", "y")
    picture.executable = False
    main = Drawing("p").start().throw("t", "message", "m").user("a").end().path("s", "t", "a", "e")
    program = compiled(engine, main, picture, pools=("p", "q"), flows=(("t", "one"), ("x", "pool_p")))
    assert set(program.specs) == {"p"}
    assert Walk(engine, program).do("a").ended
    picture.executable = True
    with pytest.raises(BadPackage):
        compiled(engine, main, picture)


def test_what_a_case_begins_with_or_calls_runs_even_if_it_says_that_it_is_not_executable(engine: Engine) -> None:
    """Some tools write so into every process; what the package names or calls is meant."""
    drawings = calling()
    for drawing in drawings:
        drawing.executable = False
    walk = Walk(engine, compiled(engine, *drawings), {"notes": []})
    assert walk.open() == ["a"]
