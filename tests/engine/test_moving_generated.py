"""Over generated diagrams, edits and positions: what is called safe does not break, and a verdict touches nothing.

`NINTEI_TRIPLES` says how many of (diagram, edit, position) are tried; the suite tries a few hundred.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from random import Random
from typing import Any

from SpiffWorkflow.util.task import TaskState

from app.engine import Engine, Evaluator, Program, Snapshot, Step, Version, state, verdict
from app.engine.gateways import EndJoin, Inclusive, Parallel
from app.engine.specs import UNFINISHED
from app.errors import BadPackage, ScriptError
from tests.engine.edited import Plan, edit
from tests.engine.test_generated import act, seen, table
from tests.engine.walking import NOON, Walk, compiled

TRIPLES = int(os.environ.get("NINTEI_TRIPLES", "200"))
ENDINGS = 3  # ways in which a case that moved goes on
STEPS = 25
START = {"x": 1, "seen": [], "deep": {"a": {"b": [1]}}}


class After(Walk):
    """A case that has moved."""

    def __init__(self, walk: Walk, program: Program, step: Step) -> None:
        self.engine, self.program, self.now, self.print = walk.engine, program, walk.now, program.fingerprint()
        self.step, self.jobs = step, dict(walk.jobs)


def stands_for_ever(engine: Engine, evaluator: Evaluator, program: Program, snapshot: Snapshot) -> bool:
    """Whether nothing is under way but tokens at joins."""
    case = state.load(snapshot.blob, program, evaluator, NOON.tzinfo, NOON)  # type: ignore[arg-type]
    if case.over:
        return False
    for workflow in case.workflows():
        places = [task.task_spec for task in workflow.tasks.values() if task.has_state(UNFINISHED)]
        waits = [each for each in places if not each.stands_by and not isinstance(each, EndJoin)]
        inner = any(task.has_state(TaskState.STARTED) for task in workflow.tasks.values())
        if waits and not inner and all(isinstance(each, Parallel | Inclusive) for each in waits):
            return True
    return False


def goes_on(walk: Walk, evaluator: Evaluator, chance: Random) -> str:
    """What breaks on a random way to the end; "" when nothing does."""
    for _ in range(STEPS):
        if walk.step.ended:
            return ""
        if stands_for_ever(walk.engine, evaluator, walk.program, walk.step.snapshot):
            return "it stands for ever"
        try:
            act(walk, chance.randrange(60), chance.randrange(3))
        except ScriptError as error:
            return f"{error} {error.params.get('element')}"
    return ""


def fresh(engine: Engine, evaluator: Evaluator, program: Program, chance: Random) -> set[str]:
    """What breaks in cases that begin with the new version."""
    found = set()
    for _ in range(12):
        try:
            found.add(goes_on(Walk(engine, program, START), evaluator, chance))
        except ScriptError as error:
            found.add(f"{error} {error.params.get('element')}")
    return found


def triples(engine: Engine, first: int) -> Iterator[tuple[int, str, Walk, Version, Version]]:
    """(seed, edit, a case under way, its version, the edited one)."""
    seed = first
    while True:
        seed += 1
        chance, plan = Random(seed), Plan(seed)
        other = deepcopy(plan)
        name = edit(other, chance)
        try:
            old = compiled(engine, *plan.drawings(), decisions={"table": table})
            new = compiled(engine, *other.drawings(), decisions={"table": table})
            walk = Walk(engine, old, START)
        except (BadPackage, ScriptError):
            continue
        before, after = Version(old), Version(new)
        for _ in range(8):
            if walk.step.ended:
                break
            yield seed, name, walk, before, after
            try:
                act(walk, chance.randrange(60), chance.randrange(3))
            except ScriptError:
                break


def test_what_is_called_safe_does_not_break(engine: Engine, evaluator: Evaluator) -> None:
    verdicts: Counter[str] = Counter()
    broke: list[Any] = []
    known: dict[int, set[str]] = {}
    for count, (seed, name, walk, old, new) in enumerate(triples(engine, 0), 1):
        found = verdict(engine.sorting(old, new, walk.step.snapshot))
        verdicts[found] += 1
        if found == "safe":
            step = engine.moved(old, new, walk.step.snapshot, {}, walk.now)
            for way in range(ENDINGS):
                chance = Random(seed * 100 + way)
                problem = goes_on(After(walk, new.program, step), evaluator, chance)
                if problem and seed not in known:
                    known[seed] = fresh(engine, evaluator, new.program, Random(seed))
                if problem and problem not in known[seed]:
                    broke.append((seed, name, problem))
        if count >= TRIPLES:
            break
    print(dict(verdicts))
    assert not broke
    assert verdicts["safe"] > TRIPLES / 3
    assert verdicts["stays"] > TRIPLES / 50


def decided(engine: Engine, old: Version, new: Version, snapshot: Snapshot, chance: Random) -> dict[str, Any] | None:
    """Any choice for each thing that is asked, and for what follows from it; None where the case stays after all."""
    decisions: dict[str, Any] = {}
    for _ in range(8):
        asked = [each for each in engine.sorting(old, new, snapshot, decisions) if not each.told]
        if not asked:
            return decisions
        if verdict(asked) != "decide":
            return None
        for each in asked:
            choice = chance.choice(each.choices)
            decisions[each.key] = {"value": 1} if choice == "value" else choice
    return None


def test_whatever_is_decided_does_not_break_either(engine: Engine, evaluator: Evaluator) -> None:
    broke: list[Any] = []
    known: dict[int, set[str]] = {}
    moved: Counter[str] = Counter()
    for count, (seed, name, walk, old, new) in enumerate(triples(engine, 30_000), 1):
        if count > TRIPLES:
            break
        if verdict(engine.sorting(old, new, walk.step.snapshot)) != "decide":
            continue
        for way in range(ENDINGS):
            chance = Random(seed * 100 + way)
            decisions = decided(engine, old, new, walk.step.snapshot, chance)
            if decisions is None:
                continue
            try:
                step = engine.moved(old, new, walk.step.snapshot, decisions, walk.now)
            except ScriptError as error:  # what it came to would be over at once
                moved[error.message] += 1
                continue
            moved.update(str(said).partition(":")[0] for said in decisions.values())
            problem = goes_on(After(walk, new.program, step), evaluator, chance)
            if problem and seed not in known:
                known[seed] = fresh(engine, evaluator, new.program, Random(seed))
            if problem and problem not in known[seed]:
                broke.append((seed, name, decisions, problem))
    print(dict(moved))
    assert not broke
    assert moved["to"], "some moved as it was decided"


def test_a_move_to_the_same_and_back_changes_nothing_that_comes(engine: Engine) -> None:
    for count, (seed, _, walk, old, _) in enumerate(triples(engine, 10_000), 1):
        same = Version(compiled(engine, *Plan(seed).drawings(), decisions={"table": table}))
        before = walk.step.snapshot.blob
        step = engine.moved(old, same, walk.step.snapshot, {}, walk.now)
        assert step.snapshot.blob == before
        assert engine.moved(same, old, step.snapshot, {}, walk.now).snapshot.blob == before
        one, other = After(walk, old.program, walk.step), After(walk, same.program, step)
        for choice in range(0, 30, 7):
            told = []
            for each in (one, other):
                try:
                    act(each, choice, choice % 3)
                    told.append(str(seen(each)))
                except ScriptError as error:
                    told.append(error.message)
            assert told[0] == told[1]
            if one.step.ended or "element" in told[0][:8]:
                break
        if count >= TRIPLES / 10:
            return


def test_a_verdict_is_the_same_compacted_or_not_and_touches_nothing(evaluator: Evaluator) -> None:
    tidy, whole = Engine(evaluator), Engine(evaluator, compact=False)
    for count, pair in enumerate(zip(triples(tidy, 20_000), triples(whole, 20_000), strict=True), 1):
        said = []
        for engine, (seed, _, walk, old, new) in zip((tidy, whole), pair, strict=True):
            prints = old.program.fingerprint(), new.program.fingerprint()
            found = engine.sorting(old, new, walk.step.snapshot)
            assert prints == (old.program.fingerprint(), new.program.fingerprint())
            said.append((seed, sorted(each.key for each in found if each.kind != "lost")))
        assert said[0] == said[1]
        if count >= TRIPLES / 10:
            return
