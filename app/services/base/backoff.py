"""How long to wait before trying again: longer each time, and not all at once."""

from __future__ import annotations

import random


def pause(tries: int, longest: float) -> float:
    """Seconds until the next try after so many: 2, 4, 8 … at most `longest`, with jitter upon the half."""
    return jitter(min(longest, 2.0 ** min(tries, 30)))


def waited(tries: int, longest: float) -> float:
    """The seconds that the pauses between so many tries took at least."""
    return sum(min(longest, 2.0 ** min(count, 30)) / 2 for count in range(1, tries))


def jitter(seconds: float) -> float:
    """Half of it to the whole of it."""
    return seconds / 2 + random.uniform(0, seconds / 2)  # noqa: S311 - spreads load, guards nothing
