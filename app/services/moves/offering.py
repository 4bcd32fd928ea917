"""Which choices are worth offering: those after which a case need not stay where it is all the same."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import replace
from typing import Any

from app.engine import Decisions, Finding, verdict

Judge = Callable[[Decisions], Iterable[Finding]]
STAYS = "stays"
VALUE = "value"


class Offer:
    """Remembers what is worth offering to cases that stand alike: hundreds of a plan do."""

    def __init__(self) -> None:
        self._known: dict[Hashable, tuple[Finding, ...]] = {}

    def worth(self, release: int, findings: tuple[Finding, ...], decisions: Decisions, judge: Judge) -> list[Finding]:
        """Those findings of a case that are still to be decided, each with the choices that lead on. `judge` gives what
        is found of the case with other decisions."""
        asking = tuple(each for each in findings if not each.told)
        key = (release, tuple((each.key, each.choices, each.later) for each in asking), repr(sorted(decisions.items())))
        if key not in self._known:
            self._known[key] = tuple(_worth(asking, decisions, judge))
        return list(self._known[key])


def _worth(asking: tuple[Finding, ...], decisions: Decisions, judge: Judge) -> Iterable[Finding]:
    stays = verdict(asking) == STAYS
    for finding in (each for each in asking if each.choices):
        given = () if stays else (each for each in finding.choices if each == VALUE)
        chosen = [each for each in finding.choices if each != VALUE and _leads_on(finding, each, decisions, judge)]
        if left := (*given, *chosen):
            yield replace(finding, choices=left)
        elif not stays:
            yield finding  # nothing helps by itself; with what else is decided it may


def _leads_on(finding: Finding, choice: str, decisions: Decisions, judge: Judge) -> bool:
    said: dict[str, Any] = {**decisions, finding.key: choice}
    return verdict(judge(said)) != STAYS
