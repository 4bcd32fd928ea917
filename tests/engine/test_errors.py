"""Errors, escalations, signals and failed jobs, and who catches them (BPMN 2.0.2, sections 10.5.6 and 13.5)."""

from __future__ import annotations

import pytest

from app.engine import Engine, JobDone, JobFailed, TooLate, Uncaught
from app.errors import BadPackage, ScriptError
from tests.engine.drawing import Drawing, each, xml
from tests.engine.walking import Walk, compiled


def body(end: str = "error", name: str = "broken") -> Drawing:
    """Two branches, of which one ends with an event."""
    drawing = Drawing("body").start("bs").both("bf").user("a").user("b").end_with("be", end, name, carries="why")
    return drawing.end("be2").path("bs", "bf", "a", "be").path("bf", "b", "be2")


def outer(inner: Drawing, kind: str = "error", code: str = "broken", interrupting: bool = True) -> Drawing:
    drawing = Drawing("p").start().sub(inner).on(kind, "caught", "body", code, interrupting).user("mend").user("on")
    return drawing.end().end("e2").path("s", "body", "on", "e").path("caught", "mend", "e2")


@pytest.mark.parametrize("code", ["broken", ""])
def test_an_error_ends_everything_in_the_activity_and_goes_on_behind_its_border(engine: Engine, code: str) -> None:
    walk = Walk(engine, compiled(engine, outer(body(), code=code)), {"k": 1})
    walk.do("a", why="wet", other=2)
    assert walk.open() == ["mend"]
    assert walk.log() == ["a completed", "be entered", "be completed", "caught entered", "caught completed",
                          "b cancelled", "body cancelled", "mend entered"]  # fmt: skip
    assert walk.task("mend").data == {"k": 1, "why": "wet", "error": {"code": "broken", "text": ""}}
    assert walk.do("mend").ended


def test_without_the_error_the_activity_goes_on_as_ever(engine: Engine) -> None:
    inner = Drawing("body").start("bs").user("a").xor("x", "fine").end_with("be", "error", "broken").end("ok")
    inner.path("bs", "a", "x").flow("x", "be", "bad").flow("x", "ok", name="fine")
    walk = Walk(engine, compiled(engine, outer(inner)))
    walk.do("a", bad=False)
    assert walk.open() == ["on"]


def test_an_error_passes_what_does_not_catch_its_code_and_is_caught_further_out(engine: Engine) -> None:
    called = Drawing("body").start("bs").user("a").end_with("be", "error", "broken").path("bs", "a", "be")
    middle = Drawing("middle").start("ms").call("c", "body").on("error", "other", "c", "lost").end("me").end("me2")
    middle.path("ms", "c", "me").path("other", "me2")
    top = Drawing("p").start().sub(middle).on("error", "caught", "middle").user("mend").end().end("e2")
    top.path("s", "middle", "e").path("caught", "mend", "e2")
    walk = Walk(engine, compiled(engine, top, called))
    walk.do("a")
    assert walk.open() == ["mend"]


def test_of_two_on_one_border_the_one_that_names_the_code_catches(engine: Engine) -> None:
    drawing = Drawing("p").start().sub(body()).on("error", "any", "body").on("error", "exact", "body", "broken")
    drawing.user("x").user("y").end().path("s", "body", "e").path("any", "x", "e").path("exact", "y", "e")
    walk = Walk(engine, compiled(engine, drawing))
    walk.do("a")
    assert walk.open() == ["y"]


def test_an_error_in_one_of_many_ends_them_all(engine: Engine) -> None:
    inner = Drawing("body").start("bs").user("a").xor("x", "fine").end_with("be", "error", "broken").end("ok")
    inner.path("bs", "a", "x").flow("x", "be", "bad").flow("x", "ok", name="fine")
    inner.parts.insert(0, each(count="3", item="i"))
    walk = Walk(engine, compiled(engine, outer(inner)))
    walk.do("a", bad=False)
    engine.close()
    walk.do("a", bad=True)
    assert walk.open() == ["mend"]


def test_an_error_that_nobody_can_catch_is_refused(engine: Engine) -> None:
    drawing = Drawing("p").start().user("a").end_with("e", "error", "broken").path("s", "a", "e")
    with pytest.raises(BadPackage, match="Nobody catches"):
        compiled(engine, drawing)
    with pytest.raises(BadPackage, match="Nobody catches"):
        compiled(engine, outer(body(), code="another"))


def test_an_error_that_only_the_event_subprocess_which_throws_it_would_catch_is_refused(engine: Engine) -> None:
    handler = Drawing("h").start_on("error", "broken", "hs").end_with("he", "error", "broken").path("hs", "he")
    drawing = Drawing("p").start().user("a").end_with("e", "error", "broken").path("s", "a", "e").beside(handler)
    with pytest.raises(BadPackage, match="Nobody catches") as refused:
        compiled(engine, drawing)
    assert [problem.element for problem in refused.value.problems] == ["he"]


def test_what_waits_for_what_nothing_throws_is_warned_of(engine: Engine) -> None:
    drawing = Drawing("p").start().service("mail").on("error", "e1", "mail", "mail").on("error", "e2", "mail", "mial")
    drawing.on("signal", "s1", "mail", "fire").on("escalation", "x1", "mail").end().path("s", "mail", "e")
    for event in ("e1", "e2", "s1", "x1"):
        drawing.path(event, "e")
    warned = [problem for problem in engine.check({"d.bpmn": xml(drawing)}, "p") if problem.severity == "warning"]
    assert [problem.element for problem in warned] == ["e2", "s1"]


def test_an_error_that_one_caller_catches_and_the_other_does_not_fails_the_step_of_the_other(engine: Engine) -> None:
    called = Drawing("body").start("bs").user("a").end_with("be", "error", "broken").path("bs", "a", "be")
    drawing = Drawing("p").start().xor("x", "bare").call("safe", "body").call("open", "body")
    drawing.on("error", "caught", "safe").end().path("s", "x").flow("x", "safe", "careful").flow(
        "x", "open", name="bare"
    )
    drawing.path("safe", "e").path("open", "e").path("caught", "e")
    program = compiled(engine, drawing, called)
    assert Walk(engine, program, {"careful": True}).do("a").ended
    walk = Walk(engine, program, {"careful": False})
    with pytest.raises(ScriptError, match="Nobody catches") as caught:
        walk.do("a")
    assert caught.value.params["element"] == "be"
    assert walk.open() == ["a"]


# ---- jobs that fail for good


def posting(code: str = "") -> Drawing:
    drawing = Drawing("p").start().service("mail").on("error", "failed", "mail", code).user("phone").user("on").end()
    return drawing.path("s", "mail", "on", "e").path("failed", "phone", "e")


@pytest.mark.parametrize("code", ["", "mail"])
def test_a_job_that_fails_for_good_is_caught_on_the_border_of_its_task(engine: Engine, code: str) -> None:
    walk = Walk(engine, compiled(engine, posting(code)))
    job = walk.step.running_jobs[0]
    engine.close()
    walk.send(JobFailed(job, "mail", "550 no such user"))
    assert (walk.open(), walk.step.running_jobs) == (["phone"], ())
    assert walk.task("phone").data == {"error": {"code": "mail", "text": "550 no such user"}}
    for late in (JobDone(job), JobFailed(job, "mail")):
        with pytest.raises(TooLate):
            walk.send(late)


def test_a_failure_that_nobody_catches_changes_nothing(engine: Engine) -> None:
    walk = Walk(engine, compiled(engine, posting("other")))
    job = walk.step.running_jobs[0]
    with pytest.raises(Uncaught):
        walk.send(JobFailed(job, "mail"))
    walk.done("mail")
    assert walk.open() == ["on"]


@pytest.mark.parametrize(("code", "caught"), [("mail", True), ("", False)])
def test_further_out_a_failure_is_caught_by_its_code_alone(engine: Engine, code: str, caught: bool) -> None:
    """An event that catches any error is meant for those that are drawn; it hides no fault of the house."""
    inner = Drawing("body").start("bs").service("mail").end("be").path("bs", "mail", "be")
    walk = Walk(engine, compiled(engine, outer(inner, code=code)))
    job = walk.step.running_jobs[0]
    if caught:
        walk.send(JobFailed(job, "mail"))
        assert walk.open() == ["mend"]
    else:
        with pytest.raises(Uncaught):
            walk.send(JobFailed(job, "mail"))


# ---- escalations


def test_an_escalation_that_does_not_interrupt_starts_a_branch_each_time_and_the_activity_goes_on(
    engine: Engine,
) -> None:
    inner = Drawing("body").start("bs").user("a").throw("up", "escalation", "late", carries="n").user("b")
    inner.throw("up2", "escalation", "late").end("be").path("bs", "a", "up", "b", "up2", "be")
    walk = Walk(engine, compiled(engine, outer(inner, "escalation", "late", interrupting=False)))
    walk.do("a", n=1)
    assert sorted(walk.open()) == ["b", "mend"]
    assert walk.task("mend").data == {"n": 1}
    engine.close()
    walk.do("b")
    assert sorted(walk.open()) == ["mend", "mend", "on"]


def test_an_escalation_that_interrupts_ends_the_activity_before_its_token_moves_on(engine: Engine) -> None:
    inner = Drawing("body").start("bs").user("a").throw("up", "escalation", "late").user("b").end("be")
    inner.path("bs", "a", "up", "b", "be")
    walk = Walk(engine, compiled(engine, outer(inner, "escalation", "late")))
    walk.do("a")
    assert walk.open() == ["mend"]
    assert not any(line.startswith("b ") for line in walk.log())


def test_an_escalation_that_nobody_catches_is_gone(engine: Engine) -> None:
    drawing = Drawing("p").start().throw("up", "escalation", "late").user("a").end_with("e", "escalation", "late")
    assert Walk(engine, compiled(engine, drawing.path("s", "up", "a", "e"))).do("a").ended


# ---- signals


def test_a_signal_reaches_everyone_who_waits_and_is_gone(engine: Engine) -> None:
    drawing = Drawing("p").start().both("f").catch_signal("x", "fire").user("left").catch_signal("y", "fire")
    drawing.user("right").user("work").on("signal", "out", "work", "fire").user("escaped").user("alarm")
    drawing.throw("ring", "signal", "fire", carries="where").catch_signal("late", "fire").user("never").both("j").end()
    drawing.path("s", "f", "x", "left", "j", "e").path("f", "y", "right", "j").path("f", "work", "j")
    drawing.path("out", "escaped", "e").path("f", "alarm", "ring", "late", "never", "j")
    walk = Walk(engine, compiled(engine, drawing))
    assert walk.step.messages == ()
    walk.do("alarm", where="roof")
    assert sorted(walk.open()) == ["escaped", "left", "right"]
    assert walk.task("left").data == {"where": "roof"}


def test_a_signal_of_another_name_wakes_nobody(engine: Engine) -> None:
    drawing = Drawing("p").start().both("f").catch_signal("x", "fire").throw("ring", "signal", "water").both("j").end()
    walk = Walk(engine, compiled(engine, drawing.path("s", "f", "x", "j", "e").path("f", "ring", "j")))
    assert (walk.open(), walk.step.ended) == ([], False)


def test_a_signal_goes_to_the_other_pools_of_the_case(engine: Engine) -> None:
    main = Drawing("p").start().send("call", "begin").user("work").end_with("e", "signal", "over")
    main.path("s", "call", "work", "e")
    second = Drawing("q").start_on("message", "begin", "qs").catch_signal("hear", "over").user("look").end("qe")
    second.path("qs", "hear", "look", "qe")
    walk = Walk(engine, compiled(engine, main, second))
    walk.do("work")
    assert walk.open() == ["look"]


def test_a_signal_may_be_one_of_the_events_behind_a_gateway(engine: Engine) -> None:
    drawing = Drawing("p").start().both("f").first_event("which").catch_signal("x", "fire").catch("m", "go").user("a")
    drawing.user("b").user("alarm").throw("ring", "signal", "fire").end()
    drawing.path("s", "f", "which", "x", "a", "e").path("which", "m", "b", "e").path("f", "alarm", "ring", "e")
    walk = Walk(engine, compiled(engine, drawing))
    walk.do("alarm")
    assert walk.open() == ["a"]
    assert walk.step.messages == ()
