"""In which order the tests run, so that the workers end together.

Groups that one worker has to run as a whole come first, the largest before the others, then the modules that take
longest: started late they would leave a worker alone at the end. Browsers are slow beside each other, so their groups
are spread among the single tests, none at the head and none at the tail; the single tests at the end fill what time is
left.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

BROWSER = "browser"  # how the names of such groups begin
MODULE = "module:"  # how the names of groups begin that are tests of one module: they keep their place
LONG = {  # modules of more than fifteen seconds of a processor
    f"{MODULE}{module}"
    for module in (
        "tests/services/process/test_scenarios.py",
        "tests/web/frame/test_doors.py",
        "tests/web/test_english.py",
    )
}
TAIL = 0.3  # of the single tests come after the last browser


def arranged(items: Sequence[Any]) -> list[Any]:
    """The same items in the order of their groups."""
    groups: dict[str, list[Any]] = {}
    long: list[Any] = []
    single: list[Any] = []
    for item in items:
        mark = item.get_closest_marker("xdist_group")
        if mark is not None and mark.args[0] in LONG:
            long.append(item)
        elif mark is None or str(mark.args[0]).startswith(MODULE):
            single.append(item)
        else:
            groups.setdefault(str(mark.args[0]), []).append(item)
    by_size = sorted(groups.items(), key=lambda each: -len(each[1]))
    browsers = [found for name, found in by_size if name.startswith(BROWSER)]
    first = [*(item for name, found in by_size if not name.startswith(BROWSER) for item in found), *long]
    if not browsers:
        return [*first, *single]
    step = int(len(single) * (1 - TAIL)) // len(browsers)
    spread: list[Any] = []
    for number, found in enumerate(browsers):
        spread += [*single[number * step : (number + 1) * step], *found]
    return [*first, *spread, *single[len(browsers) * step :]]
