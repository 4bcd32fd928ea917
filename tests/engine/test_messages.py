"""Messages between a case's own pools, to and from the portal (BPMN 2.0.2, sections 9.4, 10.5 and 13.5)."""

from __future__ import annotations

import pytest

from app.engine import Engine, Message, TooLate, state
from app.errors import Problem, ScriptError
from tests.engine.drawing import Drawing, xml
from tests.engine.walking import Walk, compiled, judged


def asked_and_answered() -> list[Drawing]:
    """A case sends a question to a pool of its own, which answers."""
    asks = Drawing("p").start().throw("ask", "message", "question", carries="topic").catch("heard", "reply")
    asks.user("after").end().path("s", "ask", "heard", "after", "e")
    answers = Drawing("q").start_on("message", "question", "qs").user("think").send("tell", "reply", carries="verdict")
    answers.end("qe").path("qs", "think", "tell", "qe")
    return [asks, answers]


def test_a_message_begins_its_pool_and_the_answer_comes_back_with_what_each_carries(engine: Engine) -> None:
    walk = Walk(engine, compiled(engine, *asked_and_answered()), {"topic": "fee", "secret": 1})
    thinking = walk.task("think")
    assert (thinking.process, thinking.data) == ("q", {"topic": "fee"})
    assert walk.step.messages == ("reply",)  # no message flow is drawn: it may come from without, too
    engine.close()
    walk.do("think", verdict="paid", thoughts="many")
    assert walk.open() == ["after"]
    assert walk.task("after").data == {"topic": "fee", "secret": 1, "verdict": "paid"}
    assert walk.do("after").ended


def test_where_a_message_flow_is_drawn_only_its_sender_is_heard(engine: Engine) -> None:
    drawings = asked_and_answered()
    flows = (("ask", "qs"), ("tell", "heard"))
    program = compiled(engine, *drawings, pools=("p", "q"), flows=flows)
    walk = Walk(engine, program, {"topic": 1})
    assert walk.open() == ["think"]  # what waits for the pool asks nothing of anybody outside
    assert walk.step.messages == ()
    with pytest.raises(TooLate):
        walk.tell("reply")
    walk.do("think", verdict=1)
    assert walk.open() == ["after"]


def two_askers() -> Drawing:
    drawing = Drawing("p").start().both("f").catch("left", "go").catch("right", "go").user("l").user("r").both("j")
    drawing.end().user("then").throw("call", "message", "go")
    drawing.path("s", "f", "left", "l", "j", "e").path("f", "right", "r", "j").path("f", "then", "call", "j")
    return drawing


def test_of_two_that_wait_for_one_name_a_message_wakes_one(engine: Engine) -> None:
    walk = Walk(engine, compiled(engine, two_askers()))
    walk.do("then")
    assert sorted(walk.open()) == ["l", "right"]


def test_of_two_pools_that_wait_for_one_name_the_flow_says_which_is_meant(engine: Engine) -> None:
    def waiter(name: str) -> Drawing:
        drawing = Drawing(name).start_on("message", f"begin_{name}", f"{name}_s").catch(f"{name}_waits", "go")
        return drawing.user(f"{name}_went").end(f"{name}_e").path(f"{name}_s", f"{name}_waits", f"{name}_went",
                                                                  f"{name}_e")  # fmt: skip

    main = Drawing("p").start().send("b1", "begin_x").send("b2", "begin_y").user("ready").send("go", "go").end()
    main.path("s", "b1", "b2", "ready", "go", "e")
    pools = ("p", "x", "y")
    for flow, expected in ((("go", "pool_y"), "y_went"), (("go", "x_waits"), "x_went")):
        walk = Walk(engine, compiled(engine, main, waiter("x"), waiter("y"), pools=pools, flows=(flow,)))
        walk.do("ready")
        assert [name for name in walk.open() if name.endswith("went")] == [expected]


def test_a_message_that_comes_before_its_receiver_is_kept_for_it(engine: Engine) -> None:
    drawing = Drawing("p").start().both("f").throw("early", "message", "news", carries="n").user("slow")
    drawing.catch("hear", "news").catch("hear_again", "news").user("after").both("j").end()
    drawing.path("s", "f", "early", "j", "e").path("f", "slow", "hear", "hear_again", "after", "j")
    walk = Walk(engine, compiled(engine, drawing), {"n": 7})
    assert walk.open() == ["slow"]
    engine.close()
    walk.do("slow", n=8)
    assert walk.open() == ["hear_again"]  # it was taken once
    assert walk.step.data["n"] == 7
    walk.tell("news")
    walk.do("after")
    assert walk.step.ended


def test_a_message_from_without_that_comes_before_its_receiver_is_kept_where_it_is_said(engine: Engine) -> None:
    drawing = Drawing("p").start().user("slow").catch("hear", "entered").user("after").end()
    walk = Walk(engine, compiled(engine, drawing.path("s", "slow", "hear", "after", "e")))
    with pytest.raises(TooLate):
        walk.tell("entered")
    walk.send(Message("entered", {"n": 3}, kept=True))
    assert walk.open() == ["slow"]
    engine.close()
    assert walk.do("slow").data["n"] == 3
    assert walk.open() == ["after"]


def test_a_kept_message_from_without_is_not_for_who_hears_a_sender_within(engine: Engine) -> None:
    walk = Walk(
        engine, compiled(engine, *asked_and_answered(), pools=("p", "q"), flows=(("ask", "qs"), ("tell", "heard")))
    )
    walk.send(Message("reply", {"verdict": "forged"}, kept=True))
    assert walk.open() == ["think"]
    assert walk.do("think", verdict="paid").data["verdict"] == "paid"


def test_kept_messages_are_taken_in_the_order_in_which_they_were_sent(engine: Engine) -> None:
    drawing = Drawing("p").start().script("one", "n = 1").throw("t1", "message", "m", carries="n")
    drawing.script("two", "n = 2").throw("t2", "message", "m", carries="n").catch("c1", "m").user("a").catch("c2", "m")
    drawing.user("b").end().path("s", "one", "t1", "two", "t2", "c1", "a", "c2", "b", "e")
    walk = Walk(engine, compiled(engine, drawing))
    assert walk.task("a").data == {"n": 1}
    engine.close()
    assert walk.do("a").data == {"n": 2}


def test_a_message_to_a_pool_without_a_process_leaves_the_case(engine: Engine) -> None:
    main = Drawing("p").start().throw("out", "message", "letter").catch("hear", "letter").end()
    main.path("s", "out", "hear", "e")
    walk = Walk(engine, compiled(engine, main, pools=("p", "applicant"), flows=(("out", "pool_applicant"),)))
    assert walk.open() == ["hear"]


def test_a_flow_from_a_pool_without_a_process_lets_the_portal_begin_a_process_in_the_case(engine: Engine) -> None:
    main = Drawing("p").start().user("work").end().path("s", "work", "e")
    second = Drawing("q").start_on("message", "complaint", "qs").user("look").end("qe").path("qs", "look", "qe")
    program = compiled(engine, main, second, pools=("p", "q", "public"), flows=(("pool_public", "qs"),))
    walk = Walk(engine, program, {"a": 1})
    assert walk.step.messages == ("complaint",)
    walk.tell("complaint", about="noise")
    assert walk.open() == ["work", "look"]
    assert walk.task("look").data == {"about": "noise"}
    walk.do("work")
    assert not walk.step.ended  # the other process is under way
    assert walk.step.data == {"a": 1}
    assert walk.do("look").ended
    without = Walk(engine, compiled(engine, main, second))
    with pytest.raises(TooLate):
        without.tell("complaint")


def test_terminating_one_process_leaves_the_other_alone(engine: Engine) -> None:
    main = Drawing("p").start().send("call", "begin").user("work").end(terminates=True).path("s", "call", "work", "e")
    second = Drawing("q").start_on("message", "begin", "qs").user("look").end("qe").path("qs", "look", "qe")
    walk = Walk(engine, compiled(engine, main, second))
    walk.do("work")
    assert walk.open() == ["look"]
    engine.close()
    assert walk.do("look").ended


def test_a_message_end_sends_and_a_message_on_a_border_interrupts_at_once(engine: Engine) -> None:
    main = Drawing("p").start().send("call", "begin").sub(Drawing("body").start("bs").user("work").end("be").path(
        "bs", "work", "be")).on_message("stop", "body", "halt").user("settle").end().end("e2")  # fmt: skip
    main.path("s", "call", "body", "e").path("stop", "settle", "e2")
    second = Drawing("q").start_on("message", "begin", "qs").user("look").end_with("qe", "message", "halt")
    second.path("qs", "look", "qe")
    walk = Walk(engine, compiled(engine, main, second))
    walk.do("look")
    assert walk.open() == ["settle"]
    assert "work cancelled" in walk.log()


def test_a_send_task_with_an_operator_is_a_job_and_sends_when_it_is_done(engine: Engine) -> None:
    drawing = Drawing("p").start().both("f").catch("hear", "sent").user("heard").both("j").end()
    drawing.messages.add("sent")
    drawing.service("mail")
    drawing.parts[-1] = drawing.parts[-1].replace("serviceTask id", 'sendTask messageRef="m_sent" id').replace(
        "</bpmn:serviceTask>", "</bpmn:sendTask>")  # fmt: skip
    drawing.path("s", "f", "hear", "heard", "j", "e").path("f", "mail", "j")
    walk = Walk(engine, compiled(engine, drawing))
    assert (walk.open(), walk.running()) == (["hear"], ["mail"])
    walk.done("mail")
    assert walk.open() == ["heard"]


def test_a_called_process_receives_for_the_pool_that_calls_it(engine: Engine) -> None:
    main = Drawing("p").start().call("c", "body").end().path("s", "c", "e")
    body = (
        Drawing("body").start("bs").send("ask", "begin").catch("wait", "done").end("be").path("bs", "ask", "wait", "be")
    )
    second = Drawing("q").start_on("message", "begin", "qs").user("look").end_with("qe", "message", "done")
    second.path("qs", "look", "qe")
    walk = Walk(engine, compiled(engine, main, body, second, pools=("p", "q"), flows=(("qe", "pool_p"),)))
    assert walk.do("look").ended


def test_a_process_that_messages_begin_may_also_simply_be_begun(engine: Engine) -> None:
    second = Drawing("q").start("plain").start_on("message", "begin", "qs").user("look").user("asked").end("qe")
    second.path("plain", "look", "qe").path("qs", "asked", "qe")
    main = Drawing("p").start().send("call", "begin").call("c", "q").end().path("s", "call", "c", "e")
    walk = Walk(engine, compiled(engine, main, second))
    assert walk.open() == ["look", "asked"]


def test_a_case_whose_own_process_begins_with_a_message_begins(engine: Engine) -> None:
    drawing = Drawing("p").start_on("message", "application").user("a").end().path("s", "a", "e")
    assert Walk(engine, compiled(engine, drawing)).open() == ["a"]


def test_messages_without_end_are_refused(engine: Engine) -> None:
    drawing = Drawing("p").start().xor("again").throw("t", "message", "m").xor("turn", "on").user("a").catch("c", "m")
    drawing.end().path("s", "again", "t", "turn").flow("turn", "again", "x > 0").flow("turn", "a", name="on")
    program = compiled(engine, drawing.path("a", "c", "e"))
    with pytest.raises(ScriptError, match="messages wait"):
        Walk(engine, program, {"x": 1})


def test_a_state_with_what_older_programs_do_not_know_says_so(engine: Engine) -> None:
    walk = Walk(engine, compiled(engine, *asked_and_answered()), {"topic": 1})
    assert state.version_of(walk.step.snapshot.blob) == 2
    walk.do("think", verdict=1)
    assert state.version_of(walk.step.snapshot.blob) == 1


def said(engine: Engine, *drawings: Drawing) -> list[Problem]:
    return judged(engine, {"drawn.bpmn": xml(*drawings)}, drawings[0].name)


def test_a_message_that_nobody_takes_and_an_event_without_one_are_named(engine: Engine) -> None:
    drawing = Drawing("p").start().throw("t", "message", "m").end().path("s", "t", "e")
    (warning,) = said(engine, drawing)
    assert (warning.severity, warning.element) == ("warning", "t")
    drawing = Drawing("p").start().node("intermediateThrowEvent", "t", "<bpmn:messageEventDefinition/>").end()
    (error,) = said(engine, drawing.path("s", "t", "e"))
    assert (error.severity, error.element) == ("error", "t")
    assert "No message" in error.message
    drawing = Drawing("p").start().node("sendTask", "t").end().path("s", "t", "e")
    assert [each.element for each in said(engine, drawing)] == ["t"]
