"""A case's state as bytes and back: its tasks alone, each as the difference to its parent. Specs stay in memory.

The first bytes say how the rest is written: MARK, the version of the form as one byte, then whether the JSON is
compressed, which it is where that pays. States of the first installations have no mark and are version 1. A state is
read by the reader of its version for as long as cases live, and written anew by their next step; nobody rewrites states
that nobody asks for. Version 1, written since: a process is `t`: its tasks in depth-first order, `s`: the processes
inside its activities by the activity's place in `t`, `d`: its data once it has ended; of the case alone `n`: how many
names were written inside forks (`writes`), `p`: the processes that messages began beside it, each as `[id, name of the
process, its record]`, `m`: messages that are kept, each as `[name, data, [who sent it], process and element that it
goes to]`; a state that has either is version 2, so that a program that knows nothing of them does not lose them. A task
is `[id, parent's place, spec, state, triggered, internal data, data that differs from the parent's, names it lacks]`.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from typing import Any
from uuid import UUID

from SpiffWorkflow.task import Task

from app.engine.case import Case, Inner, Pool
from app.engine.events import Letter
from app.engine.program import Program
from app.engine.routing import Target
from app.engine.sandbox import Evaluator
from app.engine.scripting import SandboxEnvironment
from app.engine.values import clone, same
from app.engine.whole import under_way
from app.errors import BadState
from app.text.jsontext import compact

MARK = b"NS"
VERSION = 2
PLAIN, PACKED = b"1", b"2"  # whether the JSON is compressed
WORTH_PACKING = 400  # bytes
MAX_UNPACKED = 64 * 2**20


def dump(case: Case) -> bytes:
    """The state of a case whose tasks are in depth-first order (`compaction`)."""
    record = _process(case, case)
    if case.writes:
        record["n"] = case.writes
    if case.pools:
        record["p"] = [[pool.id.hex, pool.spec.name, _process(pool, case)] for pool in case.pools.values()]
    if case.letters:
        record["m"] = [
            [letter.name, letter.data, letter.source, letter.target.process, letter.target.element]
            for letter in case.letters
        ]
    text = compact(record).encode()
    body = PLAIN + text if len(text) < WORTH_PACKING else PACKED + zlib.compress(text, 1)
    version = 2 if "p" in record or "m" in record else 1
    return MARK + bytes([version]) + body


def load(blob: bytes, program: Program, evaluator: Evaluator, zone: tzinfo, now: datetime) -> Case:
    """A case as it was when it was dumped, upon the specs of `program`.

    Raises BadState for bytes that are no state, that are cut off, or that a newer program wrote.
    """
    record = _read(blob)
    case = Case(program.specs, program.entry, evaluator, zone, now, restoring=True)
    _restore(case, record, case)
    case.writes = record.get("n", 0)
    for identity, process, inner_record in record.get("p", ()):
        pool = Pool(case.subprocess_specs[process], case, UUID(hex=identity), restoring=True)
        case.pools[pool.id] = pool
        _restore(pool, inner_record, case)
    case.letters = [
        Letter(name, data, tuple(source), Target(process, element))
        for name, data, source, process, element in record.get("m", ())
    ]
    # SpiffWorkflow gives a restored workflow an engine that runs anything: make sure that ours is in place.
    if type(case.script_engine.environment) is not SandboxEnvironment:
        raise AssertionError("The sandbox is not in place.")
    return case


def version_of(blob: bytes) -> int:
    """In which version of the form a state is written. Raises BadState for what is none."""
    if blob[:1] in (PLAIN, PACKED):
        return 1
    if not blob.startswith(MARK) or len(blob) < len(MARK) + 2:
        raise BadState("What is stored as the state of this case is none")
    return blob[len(MARK)]


def _read(blob: bytes) -> dict[str, Any]:
    """The record of today's form, whichever version the bytes are of."""
    version = version_of(blob)
    reader = READERS.get(version)
    if reader is None:
        raise BadState(
            "The state of this case was written by a newer Nintei (form %(version)s; "
            "this program reads up to %(known)s)",
            version=version,
            known=VERSION,
        )
    body = blob[len(MARK) + 1 :] if blob.startswith(MARK) else blob
    kind, text = body[:1], body[1:]
    try:
        if kind == PACKED:
            unpacking = zlib.decompressobj()
            text = unpacking.decompress(text, MAX_UNPACKED)
            if not unpacking.eof:
                raise ValueError("cut off, or larger than any state")
        elif kind != PLAIN:
            raise ValueError("neither plain nor packed")
        return reader(json.loads(text))
    except (ValueError, zlib.error) as error:
        raise BadState("The state of this case cannot be read: %(reason)s", reason=str(error)) from error


# By version: the record as it stands there, to the record of today.
READERS: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = {
    1: lambda record: record,
    2: lambda record: record,
}


def _process(workflow: Any, case: Case) -> dict[str, Any]:
    places: dict[Any, int] = {}
    tasks: list[list[Any]] = []
    inside: dict[str, Any] = {}
    for task in workflow.tasks.values():
        places[task.id] = len(tasks)
        parent = task.parent
        if parent is None:
            place, changed, missing = -1, task.data, []
        else:
            place, changed, missing = (
                places[parent.id],
                _changed(parent.data, task.data),
                _missing(parent.data, task.data),
            )
        if under_way(task):
            inside[str(len(tasks))] = _process(case.subprocesses[task.id], case)
        tasks.append(
            [
                task.id.hex,
                place,
                task.task_spec.name,
                task.state,
                int(task.triggered),
                task.internal_data,
                changed,
                missing,
            ]
        )
    record: dict[str, Any] = {"t": tasks}
    if inside:
        record["s"] = inside
    if workflow.completed:
        record["d"] = workflow.data
    return record


def _changed(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in after.items() if key not in before or not same(before[key], value)}


def _missing(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return [key for key in before if key not in after]


def _restore(workflow: Any, record: dict[str, Any], case: Case) -> None:
    tasks: list[Task] = []
    for identity, place, spec, state, triggered, internal, changed, missing in record["t"]:
        parent = None if place < 0 else tasks[place]
        task = Task(workflow, workflow.spec.task_specs[spec], parent, state=state, id=UUID(hex=identity))
        task.triggered = bool(triggered)
        task.internal_data = internal
        task.data = {} if parent is None else clone(parent.data)
        task.data.update(changed)
        for key in missing:
            del task.data[key]
        tasks.append(task)
    workflow.task_tree = tasks[0]
    if "d" in record:
        workflow.data, workflow.completed = record["d"], True
    for place, inner_record in record.get("s", {}).items():
        around = tasks[int(place)]
        inner = Inner(case.subprocess_specs[around.task_spec.called], around.id, case, deserializing=True)
        case.subprocesses[around.id] = inner
        _restore(inner, inner_record, case)
