"""The portal of a Play: one package, its people, one clock, hands that reach nobody. One process has one."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from time import monotonic as time_now
from typing import Any

from app.catalogue import Package, scenarios
from app.catalogue import demo as description
from app.errors import BadPackage, NinteiError, NotFound, Refused
from app.services import upkeep
from app.services.base import businessdays
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.services.demo.walker import PASSWORD, Walker
from app.services.moves import renewing
from app.services.packages import terms
from app.services.people import accounts as people
from app.services.plays.box import Box
from app.services.plays.playclock import PlayClock
from app.services.plays.recording import Recorder
from app.services.process import jobs, timers
from app.services.process.outside import Outside
from app.states import Side
from app.store import accounts, database, work

log = logging.getLogger("nintei.play")

WORKER = "play"
MOST_ROUNDS = 2_000  # of work that follows from one step: a draft may go round for ever
LONGEST = timedelta(days=366 * 12)  # by which the clock is put forward at once
ADMINISTRATOR = "play@nintei.example"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whose pages can be opened. `key` names them in addresses; `side`: none of the public."""

    key: str
    user_id: int | None
    name: str
    side: Side | None
    groups: tuple[str, ...] = ()


PUBLIC = Person("guest", None, "", None)


class Stage:
    """Opened by the process that plays; its methods may be called from several threads, one does its work at a time."""

    def __init__(self, portal: Portal, clock: PlayClock, hands: Callable[[Portal], Outside], box: Box) -> None:
        self._clock = clock
        self.box = box
        self._hands = hands
        self._outside = hands(portal)
        self._turn = threading.RLock()
        self._bell = threading.Event()
        self.portal = replace(portal, poke=self._bell.set)
        self.recorder = Recorder(self.portal)
        self.package_id = ""

    def open(self, package: Package) -> None:
        """Put the package in force and let its people in. Raises BadPackage with what keeps it from running."""
        self.package_id = package.id
        terms.put(self.portal, package, terms.Act(by=WORKER, source=terms.DESIGNER), None)
        with self.portal.connection():
            self.loaded()
        for each in _staff(package):
            people.add_staff(
                self.portal, each["email"], each["name"], list(each["roles"]), PASSWORD, ",".join(each["groups"])
            )

    def loaded(self) -> Loaded:
        """The package, ready to run."""
        return self.portal.releases.current(self.package_id)

    # Work

    def run(self, stop: threading.Event) -> None:
        """Do what the portal does by itself, until `stop`."""
        while not stop.is_set():
            self._bell.clear()
            try:
                busy = self.round()
            except Exception:
                log.exception("A round of the Play failed")
                busy = False
            if not busy:
                self._bell.wait(0.3)

    def round(self) -> bool:
        """One piece of it; whether there was something to do."""
        with self._turn, self.portal.connection():
            woken = timers.wake(self.portal, renewing.renew)
            job = jobs.lease(self.portal, WORKER)
            if job is not None:
                jobs.perform(self.portal, self._outside, job)
            return bool(woken) or job is not None

    def settle(self, seconds: float | None = None) -> None:
        """All that follows from what was done; with `seconds` no longer than that. Raises Refused when it does not come
        to an end."""
        until = time_now() + seconds if seconds is not None else None
        for _ in range(MOST_ROUNDS):
            if not self.round() or (until is not None and time_now() > until):
                return
        raise Refused("What the process does by itself does not come to an end")

    def advance(self, until: datetime) -> None:
        """Put the clock forward; what falls due on the way happens in its order, at its own time. Raises Refused."""
        if until - self.portal.now() > LONGEST:
            raise Refused("The clock is put forward by twelve years at most at once")
        with self._turn:
            self.settle()
            self.recorder.put_forward(self.portal.now(), until)
            for _ in range(MOST_ROUNDS):
                due, day = self.next_due(), _next_morning(self.portal.now())
                if due is not None and due <= min(until, day):
                    self._clock.put(due)
                elif day <= until:
                    self._clock.put(day)
                else:
                    break
                upkeep.tick(self.portal)
                self.settle()
            else:
                raise Refused("What the process does by itself does not come to an end")
            self._clock.put(until)
            upkeep.tick(self.portal)
            self.settle()

    def next_due(self) -> datetime | None:
        """When something happens by itself next: a timer or a job is due, or a task's last day begins, on which people
        are written to; none while all waits for people and nothing has a last day."""
        now = self.portal.now()
        with self.portal.connection():
            found = jobs.next_due()
            days = work.tasks_due(businessdays.today(now), date.max, None, 1_000)
        mornings = [each for task in days if task.due_on and (each := _morning(task.due_on)) > now]
        ahead = [max(found, now)] if found is not None else []
        return min([*ahead, *mornings], default=None)

    def walk(self, scenario: str, until: str) -> str:
        """Let a case walk by itself along a scenario, until its task `until` stands open ("" to its end); gives its
        number. Raises NotFound, and NinteiError when the walk cannot go on."""
        with self._turn:
            self.settle()
            loaded = self.loaded()
            steps = scenarios.steps(loaded.package.files, scenario)
            if until:
                stop = next((n for n, step in enumerate(steps) if step.get("complete") == until), None)
                if stop is None:
                    raise NotFound("The scenario has no such step")
                steps = steps[:stop]
            plan = {**_plan(loaded.package, steps), "scenario": scenario}
            walker = Walker(self.portal, loaded, plan, self._operators(), self._hands)
            walker.unlimited()
            walker.clock.moment = self.portal.now()
            try:
                walker.begin()
                for step in steps[1:]:
                    walker.clock.working_hours_later(datetime.max.replace(tzinfo=UTC))
                    walker.take(step)
            finally:
                self._clock.put(walker.clock.moment)
                self.settle()
            return walker.number

    def _operators(self) -> list[str]:
        """Who of the body does the steps of a walk."""
        with database.connection():
            return [row.email for row in accounts.staff(role="operator")]

    # People

    def people(self) -> list[Person]:
        """Whose pages can be opened: a visitor, the body's people, the vendors that there are."""
        with self.portal.connection():
            staff = [
                Person(f"u{row.id}", row.id, row.name, Side.OPERATOR, _groups(row.groups)) for row in accounts.body()
            ]
            vendors = [Person(f"u{row.id}", row.id, row.name or row.email, Side.VENDOR) for row in accounts.vendors()]
        return [PUBLIC, *vendors, *staff]

    def person(self, key: str) -> Person:
        """The one of this key. Raises NotFound."""
        found = next((each for each in self.people() if each.key == key), None)
        if found is None:
            raise NotFound("There is nobody of this name in the Play")
        return found


def _groups(text: str) -> tuple[str, ...]:
    return tuple(part for part in re.split(r"[,\s]+", text or "") if part)


def _next_morning(now: datetime) -> datetime:
    """Daily rounds (reminders, lapses) happen in the morning of each day in Japan."""
    return _morning(businessdays.today(now) + timedelta(days=1))


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(9, 0), businessdays.JAPAN).astimezone(UTC)


def _staff(package: Package) -> list[Mapping[str, Any]]:
    """The body's people: those of demo.toml, else one for each group; and one who may do everything."""
    try:
        listed = description.read(package).get("staff", [])
    except BadPackage:
        listed = []
    found: list[Mapping[str, Any]] = [{"groups": [], **each} for each in listed]
    if not any("operator" in each["roles"] for each in found):
        for number, group in enumerate(package.groups.values(), 1):
            names = {"email": f"staff{number}@nintei.example", "name": group.title}
            found.append({**names, "roles": ["operator"], "groups": [group.id]})
    if not any("administrator" in each["roles"] for each in found):
        every = list(package.groups)
        roles = ["operator", "administrator"]
        found.append({"email": ADMINISTRATOR, "name": "Nintei", "roles": roles, "groups": every})
    return found


def _plan(package: Package, steps: list[Mapping[str, Any]]) -> dict[str, Any]:
    """Who applies on a walk: as demo.toml has it for its first case, else as the scenario's own first step says."""
    try:
        demo = description.read(package)
    except BadPackage:
        demo = {}
    cases = demo.get("case", [])
    application = dict(cases[0]["application"]) if cases else dict(steps[0].get("answer", {}) if steps else {})
    if not application:
        raise NinteiError("The scenario does not begin with an application")
    return {"application": application, "same": demo.get("same", {}), "on_the_day": demo.get("on_the_day", [])}
