"""Figures for a manager: what stands where now, and what came of a period: days used, returns, judgements, money."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.base.titles import without_item
from app.services.pages.periods import Wanted, _after, period
from app.services.pages.spread import Spread, middle, most_of
from app.states import Right, Side
from app.store import accounts, counted, database, tally
from app.store import sums as store


@dataclass(frozen=True, slots=True)
class Month:
    """A month (YYYY-MM) of the period, as far as it lies in it."""

    month: str
    applied: int = 0
    certified: int = 0
    ended: Mapping[str, int] = field(default_factory=dict)  # by standing: rejected, withdrawn, closed
    invoiced: int = 0  # yen
    received: int = 0


@dataclass(frozen=True, slots=True)
class Rate:
    """How often a step was done, and passed."""

    title: str
    done: int
    passed: int


@dataclass(frozen=True)
class Figures:
    """All of it. `at`: when the records were counted last; none while they have not been."""

    at: datetime | None
    first: date
    last: date
    packages: Sequence[tuple[str, str]]  # (id, title)
    stages: Sequence[tuple[str, Mapping[str, int]]]  # (title, cases by turn)
    late: Sequence[tuple[str, str, int]]  # (step, person or "", tasks), now
    clocks: Sequence[Spread]
    steps: Sequence[Spread]  # of the body
    months: Sequence[Month]
    returned: Sequence[tuple[str, str, int]]  # (step, what was decided, times)
    points: Sequence[tuple[str, str, int]]  # (step, where, times)
    judged: Sequence[tuple[str, str, int]]
    rates: Sequence[Rate]

    @property
    def open(self) -> int:
        """Cases that are open now."""
        return sum(sum(turns.values()) for _, turns in self.stages)


@dataclass(frozen=True, slots=True)
class Rest:
    """What waits at an element: how many, how long the middle one has (business days), how many are overdue. Of an
    event that waits for its time: how many, and the day on which the first is due."""

    n: int
    median: float
    late: int
    due: str = ""  # YYYY-MM-DD


def page(portal: Portal, actor: Actor, wanted: Wanted) -> Figures:
    """The figures. Raises Refused for a period that is none."""
    actor.require(Right.SEE_FIGURES)
    today = portal.today()
    first, last = period(wanted, today)
    with database.connection():
        state = store.state()
        names = _Names(portal, actor.language)
        kinds = ("used", "task", "returned", "point", "judged", "passed")
        rows = store.sums(kinds, wanted.package, str(first), str(last))
        monthly = ("applied", "stood", "invoiced", "received")
        months = store.sums(monthly, wanted.package, str(first), str(last), by_month=True)
        now = store.sums(("stage",), wanted.package, "", "")
        late = _late(today, names, wanted.package)
    by: defaultdict[str, list[counted.Row]] = defaultdict(list)
    for row in rows:
        by[row[0]].append(row)
    done = Counter[str]()
    for row in by["task"]:
        done[row[3]] += row[6]
    passed = Counter[str]()
    for row in by["passed"]:
        passed[row[3]] += row[6]
    return Figures(
        at=state.at if state is not None else None,
        first=first,
        last=last,
        packages=names.packages,
        stages=_stages(now, names),
        late=late,
        clocks=_clocks(by["used"], names),
        steps=_steps([row for row in by["task"] if row[4] == Side.OPERATOR.value], names),
        months=_months(months, first, min(last, today)),
        returned=_pairs(by["returned"], names, chosen=True),
        points=_pairs(by["point"], names),
        judged=_pairs(by["judged"], names, chosen=True),
        rates=[Rate(names.element(each), done[each], passed[each]) for each in sorted(names.measured) if done[each]],
    )


def heat(actor: Actor, package: str) -> tuple[datetime | None, dict[str, Rest]]:
    """(when it was counted, what rests at each element of the package's diagrams)."""
    actor.require(Right.SEE_FIGURES)
    with database.connection():
        state = store.state()
        rows = store.sums(("resting", "timer"), package, "", "")
    days: defaultdict[str, Counter[int]] = defaultdict(Counter)
    timers: defaultdict[str, Counter[str]] = defaultdict(Counter)
    late: Counter[str] = Counter()
    for kind, _package, _month, element, what, value, n, _yen in rows:
        if kind == "timer":
            timers[element][what] += int(n)
            continue
        days[element][int(value)] += int(n)
        late[element] += int(n) if what == "late" else 0
    found = {key: Rest(sum(each.values()), middle(each), late[key]) for key, each in days.items()}
    for key, by_day in timers.items():
        known = found.get(key, Rest(0, 0, 0))
        found[key] = replace(known, n=known.n + sum(by_day.values()), due=min(by_day))
    return (state.at if state is not None else None), found


class _Names:
    """How packages call their stages, steps, guidelines and choices, in the reader's language."""

    def __init__(self, portal: Portal, language: str) -> None:
        loaded = portal.releases.all_current()
        english = portal.releases.english() if language == "en" else {}

        def say(title: str) -> str:
            return english.get(title, title)

        self.packages = [(each.package.id, say(each.package.title)) for each in loaded]
        self.stages: dict[str, str] = {}
        self._elements: dict[str, str] = {}
        self.clocks: dict[str, str] = {}
        self.measured: set[str] = set()
        self._choices: dict[str, dict[str, str]] = {}
        self.of_package: dict[str, set[str]] = {}
        for each in loaded:
            self.stages |= {stage.id: say(stage.title) for stage in each.package.stages}
            self._elements |= {key: say(one.title or one.name) for key, one in each.package.elements.items()}
            self.clocks |= {one.id: say(one.title) for one in each.package.guidelines}
            self.of_package[each.package.id] = set(each.package.elements)
            for one in each.package.elements.values():
                self.measured |= set(one.listed("passes"))
            for key, form in each.forms.items():
                for spec in form.walk():
                    if spec.options:
                        said = self._choices.setdefault(str(key), {})
                        for option in spec.options:
                            english_label = option.label_en if language == "en" else ""
                            said[str(option.value)] = english_label or option.label

    def element(self, key: str) -> str:
        """The name of a step; its id where today's packages do not have it."""
        return self._elements.get(key, key)

    def choice(self, element: str, value: str) -> str:
        """What was chosen at a step, in words."""
        return self._choices.get(element, {}).get(value, value)


def _stages(rows: Sequence[counted.Row], names: _Names) -> list[tuple[str, Mapping[str, int]]]:
    found: dict[str, Counter[str]] = {}
    order = list(names.stages)
    for row in sorted(rows, key=lambda each: order.index(each[3]) if each[3] in order else len(order)):
        title = str(names.stages.get(row[3], row[3]))
        found.setdefault(title, Counter())[row[4]] += int(row[6])
    return list(found.items())


def _late(today: date, names: _Names, package: str) -> list[tuple[str, str, int]]:
    people = {user.id: user.name for user in accounts.body()}
    of = names.of_package.get(package)
    found: Counter[tuple[str, str]] = Counter()
    before = (today - timedelta(days=1)).isoformat()
    for lane in tally.lanes(Side.OPERATOR, before):
        if of is None or lane.element in of:
            title = names.element(lane.element)
            title = title if title != lane.element else without_item(lane.title)
            found[(title, people.get(lane.assignee, ""))] += lane.n
    return [(*key, n) for key, n in sorted(found.items(), key=lambda each: (-each[1], each[0]))]


def _clocks(rows: Sequence[counted.Row], names: _Names) -> list[Spread]:
    days: defaultdict[tuple[str, int], Counter[int]] = defaultdict(Counter)
    for row in rows:
        days[(row[3], int(row[4] or 0))][int(row[5])] += int(row[6])
    order = list(names.clocks)
    keys = sorted(days, key=lambda each: (order.index(each[0]) if each[0] in order else len(order), each))
    return [_spread(key, names.clocks.get(key, key), days[(key, limit)], limit) for key, limit in keys]


def _steps(rows: Sequence[counted.Row], names: _Names) -> list[Spread]:
    days: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for row in rows:
        days[row[3]][int(row[5])] += int(row[6])
    found = [_spread(key, names.element(key), counts, 0) for key, counts in days.items()]
    return sorted(found, key=lambda each: (-each.median, -each.n, each.id))


def _spread(key: str, title: str, counts: Mapping[int, int], limit: int) -> Spread:
    over = sum(n for value, n in counts.items() if limit and value > limit)
    total = sum(counts.values())
    return Spread(key, title, total, middle(counts), most_of(counts), max(counts), limit, over)


def _pairs(rows: Sequence[counted.Row], names: _Names, *, chosen: bool = False) -> list[tuple[str, str, int]]:
    found: Counter[tuple[str, str]] = Counter()
    for row in rows:
        found[(names.element(row[3]), names.choice(row[3], row[4]) if chosen else row[4])] += int(row[6])
    return [(*key, n) for key, n in sorted(found.items(), key=lambda each: (-each[1], each[0]))]


def _months(rows: Sequence[counted.Row], first: date, last: date) -> list[Month]:
    months: list[str] = []
    at = first.replace(day=1)
    while at <= last:
        months.append(f"{at:%Y-%m}")
        at = _after(at, 1)
    counts: Counter[tuple[str, str, str]] = Counter()
    yen: Counter[tuple[str, str]] = Counter()
    for kind, _package, month, _element, what, _value, n, amount in rows:
        counts[(month, kind, what)] += int(n)
        yen[(month, kind)] += int(amount or 0)
    ends = ("rejected", "withdrawn", "closed")
    return [
        Month(
            each, counts[(each, "applied", "")], counts[(each, "stood", "certified")],
            {end: counts[(each, "stood", end)] for end in ends}, yen[(each, "invoiced")], yen[(each, "received")],
        )
        for each in months
    ]  # fmt: skip
