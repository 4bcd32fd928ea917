"""The state between steps: small, exact, and nobody's but the case's."""

from __future__ import annotations

import zlib

import pytest

from app.engine import CompleteTask, Engine, Evaluator, JobDone, Snapshot, state
from app.engine.scripting import SandboxEngine, SandboxEnvironment
from app.errors import BadState, ScriptError
from tests.engine.drawing import Drawing
from tests.engine.test_parallel import both_in_a_loop
from tests.engine.test_waiting import withdrawable
from tests.engine.walking import NOON, Walk, compiled


def nested_returns() -> list[Drawing]:
    inner = Drawing("inner").start("is").both("f").user("a").user("b").both("j").end("ie")
    inner.path("is", "f", "a", "j").path("f", "b", "j", "ie")
    outer = Drawing("p").start().xor("m").script("n", "n = n + 1").call("c", "inner").on_message("stop", "c", "halt")
    outer.xor("g", "back").end().end("e2").path("s", "m", "n", "c", "g").path("stop", "e2")
    return [outer.flow("g", "m", name="back").flow("g", "e", "done"), inner]


def test_a_hundred_returns_leave_the_state_as_small_as_one(engine: Engine) -> None:
    walk = Walk(engine, compiled(engine, *nested_returns()), {"n": 0, "done": False})
    sizes = []
    for number in range(100):
        walk.do("ab"[number % 2])
        walk.do("ba"[number % 2])
        sizes.append(len(walk.step.snapshot.blob))
    assert walk.step.data["n"] == 101
    assert max(sizes[50:]) <= max(sizes[:3]) + 30
    case = engine._live.take(walk.step.snapshot.token, walk.program)
    assert case is not None
    assert sum(len(workflow.tasks) for workflow in (case, *case.subprocesses.values())) <= 10


def test_a_long_automatic_run_is_tidied_on_the_way(engine: Engine) -> None:
    drawing = Drawing("p").start().xor("m").script("t", "n = n + 1").xor("g", "back").end().path("s", "m", "t", "g")
    drawing.flow("g", "m", name="back").flow("g", "e", "n >= 400")
    assert Walk(engine, compiled(engine, drawing), {"n": 0}).step.data == {"n": 400}


def test_ids_of_tasks_stay_when_a_case_is_restored(engine: Engine) -> None:
    walk = Walk(engine, compiled(engine, both_in_a_loop()), {"outcome": ""})
    vendor = walk.task("exam__vendor").id
    engine.close()
    walk.do("exam__operator")
    engine.close()
    walk.send(CompleteTask(vendor))
    assert walk.open() == ["judge"]


def test_a_job_is_answered_after_a_restart_inside_a_call_in_a_branch(engine: Engine) -> None:
    inner = Drawing("inner").start("is").service("send", result="r").end("ie").path("is", "send", "ie")
    outer = Drawing("p").start().both("f").call("c", "inner").user("u").both("j").end()
    outer.path("s", "f", "c", "j").path("f", "u", "j", "e")
    walk = Walk(engine, compiled(engine, outer, inner))
    job = walk.step.running_jobs[0]
    walk.do("u", u=1)
    other = Engine(engine._evaluator)  # another process would have one of its own
    step = other.advance(walk.program, walk.step.snapshot, JobDone(job, {"ok": True}), NOON)
    assert (step.ended, step.data) == (True, {"u": 1, "r": {"ok": True}})


def test_a_program_compiled_again_reads_the_states_of_the_first(engine: Engine) -> None:
    walk = Walk(engine, compiled(engine, *withdrawable()))
    again = compiled(engine, *withdrawable())
    assert again.digest == walk.program.digest
    step = engine.advance(again, walk.step.snapshot, CompleteTask(walk.task("fill").id), NOON)
    assert [job.element for job in step.jobs] == ["mail"]


def test_every_step_has_a_token_of_its_own(engine: Engine) -> None:
    program = compiled(engine, *withdrawable())
    assert len({engine.start(program, {}, NOON).snapshot.token for _ in range(20)}) == 20


def test_only_so_many_cases_stay_in_memory(evaluator: Evaluator) -> None:
    engine = Engine(evaluator, live_cases=3)
    program = compiled(engine, *withdrawable())
    walks = [Walk(engine, program) for _ in range(5)]
    assert len(engine._live) == 3
    for walk in walks:
        walk.do("fill")
    assert len(engine._live) == 3


def test_a_failed_step_leaves_no_live_case_behind(engine: Engine) -> None:
    drawing = Drawing("p").start().user("a").script("t", "n = 1 / n").end().path("s", "a", "t", "e")
    walk = Walk(engine, compiled(engine, drawing), {"n": 0})
    with pytest.raises(ScriptError):
        walk.do("a")
    assert len(engine._live) == 0


def test_a_loaded_case_has_the_sandbox_and_nothing_else(engine: Engine) -> None:
    walk = Walk(engine, compiled(engine, *withdrawable()))
    case = state.load(walk.step.snapshot.blob, walk.program, engine._evaluator, NOON.tzinfo, NOON)  # type: ignore[arg-type]
    assert type(case.script_engine) is SandboxEngine
    assert type(case.script_engine.environment) is SandboxEnvironment
    inner = next(iter(case.subprocesses.values()))
    assert inner.script_engine is case.script_engine


@pytest.mark.parametrize("blob", [b"", b"9{}", b"x", b"1{", b"2xx", b"NS", b"NS\x01", b"NS\x019{}", b"NS\x01\x32\x78"])
def test_what_is_no_state_is_refused(engine: Engine, blob: bytes) -> None:
    program = compiled(engine, *withdrawable())
    with pytest.raises(BadState, match="state"):
        engine.advance(program, Snapshot(blob, "t"), CompleteTask("x"), NOON)


def test_larger_states_are_compressed(engine: Engine) -> None:
    walk = Walk(engine, compiled(engine, *withdrawable()), {"text": "認定" * 2000})
    assert len(walk.step.snapshot.blob) < 1000
    assert walk.step.snapshot.blob.startswith(state.MARK + bytes([1]) + state.PACKED)
    assert zlib.decompress(walk.step.snapshot.blob[4:])


@pytest.mark.parametrize("text", ["a", "認定" * 2000])
def test_a_state_of_the_first_installations_goes_on(engine: Engine, text: str) -> None:
    """Theirs had no mark: what followed it stood there alone."""
    walk = Walk(engine, compiled(engine, *withdrawable()), {"text": text})
    first = walk.step.snapshot.blob.removeprefix(state.MARK + b"\x01")
    assert state.version_of(first) == 1
    task = walk.step.open_tasks[0]
    step = engine.advance(walk.program, Snapshot(first, "of before"), CompleteTask(task.id), NOON)
    assert step.snapshot.blob.startswith(state.MARK)
    assert step.data["text"] == text


def test_a_state_of_a_newer_program_is_not_guessed_at(engine: Engine) -> None:
    walk = Walk(engine, compiled(engine, *withdrawable()))
    newer = state.MARK + bytes([state.VERSION + 1]) + walk.step.snapshot.blob[3:]
    with pytest.raises(BadState, match="a newer Nintei"):
        engine.advance(walk.program, Snapshot(newer, "t"), CompleteTask(walk.step.open_tasks[0].id), NOON)


def test_every_version_of_states_and_archives_has_its_reader() -> None:
    from app.catalogue import archive

    assert sorted(state.READERS) == list(range(1, state.VERSION + 1))
    assert sorted(archive.READERS) == list(range(1, archive.FORM + 1))


def test_the_scripts_of_one_step_have_a_budget_together(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.engine import scripting

    monkeypatch.setattr(scripting, "STEP_SECONDS", -1)
    drawing = Drawing("p").start().script("t", "n = 1").end().path("s", "t", "e")
    with pytest.raises(ScriptError, match="together") as caught:
        Walk(engine, compiled(engine, drawing))
    assert caught.value.params["element"] == "t"
