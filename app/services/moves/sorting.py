"""The running cases of a package beside another release: which move safely, which ask something, which stay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from app.catalogue import called
from app.engine import Decisions, Finding, Snapshot, verdict
from app.errors import N_, BadPackage, BadState, NotFound, Problem
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.services.moves import aliases, versions
from app.services.moves.offering import Offer
from app.services.moves.questions import Question, decided, gathered, of_case
from app.states import Right
from app.store import cases, database, moves, releases, work
from app.store.models import Case

SAFE, DECIDE, STAYS, LATER = "safe", "decide", "stays", "later"
FAILED = "failed"  # the case or its release cannot be read
HOLDERS = frozenset({"callActivity", "subProcess"})  # tokens stand within them
MOST_ROUNDS = 5  # of questions that follow from answers


@dataclass(frozen=True, slots=True)
class Sorted:
    """One case. `place`: the titles of its open tasks; `findings`: why it does not move yet; `told`: what a move does;
    `was`: the release's number that it runs on; `elements`: where it stands."""

    id: int
    number: str
    company: str
    was: int
    place: tuple[str, ...]
    verdict: str
    findings: tuple[Problem, ...]
    told: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """All running cases of a package that are on other releases than this one."""

    package_id: str
    title: str
    target: int  # number
    cases: tuple[Sorted, ...]
    questions: tuple[Question, ...]

    def of(self, verdict: str) -> tuple[Sorted, ...]:
        """The cases of one kind."""
        return tuple(each for each in self.cases if each.verdict == verdict)


def plan(portal: Portal, package_id: str, number: int, decisions: Decisions, actor: Actor) -> Plan:
    """Sort them; nothing is changed. Raises NotFound, Forbidden."""
    actor.require(Right.SEE_DESIGN)
    with database.connection():
        new = target(portal, package_id, number)
        rows = moves.running(package_id, new.release_id)
        busy = moves.busy([row.id for row in rows])
        open_ones = work.open_tasks_of([row.id for row in rows])
        found, asked, offer = [], [], Offer()
        for row in rows:
            places = tuple(task.title for task in open_ones.get(row.id, ()))
            own = of_case(decisions, row.number)
            one, findings = _sorted(portal, row, new, own, row.id in busy, places)
            found.append(one)
            worth = offer.worth(row.release_id, findings, own, partial(judge, portal, row, new))
            asked += [(finding, row.number, row.release_id) for finding in worth]
        questions = gathered(portal, asked, new)
    return Plan(package_id, new.package.title, number, tuple(found), questions)


@dataclass(frozen=True, slots=True)
class Answered:
    """A plan with answers, as far as they fit; `questions`: all of them, and those that follow from an answer."""

    plan: Plan
    questions: tuple[Question, ...]
    decisions: Mapping[str, Any]


def answered(
    portal: Portal, package_id: str, number: int, answers: Mapping[str, str], own: Mapping[str, Mapping[str, str]],
    actor: Actor,
) -> Answered:  # fmt: skip
    """Sort them with these answers (see `decided`); nothing is changed. Raises NotFound, Forbidden."""
    found, decisions = plan(portal, package_id, number, {}, actor), dict[str, Any]()
    asked = {each.key: each for each in found.questions}
    for _ in range(MOST_ROUNDS):
        more = decided(answers, asked.values(), own)
        if more == decisions:
            break
        decisions = more
        found = plan(portal, package_id, number, decisions, actor)
        asked = {each.key: each for each in found.questions} | asked
    return Answered(found, tuple(asked.values()), decisions)


def target(portal: Portal, package_id: str, number: int) -> Loaded:
    """The release to which cases are to move."""
    row = releases.by_number(package_id, number)
    if row is None:
        raise NotFound("There is no release %(number)s of this process", number=number)
    return portal.releases.loaded(row.id)


@dataclass(frozen=True, slots=True)
class Sides:
    """One case, where it stands, and the processes of both releases in which that is. `open`: elements."""

    was: int
    process: str
    open: tuple[str, ...]


def sides(portal: Portal, number: str, actor: Actor) -> Sides:
    """What the two diagrams of a case show, side by side. Raises NotFound, Forbidden."""
    actor.require(Right.SEE_DESIGN)
    with database.connection():
        case = cases.get(number)
        if case is None:
            raise NotFound("There is no such case")
        loaded = portal.releases.loaded(case.release_id)
        stands = portal.engine.stands(loaded.program, Snapshot(*cases.state(case.id)))
    found = [each.element for each in stands]
    known = [loaded.package.elements[each].process for each in found if each in loaded.package.elements]
    return Sides(loaded.number, known[-1] if known else loaded.package.entry, tuple(found))


def judge(portal: Portal, case: Case, new: Loaded, decisions: Decisions) -> tuple[Finding, ...]:
    """Everything that stands between a case and a release, of the engine and of the portal's rows. Raises BadState."""
    old = portal.releases.loaded(case.release_id)
    snapshot = Snapshot(*cases.state(case.id))
    found = portal.engine.sorting(versions.version(old), versions.version(new), snapshot, decisions)
    return (*named(found, old, new), *rows(case, old, new, decisions))


def named(found: Iterable[Finding], old: Loaded, new: Loaded) -> tuple[Finding, ...]:
    """With the names of steps as people know them."""
    return tuple(replace(each, problem=_valued(each, _named(each.problem, old, new), old, new)) for each in found)


def _valued(finding: Finding, problem: Problem, old: Loaded, new: Loaded) -> Problem:
    """With what people call the routing value that is asked for."""
    words = called.of_value(new.package, finding.name) or called.of_value(old.package, finding.name)
    if finding.kind != "name" or len(words) != 1:
        return problem
    return replace(problem, params={**problem.params, "name": words[0]})


def _sorted(
    portal: Portal, case: Case, new: Loaded, decisions: Decisions, busy: bool, places: tuple[str, ...]
) -> tuple[Sorted, tuple[Finding, ...]]:
    try:
        places = places or _waits(portal, case)
        was = portal.releases.loaded(case.release_id).number
        findings = judge(portal, case, new, decisions)
        said = verdict(findings)
    except (BadState, BadPackage) as error:
        problem = Problem("", error.message, params=dict(error.params))
        return Sorted(case.id, case.number, case.company_name, 0, places, FAILED, (problem,), ()), ()
    asking = tuple(each.problem for each in findings if not each.told)
    if busy and said in (SAFE, DECIDE):
        said, asking = LATER, (Problem("", N_("A job of the case is at work, or waits for somebody to see to it.")),)
    told = tuple(each.problem for each in findings if each.told)
    return Sorted(case.id, case.number, case.company_name, was, places, said, asking, told), findings


def _waits(portal: Portal, case: Case) -> tuple[str, ...]:
    """Where a case stands that waits for nobody: the names of the events and services that have its tokens."""
    loaded = portal.releases.loaded(case.release_id)
    known = loaded.package.elements
    stands = portal.engine.stands(loaded.program, Snapshot(*cases.state(case.id)))
    found = [known[each.element] for each in stands if each.element in known]
    within = [each for each in found if each.kind not in HOLDERS] or found
    return tuple(dict.fromkeys(versions.title(loaded.package, each.id) for each in within))


def rows(case: Case, old: Loaded, new: Loaded, decisions: Decisions) -> Iterable[Finding]:
    """What the portal keeps of the case and the new package has no place for, or may have under another name."""
    yield from aliases.asked(case, old, new, decisions)
    calendars = moves.held_calendars(case.id) if old.package.calendars.keys() - new.package.calendars.keys() else set()
    for name in sorted(calendars - set(new.package.calendars)):
        title = old.package.calendars[name].title if name in old.package.calendars else name
        yield _lost(N_("A day of “%(id)s” is booked, and the new release has no such calendar."), name, title)
    fees = moves.open_fees(case.id) if old.package.fees.keys() - new.package.fees.keys() else set()
    for name in sorted(fees - set(new.package.fees)):
        title = old.package.fees[name].title if name in old.package.fees else name
        yield _lost(N_("An invoice for “%(id)s” is open, and the new release has no such fee."), name, title)
    for job in moves.parked(case.id) if case.running else ():
        element = str(job.params.get("element", ""))
        if element not in new.package.elements:
            known = old.package.elements.get(element)
            title = known.name if known else element
            yield _lost(N_("Something waits until “%(id)s” is done, which is no more."), element, title)


def _lost(message: str, name: str, title: str) -> Finding:
    return Finding("rows", "", name, Problem("", message, params={"id": title or name}))


def _named(problem: Problem, old: Loaded, new: Loaded) -> Problem:
    """With the name of the step as people know it in place of its id."""
    title = versions.title(new.package, problem.element) or versions.title(old.package, problem.element)
    info = old.package.processes.get(problem.element)
    name = title or (info.name if info else "")
    return replace(problem, element="", params={**problem.params, "id": name or problem.element})
