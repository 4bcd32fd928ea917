"""A released version's diagrams, compiled: shared by all its cases, changed by none."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from app.engine.specs import Lean, ProcessSpec
from app.engine.waiting import Catch


@dataclass(frozen=True, eq=False)
class Program:
    """`digest` names the sources and the entry; keep one Program per version and give it to every step."""

    entry: str  # id of the process that a case starts
    specs: Mapping[str, ProcessSpec]  # every process and embedded subprocess
    digest: str

    @cached_property
    def catches_errors(self) -> bool:
        """Whether anything in it waits for an error."""
        specs = (spec for process in self.specs.values() for spec in process.task_specs.values())
        return any(isinstance(spec, Catch) and spec.trigger.kind == "error" for spec in specs)

    def fingerprint(self) -> str:
        """A digest of the compiled specs, for tests: no step may change it."""
        digest = hashlib.sha256()
        for name in sorted(self.specs):
            for task_spec in self.specs[name].task_specs.values():
                digest.update(repr((name, type(task_spec).__name__, _facts(task_spec))).encode())
        return digest.hexdigest()


def _facts(spec: Lean) -> list[tuple[str, Any]]:
    """All attributes that are data. Functions and the way back to the process are told by name."""
    facts: list[tuple[str, Any]] = []
    for key, value in sorted(vars(spec).items()):
        if key == "_wf_spec":
            facts.append((key, value.name))
        elif hasattr(value, "hard_subscribers"):  # an event of SpiffWorkflow: a case must not connect anything to it
            facts.append((key, (value.hard_subscribers, value.weak_subscribers)))
        elif callable(value):
            facts.append((key, getattr(value, "__qualname__", type(value).__name__)))
        else:
            facts.append((key, repr(value)))
    return facts
