"""Walks a scenario at the level of the process: the engine and the package's own words, nothing else.

What service tasks ask for is answered at once, as the portal would answer it (docs/scenarios.md).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from app import forms
from app.catalogue import Element, Package
from app.catalogue.scenarios import later
from app.engine import CompleteTask, Engine, Event, JobDone, JobRequest, Message, OpenTask, Step, TimersDue

START = datetime(2026, 4, 1, 0, 0, tzinfo=UTC)
DAYS = ("calendar", "wishes")  # where a form's day fields have their options from
CARDS = "cards"  # where a form has the serials of the cards on loan from
PDF = "application/pdf"
STEP_KEYS = {"complete", "by", "person", "answer", "routes", "message", "data", "advance"}


class Wrong(AssertionError):
    """The walk came out otherwise than the scenario says."""


@dataclass
class Came:
    """What came of one step."""

    mails: list[str] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    downloads: list[str] = field(default_factory=list)
    invoices: list[str] = field(default_factory=list)


class Walk:
    """One case under way."""

    def __init__(self, package: Package, engine: Engine) -> None:
        self.package = package
        self.engine = engine
        decide = {name: decision.decide for name, decision in package.decisions.items()}
        self.program = self.engine.compile(package.bpmn, package.entry, decide)
        self.now = START
        self.came = Came()
        self.forms = {element: forms.load(schema, element) for element, schema in package.forms.items()}
        self.people: dict[str, str] = {}  # element to who did it last
        self.completed: set[str] = set()
        self.owed: dict[str, int] = {}  # fee to yen
        self.state = self.register = ""
        self.valid_until = START.date()
        self.waiting: list[JobRequest] = []
        self.cards_out = 0
        self._operators: dict[str, Callable[[JobRequest], Any]] = {
            "mail": self._mail,
            "pdf": lambda job: self.came.documents.append(job.params["document"]),
            "notice": lambda _job: None,
            "milestone": self._milestone,
            "cards_out": lambda _job: self.cards_out,
            "certificate_issue": self._issue,
            "certificate_list": self._list,
            "certificate_extend": self._extend,
            "certificate_suspend": self._suspend,
            "certificate_withdraw": self._withdraw,
        }
        self.step = self.engine.start(self.program, {}, self.now)
        self._settle()

    def open(self) -> list[str]:
        return sorted(task.element for task in self.step.open_tasks)

    def take(self, step: Mapping[str, Any]) -> None:
        """One step of the scenario, and a look at what came of it. Raises Wrong."""
        unknown = {key for key in step if key not in STEP_KEYS and not key.startswith("expect_")}
        if unknown:
            raise Wrong(f"nothing reads {sorted(unknown)}")
        self.came = Came()
        if "complete" in step:
            self._complete(step)
        elif "message" in step:
            if step["message"] not in self.step.messages:
                raise Wrong(f"nobody waits for the message {step['message']}, but for {self.step.messages}")
            self._send(Message(step["message"], dict(step.get("data", {}))))
        else:
            self._advance(later(self.now, step["advance"]))
        self._look(step)

    def _complete(self, step: Mapping[str, Any]) -> None:
        task = self._only(step["complete"])
        element = self.package.elements[task.element]
        if step["by"] != element.side:
            raise Wrong(f"{task.element} is the {element.side}'s, not the {step['by']}'s")
        person = step.get("person", step["by"])
        if person in {self.people.get(other) for other in element.listed("not_same_as")}:
            raise Wrong(f"{task.element} may not be done by {person}")
        answer = self._cleaned(task, step.get("answer", {}))
        self.people[task.element] = person
        routed = {key: answer.get(key) for key in element.listed("routes")}
        fee = element.properties.get("confirms", "")
        if fee:
            self.owed[fee] -= answer["amount"]
            routed["payment"] = "short" if self.owed[fee] > 0 else "settled"
        if element.properties.get("books"):
            routed["booking"] = "held"
        if element.properties.get("cards"):
            self.cards_out += self.package.cards[element.properties["cards"]].count
        self._send(CompleteTask(task.id, {**routed, **step.get("routes", {})}))

    def _cleaned(self, task: OpenTask, answer: Mapping[str, Any]) -> dict[str, Any]:
        """What the task's form makes of the answer."""
        form = self.forms[task.element]
        raw: dict[str, Any] = {}
        for key, value in answer.items():
            spec = form.field(key)
            if spec is not None and spec.type.value == "filepicker":
                named = value if isinstance(value, list) else [value]
                raw[key] = [forms.FileRef(str(n), name, 1000, PDF) for n, name in enumerate(named)]
            else:
                raw[key] = self._of_the_day(value)
        choices = {name: [(self._of_the_day(f"@day{n}"), "") for n in range(1, 10)] for name in DAYS}
        choices[CARDS] = [(serial, "") for serial in self._of_the_day("@cards")]
        cleaned = form.clean(raw, choices=choices, context=task.data)
        if not cleaned.ok:
            raise Wrong(f"the form refuses {[(error.key, error.message) for error in cleaned.errors]}")
        return dict(cleaned.values)

    def _of_the_day(self, value: Any) -> Any:
        """`@today`, `@day1` … as dates; two weeks on stand for the first free day."""
        if isinstance(value, list):
            return [self._of_the_day(item) for item in value]
        if isinstance(value, dict):
            return {key: self._of_the_day(item) for key, item in value.items()}
        if value == "@today":
            return self.now.date().isoformat()
        if value == "@cards":
            return [f"NT{number:08d}" for number in range(self.cards_out)]
        if isinstance(value, str) and value.startswith("@day"):
            return (self.now.date() + timedelta(days=13 + int(value.removeprefix("@day")))).isoformat()
        return value

    def _only(self, element: str) -> OpenTask:
        found = [task for task in self.step.open_tasks if task.element == element]
        if len(found) != 1:
            raise Wrong(f"{len(found)} tasks {element} are open; open are {self.open()}")
        return found[0]

    def _advance(self, until: datetime) -> None:
        while due := [timer.due for timer in self.step.timers if timer.due <= until]:
            self.now = max(self.now, min(due))
            self._send(TimersDue())
        self.now = until

    def _send(self, event: Event) -> None:
        self.step = self.engine.advance(self.program, self.step.snapshot, event, self.now)
        self._settle()

    def _settle(self) -> None:
        """Do all that the step asked for, until people's turn comes."""
        queue = self._follow(self.step)
        while queue or (queue := self._awaited()):
            job = queue.pop(0)
            if job.task_id not in self.step.running_jobs:
                continue  # came too late
            if job.operator == "wait_for" and not self._is_done(job.params["element"]):
                self.waiting.append(job)
                continue
            result = self._operators[job.operator](job) if job.operator != "wait_for" else None
            done = JobDone(job.task_id, result)
            self.step = self.engine.advance(self.program, self.step.snapshot, done, self.now)
            queue += self._follow(self.step)

    def _awaited(self) -> list[JobRequest]:
        ready = [job for job in self.waiting if self._is_done(job.params["element"])]
        self.waiting = [job for job in self.waiting if job not in ready]
        return ready

    def _is_done(self, element: str) -> bool:
        return element in self.completed and element not in self.open()

    def _follow(self, step: Step) -> list[JobRequest]:
        """Note what the step entered and completed; the jobs it asked for."""
        for entry in step.log:
            if entry.what == "completed":
                self.completed.add(entry.element)
            elif entry.what == "entered" and entry.element in self.package.elements:
                self._entered(self.package.elements[entry.element], step.data)
        return list(step.jobs)

    def _entered(self, element: Element, data: Mapping[str, Any]) -> None:
        self.came.documents += element.listed("makes")
        self.came.downloads += element.listed("releases")
        self.came.mails += element.listed("sends")
        fee = element.properties.get("invoice", "")
        if fee:
            self.came.invoices.append(fee)
            self.owed[fee] = self._amount(fee, data)

    def _amount(self, fee: str, data: Mapping[str, Any]) -> int:
        job_data = {**data, **self._innermost_data()}
        decision = self.package.decisions[self.package.fees[fee].decision]
        row = decision.decide({**job_data, "fee": fee})
        return int(row["amount"]) * (100 + int(row["tax_rate"])) // 100

    def _innermost_data(self) -> dict[str, Any]:
        """The routing values where the case stands: those of the job or task that came last."""
        places = [job.data for job in self.step.jobs] or [task.data for task in self.step.open_tasks]
        return dict(places[-1]) if places else {}

    def _look(self, step: Mapping[str, Any]) -> None:
        found: dict[str, Any] = {
            "open": self.open(),
            "mails": self.came.mails,
            "documents": sorted(self.came.documents),
            "downloads": sorted(self.came.downloads),
            "invoices": sorted(self.came.invoices),
            "state": self.state,
            "listed": bool(self.register),
            "register": self.register,
            "ended": self.step.ended,
        }
        for key, wanted in step.items():
            if not key.startswith("expect_"):
                continue
            what = key.removeprefix("expect_")
            if what not in found:
                raise Wrong(f"nothing reads {key}")
            expected = sorted(wanted) if what in ("open", "documents", "downloads", "invoices") else wanted
            if expected != found[what]:
                raise Wrong(f"{what}: expected {expected}, came {found[what]}")

    # What the portal's operators do, as far as the process notices.

    def _mail(self, job: JobRequest) -> None:
        self.came.mails.append(job.params["mail"])

    def _milestone(self, job: JobRequest) -> None:
        self.state = job.params["state"]

    def _issue(self, job: JobRequest) -> dict[str, Any]:
        assert self.package.certificate is not None
        self.came.documents.append(self.package.certificate.document)
        if not self.register:
            self.valid_until = later(self.now, "P1Y").date()
        return {"number": "CCUS-API-0001", "valid_until": self.valid_until.isoformat()}

    def _list(self, job: JobRequest) -> dict[str, Any]:
        self.register = "valid"
        return self._dates(self.valid_until + timedelta(days=1))

    def _extend(self, job: JobRequest) -> dict[str, Any]:
        self.register = "valid"
        self.valid_until = later(datetime.combine(self.valid_until, time(), UTC), "P1Y").date()
        return self._dates(self.valid_until + timedelta(days=1))

    def _suspend(self, job: JobRequest) -> dict[str, Any]:
        assert self.package.certificate is not None
        self.register = "suspended"
        return self._dates(self.now.date() + timedelta(days=self.package.certificate.cure_days))

    def _withdraw(self, job: JobRequest) -> None:
        self.register = "withdrawn"

    def _dates(self, deadline: date) -> dict[str, Any]:
        """Twelve weeks stand for the sixty business days before the anniversary."""
        opens = self.valid_until - timedelta(weeks=12)
        morning = {"next_audit_opens": opens, "audit_deadline": deadline}
        return {key: datetime.combine(day, time(0), UTC).isoformat() for key, day in morning.items()}
