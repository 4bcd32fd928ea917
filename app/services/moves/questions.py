"""What has to be decided before cases move: asked once for all that stand alike, or of one case alone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.catalogue import called
from app.engine import Decisions, Finding
from app.errors import Problem
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.services.moves import versions

EACH: Final = "each"  # among decisions: those for one case alone, by its number
LEAVE: Final = "-"  # … which is not to move although the others of its group do


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that may be decided. `value`: what is decided; `title`: of a step, or what people call the value."""

    value: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What has to be decided once for all cases that stand at the same place. `free`: a value is given, any that is
    typed or, where the package says all that it may be, one of `choices` (`listed`)."""

    key: str
    problem: Problem
    choices: tuple[Choice, ...]
    free: bool
    numbers: tuple[str, ...]  # of the cases
    listed: bool = True


def gathered(portal: Portal, asked: list[tuple[Finding, str, int]], new: Loaded) -> tuple[Question, ...]:
    """What is found of several cases, each (finding, number, release), asked once for all that stand alike."""
    by_key: dict[str, list[tuple[Finding, str, int]]] = {}
    for each in asked:
        by_key.setdefault(each[0].key, []).append(each)
    found = []
    for key, group in by_key.items():
        finding, _, release = group[0]
        free, listed = "value" in finding.choices, True
        if free:
            words = called.options(new.package, finding.name)
            known = versions.all_values(new.package, finding.name)
            listed = bool(known)
            known = known or versions.values(new.package, finding.name)
            choices = tuple(Choice(each, words.get(each, "")) for each in known)
        else:
            old = portal.releases.loaded(release).package.elements.get(finding.element)
            likely = old.name if old is not None else ""  # a step of the same name comes first
            offered = [_choice(each, new) for each in finding.choices]
            choices = tuple(sorted(offered, key=lambda choice, likely=likely: choice.title != likely))  # type: ignore[misc]
        numbers = tuple(sorted({number for _, number, _ in group}))
        found.append(Question(key, finding.problem, choices, free, numbers, listed))
    return tuple(found)


def _choice(value: str, new: Loaded) -> Choice:
    return Choice(value, versions.title(new.package, value.partition(":")[2].partition(":")[0]))


def given(text: str) -> Any:
    """A value as somebody types it: a number, true, false, null, else text."""
    try:
        found = json.loads(text)
    except ValueError:
        return text
    return found if found is None or isinstance(found, bool | int | float) else text


def decided(
    answers: Mapping[str, str], questions: Iterable[Question], own: Mapping[str, Mapping[str, str]] | None = None
) -> dict[str, Any]:
    """The decisions in answers to questions: what is empty is not decided. `own`: by number, the answers for one case
    alone; what is empty there is as for the others."""
    asked = {question.key: question for question in questions}
    found = {key: _decision(asked[key], answer) for key, answer in answers.items() if key in asked and answer.strip()}
    alone: dict[str, dict[str, Any]] = {}
    for number, said in (own or {}).items():
        for key, answer in said.items():
            if key in asked and answer.strip() and number in asked[key].numbers:
                alone.setdefault(number, {})[key] = _decision(asked[key], answer)
    return {**found, EACH: alone} if alone else found


def values(decisions: Decisions) -> dict[str, Any]:
    """The routing values that were given, of those for one case."""
    return {key.split(":", 3)[3]: said["value"] for key, said in decisions.items() if isinstance(said, Mapping)}


def answers(decisions: Decisions) -> tuple[tuple[str, str], ...]:
    """The answers that were decided so, as the page of the cases asks for them: (field, answer)."""
    found = [(f"d:{key}", _answer(said)) for key, said in decisions.items() if key != EACH]
    alone = decisions.get(EACH, {}).items()
    return (*found, *((f"one:{number}:{key}", _answer(said)) for number, own in alone for key, said in own.items()))


def _answer(said: Any) -> str:
    if isinstance(said, Mapping):
        value = said.get("value")
        return value if isinstance(value, str) else json.dumps(value)
    return LEAVE if said is None else str(said)


def _decision(question: Question, answer: str) -> Any:
    answer = answer.strip()
    if question.listed and answer == LEAVE:
        return None
    if not question.free:
        return answer
    texts = question.listed and {each.value for each in question.choices} != set(versions.FLAGS)
    return {"value": answer if texts else given(answer)}


def of_case(decisions: Decisions, number: str) -> dict[str, Any]:
    """What was decided for one case: as for all that stand where it does, unless otherwise for it alone."""
    own = decisions.get(EACH, {}).get(number, {})
    return {key: said for key, said in {**decisions, **own}.items() if key != EACH and said is not None}


def places(answers: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    """By the element at which a case stands, the one at which it goes on or begins anew, as it was answered; `own`: for
    this case alone."""
    found = {}
    for key, answer in {**answers, **{key: said for key, said in own.items() if said.strip()}}.items():
        how, _, to = answer.partition(":")
        parts = key.split(":")
        if how in ("to", "anew") and len(parts) == 4:
            found[parts[2]] = to
    return found
