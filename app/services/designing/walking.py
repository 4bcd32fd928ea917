"""The scenarios of a draft, walked while somebody waits: how each came out, over which steps, and what comes otherwise;
what does may be taken over once it was seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.catalogue import Package, scenario_text, scenarios
from app.catalogue.scenario_text import Change
from app.errors import Named, Problem, Refused
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.rehearsal import taking, walk
from app.services.workspaces import content, making, saving

SECONDS = 60.0  # for which somebody waits


@dataclass(frozen=True, slots=True)
class Walked:
    """One scenario. `problem`: the first that came otherwise; `changes`: all that would be written anew to make it as
    it comes now (none where it cannot be walked to its end: then the walk itself has to be changed)."""

    name: str
    title: str
    title_en: str
    steps: int
    problem: Problem | None
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """One diagram: its file, what it is called, and the steps of it that some scenario passes over."""

    file: str
    title: str
    covered: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """How all came out at this revision of the draft. `missed`: steps that no scenario passes over."""

    revision: int
    walked: tuple[Walked, ...]
    diagrams: tuple[Drawn, ...]
    missed: tuple[Named, ...]
    seconds: float

    @property
    def passed(self) -> int:
        """How many came out as they are written."""
        return sum(1 for each in self.walked if each.problem is None)


def listed(portal: Portal, workspace: int, who: Actor) -> list[tuple[str, str, str]]:
    """(name, title, English title) of each scenario that can be read."""
    who.require(*saving.ROLES)
    read = scenarios.read(content.files(portal, workspace))
    return [(each.name, each.title, each.title_en) for _, each in sorted(read.scenarios.items())]


def run(portal: Portal, workspace: int, who: Actor) -> Report:
    """Walk them all. Raises NotFound, BadPackage, Refused while the draft has errors."""
    who.require(*saving.ROLES)
    revision = making.one(portal, workspace, who).revision
    package = content.package(portal, workspace)
    errors = sum(1 for problem in portal.releases.check(package) if problem.severity == "error")
    if errors:
        raise Refused("%(count)s problems keep the scenarios from being walked", count=errors)
    program = portal.releases.compiled(package)
    found = walk.rehearse(package, program, portal.engine, most=SECONDS)
    walked = tuple(
        Walked(
            each.scenario.name, each.scenario.title, each.scenario.title_en, each.steps, each.problem,
            _changes(portal, package, each.scenario.name) if each.problem else (),
        )
        for each in found.outcomes
    )  # fmt: skip
    drawn = tuple(
        Drawn(
            file, _title(package, file), tuple(sorted(name for name in found.covered if _file(package, name) == file))
        )
        for file in dict.fromkeys(process.file for process in package.processes.values())
    )
    return Report(revision, walked, drawn, found.missed, found.seconds)


def accept(
    portal: Portal, workspace: int, chosen: Mapping[str, Sequence[tuple[int, str]]], revision: int, who: Actor
) -> int:
    """Write what comes now in place of what was expected: by scenario, (step, key) of each change. Gives how many were
    written. Raises Stale where somebody has saved since the report of this revision, and what `run` raises."""
    package = content.package(portal, workspace)
    files: dict[str, bytes | None] = {}
    count = 0
    for name, keys in chosen.items():
        taken = [each for each in _changes(portal, package, name) if (each.step, each.key) in keys]
        if taken:
            path = scenarios.path_of(name)
            files[path] = scenario_text.taken_over(package.files[path], taken)
            count += len(taken)
    if files:
        saving.change(portal, workspace, files, revision, who)
    return count


def _title(package: Package, file: str) -> str:
    return next((each.name for each in package.processes.values() if each.file == file and each.name), file)


def _file(package: Package, element: str) -> str:
    found = package.elements.get(element)
    return found.file if found is not None else ""


def _changes(portal: Portal, package: Package, name: str) -> tuple[Change, ...]:
    read = scenarios.read(package.files)
    if name not in read.scenarios:
        return ()
    steps, scenario = read.walk(name), read.scenarios[name]
    found = taking.taken(package, portal.releases.compiled(package), portal.engine, steps)
    if found.problem is not None:
        return ()
    return tuple(scenario_text.changes(scenario, found.came[len(steps) - len(scenario.steps) :]))
