"""Diagrams with gateways and events of every kind that runs: the check finds no fault where there is none, and those
that are there."""

from __future__ import annotations

import pytest

from app.errors import Problem
from tests.engine.drawing import Drawing, properties, xml
from tests.planted.support import THREE_STEPS, planted, said

FILE = "library_card.bpmn"
FLOW = '<bpmn:sequenceFlow id="make_card__to__end" sourceRef="make_card" targetRef="end" />'


def found(*drawings: Drawing, flows: tuple[tuple[str, str], ...] = ()) -> list[Problem]:
    """What the check says, but for shapes and words, of the package in which the first drawing stands before the end:
    it has the elements `first` and `last`. Other drawings are processes of a second file, and `flows` message
    flows in it."""
    grown, *others = drawings

    def change(text: str) -> str:
        parts = "".join(grown.parts)
        parts += '<bpmn:sequenceFlow id="to_first" sourceRef="make_card" targetRef="first" />'
        parts += '<bpmn:sequenceFlow id="from_last" sourceRef="last" targetRef="end" />'
        inner = xml(grown).decode()
        named = inner[inner.index(">", inner.index("<bpmn:definitions")) + 1 : inner.index("<bpmn:process")]
        return text.replace(FLOW, parts).replace("<bpmn:process ", named + "<bpmn:process ", 1)

    edit = {FILE: change}
    files = planted(THREE_STEPS, edit)
    if others:
        pools = tuple(drawing.name for drawing in others)
        files["second.bpmn"] = xml(*others, pools=pools, flows=flows).replace(b'id="m_', b'id="m2_').replace(
            b'Ref="m_', b'Ref="m2_')  # fmt: skip
    apart = ("shape", "what people call the routing value")
    return [problem for problem in said(files) if not any(each in problem.message for each in apart)]


def piece() -> Drawing:
    return Drawing("library_card").node("manualTask", "first").node("task", "last")


def inclusive() -> Drawing:
    drawing = piece().inclusive("some", "neither").node("task", "a").node("task", "b").inclusive("again")
    drawing.path("first", "some").flow("some", "a", "books > 3").flow("some", "b", name="neither")
    return drawing.path("a", "again").path("b", "again").path("again", "last")


def either_event() -> Drawing:
    drawing = piece().first_event("which").catch("answered", "answer").timer("silence", "timeDuration", "'P3D'")
    drawing.catch_signal("closed", "closing")
    drawing.send("ask", "answer").throw("ring", "signal", "closing").xor("met").path(
        "first", "ring", "ask", "which", "answered", "met"
    ).path("which", "silence", "met")
    return drawing.path("which", "closed", "met", "last")


def forked() -> Drawing:
    drawing = piece().both("met").path("first", "a", "met").path("first", "b", "met").path("met", "last")
    return drawing.node("task", "a").node("task", "b")


def by_conditions() -> Drawing:
    drawing = piece().inclusive("met").node("task", "a").node("task", "b").node("task", "ask", default="other")
    drawing.path("first", "ask").flow("ask", "a", "books > 3").flow("ask", "b", name="other")
    return drawing.path("a", "met").path("b", "met").path("met", "last")


def broken_inside() -> Drawing:
    body = Drawing("body").start("bs").script("count", "left = books - 3").xor("x", "fine").end("be")
    body.end_with("be2", "error", "too_many", carries="left").path("bs", "count", "x")
    body.flow("x", "be2", "left > 0").flow("x", "be", name="fine")
    drawing = piece().sub(body).on("error", "caught", "body", "too_many")
    drawing.script("note", "why = error['code']\nn = left")
    return drawing.xor("met").path("first", "body", "met", "last").path("caught", "note", "met")


def failing_job() -> Drawing:
    drawing = piece().service("post", mail="'hello'").on("error", "failed", "post")
    drawing.script("note", "said = error['text']")
    return drawing.xor("met").path("first", "post", "met", "last").path("failed", "note", "met")


def escalated() -> Drawing:
    body = Drawing("body").start("bs").throw("up", "escalation", "late").end("be").path("bs", "up", "be")
    drawing = piece().sub(body).on("escalation", "heard", "body", "late", False).node("task", "tell").end("told")
    return drawing.path("first", "body", "last").path("heard", "tell", "told")


def standing_by() -> Drawing:
    handler = Drawing("handler").start_on("message", "enough", "hs").script("count", "k = books").end("he")
    handler.path("hs", "count", "he")
    aside = Drawing("aside").start_on("signal", "closing", "as", False).node("task", "shut").end("ae")
    aside.path("as", "shut", "ae")
    return piece().beside(handler).beside(aside).throw("ring", "signal", "closing").send("say", "enough").path(
        "first", "ring", "say", "last")  # fmt: skip


SOUND = [inclusive, either_event, forked, by_conditions, broken_inside, failing_job, escalated, standing_by]


@pytest.mark.parametrize("drawing", SOUND)
def test_what_runs_is_accepted_and_no_fault_is_made_up(drawing: object) -> None:
    assert [str(problem) for problem in found(drawing())] == []  # type: ignore[operator]


def pools() -> tuple[Drawing, Drawing]:
    main = piece().send("ask", "question", carries="books").catch("heard", "reply").script("use", "n = answer + books")
    main.path("first", "ask", "heard", "use", "last")
    second = Drawing("clerk").start_on("message", "question", "qs").script("think", "answer = books + 1")
    second.end_with("tell", "message", "reply", carries="answer").path("qs", "think", "tell")
    return main, second


def test_a_process_that_a_message_begins_knows_what_the_message_carries() -> None:
    assert [str(problem) for problem in found(*pools())] == []


def test_what_a_called_process_does_not_hand_back_stays_what_it_was() -> None:
    body = Drawing("counting").start("bs").script("count", "left = 'none'\nresult = 'fine'").end("be")
    body.path("bs", "count", "be")

    def calling(returns: str) -> Drawing:
        drawing = piece().call("c", "counting", properties(returns=returns)).xor("x", "d").node("task", "a")
        drawing.script("before", "result = 'open'\nleft = 'all'").xor("met").path("first", "before", "c", "x")
        return drawing.flow("x", "a", "left == 'all'").flow("x", "met", name="d").path("a", "met", "last")

    (told,) = found(calling("result"), body)
    assert (told.element, told.part) == ("d", "condition")  # the other arrow is taken, always
    assert any("is never" in problem.message for problem in found(calling("result, left"), body))


def test_a_parallel_join_behind_an_inclusive_gateway_can_wait_for_ever() -> None:
    drawing = piece().inclusive("some", "neither").node("task", "a").node("task", "b").both("again")
    drawing.path("first", "some").flow("some", "a", "books > 3").flow("some", "b", name="neither")
    told = found(drawing.path("a", "again").path("b", "again").path("again", "last"))
    assert [problem.element for problem in told] == ["again"]


def test_branches_of_an_activity_that_meet_without_a_join_are_told() -> None:
    drawing = piece().xor("met").path("first", "a", "met").path("first", "b", "met").user("work").path("met", "last")
    drawing = drawing.node("task", "a").node("task", "b")
    drawing.parts = [part for part in drawing.parts if 'id="work"' not in part]
    drawing.parts = [part.replace('task id="last"', 'scriptTask id="last"').replace(
        "</bpmn:task>", "<bpmn:script>k = 1</bpmn:script></bpmn:scriptTask>") if 'id="last"' in part else part
        for part in drawing.parts]  # fmt: skip
    assert any("done once for each" in problem.message for problem in found(drawing))


def test_faults_of_events_are_told_with_what_to_draw_instead() -> None:
    drawing = piece().end_with("t", "link").path("first", "t")
    assert any("link is not supported: draw it as an intermediate" in str(problem) for problem in found(drawing))
    inner = Drawing("handler").start("hs").end("he").path("hs", "he")
    drawing = piece().beside(inner).path("first", "last")
    assert any("choose what it waits for" in str(problem) for problem in found(drawing))
    drawing = piece().node("intermediateCatchEvent", "t", "<bpmn:signalEventDefinition/>").path("first", "t", "last")
    assert any("No signal with a name" in str(problem) for problem in found(drawing))
    drawing = piece().send("t", "m", carries="bookz").path("first", "t", "last")
    assert any("bookz" in str(problem) for problem in found(drawing))


def test_a_send_task_with_an_operator_is_checked_as_a_service_task_is() -> None:
    drawing = piece().service("t", mail="'helo'").path("first", "t", "last")
    drawing.parts = [part.replace("serviceTask id", "sendTask id").replace("bpmn:serviceTask>", "bpmn:sendTask>")
                     for part in drawing.parts]  # fmt: skip
    assert any("hello" in str(problem) for problem in found(drawing))


def test_a_link_goes_on_where_its_other_half_stands_and_values_are_followed_through_it() -> None:
    drawing = piece().xor("which", "small").flow("which", "big", "books > 3").flow("which", "t", name="small")
    drawing.link("throw", "t", "A").link("throw", "big", "A").link("catch", "c", "A").path("first", "which")
    assert found(drawing.path("c", "last")) == []
    drawing = piece().xor("which", "b").link("throw", "t", "A").link("catch", "c", "A").path("first", "t")
    drawing.flow("which", "last", "bookz > 3").path("c", "which").flow("which", "last", name="b")
    assert any("bookz" in str(problem) for problem in found(drawing))


def test_a_step_from_which_nothing_leads_on_is_told_once() -> None:
    drawing = piece().node("task", "t").path("first", "t").path("first", "last")
    [problem] = found(drawing)
    assert (problem.element, problem.message[:21]) == ("t", "No flow leads on from")


LINKS = [
    (piece().link("throw", "t", "").path("first", "t").path("first", "last"), "t", "The link has no name"),
    (piece().link("throw", "t", "A").path("first", "t").path("first", "last"), "t", "No link event of this process"),
    (piece().link("throw", "t", "A").link("catch", "c", "A").path("first", "t", "last").path("c", "last"), "t",
     "No arrow may lead out of this link event"),
    (piece().link("throw", "t", "A").link("catch", "c", "A").path("first", "t").path("first", "c", "last"), "c",
     "No arrow may lead into this link event"),
    (piece().link("throw", "t", "A").link("catch", "c", "A").link("catch", "d", "A").path("first", "t")
     .path("c", "last").path("d", "last"), "d", "Another link event of this process catches"),
    (piece().sub(Drawing("inner").start("bs").link("throw", "t", "A").end("be").path("bs", "t"))
     .link("catch", "c", "A").path("first", "inner", "last").path("c", "last"), "t", "No link event of this process"),
]  # fmt: skip


@pytest.mark.parametrize(("drawing", "element", "words"), LINKS, ids=[words for _, _, words in LINKS])
def test_halves_of_a_link_that_do_not_fit_are_told(drawing: Drawing, element: str, words: str) -> None:
    errors = [problem for problem in found(drawing) if problem.severity == "error"]
    assert [(problem.element, problem.message[: len(words)]) for problem in errors] == [(element, words)]
