"""One step through the services, beside bare SpiffWorkflow's, in the same run.

    python -m tests.bench.service_step

Ours is all of it: the task and the case read and locked, who may do it, the answer, the engine, the new state, task
rows, visits, timeline, and SQLite's commit (WAL, synchronous=FULL). Bare is SpiffWorkflow with one JSON text and one
commit, and keeps none of that. Both walk thirty user tasks, case by case in turns, each after a case that does not
count: what the other one left behind is swept up by then. Then the way back is taken a hundred times.
"""

from __future__ import annotations

import contextlib
import io
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer.config import SPIFF_CONFIG

from app.engine import CompleteTask, Engine, Evaluator
from app.services.base import permit, versions
from app.services.base.portal import Portal
from app.services.base.releases import Releases
from app.services.packages import folders, terms
from app.services.people import accounts
from app.services.process import steps
from app.services.tasks import send
from app.store import cases, database, work
from app.store.blobs import Blobs
from app.store.connections import Sqlite
from config import settings as config
from config.clock import SystemClock
from tests.bench import engine_step, thirty
from tests.bench.engine_step import Bare, Store, Times, plain_loggers, timed

CASES = 6
RETURNS = 100
ANSWER = {"again": False}


class BareThirty(Bare):
    """SpiffWorkflow by the book over the same diagram."""

    def __init__(self, store: Store, *, scripts: bool) -> None:
        parser = SpiffBpmnParser()
        parser.add_bpmn_io(io.BytesIO(thirty.diagram(scripts=scripts).encode()))
        spec = parser.get_spec("thirty")
        self.serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(SPIFF_CONFIG))
        self.store = store
        workflow = BpmnWorkflow(spec, parser.get_subprocess_specs("thirty"))
        workflow.do_engine_steps()
        store.begin()
        store.commit(self.serializer.serialize_json(workflow))
        engine_step.ANSWER.update(ANSWER)
        self.step()  # the application


def new_case(portal: Portal) -> int:
    """A new case of the thirty tasks, its application answered."""
    now = portal.now()
    with database.transaction():
        loaded = portal.releases.current("thirty")
        case = cases.create(
            number=f"2026-{cases.next_number('bench'):04d}",
            package_id="thirty",
            turn_since=now,
            release=loaded.release_id,
            email="a@example.jp",
            created_at=now,
            changed_at=now,
        )
        steps.start(portal, case, {}, now)
        steps.advance(portal, case, CompleteTask(work.open_tasks(case.id)[0].id), now)
    return int(case.id)


def open_task(case: int) -> str:
    """The case's open task, as a page would name it."""
    with database.connection():
        return str(work.open_tasks(case)[0].id)


class Services:
    """A portal with the thirty-task package."""

    def __init__(self, folder: Path, evaluator: Evaluator, *, scripts: bool) -> None:
        place = thirty.write(folder / "packages", scripts=scripts)
        settings = config.load(
            {
                "NINTEI_DATA_DIR": str(folder / "var"),
                "NINTEI_PACKAGES_DIR": str(place.parent),
                "NINTEI_SECRET_KEY": "a secret of the bench, long enough for it",
            }
        )
        versions.prepare(database.connect(settings.database_url))
        engine = Engine(evaluator)
        self.portal = Portal(
            settings, SystemClock(), engine, Releases(engine, SystemClock()), Blobs(folder / "blobs"), folder
        )
        terms.put(self.portal, folders.read(place), terms.Act("bench"), None)
        user = accounts.add_staff(self.portal, "bench@example.jp", "Bench", ["operator"], "a password for the bench")
        self.actor = accounts.actor_of(self.portal, user)
        self.restored = replace(self.portal, engine=Engine(evaluator, live_cases=0))

    def case(self) -> int:
        """A new case, its application answered."""
        return new_case(self.portal)

    def task(self, case: int) -> str:
        """The open task, as a page would name it."""
        return open_task(case)

    def step(self, portal: Portal, task_id: str, *, again: bool = False) -> int:
        """What `tasks.send` does once the form is clean, within a request: nothing is read twice in it."""
        now = portal.now()
        with database.reading_once(), database.transaction():
            setting = permit.find(portal, task_id, self.actor, lock=True)
            behalf = permit.may_do(setting, self.actor)
            send.complete(portal, setting, {"again": again, "remark": "ok"}, self.actor, now, behalf)
        return 0

    def size(self, case: int) -> int:
        """Bytes of the engine's state."""
        with database.connection():
            return len(cases.state(case)[0])


def compare(title: str, evaluator: Evaluator, folder: Path, *, scripts: bool) -> None:
    """Thirty steps, in turns."""
    services = Services(folder, evaluator, scripts=scripts)
    bare, ours, cold = Times("bare SpiffWorkflow 3.2"), Times("services, case in memory"), Times("services, restored")
    uncounted = Times("")
    for _ in range(CASES):
        for times in (uncounted, bare):
            times.cases.append([])
            with plain_loggers():
                one = BareThirty(Store(folder), scripts=scripts)
                for _ in range(thirty.TASKS):
                    timed(one.step, times)
        for portal, counted in ((services.portal, ours), (services.restored, cold)):
            for times in (uncounted, counted):
                times.cases.append([])
                case = services.case()
                for _ in range(thirty.TASKS):
                    task = services.task(case)
                    timed(lambda portal=portal, task=task: services.step(portal, task), times)  # type: ignore[misc]
                    times.size = services.size(case)
    print(title)
    for times in (bare, ours, cold):
        print(times.line(bare))


def returns(evaluator: Evaluator, folder: Path) -> None:
    """A hundred times around thirty tasks: the last steps beside the first."""
    services = Services(folder, evaluator, scripts=True)
    case, ours = services.case(), Times("services")
    ours.cases.append([])
    for round_ in range(RETURNS + 1):
        for number in range(thirty.TASKS):
            task = services.task(case)
            back = number == thirty.TASKS - 1 and round_ < RETURNS
            timed(lambda task=task, back=back: services.step(services.portal, task, again=back), ours)  # type: ignore[misc]
    ours.size = services.size(case)
    ours.cases = [[*ours.cases[0][:30], *ours.cases[0][-30:]]]
    print(f"services, after {RETURNS} returns through {thirty.TASKS} tasks (first 30 and last 30 steps)")
    print(ours.line(ours))


@contextmanager
def recorded() -> Iterator[list[tuple[str, Any]]]:
    """The statements that run, with their values."""
    base, ran = database.proxy.obj, []
    plain = base._execute_cursor

    def execute(sql: str, params: Any, **options: Any) -> Any:
        ran.append((sql, params or ()))
        return plain(sql, params, **options)

    base._execute_cursor = execute
    try:
        yield ran
    finally:
        del base._execute_cursor


def replayed(evaluator: Evaluator, folder: Path) -> None:
    """Each step beside its own statements, run once more by sqlite3 alone upon a second database that is in step."""
    services = Services(folder, evaluator, scripts=True)
    ours, raw = Times("services, case in memory"), Times("the same statements, sqlite3 alone")
    for number in range(CASES):
        case = services.case()
        for times in (raw, ours):
            times.cases.append([])
        copy = Sqlite(f"{folder}/copy-{number}.db")
        with database.connection(), contextlib.closing(sqlite3.connect(copy.database)) as file:
            database.proxy.obj.connection().backup(file)
        with copy.connection_context():
            connection = copy.connection()
            for _ in range(thirty.TASKS):
                task = services.task(case)
                with recorded() as statements:
                    timed(lambda task=task: services.step(services.portal, task), ours)  # type: ignore[misc]
                timed(lambda connection=connection, statements=statements: again(connection, statements), raw)  # type: ignore[misc]
        copy.close_all()
        ours.size = services.size(case)
    print("one step with a script beside the same statements replayed raw")
    for times in (raw, ours):
        print(times.line(raw))


def again(connection: sqlite3.Connection, statements: list[tuple[str, Any]]) -> int:
    """Run them in one transaction and read what they give."""
    connection.execute("BEGIN IMMEDIATE")
    for sql, values in statements:
        connection.execute(sql, values).fetchall()
    connection.commit()
    return 0


def main() -> None:
    evaluator = Evaluator()
    evaluator.evaluate("1 + 1", {})
    try:
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder)
            compare("30 user tasks, a script after each, through the services", evaluator, place / "a", scripts=True)
            compare("30 user tasks, no script, through the services", evaluator, place / "b", scripts=False)
            returns(evaluator, place / "c")
            replayed(evaluator, place / "d")
    finally:
        evaluator.close()


if __name__ == "__main__":
    main()
