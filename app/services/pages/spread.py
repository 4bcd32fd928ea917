"""How days are spread: their middle, and within how many most fall."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

PART: Final = 0.8  # of all: so many took no longer than the days that are named


@dataclass(frozen=True, slots=True)
class Spread:
    """Business days that something took, n times: the middle, what 80 % did not exceed, the most. `limit`: the
    guideline, 0 for none; `over`: how many took longer."""

    id: str
    title: str
    n: int
    median: float
    most_of: int
    longest: int
    limit: int = 0
    over: int = 0


def middle(counts: Mapping[int, int]) -> float:
    """The median of values by how often they came: of an even number the mean of the two in the middle."""
    total = sum(counts.values())
    if not total:
        return 0.0
    return (_at(counts, (total - 1) // 2) + _at(counts, total // 2)) / 2


def most_of(counts: Mapping[int, int], part: float = PART) -> int:
    """The least value that `part` of all did not exceed (nearest rank)."""
    total = sum(counts.values())
    return _at(counts, max(0, -int(-total * part // 1) - 1)) if total else 0


def _at(counts: Mapping[int, int], rank: int) -> int:
    """The value at this place, from 0, of all in order."""
    passed = 0
    for value in sorted(counts):
        passed += counts[value]
        if rank < passed:
            return value
    return 0
