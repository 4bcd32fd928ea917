"""Everything that can be said of a process package before it runs: each thing once, where it stands.

Who says what: `catalogue` what is drawn and written and what it refers to, `forms` what a form may be, `engine` whether
the diagrams can run.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from app import catalogue, forms
from app.catalogue import Package, check_scenarios, demo
from app.catalogue.check_elements import IN_QUOTES
from app.connectors import templates
from app.declarations import CONNECTORS
from app.engine import Engine
from app.errors import Problem
from app.forms.schema import OTHER_ID
from app.text.memo import remembered


def everything(engine: Engine, package: Package) -> list[Problem]:
    """Errors and then warnings, each by file and line. Without an error, the package can be released."""
    problems = catalogue.check(package, CONNECTORS, filters=templates.FILTERS)
    if catalogue.readable(package):
        problems += engine.check(package.bpmn, package.entry)
        for element, schema in package.forms.items():
            data = package.files[f"forms/{element}.form"]
            problems += remembered("form", (element, data), len(data), partial(forms.check, schema, element))
        if all(path in package.bpmn for path in package.files if "/" not in path and path.endswith(".bpmn")):
            problems += check_scenarios.check(package) + demo.check(package)
        if not any(problem.severity == "error" for problem in problems):
            # What compiling would refuse and nobody has named must not come up when the release is first used.
            problems += engine.obstacles(package.bpmn, package.entry)
    return sorted(catalogue.located(package, _once(_without_echoes(package, problems))), key=_order)


def _without_echoes(package: Package, problems: Iterable[Problem]) -> Iterable[Problem]:
    """Without what another room said of the same fault: of a text without quotes that it is no expression, of a form
    that belongs to no task that it has not the task's id."""
    problems = list(problems)
    unquoted = {problem.place for problem in problems if problem.message == IN_QUOTES}
    for problem in problems:
        stray = problem.message == OTHER_ID and not package.asks(str(problem.params["element"]))
        if not stray and (problem.place not in unquoted or problem.message == IN_QUOTES):
            yield problem


def _once(problems: Iterable[Problem]) -> Iterable[Problem]:
    told: set[str] = set()
    for problem in problems:
        if str(problem) not in told:
            told.add(str(problem))
            yield problem


def _order(problem: Problem) -> tuple[bool, str, int]:
    return problem.severity != "error", problem.file, problem.line
