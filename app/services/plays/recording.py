"""A played path as a scenario: what people did, when time was put forward. What comes of it is found by walking it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from app import forms
from app.catalogue import Element, Package, scenario_text, scenarios
from app.catalogue.scenarios import Step
from app.errors import NotFound, Problem, Refused
from app.services.base import businessdays
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.services.days import bookings
from app.services.process.secrets import HIDDEN
from app.services.rehearsal import taking
from app.states import EntryKind, Side, TaskKind, TaskState
from app.store import cases, work
from app.store.models import Case, Task

FILE = "played"  # the name under which the walk is tried before it has one
NAME = re.compile(r"[a-z][a-z0-9_]{0,79}")
STRETCH = 14  # days that a wait may last longer in the walk: its year has other holidays
FAR = timedelta(days=800)  # a day nearer than that is told by its distance from the day on which it was said


@dataclass(frozen=True, slots=True)
class Kept:
    """The scenario's text, its steps, and where the walk comes out otherwise than what was played, if it does."""

    text: bytes
    steps: int
    problem: Problem | None


@dataclass(frozen=True, slots=True)
class _Act:
    """Something that was done: a scenario's step, when, which tasks were open before the next one, and after how many
    days that came."""

    at: datetime
    step: Mapping[str, Any]
    open_after: Sequence[str] = ()
    days: int = 0


class Recorder:
    """Notes when the clock is put forward; the rest is read from the case when it is asked for."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._forward: list[tuple[datetime, datetime]] = []

    def put_forward(self, start: datetime, end: datetime) -> None:
        """The clock was put forward."""
        self._forward.append((start, end))

    def keep(self, loaded: Loaded, number: str, title: str) -> Kept:
        """The path of this case as a scenario. Raises NotFound, Refused when nothing was played yet."""
        with self._portal.connection():
            case = cases.get(number)
            if case is None:
                raise NotFound("There is no such case")
            acts = self._acts(loaded.package, case)
        if not acts:
            raise Refused("Nothing was done yet that could be kept")
        steps, came, problem = _walked(self._portal, loaded, acts)
        written = [{**step, **expected} for step, expected in zip(steps, came, strict=False)]
        return Kept(scenario_text.written(title, written), len(written), problem)

    def _acts(self, package: Package, case: Case) -> list[_Act]:
        tasks = sorted(work.tasks_of(case.id), key=lambda row: (row.closed_at or row.opened_at, row.opened_at))
        done = [row for row in tasks if row.state == TaskState.DONE and row.closed_at is not None]
        people = {row.closed_by_name for row in done if row.side == Side.OPERATOR}
        acts = [_completed(package, row, len(people) > 1) for row in done if row.kind == TaskKind.USER]
        acts += list(_messages(package, case))
        began = min((act.at for act in acts), default=case.created_at)
        acts += [_Act(end, {"advance": _duration(start, end)}) for start, end in self._forward if start >= began]
        acts.sort(key=lambda act: act.at)
        now = self._portal.now()
        return [
            _Act(act.at, act.step, _open_at(tasks, follows.at if follows else None), _days(act, follows, now))
            for act, follows in zip(acts, [*acts[1:], None], strict=True)
        ]


def _days(act: _Act, follows: _Act | None, now: datetime) -> int:
    return (businessdays.today(follows.at if follows else now) - businessdays.today(act.at)).days


def _open_at(tasks: Iterable[Task], moment: datetime | None) -> list[str]:
    """Elements of the tasks that stood open just before `moment`; None: now."""
    return sorted(
        row.element
        for row in tasks
        if (row.closed_at is None if moment is None else row.opened_at < moment and (row.closed_at or moment) >= moment)
    )


def _completed(package: Package, row: Task, several: bool) -> _Act:
    element = package.elements[row.element]
    assert row.closed_at is not None  # noqa: S101 - it is done
    values = row.answer.values if row.answer is not None else {}
    said = _Said(package, element, businessdays.today(row.closed_at))
    form = forms.load(package.forms[row.element], row.element) if row.element in package.forms else None
    cards = {field.key for field in form.fields if field.options_from == "cards"} if form is not None else set()
    step: dict[str, Any] = {
        "complete": row.element,
        "by": (Side.VENDOR if row.side == Side.VENDOR else Side.OPERATOR).value,
    }
    if several and step["by"] == Side.OPERATOR.value and row.closed_by_name:
        step["person"] = row.closed_by_name
    answer = {key: said.value(value) for key, value in values.items() if value not in (None, "", [], {})}
    answer |= dict.fromkeys(answer.keys() & cards, "@cards")
    answer |= {key: _stand_in(package, row.element, key) for key, value in answer.items() if value == HIDDEN}
    return _Act(row.closed_at, {**step, **({"answer": answer} if answer else {})})


def _stand_in(package: Package, element: str, key: str) -> Any:
    """What a scenario fills into a field whose value is kept secret: what another scenario does, else a made-up one."""
    for scenario in scenarios.read(package.files).scenarios.values():
        for step in scenario.steps:
            answer = step.raw.get("answer")
            if step.element == element and isinstance(answer, Mapping) and key in answer:
                return answer[key]
    return "https://www.example.jp/" if "url" in key else "sample-1234"


def _messages(package: Package, case: Case) -> Iterable[_Act]:
    """The applicant who followed the link; the case that was withdrawn."""
    entries = cases.timeline(case.id, internal=True)
    entered = next((each for each in reversed(entries) if each.kind == EntryKind.ENTERED), None)
    if entered is not None and package.declared.entry_message:
        yield _Act(entered.at, {"message": package.declared.entry_message, "by": Side.VENDOR.value})
    withdrawn = next((each for each in reversed(entries) if each.kind == EntryKind.WITHDRAWAL), None)
    if withdrawn is not None and package.withdraw_message:
        side = str((case.withdrawal or {}).get("by", Side.VENDOR.value))
        said = {"withdrawal_by": side, "left_to_settle": bool((case.data or {}).get("left_to_settle", True))}
        yield _Act(withdrawn.at, {"message": package.withdraw_message, "by": side, "data": said})


class _Said:
    """Answers as a scenario writes them: days by their distance or their place in the calendar, files by name."""

    def __init__(self, package: Package, element: Element, today: date) -> None:
        self._days = [day.isoformat() for day in bookings.of_empty(package, element, today)]
        self._today = today

    def value(self, value: Any) -> Any:
        """One value of an answer."""
        if isinstance(value, list):
            return [self.value(each) for each in value]
        if isinstance(value, dict):
            if "name" in value and {"id", "size"} <= value.keys():
                return str(value["name"])
            return {key: self.value(each) for key, each in value.items() if each not in (None, "", [], {})}
        return self._day(value) if isinstance(value, str) else value

    def _day(self, value: str) -> str:
        if value in self._days[:99]:
            return f"@day{self._days.index(value) + 1}"
        try:
            day = date.fromisoformat(value) if len(value) == 10 else None
        except ValueError:
            day = None
        if day is None or abs(day - self._today) > FAR:
            return value
        distance = (day - self._today).days
        return f"@today{distance:+d}" if distance else "@today"


def _duration(start: datetime, end: datetime) -> str:
    days = (businessdays.today(end) - businessdays.today(start)).days
    if days:
        return f"P{days}D"
    minutes = max(1, round((end - start).total_seconds() / 60))
    hours, minutes = divmod(minutes, 60)
    return "PT" + (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")


def _walked(
    portal: Portal, loaded: Loaded, acts: Sequence[_Act]
) -> tuple[list[Mapping[str, Any]], Sequence[Mapping[str, Any]], Problem | None]:
    """The steps as the walk can take them, what comes of each, and the first that comes otherwise than was played."""
    steps: list[Mapping[str, Any]] = []
    walk = taking.Walk(loaded.package, loaded.program, portal.engine)
    for number, act in enumerate(acts, 1):
        problem = None
        for tried in _tries(act):
            there = walk.branch()
            problem = next(filter(None, (there.take(_at(number, step)) for step in tried)), None)
            if problem is None and there.came[-1]["expect_open"] != list(act.open_after):
                problem = _otherwise(number, act.step, there.came[-1]["expect_open"], act.open_after)
            if problem is None:
                walk = there
                steps += tried
                break
        else:
            return [*steps, act.step], walk.came, problem
    return steps, walk.came, None


def _tries(act: _Act) -> Iterable[Sequence[Mapping[str, Any]]]:
    """The step; a wait also somewhat longer; and any with the days that went by until the next one, for what
    happens by itself meanwhile."""
    yield [act.step]
    found = re.fullmatch(r"P(\d+)D", str(act.step.get("advance", "")))
    for more in range(1, STRETCH + 1) if found or act.days else ():
        if found:
            yield [{**act.step, "advance": f"P{int(found[1]) + more}D"}]
        else:
            yield [act.step, {"advance": f"P{act.days + more - 1}D"}]


def _at(number: int, step: Mapping[str, Any]) -> Step:
    return Step(scenarios.path_of(FILE), number, 0, step)


def _otherwise(number: int, step: Mapping[str, Any], found: Sequence[str], played: Sequence[str]) -> Problem:
    return Problem(
        scenarios.path_of(FILE),
        "After this step the walk has other tasks open than the Play had: %(found)s, not %(played)s",
        str(step.get("complete", "")),
        {"found": tuple(found), "played": tuple(played)},
        part=f"step:{number}",
    )
