"""The process that moves cases is killed (kill -9) at every write and around every commit, there and back: each case is
moved or not, with all that belongs to it, and whoever comes next goes on with the rest."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from app.engine import Engine, Snapshot
from app.services.base import businessdays
from app.services.moves import moving
from app.store import cases, database, work
from app.store.models import Case, Entry, MoveCase
from tests.services.broken import again, open_task, send
from tests.services.conftest import PACKAGES, Bench, open_bench
from tests.services.moves.support import LIBRARY, REASON, RENAMED, applied, person, released, stored
from tests.support.server import PROJECT

CASES = int(os.environ.get("NINTEI_KILLED", "4"))
OLD, NEW = "申請の確認", "申請内容の確認"
MOMENTS = [*(("before", n) for n in range(1, 13)), *((each, n) for each in ("committing", "committed") for n in (1, 2))]


@pytest.fixture
def bench(either: str, tmp_path: Path, engine: Engine) -> Bench:
    """On both databases."""
    return open_bench(tmp_path, either, engine, PACKAGES)


class Mover:
    """The process that is killed (`mover`)."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.ends: Counter[str] = Counter()

    def ask(self, when: str, number: int) -> str:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(f"{when} {number}\n")
        self.process.stdin.flush()
        end = self.process.stdout.readline().strip()
        self.ends[f"{when} {end}"] += 1
        return end


@contextmanager
def mover(bench: Bench, url: str) -> Iterator[Mover]:
    command = [sys.executable, "-m", "tests.services.moves.mover", str(bench.portal.settings.data_dir), url]
    with subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdin is not None
        try:
            assert process.stdout.readline() == "ready\n"
            yield Mover(process)
        finally:
            process.stdin.close()
            process.wait(30)


def picture(bench: Bench, case: Case) -> tuple[Any, ...]:
    """All that a move changes of a case, with what the engine reads of its state."""
    found = again(case)
    loaded = bench.portal.releases.loaded(found.release_id)
    with database.connection():
        blob, token = cases.state(case.id)
        [task] = work.open_tasks(case.id)
        entries = Entry.select().where((Entry.case == case.id) & (Entry.kind == "version")).order_by(Entry.id)
        told = [entry.text for entry in entries]
        row = MoveCase.get(MoveCase.case == case.id)
    stands = tuple(each.element for each in bench.portal.engine.stands(loaded.program, Snapshot(blob, token)))
    return loaded.number, task.title, task.due_on, stands, tuple(told), row.state.value, row.blob is not None, blob


def standing(
    bench: Bench, them: list[Case], blobs: dict[int, bytes], whole: dict[str, tuple[Any, ...]]
) -> Counter[str]:
    """How the cases stand: each of them wholly one way, with the state that it had."""
    found: Counter[str] = Counter()
    for case in them:
        *seen, blob = picture(bench, case)
        name = next((name for name, each in whole.items() if list(each) == seen), None)
        assert name is not None, seen
        assert blob == blobs[case.id]
        found[name] += 1
    return found


def kill_until_done(killer: Mover, look: Callable[[], Counter[str]]) -> Counter[str]:
    """Kill at each moment in turn, and look after each, until one comes to the end."""
    for when, number in cycle(MOMENTS):
        end = killer.ask(when, number)
        found = look()
        if end == "done":
            return found
    raise AssertionError


def test_killed_at_every_moment_each_case_is_moved_or_not(bench: Bench, either: str) -> None:
    them = applied(bench, CASES)
    rows = {case.id: stored(case) for case in them}
    blobs = {case: blob for case, (blob, _) in rows.items()}
    number, who = released(bench, RENAMED), person(bench, "administrator")
    before = open_task(them[0], "approve").due_on
    made = moving.ask(bench.portal, LIBRARY, number, [case.number for case in them], {}, REASON, who)
    assert before is not None
    after = businessdays.add_business_days(businessdays.today(bench.portal.now()), 7, bench.portal.closing())
    whole = {
        "waiting": (1, OLD, before, ("approve",), (), "waiting", False),
        "moved": (number, NEW, after, ("approve",), ("moved",), "moved", True),
        "back": (1, OLD, before, ("approve",), ("moved", "back"), "back", True),
    }
    with mover(bench, either) as killer:
        assert kill_until_done(killer, lambda: standing(bench, them, blobs, whole)) == {"moved": CASES}
        assert moving.status(bench.portal, made, who).state == "done"
        moving.undo(bench.portal, made, who)
        assert kill_until_done(killer, lambda: standing(bench, them, blobs, whole)) == {"back": CASES}
    assert {case.id: stored(case) for case in them} == rows, "to the same bytes"
    assert moving.status(bench.portal, made, who).state == "undone"
    send(bench, them[0], "approve", outcome="approved")
    print(dict(killer.ends))
    assert sum(count for end, count in killer.ends.items() if end.endswith("killed")) > CASES * 5
