"""Scenarios (docs/scenarios.md): the steps of a walk through a package, as its analysts wrote them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from app.catalogue.toml import parse
from app.errors import N_, BadPackage, Problem

FOLDER = "scenarios/"
TODAY = "@today"  # in an answer: the day on which the step is taken
MAX_BEGINNINGS = 50  # scenarios that begin with each other, one after the other
MAX_STEPS = 5_000  # of one walk, those it begins with included
_DURATION = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?")
_TODAY = re.compile(r"@today(?:([+-])(\d{1,4}))?")
HEADER = re.compile(r"^[ \t]*\[\[[ \t]*step[ \t]*\]\]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Step:
    """One step as it is written: in which file, which in that file (from 1), on which line (0: nobody can tell)."""

    file: str
    number: int
    line: int
    raw: Mapping[str, Any]

    @property
    def element(self) -> str:
        """The element that the step completes; "" of a message or of time that passes."""
        found = self.raw.get("complete")
        return found if isinstance(found, str) else ""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One file. `begin`: (scenario, element) whose steps before that element come first; None without."""

    name: str
    raw: Mapping[str, Any]
    steps: tuple[Step, ...]
    begin: tuple[str, str] | None = None

    @property
    def file(self) -> str:
        return path_of(self.name)

    @property
    def title(self) -> str:
        return str(self.raw.get("title", ""))

    @property
    def title_en(self) -> str:
        return str(self.raw.get("title_en", ""))


@dataclass(frozen=True, slots=True)
class Walks:
    """All scenarios of a package that can be read. `problems`: of those that cannot, `unread`."""

    scenarios: Mapping[str, Scenario]
    problems: list[Problem] = field(default_factory=list)
    unread: frozenset[str] = frozenset()

    def walk(self, name: str) -> tuple[Step, ...]:
        """The steps of a scenario, those it begins with included. Raises BadPackage."""
        chain = [self._of(name, "")]
        while begin := chain[-1].begin:
            if begin[0] in {each.name for each in chain} or len(chain) > MAX_BEGINNINGS:
                raise BadPackage([Problem(path_of(name), "The scenario begins with itself: begin.scenario.")])
            chain.append(self._of(begin[0], chain[-1].file))
        found: tuple[Step, ...] = ()
        for each in reversed(chain):
            if each.begin:
                found = found[: self.before(found, each.begin[1], each.file)]
            found += each.steps
            if len(found) > MAX_STEPS:
                problem = Problem(each.file, "A walk may have %(most)s steps at most.", params={"most": MAX_STEPS})
                raise BadPackage([problem])
        return found

    @staticmethod
    def before(walk: tuple[Step, ...], element: str, file: str) -> int:
        """How many steps come before the one that first completes the element. Raises BadPackage."""
        for number, step in enumerate(walk):
            if step.element == element:
                return number
        raise BadPackage([Problem(file, "No step completes %(element)s.", "", {"element": element}, part="key:begin")])

    def _of(self, name: str, file: str) -> Scenario:
        if name in self.unread:
            raise BadPackage([each for each in self.problems if each.file == path_of(name)])
        if name not in self.scenarios:
            place = file or path_of(name)
            raise BadPackage([Problem(place, "There is no scenario “%(name)s”.", "", {"name": name})])
        return self.scenarios[name]


def path_of(name: str) -> str:
    """The file of a scenario."""
    return f"{FOLDER}{name}.toml"


def names(files: Mapping[str, bytes]) -> list[str]:
    """The scenarios of a package's files."""
    return sorted(
        path.removeprefix(FOLDER).removesuffix(".toml")
        for path in files
        if path.startswith(FOLDER) and path.endswith(".toml")
    )


def read(files: Mapping[str, bytes], only: str = "") -> Walks:
    """All scenarios of a package, or `only` one and those it begins with; what is no TOML or has the wrong shape is
    left out and named."""
    found: dict[str, Scenario] = {}
    problems: list[Problem] = []
    wanted, there, unread = [only] if only else names(files), set(names(files)), set()
    for name in wanted:
        if name not in there:
            continue
        there.remove(name)
        scenario = _read(name, files[path_of(name)], problems)
        if scenario is None:
            unread.add(name)
            continue
        found[name] = scenario
        if only and scenario.begin:
            wanted.append(scenario.begin[0])
    return Walks(found, problems, frozenset(unread))


def steps(files: Mapping[str, bytes], name: str) -> list[Mapping[str, Any]]:
    """The steps of a scenario, those it begins with included. Raises BadPackage."""
    return [step.raw for step in read(files, name).walk(name)]


def _read(name: str, data: bytes, problems: list[Problem]) -> Scenario | None:
    file, before = path_of(name), len(problems)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problems.append(
            Problem(
                file, "This is not UTF-8 (byte %(position)s): save it as UTF-8.", params={"position": error.start + 1}
            )
        )
        return None
    raw = parse(text, file, problems)
    if len(problems) > before:
        return None
    listed = raw.get("step", [])
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        problems.append(Problem(file, "“%(key)s” must be an array of tables: [[%(key)s]].", "", {"key": "step"}))
        return None
    if len(listed) > MAX_STEPS:
        problems.append(Problem(file, "A walk may have %(most)s steps at most.", params={"most": MAX_STEPS}))
        return None
    lines = [text.count("\n", 0, each.start()) + 1 for each in HEADER.finditer(text)]
    if len(lines) != len(listed):  # written as a list, or a text in quotes looks like a header
        lines = [0] * len(listed)
    own = tuple(Step(file, number, lines[number - 1], each) for number, each in enumerate(listed, 1))
    begin = raw.get("begin")
    if begin is None:
        return Scenario(name, raw, own)
    if not isinstance(begin, dict) or not all(isinstance(begin.get(key), str) for key in ("scenario", "until")):
        message = N_("[begin] names a scenario, and until which element: scenario = “…”, until = “…”.")
        problems.append(Problem(file, message, part="key:begin"))
        return None
    return Scenario(name, raw, own, (begin["scenario"], begin["until"]))


def of_today(value: object, today: date) -> date | None:
    """The day for which `@today`, `@today+30`, `@today-1` stand; none for anything else."""
    found = _TODAY.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    sign, days = found.groups()
    return today + timedelta(days=int(f"{sign or '+'}{days or 0}"))


def later(moment: datetime, duration: str) -> datetime:
    """`moment` and an ISO 8601 duration; the day is cut to the length of the month. Raises ValueError."""
    found = _DURATION.fullmatch(duration)
    if not found or duration.endswith(("P", "T")) or len(duration) > 40:
        raise ValueError(f"{duration} is no duration")
    years, months, weeks, days, hours, minutes = (int(part or 0) for part in found.groups())
    month = moment.month - 1 + months + 12 * years
    year, month = moment.year + month // 12, month % 12 + 1
    try:
        last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
        moved = moment.replace(year=year, month=month, day=min(moment.day, last))
        return moved + timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes)
    except OverflowError as error:
        raise ValueError(f"{duration} is too long") from error
