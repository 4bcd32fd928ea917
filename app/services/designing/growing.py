"""A scenario in which a new step is missing: what the step would be, so that the walk goes on as it is written.

Whoever puts a step into a process breaks every walk that passes there. What is added is worked out by trying: the tasks
that stand open where the walk stops, each with the answers that its form takes, until the next step of the scenario can
be taken again.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import Any

from app import forms
from app.catalogue import Package, scenario_text, scenarios
from app.catalogue.scenario_text import Added, Change
from app.catalogue.scenarios import Scenario, Step
from app.engine import Engine, Program
from app.errors import BadPackage, NinteiError
from app.forms import FieldSpec, FormSpec, Subtype
from app.services.rehearsal import taking
from app.services.rehearsal.case import START
from app.services.rehearsal.taking import Walk
from app.states import Side

MOST_ADDED = 20  # to one scenario
MOST_IN_A_ROW = 3  # new steps between two old ones
MOST_ANSWERS = 24  # tried for one task
MOST_FIELDS = 40  # filled in one after the other, because the form asks for them


@dataclass(frozen=True, slots=True)
class Offer:
    """What would make one scenario as it comes now: steps to put in, and what is expected otherwise."""

    added: tuple[Added, ...] = ()
    changes: tuple[Change, ...] = ()


def offers(package: Package, program: Program, engine: Engine, broken: Sequence[str]) -> dict[str, Offer]:
    """For each of these scenarios that can be brought to its end. One that begins with another is looked at as if the
    other had been brought up already."""
    files, found = dict(package.files), {}
    trails: dict[str, list[Walk]] = {}
    every = scenarios.read(files).scenarios
    for name in sorted((each for each in broken if each in every), key=lambda each: (_depth(every, each), each)):
        read = scenarios.read(files, name)
        begin = every[name].begin
        try:
            steps = read.walk(name)
            own = len(steps) - len(read.scenarios[name].steps)
            before = trails.get(begin[0], [])[: own + 1] if begin else []
            trail = before if len(before) > own else [taking.Walk(package, program, engine)]
            offer = _offer(package, read.scenarios[name], steps, trail)
        except (BadPackage, NinteiError, KeyError):
            continue
        if offer is not None:
            found[name], trails[name] = offer, trail
            path = scenarios.path_of(name)
            files[path] = scenario_text.brought_up(files[path], offer.changes, offer.added)
    return found


def _depth(every: Mapping[str, Scenario], name: str) -> int:
    depth, seen = 0, {name}
    while (begin := every[name].begin) and begin[0] in every and begin[0] not in seen:
        name, depth = begin[0], depth + 1
        seen.add(name)
    return depth


def _offer(package: Package, scenario: Scenario, steps: Sequence[Step], trail: list[Walk]) -> Offer | None:
    """`trail`: the walk as it stood before the first step and after each; it is led on to the end."""
    own = len(steps) - len(scenario.steps)
    came: list[Mapping[str, Any]] = []
    added: list[Added] = []
    for number, step in enumerate(steps[len(trail) - 1 :], len(trail) - 1):
        there = trail[-1].branch()
        if there.take(step) is not None:
            if number < own or not step.line:
                return None
            grown = _grown(package, trail[-1], step, MOST_IN_A_ROW)
            if grown is None or len(added) + len(grown[1]) > MOST_ADDED:
                return None
            walks, fresh = grown
            trail += walks[:-1]
            there = walks[-1]
            added += [Added(step.number, step.line, each) for each in fresh]
        trail.append(there)
        if number >= own:
            came.append(there.whole())
    return Offer(tuple(added), tuple(scenario_text.changes(scenario, came)))


def _grown(package: Package, walk: Walk, step: Step, most: int) -> tuple[list[Walk], list[Mapping[str, Any]]] | None:
    """The walk after each of the new steps and after `step`, and the new steps; none where no way was found."""
    if most == 0:
        return None
    for element in walk.open():
        if element == step.element:
            continue
        for tried in _tries(package, element):
            there = walk.branch()
            if there.take(Step(step.file, step.number, step.line, tried)) is not None:
                continue
            new = {**tried, **there.came[-1]}
            on = there.branch()
            if on.take(step) is None:
                return [there, on], [new]
            deeper = _grown(package, there, step, most - 1) if element not in there.open() else None
            if deeper is not None:
                return [there, *deeper[0]], [new, *deeper[1]]
    return None


def _tries(package: Package, element: str) -> Iterator[Mapping[str, Any]]:
    """The task completed, by each of the answers on which the way may depend."""
    drawn, schema = package.elements.get(element), package.forms.get(element)
    if drawn is None or schema is None:
        return
    form = forms.load(schema, element)
    said: dict[str, Any] = {
        "complete": element,
        "by": (Side.VENDOR if drawn.side == Side.VENDOR else Side.OPERATOR).value,
    }
    if drawn.listed("not_same_as"):
        said["person"] = drawn.name or element  # somebody else than did the others
    deciding = [spec for spec in form.inputs() if spec.options and spec.key in drawn.listed("routes")]
    ways = product(*(spec.options for spec in deciding))
    for way in islice(ways, MOST_ANSWERS):
        answer = _filled(form, {spec.key: option.value for spec, option in zip(deciding, way, strict=True)})
        if answer is not None:
            yield {**said, "answer": answer} if answer else said


def _filled(form: FormSpec, said: Mapping[str, Any]) -> dict[str, Any] | None:
    """The answer with all that the form insists on; none where that cannot be made up."""
    answer = dict(said)
    for _ in range(MOST_FIELDS):
        cleaned = form.clean({key: _raw(form, key, value) for key, value in answer.items()})
        if cleaned.ok:
            return answer
        spec = form.field(cleaned.errors[0].key)
        if spec is None or spec.key in answer or (value := _made_up(spec)) is None:
            return None
        answer[spec.key] = value
    return None


def _raw(form: FormSpec, key: str, value: Any) -> Any:
    spec = form.field(key)
    if spec is not None and spec.type.value == "filepicker":
        return [forms.FileRef("0", str(value), 1000, "application/pdf")]
    return START.date().isoformat() if value == scenarios.TODAY else value


def _made_up(spec: FieldSpec) -> Any:
    kind = spec.type.value
    if kind in ("radio", "select"):
        return spec.options[0].value if spec.options else None
    if kind in ("checklist", "taglist"):
        return [option.value for option in spec.options[:1]] or None
    made: dict[str, Any] = {
        "number": math.ceil(spec.limits.min) if spec.limits.min is not None else 1,
        "checkbox": True,
        "datetime": scenarios.TODAY if spec.subtype is Subtype.DATE else None,
        "filepicker": f"{spec.label or spec.key}.pdf",
        "textfield": spec.label or spec.key,
        "textarea": spec.label or spec.key,
    }
    return made.get(kind)


def words(package: Package, added: Added) -> list[tuple[str, str]]:
    """(question, answer) of the new step, as its form has them in Japanese."""
    element = str(added.raw["complete"])
    form = forms.load(package.forms[element], element)
    found = []
    for key, value in added.raw.get("answer", {}).items():
        spec = form.field(key)
        titles = {option.value: option.label for option in spec.options} if spec is not None else {}
        listed = value if isinstance(value, list) else [value]
        found.append(
            (spec.label if spec is not None else key, "、".join(str(titles.get(each, each)) for each in listed))
        )
    return found
