"""What a package must pass before new cases start on it: the check, then its scenarios."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.catalogue import Package
from app.errors import BadPackage, Problem
from app.services.base.releases import Releases
from app.services.rehearsal import walk
from app.services.rehearsal.walk import Rehearsal


@dataclass(frozen=True, slots=True)
class Gate:
    """What was found. `rehearsal` is none where errors kept the scenarios from being walked."""

    digest: str
    checked: tuple[Problem, ...]
    rehearsal: Rehearsal | None
    seconds: float

    @property
    def problems(self) -> list[Problem]:
        """All of it: what the check says, then what came otherwise than the scenarios say."""
        return [*self.checked, *(self.rehearsal.problems if self.rehearsal else ())]

    @property
    def errors(self) -> list[Problem]:
        """What keeps the package from being released."""
        return [problem for problem in self.problems if problem.severity == "error"]

    def require(self) -> None:
        """Raises BadPackage with everything that keeps the package from being released."""
        if self.errors:
            raise BadPackage(self.errors)

    def facts(self) -> dict[str, Any]:
        """For the record of a release: counts, and seconds of real time."""
        return {
            "digest": self.digest,
            "errors": len(self.errors),
            "warnings": sum(1 for problem in self.checked if problem.severity == "warning"),
            "scenarios": len(self.rehearsal.outcomes) if self.rehearsal else 0,
            "passed": self.rehearsal.passed if self.rehearsal else 0,
            "missed": [element.id for element in self.rehearsal.missed] if self.rehearsal else [],
            "seconds": round(self.seconds, 1),
        }


def examine(
    releases: Releases, package: Package, *, walks: bool = True, told: Callable[[int, int], None] | None = None
) -> Gate:
    """Check the package, and walk its scenarios (unless `walks` is false) when the check finds no error; `told` hears
    after each scenario how many are done, and of how many."""
    start = time.monotonic()
    checked = tuple(releases.check(package))
    walked = None
    if walks and not any(problem.severity == "error" for problem in checked):
        walked = walk.rehearse(package, releases.compiled(package), releases.engine, told)
    return Gate(package.digest, checked, walked, time.monotonic() - start)
