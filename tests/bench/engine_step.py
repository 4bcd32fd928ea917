"""One step, ours beside bare SpiffWorkflow's: load, complete a user task, run, store, commit.

    python -m tests.bench.engine_step

Bare means: SpiffWorkflow as its manual shows it, one JSON text a case, one SQLite commit a step. Ours does the same
commit with its own blob. They take turns of one case on the same machine in the same run, each after a case that does
not count, so that noise hits both, and neither pays for what the other left behind (turns of one step had ours look
through SpiffWorkflow's garbage); loggers are as SpiffWorkflow leaves them while it runs bare. Nothing is asserted here:
times are for reading.
"""

from __future__ import annotations

import contextlib
import io
import logging
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer.config import SPIFF_CONFIG
from SpiffWorkflow.util.task import TaskState

from app.engine import CompleteTask, Engine, Evaluator, Program, Snapshot, Step
from tests.engine.drawing import Drawing, xml

NOW = datetime(2026, 4, 1, tzinfo=UTC)
TASKS = 30
CASES = 8
RETURNS = 100
LOGGERS = ("spiff.task", "spiff.workflow", "spiff.data")


def line(scripts: bool) -> Drawing:
    """Thirty user tasks, each followed by a script (or by a task that does nothing)."""
    drawing = Drawing("line").start()
    names = ["s"]
    for number in range(TASKS):
        drawing.user(f"user{number}")
        if scripts:
            drawing.script(f"script{number}", f"total = total + {number}\nlast = answer")
        else:
            drawing.node("task", f"script{number}")
        names += [f"user{number}", f"script{number}"]
    return drawing.end().path(*names, "e")


def returns() -> Drawing:
    """Two user tasks and a script, until someone is content."""
    drawing = Drawing("returns").start().xor("merge").user("write").script("count", "total = total + 1").user("review")
    drawing.xor("split", "back").end().path("s", "merge", "write", "count", "review", "split")
    return drawing.flow("split", "merge", name="back").flow("split", "e", "outcome == 'passed'")


class Store:
    """One row a case in SQLite, as safe as it gets: WAL and synchronous=FULL."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.base = sqlite3.connect(folder / f"bench-{time.monotonic_ns()}.db", isolation_level=None)
        self.base.execute("PRAGMA journal_mode=WAL")
        self.base.execute("PRAGMA synchronous=FULL")
        self.base.execute("CREATE TABLE cases (id INTEGER PRIMARY KEY, state BLOB, token TEXT)")
        self.base.execute("INSERT INTO cases VALUES (1, '', '')")

    def begin(self) -> tuple[bytes, str]:
        self.base.execute("BEGIN IMMEDIATE")
        row: tuple[bytes, str] = self.base.execute("SELECT state, token FROM cases WHERE id = 1").fetchone()
        return row

    def commit(self, state: bytes | str, token: str = "") -> None:
        self.base.execute("UPDATE cases SET state = ?, token = ? WHERE id = 1", (state, token))
        self.base.execute("COMMIT")


class Bare:
    """SpiffWorkflow by the book."""

    def __init__(self, drawing: Drawing, store: Store) -> None:
        parser = SpiffBpmnParser()
        parser.add_bpmn_io(io.BytesIO(xml(drawing)))
        spec = parser.get_spec(drawing.name)
        self.serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(SPIFF_CONFIG))
        self.store = store
        workflow = BpmnWorkflow(spec, parser.get_subprocess_specs(drawing.name))
        workflow.task_tree.data.update(START)
        workflow.do_engine_steps()
        store.begin()
        store.commit(self.serializer.serialize_json(workflow))

    def step(self) -> int:
        state, _ = self.store.begin()
        workflow = self.serializer.deserialize_json(state)
        task = workflow.get_next_task(state=TaskState.READY, manual=True)
        task.data.update(ANSWER)
        task.run()
        workflow.do_engine_steps()
        text = self.serializer.serialize_json(workflow)
        self.store.commit(text)
        return len(text)


class Ours:
    """The same step through the engine."""

    def __init__(self, engine: Engine, program: Program, store: Store) -> None:
        self.engine, self.program, self.store = engine, program, store
        store.begin()
        self.keep(engine.start(program, START, NOW))

    def keep(self, step: Step) -> None:
        self.store.commit(step.snapshot.blob, step.snapshot.token)
        self.task = step.open_tasks[0].id if step.open_tasks else ""

    def step(self) -> int:
        state, token = self.store.begin()
        step = self.engine.advance(self.program, Snapshot(state, token), CompleteTask(self.task, ANSWER), NOW)
        self.keep(step)
        return len(step.snapshot.blob)


START = {"total": 0, "answer": "", "last": "", "outcome": ""}
ANSWER = {"answer": "yes", "outcome": "returned"}


@dataclass
class Times:
    """Seconds of each step, case by case, and the bytes of the last state."""

    name: str
    cases: list[list[float]] = field(default_factory=list)
    size: int = 0

    def all(self) -> list[float]:
        return [seconds for case in self.cases for seconds in case]

    def growth(self) -> float:
        first = statistics.median(seconds for case in self.cases for seconds in case[:5])
        last = statistics.median(seconds for case in self.cases for seconds in case[-5:])
        return last / first

    def line(self, bare: Times) -> str:
        mine = sorted(self.all())
        middle, high = statistics.median(mine) * 1000, mine[int(len(mine) * 0.95)] * 1000
        ratio = statistics.median(mine) / statistics.median(bare.all())
        return (
            f"  {self.name:28} p50 {middle:7.2f} ms   p95 {high:7.2f} ms   growth {self.growth():5.2f}   "
            f"state {self.size:7,} B   ratio {ratio:5.2f}"
        )


@contextlib.contextmanager
def plain_loggers() -> Iterator[None]:
    """SpiffWorkflow's loggers without the level that the engine gives them."""
    levels = [logging.getLogger(name).level for name in LOGGERS]
    for name in LOGGERS:
        logging.getLogger(name).setLevel(logging.NOTSET)
    yield
    for name, level in zip(LOGGERS, levels, strict=True):
        logging.getLogger(name).setLevel(level)


def timed(run: Callable[[], int], times: Times) -> None:
    began = time.perf_counter()
    times.size = run()
    times.cases[-1].append(time.perf_counter() - began)


def compare(
    title: str, drawing: Drawing, evaluator: Evaluator, folder: Path, steps: int, cases: int, tail: int = 0
) -> None:
    """Run all contestants in turns. With `tail`, only the last so many steps of a case count."""
    live, restored = Engine(evaluator), Engine(evaluator, live_cases=0)
    program = live.compile({"bench.bpmn": xml(drawing)}, drawing.name, {})
    bare, ours, cold = Times("bare SpiffWorkflow 3.2"), Times("ours, case in memory"), Times("ours, restored each step")
    uncounted = Times("")
    for _ in range(cases):
        for times in (uncounted, bare):
            times.cases.append([])
            with plain_loggers():
                one = Bare(drawing, Store(folder))
                for _ in range(steps):
                    timed(one.step, times)
        for engine, counted in ((live, ours), (restored, cold)):
            for times in (uncounted, counted):
                times.cases.append([])
                contestant = Ours(engine, program, Store(folder))
                for _ in range(steps):
                    timed(contestant.step, times)
    if tail:
        for times in (bare, ours, cold):
            times.cases = [[*case[:5], *case[-tail:]] for case in times.cases]
    print(title)
    for times in (bare, ours, cold):
        print(times.line(bare))


def main() -> None:
    evaluator = Evaluator()
    evaluator.evaluate("1 + 1", {})  # its workers start with the first call
    try:
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder)
            compare(f"{TASKS} user tasks, a script after each", line(True), evaluator, place, TASKS, CASES)
            compare(f"{TASKS} user tasks, no script", line(False), evaluator, place, TASKS, CASES)
            compare(
                f"after {RETURNS} returns (first 5 steps and last 20)", returns(), evaluator, place, 2 * RETURNS, 1, 20
            )
    finally:
        evaluator.close()


if __name__ == "__main__":
    main()
