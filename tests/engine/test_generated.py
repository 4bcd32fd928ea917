"""Over generated diagrams: a compacted case is an uncompacted one, and a live case a restored one."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.engine import Engine, Evaluator
from app.errors import ScriptError
from tests.engine.generated import diagram
from tests.engine.walking import Walk, compiled

STEPS = 14


def table(data: dict[str, Any]) -> dict[str, Any]:
    return {"band": "high" if data["x"] else "low", "nested": {"of": [data["x"]]}}


def seen(walk: Walk) -> dict[str, Any]:
    """All that a step says, but for the ids, which are random."""
    step = walk.step
    return {
        "open": [(t.element, t.process, t.path, t.kind, t.message, t.data) for t in step.open_tasks],
        "running": walk.running(),
        "jobs": [(job.element, job.process, job.operator, job.params, job.data) for job in step.jobs],
        "timers": [(timer.element, timer.due) for timer in step.timers],
        "log": [(entry.element, entry.process, entry.what) for entry in step.log],
        "rest": (step.messages, step.ended, step.data),
    }


def act(walk: Walk, choice: int, value: int) -> None:
    """The same choice of the same state's possibilities, whatever the ids are."""
    step = walk.step
    possible: list[tuple[str, int]] = [("wait", hours) for hours in (1, 13, 60)]
    possible += [("message", place) for place in range(len(step.messages))]
    possible += [("job", place) for place in range(len(step.running_jobs))] * 2
    possible += [("task", place) for place, task in enumerate(step.open_tasks) if not task.message] * 3
    kind, place = possible[choice % len(possible)]
    answer = {"x": value, f"k{choice % 5}": {"by": choice, "list": [value]}}
    if kind == "wait":
        walk.wait(hours=place)
    elif kind == "message":
        walk.tell(step.messages[place], **answer)
    elif kind == "job":
        walk.done(walk.jobs[step.running_jobs[place]].element, answer)
    else:
        element = step.open_tasks[place].element
        before = [task.element for task in step.open_tasks[:place]].count(element)
        walk.do(element, before, **answer)


@settings(max_examples=120, suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 2**32),
    events=st.lists(st.tuples(st.integers(0, 59), st.integers(0, 2)), min_size=STEPS, max_size=STEPS),
)
def test_compacted_is_uncompacted_and_live_is_restored(
    evaluator: Evaluator, seed: int, events: list[tuple[int, int]]
) -> None:
    drawings = diagram(seed)
    engines = [
        Engine(evaluator),
        Engine(evaluator, live_cases=0),
        Engine(evaluator, compact=False),
        Engine(evaluator, live_cases=0, compact=False),
    ]
    program = compiled(engines[0], *drawings, decisions={"table": table})
    start = {"x": 1, "seen": [], "deep": {"a": {"b": [1]}}}
    walks = [Walk(engine, program, start) for engine in engines]
    for choice, value in events:
        expected = seen(walks[0])
        for walk in walks[1:]:
            assert seen(walk) == expected
        if walks[0].step.ended:
            assert all(walk.step.ended for walk in walks)
            return
        failures = set()
        for walk in walks:
            try:
                act(walk, choice, value)
            except ScriptError as error:
                failures.add(str(error))
            else:
                failures.add("")
        assert len(failures) == 1
        if failures != {""}:
            return
