"""A case's state as bytes and back: its tasks alone, each as the difference to its parent. Specs stay in
memory.

The form is JSON, compressed when that pays. A process is `t`: its tasks in depth-first order, `s`: the
processes inside its activities by the activity's place in `t`, `d`: its data once it has ended. A task is
`[id, parent's place, spec, state, triggered, internal data, data that differs from the parent's, names it
lacks]`.
"""

from __future__ import annotations

import json
import zlib
from datetime import datetime, tzinfo
from typing import Any
from uuid import UUID

from SpiffWorkflow.task import Task

from app.engine.case import Case, Inner, SandboxEnvironment, under_way
from app.engine.program import Program
from app.engine.sandbox import Evaluator
from app.engine.values import clone, same

PLAIN, PACKED = b"1", b"2"  # the first byte says how the rest is written
WORTH_PACKING = 400  # bytes
MAX_UNPACKED = 64 * 2**20


def dump(case: Case) -> bytes:
    """The state of a case whose tasks are in depth-first order (`compaction`)."""
    text = json.dumps(_process(case, case), ensure_ascii=False, separators=(",", ":"), check_circular=False).encode()
    return PLAIN + text if len(text) < WORTH_PACKING else PACKED + zlib.compress(text, 1)


def load(blob: bytes, program: Program, evaluator: Evaluator, zone: tzinfo, now: datetime) -> Case:
    """A case as it was when it was dumped, upon the specs of `program`."""
    kind, text = blob[:1], blob[1:]
    if kind == PACKED:
        unpacking = zlib.decompressobj()
        text = unpacking.decompress(text, MAX_UNPACKED)
    elif kind != PLAIN:
        raise ValueError("This is not a case's state.")
    record = json.loads(text)
    case = Case(program.specs, program.entry, evaluator, zone, now, restoring=True)
    _restore(case, record, case)
    # SpiffWorkflow gives a restored workflow an engine that runs anything: make sure that ours is in place.
    if type(case.script_engine.environment) is not SandboxEnvironment:
        raise AssertionError("The sandbox is not in place.")
    return case


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
