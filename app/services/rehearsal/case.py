"""One case of a rehearsal: the engine, the package's own words, and a clock; no database, no mail, no paper.

What the portal does by itself (money, days, cards, the register) is worked out as the portal does it, as far as the
process can notice (docs/scenarios.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from datetime import date, datetime
from typing import Any

from app.catalogue import Element
from app.catalogue.scenarios import later
from app.engine import (
    CompleteTask,
    Event,
    JobDone,
    JobFailed,
    JobRequest,
    Message,
    OpenTask,
    Step,
    TimersDue,
    TooLate,
)
from app.errors import Named
from app.services.base import businessdays
from app.services.base.businessdays import JAPAN
from app.services.cards import loans
from app.services.days import bookings
from app.services.money import invoices as money
from app.services.process import resting, turns
from app.services.rehearsal.answers import Desk, Differs
from app.services.rehearsal.register import Register
from app.services.rehearsal.stage import Came, Stage
from app.states import Turn

START = datetime(2026, 4, 1, 9, 0, tzinfo=JAPAN)  # a Wednesday morning; the same for every walk and for all time
FIRINGS = 2_000  # of timers in one step, after which the process counts as running for ever
JOBS = 2_000  # in one step, likewise


class RehearsalCase:
    """One case under way. Every method may raise Differs, ScriptError or another NinteiError: why it cannot go on."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.now = START
        self.came = Came()
        self.completed: frozenset[str] = frozenset()  # elements
        self.state = "open"
        self.register = Register(stage.package)
        self._people: dict[str, str] = {}  # element to who did it last
        self._owed: dict[str, int] = {}  # fee to yen
        self._booked: dict[str, date] = {}  # calendar to the settled day
        self._cards_out = 0
        self._waiting: list[JobRequest] = []
        self._resting: list[tuple[datetime, JobRequest]] = []  # until then
        self._rested: frozenset[str] = frozenset()  # tasks that have begun to
        self._answers: Mapping[str, Any] = {}  # of webhooks, by the element that calls
        self._fails: Mapping[str, Any] = {}  # why jobs fail for good, by their element
        self._turn, self._turn_since = Turn.NOBODY, self.now
        self._held: dict[str, datetime] = {}  # timers that wait for a turn, until the case takes a step
        self.step = stage.engine.start(stage.program, {}, self.now)
        self._settle(self._follow(self.step))

    def branch(self) -> RehearsalCase:
        """The same case as it stands now, to go another way from here."""
        other = copy(self)
        other.register, other._held = copy(self.register), dict(self._held)
        other._people, other._owed, other._booked = dict(self._people), dict(self._owed), dict(self._booked)
        other._waiting, other._resting = list(self._waiting), list(self._resting)
        return other

    def open(self) -> list[str]:
        """Elements of all open tasks."""
        return sorted(task.element for task in self.step.open_tasks)

    def take(self, step: Mapping[str, Any]) -> None:
        """One step of a scenario, and all that the portal does by itself after it."""
        self.came = Came()
        self._answers, self._fails = step.get("webhooks", {}), step.get("fails", {})
        if "complete" in step:
            self._complete(step)
        elif "message" in step:
            self._receive(str(step["message"]), step.get("data", {}))
        else:
            self._advance(later(self.now, step["advance"]))

    # What people do

    def _complete(self, step: Mapping[str, Any]) -> None:
        task = self._only(step["complete"])
        element = self.stage.package.elements[task.element]
        person = str(step.get("person", step["by"]))
        for other in element.listed("not_same_as"):
            if self._people.get(other) == person:
                raise Differs(
                    "“%(person)s” did %(other)s; somebody else has to do this one (person = …)",
                    person=person,
                    other=self.stage.named(other),
                )
        for first in element.listed("after"):
            if first in self.open():
                raise Differs("%(first)s is answered first", first=self.stage.named(first))
        answer = self._cleaned(task, step.get("answer", {}))
        self._people[task.element] = person
        self._wish(answer)
        routed = {name: answer.get(name) for name in element.listed("routes") if name not in ("payment", "booking")}
        fee = element.properties.get("confirms", "")
        if fee:
            routed |= self._paid(fee, answer)
        if element.properties.get("books") and answer.get("date"):
            self._booked[element.properties["books"]] = date.fromisoformat(str(answer["date"]))
            routed["booking"] = "held"
        if element.properties.get("cards"):
            self._cards_out += self.stage.package.cards[element.properties["cards"]].count
        if answer.get(loans.STATE) == loans.ALL_BACK:
            self._cards_out = 0
        self._send(CompleteTask(task.id, {**routed, **step.get("routes", {})}))

    def _wish(self, answer: Mapping[str, Any]) -> None:
        """What the register is to say of the applicant, once it takes it."""
        said = {what: self.stage.package.applicant.said(answer, f"listed_{what}") for what in ("name", "subject")}
        if any(said.values()):
            self.register.wished = tuple(sorted(said.items()))

    def _only(self, element: str) -> OpenTask:
        found = [task for task in self.step.open_tasks if task.element == element]
        if len(found) == 1:
            return found[0]
        if found:
            raise Differs("%(count)s such tasks are open; a scenario completes one that is alone", count=len(found))
        raise Differs("no such task is open; open are %(open)s", open=self._named(self.open()))

    def _cleaned(self, task: OpenTask, answer: Mapping[str, Any]) -> dict[str, Any]:
        """What the task's form makes of the answer."""
        form = self.stage.forms.get(task.element)
        if form is None:
            raise Differs("the task has no form")
        element = self.stage.package.elements[task.element]
        today = businessdays.today(self.now)
        desk = Desk(today, bookings.of_empty(self.stage.package, element, today), self._cards_out)
        booked = {name: day.isoformat() for name, day in self._booked.items()}
        context = {**self.step.data, **task.data, "today": today, "withdrawal": "", "booked": booked}
        values = desk.cleaned(form, answer, context)
        desk.account_for_cards(element, values)
        return values

    def _paid(self, fee: str, answer: Mapping[str, Any]) -> dict[str, Any]:
        if fee not in self._owed:
            raise Differs("there is no invoice that this payment could settle")
        self._owed[fee] -= int(answer.get("amount") or 0)
        if self._owed[fee] > 0:
            return {"payment": "short"}
        return {"payment": "settled", **({"booking": "held"} if self._booked else {})}

    def _receive(self, name: str, data: Mapping[str, Any]) -> None:
        if name not in self.step.messages:
            raise Differs(
                "nothing waits for the message “%(name)s”, but for %(messages)s",
                name=name,
                messages=tuple(sorted(self.step.messages)),
            )
        self._send(Message(name, dict(data)))

    # What time does

    def _advance(self, until: datetime) -> None:
        fired = 0
        while due := [each for each in self._ahead() if each <= until]:
            fired += 1
            if fired > FIRINGS:
                raise Differs("more than %(most)s timers fire in this step", most=FIRINGS)
            self.now = max(self.now, min(due))
            waiting = [(each.task_id, each.element) for each in self.step.timers if each.due <= self.now]
            stand = turns.Stand(tuple(self.open()), self._turn_since)
            held = turns.held(self.stage.package, waiting, stand, self.now, frozenset())
            if len(held) < len(waiting):
                self._send(TimersDue(frozenset(held)))
            elif not waiting:
                self._settle(())
            self._held |= held
        self.now = until

    def _ahead(self) -> list[datetime]:
        """When something happens by itself."""
        timers = [max(each.due, self._held.get(each.task_id, each.due)) for each in self.step.timers]
        return [*timers, *(at for at, _ in self._resting)]

    # What the portal does by itself

    def _send(self, event: Event) -> None:
        self.step = self.stage.engine.advance(self.stage.program, self.step.snapshot, event, self.now)
        self._settle(self._follow(self.step))

    def _settle(self, asked: Iterable[JobRequest]) -> None:
        """Do all that the step asked for, until people's turn comes."""
        queue, done = list(asked), 0
        while queue or (queue := self._awaited()):
            job = queue.pop(0)
            if job.task_id not in self.step.running_jobs:
                continue  # came too late
            if job.operator == "wait_for" and not self._is_done(str(job.params.get("element", ""))):
                self._waiting.append(job)
                continue
            if job.operator == "wait_days" and job.task_id not in self._rested:
                self._rested |= {job.task_id}
                self._resting.append((resting.until(job.params, self.now, frozenset()), job))
                continue
            done += 1
            if done > JOBS:
                raise Differs("the process runs for ever: %(name)s", name=self.stage.named(job.element))
            self.step = self._done(job)
            queue += self._follow(self.step)
        if self.step.ended and self.state == "open":
            self.state = "closed"
        self._held = {}
        places = [self.stage.package.elements[each] for each in self.open() if each in self.stage.package.elements]
        turn = turns.whose(places, busy=False, ended=self.step.ended)
        if turn != self._turn:
            self._turn, self._turn_since = turn, self.now

    def _done(self, job: JobRequest) -> Step:
        """The step that follows a job: it is done, or it fails for good as the scenario says."""
        engine, program, snapshot = self.stage.engine, self.stage.program, self.step.snapshot
        if job.element not in self._fails:
            return engine.advance(program, snapshot, JobDone(job.task_id, self._work(job)), self.now)
        failed = JobFailed(job.task_id, job.operator, str(self._fails[job.element]))
        try:
            return engine.advance(program, snapshot, failed, self.now)
        except TooLate:
            name = self.stage.named(job.element)
            raise Differs("nothing catches that %(name)s fails: staff would have an incident", name=name) from None

    def _work(self, job: JobRequest) -> Any:
        match job.operator:
            case "mail":
                self.came.mails.append(str(job.params["mail"]))
            case "pdf":
                self.came.documents.append(str(job.params["document"]))
            case "milestone":
                self.state = str(job.params["state"])
            case "cards_out":
                return self._cards_out
            case "webhook":
                self.came.webhooks.append(str(job.params["event"]))
                return {"status": 200, "answer": self._answers.get(job.element)}
            case operator if operator.startswith("certificate_"):
                if operator == "certificate_issue":
                    self.came.documents.append(self.register.rule.document)
                return self.register.operate(operator, businessdays.today(self.now))
        return None

    def _awaited(self) -> list[JobRequest]:
        ready = [job for job in self._waiting if self._is_done(str(job.params.get("element", "")))]
        self._waiting = [job for job in self._waiting if job not in ready]
        ready += [job for at, job in self._resting if at <= self.now]
        self._resting = [(at, job) for at, job in self._resting if at > self.now]
        return ready

    def _is_done(self, element: str) -> bool:
        return element in self.completed and element not in self.open()

    def _follow(self, step: Step) -> list[JobRequest]:
        """Note what the step entered and completed; the jobs it asked for."""
        elements = self.stage.package.elements
        places = {task.id: task.data for task in step.open_tasks} | {job.task_id: job.data for job in step.jobs}
        self.completed |= {entry.element for entry in step.log if entry.what == "completed"}
        for entry in step.log:
            if entry.what == "entered" and entry.element in elements:
                self._entered(elements[entry.element], places.get(entry.task_id, step.data))
        return list(step.jobs)

    def _entered(self, element: Element, data: Mapping[str, Any]) -> None:
        self.came.documents += element.listed("makes")
        self.came.downloads += element.listed("releases")
        self.came.mails += element.listed("sends")
        fee = element.properties.get("invoice", "")
        if fee:
            amount, _, tax = money.charged(self.stage.package, fee, data)
            self.came.invoices.append(fee)
            self._owed[fee] = amount + tax

    def _named(self, elements: list[str]) -> tuple[Named, ...]:
        return tuple(self.stage.named(each) for each in elements)
