"""What one step takes and gives."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Any

import pytest

from app.engine import CompleteTask, Engine, JobDone, Message, TaskKind, TimersDue, TooLate
from app.errors import ScriptError
from tests.engine.drawing import Drawing
from tests.engine.walking import NOON, Walk, compiled


def three_steps() -> Drawing:
    return (
        Drawing("p")
        .start()
        .user("ask")
        .service("send", "mail", mail="'review-' + str(round)", to="[who]")
        .user("check")
        .end()
        .path("s", "ask", "send", "check", "e")
    )


def test_a_user_task_opens_with_its_process_and_data(engine: Engine) -> None:
    walk = Walk(engine, compiled(engine, three_steps()), {"round": 1, "who": "a"})
    (task,) = walk.step.open_tasks
    assert (task.element, task.process, task.kind, task.path) == ("ask", "p", TaskKind.USER, ())
    assert task.data == {"round": 1, "who": "a"} == walk.step.data
    assert walk.log() == ["s entered", "s completed", "ask entered"]
    assert not walk.step.ended


def test_a_service_task_asks_for_a_job_and_waits_for_its_result(engine: Engine) -> None:
    walk = Walk(engine, compiled(engine, three_steps()), {"round": 1, "who": "a"})
    walk.do("ask", who="b")
    (job,) = walk.step.jobs
    assert (job.element, job.process, job.operator) == ("send", "p", "mail")
    assert job.params == {"mail": "review-1", "to": ["b"]}
    assert walk.step.running_jobs == (job.task_id,)
    assert walk.open() == []
    walk.done("send", {"ignored": "there is no result variable"})
    assert walk.open() == ["check"]
    assert walk.step.data == {"round": 1, "who": "b"}
    assert walk.step.jobs == () == walk.step.running_jobs


def test_a_result_goes_under_its_variable(engine: Engine) -> None:
    drawing = Drawing("p").start().service("issue", "certificate_issue", "certificate").end().path("s", "issue", "e")
    walk = Walk(engine, compiled(engine, drawing))
    step = walk.done("issue", {"number": "CCUS-1", "list": (1, 2)})
    assert step.ended
    assert step.data == {"certificate": {"number": "CCUS-1", "list": [1, 2]}}


def test_a_job_counts_once(engine: Engine) -> None:
    walk = Walk(engine, compiled(engine, three_steps()), {"round": 1, "who": "a"})
    job = walk.do("ask").running_jobs[0]
    walk.send(JobDone(job))
    with pytest.raises(TooLate):
        walk.send(JobDone(job))
    assert walk.do("check").ended


@pytest.mark.parametrize(
    "event", [CompleteTask("not an id"), CompleteTask("0" * 32), JobDone("0" * 32), Message("none")]
)
def test_what_nothing_waits_for_is_too_late_and_changes_nothing(engine: Engine, event: Any) -> None:
    walk = Walk(engine, compiled(engine, three_steps()), {"round": 1, "who": "a"})
    with pytest.raises(TooLate):
        walk.send(event)
    assert walk.do("ask").jobs


def test_a_user_task_is_not_completed_by_a_job_nor_a_job_by_a_person(engine: Engine) -> None:
    walk = Walk(engine, compiled(engine, three_steps()), {"round": 1, "who": "a"})
    with pytest.raises(TooLate):
        walk.send(JobDone(walk.task("ask").id))
    job = walk.do("ask").running_jobs[0]
    with pytest.raises(TooLate):
        walk.send(CompleteTask(job))


def test_an_ended_case_takes_nothing_more(engine: Engine) -> None:
    walk = Walk(engine, compiled(engine, Drawing("p").start().end().path("s", "e")), {"k": 1})
    assert walk.step.ended
    assert walk.step.data == {"k": 1}
    with pytest.raises(TooLate):
        walk.send(TimersDue())


def test_an_error_in_a_script_names_its_element_and_leaves_the_case_as_it_was(engine: Engine) -> None:
    drawing = Drawing("p").start().user("ask").script("work", "n = 1 / divisor").end().path("s", "ask", "work", "e")
    walk = Walk(engine, compiled(engine, drawing), {"divisor": 0})
    for _ in range(2):
        with pytest.raises(ScriptError) as caught:
            walk.do("ask")
        assert caught.value.params["element"] == "work"
    assert walk.do("ask", divisor=2).data == {"divisor": 2, "n": 0.5}


def test_the_same_snapshot_may_be_advanced_again_when_its_step_was_not_stored(engine: Engine) -> None:
    program = compiled(engine, three_steps())
    first = engine.start(program, {"round": 1, "who": "a"}, NOON)
    event = CompleteTask(first.open_tasks[0].id, {"who": "lost"})
    engine.advance(program, first.snapshot, event, NOON)
    again = engine.advance(program, first.snapshot, CompleteTask(first.open_tasks[0].id, {"who": "kept"}), NOON)
    assert again.data["who"] == "kept"


def test_data_given_and_returned_is_never_shared(engine: Engine) -> None:
    program = compiled(engine, three_steps())
    given: dict[str, Any] = {"round": 1, "who": {"a": []}}
    step = engine.start(program, given, NOON)
    given["who"]["a"].append(1)
    step.data["who"]["a"].append(2)
    step.open_tasks[0].data["who"]["a"].append(3)
    following = engine.advance(program, step.snapshot, CompleteTask(step.open_tasks[0].id), NOON)
    assert following.jobs[0].params["to"] == [{"a": []}]


def test_data_that_json_cannot_hold_is_refused(engine: Engine) -> None:
    program = compiled(engine, three_steps())
    with pytest.raises(ScriptError):
        engine.start(program, {"typename": "x"}, NOON)
    walk = Walk(engine, program, {"round": 1, "who": "a"})
    with pytest.raises(ScriptError):
        walk.do("ask", when=NOON)
    assert walk.do("ask").jobs


def test_a_time_without_an_offset_is_refused(engine: Engine) -> None:
    with pytest.raises(ValueError, match="offset"):
        engine.start(compiled(engine, three_steps()), {}, datetime(2026, 1, 1))  # noqa: DTZ001


def test_a_decision_table_puts_its_outputs_into_the_data(engine: Engine) -> None:
    drawing = Drawing("p").start().rule("fee", "fees").end().path("s", "fee", "e")
    program = compiled(engine, drawing, decisions={"fees": lambda data: {"amount": data["n"] * 100}})
    assert Walk(engine, program, {"n": 3}).step.data == {"n": 3, "amount": 300}


@pytest.mark.parametrize("decide", [lambda data: data["missing"], lambda _: {"x": {1}}, lambda _: 3])
def test_a_decision_that_fails_names_its_element(engine: Engine, decide: Any) -> None:
    drawing = Drawing("p").start().rule("fee", "fees").end().path("s", "fee", "e")
    with pytest.raises(ScriptError) as caught:
        Walk(engine, compiled(engine, drawing, decisions={"fees": decide}))
    assert caught.value.params["element"] == "fee"


def test_a_gateway_takes_the_first_way_that_applies_in_the_order_of_the_file(engine: Engine) -> None:
    drawing = Drawing("p").start().xor("g", "other").user("a").user("b").user("c").end().path("s", "g")
    drawing.flow("g", "c", name="other").flow("g", "a", "n > 10").flow("g", "b", "n > 5").path("a", "e").path("b", "e")
    program = compiled(engine, drawing.path("c", "e"))
    assert Walk(engine, program, {"n": 20}).open() == ["a"]
    assert Walk(engine, program, {"n": 7}).open() == ["b"]
    assert Walk(engine, program, {"n": 1}).open() == ["c"]


def test_a_gateway_without_a_way_out_says_so(engine: Engine) -> None:
    drawing = Drawing("p").start().xor("g").user("a").user("b").end().path("s", "g").path("a", "e").path("b", "e")
    program = compiled(engine, drawing.flow("g", "a", "n > 10").flow("g", "b", "n > 5"))
    with pytest.raises(ScriptError, match="default"):
        Walk(engine, program, {"n": 1})


def test_a_process_that_runs_on_without_end_is_stopped(engine: Engine) -> None:
    drawing = Drawing("p").start().xor("m").script("t", "n = n + 1").xor("g", "back").end().path("s", "m", "t", "g")
    program = compiled(engine, drawing.flow("g", "m", name="back").flow("g", "e", "n < 0"))
    with pytest.raises(ScriptError, match="without end"):
        Walk(engine, program, {"n": 0})


def test_a_call_gives_all_data_in_and_takes_all_back(engine: Engine) -> None:
    inner = Drawing("inner").start("is").user("deep").end("ie").path("is", "deep", "ie")
    middle = Drawing("box").start("bs").call("c", "inner").end("be").path("bs", "c", "be")
    outer = Drawing("p").start().sub(middle).end().path("s", "box", "e")
    walk = Walk(engine, compiled(engine, outer, inner), {"k": {"n": 1}})
    task = walk.task("deep")
    assert (task.process, task.path, task.data) == ("inner", ("box", "c"), {"k": {"n": 1}})
    walk.do("deep", k={"n": 2})
    assert walk.step.ended
    assert walk.step.data == {"k": {"n": 2}}
    assert walk.log()[-4:] == ["be completed", "box completed", "e entered", "e completed"]


def test_a_terminate_event_ends_everything_in_its_process_alone(engine: Engine) -> None:
    inner = Drawing("box").start("bs").both("f").user("a").user("b").end("t", terminates=True).end("be")
    inner.path("bs", "f", "a", "t").path("f", "b", "be")
    outer = Drawing("p").start().sub(inner).user("after").end().path("s", "box", "after", "e")
    walk = Walk(engine, compiled(engine, outer))
    walk.do("a", won=True)
    assert walk.open() == ["after"]
    assert walk.log() == ["a completed", "t entered", "t completed", "b cancelled", "box completed", "after entered"]
    assert walk.step.data == {"won": True}


def test_many_cases_run_side_by_side_in_threads(engine: Engine) -> None:
    program = compiled(engine, three_steps())
    ended: list[Any] = []

    def run(number: int) -> None:
        walk = Walk(engine, program, {"round": number, "who": "a"})
        walk.do("ask", who=f"w{number}")
        assert walk.step.jobs[0].params == {"mail": f"review-{number}", "to": [f"w{number}"]}
        walk.done("send")
        ended.append(walk.do("check", n=number).data["n"])

    threads = [threading.Thread(target=run, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ended) == list(range(10))


def test_scripts_before_and_after_a_task_run_in_the_sandbox_too(engine: Engine) -> None:
    from tests.engine.drawing import extended

    scripts = extended("<spiffworkflow:preScript>a = 1</spiffworkflow:preScript>"
                       "<spiffworkflow:postScript>b = answer + a</spiffworkflow:postScript>")  # fmt: skip
    walk = Walk(engine, compiled(engine, Drawing("p").start().user("ask", scripts).end().path("s", "ask", "e")))
    assert walk.step.data == {"a": 1}
    assert walk.do("ask", answer=2).data == {"a": 1, "answer": 2, "b": 3}
