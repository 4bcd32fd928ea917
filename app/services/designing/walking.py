"""The scenarios of a draft, walked while somebody waits: how each came out, over which steps, and what comes otherwise;
what does may be taken over once it was seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.catalogue import Package, scenario_text, scenarios
from app.catalogue.scenario_text import Added, Change
from app.errors import Named, Problem, Refused
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.designing import growing
from app.services.rehearsal import walk
from app.services.workspaces import content, making, saving
from app.states import Right

SECONDS = 60.0  # for which somebody waits


@dataclass(frozen=True, slots=True)
class New:
    """A step that would be put in before the one of this number. `answers`: what it fills in, as its form says it."""

    step: int
    key: str
    name: Named
    answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Walked:
    """One scenario. `problem`: the first that came otherwise; `changes` and `added`: all that would be written anew to
    make it as it comes now (none where no way to its end was found: then the walk itself has to be changed)."""

    name: str
    title: str
    title_en: str
    steps: int
    problem: Problem | None
    changes: tuple[Change, ...]
    added: tuple[New, ...] = ()
    follows: bool = False  # nothing of its own has to change: it begins with one that has


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
    titles: Mapping[str, str]  # of what expectations name by its id

    @property
    def passed(self) -> int:
        """How many came out as they are written."""
        return sum(1 for each in self.walked if each.problem is None)


def listed(portal: Portal, workspace: int, who: Actor) -> list[tuple[str, str, str]]:
    """(name, title, English title) of each scenario that can be read."""
    who.require(Right.SEE_DESIGN)
    read = scenarios.read(content.files(portal, workspace))
    return [(each.name, each.title, each.title_en) for _, each in sorted(read.scenarios.items())]


def run(portal: Portal, workspace: int, who: Actor) -> Report:
    """Walk them all. Raises NotFound, BadPackage, Refused while the draft has errors."""
    who.require(Right.DESIGN)
    revision = making.one(portal, workspace, who).revision
    package = content.package(portal, workspace)
    errors = sum(1 for problem in portal.releases.check(package) if problem.severity == "error")
    if errors:
        raise Refused("%(count)s problems keep the scenarios from being walked", count=errors)
    program = portal.releases.compiled(package)
    found = walk.rehearse(package, program, portal.engine, most=SECONDS)
    broken = [each.scenario.name for each in found.outcomes if each.problem is not None]
    offered = growing.offers(package, program, portal.engine, broken)
    walked = tuple(
        Walked(
            each.scenario.name, each.scenario.title, each.scenario.title_en, each.steps, each.problem,
            offered[each.scenario.name].changes if each.scenario.name in offered else (),
            _news(package, offered.get(each.scenario.name)), offered.get(each.scenario.name) == growing.Offer(),
        )
        for each in found.outcomes
    )  # fmt: skip
    drawn = tuple(
        Drawn(
            file, _title(package, file), tuple(sorted(name for name in found.covered if _file(package, name) == file))
        )
        for file in dict.fromkeys(process.file for process in package.processes.values())
    )
    return Report(revision, walked, drawn, found.missed, found.seconds, _titles(package))


def accept(
    portal: Portal, workspace: int, chosen: Mapping[str, Sequence[tuple[int, str]]], revision: int, who: Actor
) -> int:
    """Write what comes now in place of what was expected, and put in the steps that are missing: by scenario, (step,
    key) of each. Gives how many were written. Raises Stale where somebody has saved since the report of this revision,
    and what `run` raises."""
    package = content.package(portal, workspace)
    files: dict[str, bytes | None] = {}
    count = 0
    for name, offer in growing.offers(package, portal.releases.compiled(package), portal.engine, list(chosen)).items():
        taken = [each for each in offer.changes if (each.step, each.key) in chosen[name]]
        added = [each for each in offer.added if (each.step, _key(each)) in chosen[name]]
        if taken or added:
            path = scenarios.path_of(name)
            files[path] = scenario_text.brought_up(package.files[path], taken, added)
            count += len(taken) + len(added)
    if files:
        saving.change(portal, workspace, files, revision, who)
    return count


def _key(added: Added) -> str:
    """Beside the keys of a step's expectations."""
    return f"+{added.raw['complete']}"


def _news(package: Package, offer: growing.Offer | None) -> tuple[New, ...]:
    return tuple(
        New(
            each.step, _key(each), Named(each.raw["complete"], package.elements[each.raw["complete"]].name),
            tuple(growing.words(package, each)),
        )
        for each in (offer.added if offer is not None else ())
    )  # fmt: skip


def _titles(package: Package) -> dict[str, str]:
    """Of documents and steps; a mail's subject is a template, so it is told by the step that sends it."""
    found = {each.id: each.title for each in package.documents.values() if "{" not in each.title}
    for element in package.elements.values():
        if element.operator == "mail" and element.name:
            found.setdefault(str(element.parameters.get("mail", "")).strip("'\""), element.name)
    return found | {each.id: each.name for each in package.elements.values() if each.name}


def _title(package: Package, file: str) -> str:
    return next((each.name for each in package.processes.values() if each.file == file and each.name), file)


def _file(package: Package, element: str) -> str:
    found = package.elements.get(element)
    return found.file if found is not None else ""
