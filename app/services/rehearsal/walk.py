"""Every scenario of a package, walked at the level of the process; what comes otherwise than written is told.

Nothing is stored and nobody is written to. A walk that begins with another goes on from a copy of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app import forms
from app.catalogue import Package, check_scenarios, scenarios
from app.catalogue.scenarios import Scenario, Step, Walks
from app.engine import Engine, Program
from app.errors import N_, BadPackage, Named, NinteiError, Problem
from app.services.rehearsal.answers import Differs
from app.services.rehearsal.case import RehearsalCase
from app.services.rehearsal.stage import Stage

MOST_SECONDS = 600.0  # for all scenarios of a package
WALKED = frozenset({"userTask", "serviceTask", "sendTask", "receiveTask", "scriptTask", "businessRuleTask"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one scenario came out. `problem`: the first difference; none when all is as written."""

    scenario: Scenario
    steps: int
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """How all came out. `missed`: steps of the diagrams that no scenario passes over. `seconds`: of real time."""

    outcomes: tuple[Outcome, ...]
    covered: frozenset[str]
    missed: tuple[Named, ...]
    seconds: float

    @property
    def passed(self) -> int:
        """How many scenarios came out as they are written."""
        return sum(1 for outcome in self.outcomes if outcome.problem is None)

    @property
    def problems(self) -> list[Problem]:
        """The differences; one that several scenarios meet in what they share, once."""
        found = [outcome.problem for outcome in self.outcomes if outcome.problem is not None]
        return list({str(problem): problem for problem in found}.values())


def rehearse(
    package: Package,
    program: Program,
    engine: Engine,
    told: Callable[[int, int], None] | None = None,
    most: float = MOST_SECONDS,
) -> Rehearsal:
    """Walk every scenario; `told` hears after each how many are done, and of how many. The package has no errors, and
    `check_scenarios` found none in its scenarios. `most`: seconds for all of them."""
    start = time.monotonic()
    specs = {element: forms.load(schema, element) for element, schema in package.forms.items()}
    troupe = _Troupe(Stage(package, program, engine.apart(), specs), start, most)
    names, found = sorted(troupe.walks.scenarios), []
    for number, name in enumerate(names, 1):
        found.append(troupe.outcome(name))
        if told is not None:
            told(number, len(names))
    outcomes = tuple(found)
    missed = tuple(
        Named(element.id, element.name)
        for element in package.elements.values()
        if element.kind in WALKED and element.id not in troupe.covered and outcomes
    )
    return Rehearsal(outcomes, frozenset(troupe.covered), missed, time.monotonic() - start)


class _Troupe:
    """Walks scenarios, each once; those with which others begin come first, and leave copies where they branch off."""

    def __init__(self, stage: Stage, start: float, most: float) -> None:
        self._most = most
        self.stage = stage
        self.walks: Walks = scenarios.read(stage.package.files)
        self.covered: set[str] = set()
        self._started = start
        self._outcomes: dict[str, Outcome] = {}
        self._copies: dict[tuple[str, int], RehearsalCase] = {}  # (scenario, steps taken)
        self._wanted: dict[str, set[int]] = {}
        for scenario in self.walks.scenarios.values():
            if scenario.begin:
                name, taken = self._branch(scenario)
                self._wanted.setdefault(name, set()).add(taken)

    def _branch(self, scenario: Scenario) -> tuple[str, int]:
        """(scenario, steps) from which this one goes on: of the one in whose own steps the branch lies."""
        taken = len(self.walks.walk(scenario.name)) - len(scenario.steps)
        of = self.walks.scenarios[scenario.begin[0]] if scenario.begin else scenario
        while of.begin and taken <= len(self.walks.walk(of.name)) - len(of.steps):
            of = self.walks.scenarios[of.begin[0]]
        return of.name, taken

    def outcome(self, name: str) -> Outcome:
        """How the scenario comes out."""
        if name not in self._outcomes:
            self._outcomes[name] = self._walk(self.walks.scenarios[name])
        return self._outcomes[name]

    def _walk(self, scenario: Scenario) -> Outcome:
        walk = self.walks.walk(scenario.name)
        taken, case = 0, None
        try:
            if scenario.begin:
                base, taken = self._branch(scenario)
                before = self.outcome(base)
                if (base, taken) not in self._copies:  # the other walk did not come so far
                    return Outcome(scenario, len(walk), before.problem)
                case = self._copies[base, taken].branch()
            else:
                case = RehearsalCase(self.stage)
        except NinteiError as error:
            entry = self.stage.package.processes[self.stage.package.entry]
            reason = _with_element(error, self.stage)
            problem = Problem(entry.file, "A case cannot begin: %(reason)s", entry.id, {"reason": reason})
            return Outcome(scenario, len(walk), problem)
        wanted = self._wanted.get(scenario.name, set())
        found = None
        for number, step in enumerate(walk[taken:], taken):
            if number in wanted:
                self._copies[scenario.name, number] = case.branch()
            found = self._take(case, step)
            if found is not None:
                break
        else:
            if len(walk) in wanted:
                self._copies[scenario.name, len(walk)] = case.branch()
        self.covered |= case.completed
        return Outcome(scenario, len(walk), found)

    def _take(self, case: RehearsalCase, step: Step) -> Problem | None:
        if time.monotonic() - self._started > self._most:
            return Problem(step.file, "The scenarios take longer than %(most)s seconds.", "", {"most": int(self._most)})
        try:
            case.take(step.raw)
            _look(case, step.raw)
        except BadPackage:
            raise
        except (NinteiError, ValueError) as error:
            return as_problem(error, self.stage, step)
        return None


def as_problem(error: NinteiError | ValueError, stage: Stage, step: Step) -> Problem:
    """Why a step cannot be taken, or came otherwise. A ValueError is that of a day after the year 9999."""
    found = _with_element(error, stage) if isinstance(error, NinteiError) else Differs("%(error)s", error=str(error))
    return check_scenarios.at(step, stage.package, found)


def _with_element(error: NinteiError, stage: Stage) -> NinteiError:
    """An error of the engine names its element by id: say where it stands on the diagram."""
    element = error.params.get("element")
    if isinstance(element, str) and "%(element)" not in error.message and element in stage.package.elements:
        return Differs("at %(place)s: %(reason)s", place=stage.named(element), reason=error)
    return error


def _look(case: RehearsalCase, step: Mapping[str, Any]) -> None:
    """Compare what the step names. Raises Differs with the first that is otherwise."""
    package = case.stage.package
    things: dict[str, tuple[str, list[str], Mapping[str, str]]] = {
        "open": (N_("open tasks"), case.open(), {each.id: each.name for each in package.elements.values()}),
        "mails": (
            N_("mails"),
            case.came.mails,
            {each.id: f"{each.number}{each.label}" for each in package.mails.values()},
        ),
        "documents": (
            N_("documents"),
            case.came.documents,
            {each.id: each.title for each in package.documents.values()},
        ),
        "downloads": (
            N_("downloads"),
            case.came.downloads,
            {each.id: each.title for each in package.downloads.values()},
        ),
        "invoices": (N_("fees charged"), case.came.invoices, {each.id: each.title for each in package.fees.values()}),
        "webhooks": ("webhooks called", case.came.webhooks, {}),
    }
    for key, (what, came, names) in things.items():
        if f"expect_{key}" not in step:
            continue
        wanted = [str(each) for each in step[f"expect_{key}"]]
        if (wanted == came) if key == "mails" else (sorted(wanted) == sorted(came)):
            continue
        raise Differs(
            "%(what)s: expected %(expected)s, found %(found)s",
            what=what,
            expected=tuple(Named(each, names.get(each, "")) for each in wanted),
            found=tuple(Named(each, names.get(each, "")) for each in came),
        )
    facts: dict[str, tuple[str, object]] = {
        "state": (N_("state of the case"), case.state),
        "listed": (N_("on the register"), bool(case.register.shown)),
        "register": (N_("state on the register"), case.register.shown),
        "ended": (N_("ended"), case.step.ended),
    }
    for key, (what, found) in facts.items():
        if f"expect_{key}" in step and step[f"expect_{key}"] != found:
            raise Differs(
                "%(what)s: expected %(expected)s, found %(found)s",
                what=what,
                expected=_shown(step[f"expect_{key}"]),
                found=_shown(found),
            )


def _shown(value: object) -> object:
    """A word of the format as it is written there; nothing as nothing."""
    return value if isinstance(value, bool) else ((str(value),) if value else ())
