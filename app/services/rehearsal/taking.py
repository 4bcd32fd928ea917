"""What comes of a walk, step by step, as a scenario would write it down: to keep a walk that was played, and to take
over what comes otherwise after a change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app import forms
from app.catalogue import Package
from app.catalogue.scenarios import Step
from app.engine import Engine, Program
from app.errors import NinteiError, Problem
from app.services.rehearsal.case import RehearsalCase
from app.services.rehearsal.stage import Stage
from app.services.rehearsal.walk import as_problem

Expected = Mapping[str, Any]  # by the keys of the format: expect_open …


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of each step that could be taken, and why the walk could not go on, if it could not."""

    came: tuple[Expected, ...]
    problem: Problem | None


class Walk:
    """A case under way, and what came of each of its steps. Raises NinteiError when a case cannot begin at all."""

    def __init__(self, package: Package, program: Program, engine: Engine) -> None:
        specs = {element: forms.load(schema, element) for element, schema in package.forms.items()}
        self._stage = Stage(package, program, engine.apart(), specs)
        self._case = RehearsalCase(self._stage)
        self.came: list[Expected] = []

    def branch(self) -> Walk:
        """The same walk as it stands, to go another way from here."""
        other = Walk.__new__(Walk)
        other._stage, other._case, other.came = self._stage, self._case.branch(), list(self.came)
        return other

    def take(self, step: Step) -> Problem | None:
        """Take a step, whatever it expects; why it cannot be taken, if so."""
        before = _facts(self._case)
        try:
            self._case.take(step.raw)
        except (NinteiError, ValueError) as error:
            return as_problem(error, self._stage, step)
        now = _facts(self._case)
        changed = {key: value for key, value in now.items() if before[key] != value}
        self.came.append({**_outcome(self._case), **changed})
        return None

    def open(self) -> list[str]:
        """Elements of all open tasks."""
        return self._case.open()

    def whole(self) -> Expected:
        """Everything that could be said of the last step, what is as it was before included."""
        return {**_facts(self._case), **(self.came[-1] if self.came else {})}


def taken(package: Package, program: Program, engine: Engine, steps: Sequence[Step]) -> Taken:
    """Walk the steps and note everything that comes of each; what they expect is not looked at."""
    walk = Walk(package, program, engine)
    came: list[Expected] = []
    for step in steps:
        problem = walk.take(step)
        if problem is not None:
            return Taken(tuple(came), problem)
        came.append(walk.whole())
    return Taken(tuple(came), None)


def _outcome(case: RehearsalCase) -> dict[str, Any]:
    """What came of the last step: open tasks always, the rest where there is something."""
    came = case.came
    lists = {
        "expect_mails": came.mails,
        "expect_documents": sorted(came.documents),
        "expect_downloads": sorted(came.downloads),
        "expect_invoices": came.invoices,
        "expect_webhooks": sorted(came.webhooks),
    }
    return {"expect_open": case.open(), **{key: list(value) for key, value in lists.items() if value}}


def _facts(case: RehearsalCase) -> dict[str, Any]:
    """How the case stands."""
    return {
        "expect_state": case.state,
        "expect_listed": bool(case.register.shown),
        "expect_register": case.register.shown,
        "expect_ended": case.step.ended,
    }
