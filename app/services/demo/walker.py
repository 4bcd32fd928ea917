"""Walks a case along a scenario of its package, every step through the services: for the demo, and for tests."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any

from app.catalogue import scenarios
from app.errors import NinteiError
from app.services.base import businessdays
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.services.cards import keepers as letterdesk
from app.services.cards import keyletters, letterpage, loans, stock
from app.services.cases import applications, entering, lifecycle
from app.services.demo.sampleday import DemoClock, sample_pdf
from app.services.moves import renewing
from app.services.papers import uploads
from app.services.people import accounts as people
from app.services.process import jobs, timers
from app.services.process.outside import Outside
from app.services.signin.weak import Sample
from app.services.tasks import cardreturns, forms, send, storno
from app.states import Side
from app.store import accounts, bookings, cases, database, entrylinks, invoices, work
from app.store.models import Case, User

PASSWORD = Sample("nintei-demo-2026")  # of the demo's sample people, shown on the demo's own page


class Walker:
    """Walks one demo case along a scenario, in a past of its own, up to the step where the demo shows it."""

    def __init__(
        self,
        portal: Portal,
        loaded: Loaded,
        plan: Mapping[str, Any],
        staff: Sequence[str],
        hands: Callable[[Portal], Outside],
    ) -> None:
        self._limit = portal.now()
        start = businessdays.add_business_days(businessdays.today(self._limit), -int(plan.get("business_days_ago", 10)))
        self.clock = DemoClock(datetime.combine(start, time(10, 5), businessdays.JAPAN).astimezone(UTC))
        self.portal = replace(portal, clock=self.clock, poke=lambda: None)
        self.number = ""
        self._outside = hands(self.portal)
        self._loaded = loaded
        self._plan = plan
        self._staff = staff
        self._reviewers: dict[str, str] = {}

    def begin(self) -> None:
        """Apply, and all that the portal does by itself after it."""
        self.take_application()
        self._drain()

    def take_application(self) -> None:
        """Send the application, and go no further."""
        self.number = applications.apply(self.portal, self._loaded.package.id, self._plan["application"]).number

    def unlimited(self) -> None:
        """Let the clock run into the future as well (rehearsals)."""
        self._limit = datetime.max.replace(tzinfo=UTC)

    def walk(self) -> None:
        """Apply, and take the scenario's steps up to the one where the demo shows the case."""
        steps = scenarios.steps(self._loaded.package.files, self._plan["scenario"])
        if self._plan.get("until"):
            found = [n for n, step in enumerate(steps) if step.get("complete") == self._plan["until"]]
            if not found:
                raise NinteiError("demo.toml: no step completes %(element)s", element=self._plan["until"])
            steps = steps[: found[-1]]
        self.begin()
        for step in steps[1:]:
            self.clock.working_hours_later(self._limit)
            if step.get("complete") in self._plan.get("on_the_day", ()):
                self._to_the_day()
            self.take(step)

    def _to_the_day(self) -> None:
        """What is done on the day that was settled waits for that day."""
        with database.connection():
            case = cases.get(self.number)
            booking = bookings.latest(case.id) if case else None
        if booking is not None:
            day = datetime.combine(booking.day, time(13, 5), businessdays.JAPAN).astimezone(UTC)
            self.clock.moment = min(max(self.clock.moment, day), self._limit)

    def take(self, step: Mapping[str, Any]) -> None:
        """One step of the scenario, and all that the portal does by itself after it."""
        self.take_without_jobs(step)
        self._drain()

    def take_without_jobs(self, step: Mapping[str, Any]) -> None:
        """One step of the scenario alone."""
        if step.get("message") == self._loaded.package.declared.entry_message:
            self._enter(self.number)
        elif "complete" in step:
            self._complete(self.number, step)
        elif "message" in step and step["message"] == self._loaded.package.declared.undone_message:
            self._undo_payment(self.number, step)
        elif "message" in step:
            self._withdraw(self.number, step)
        elif "advance" in step:
            self._advance(min(scenarios.later(self.clock.moment, step["advance"]), self._limit))

    def _undo_payment(self, number: str, step: Mapping[str, Any]) -> None:
        """The last confirmation of a payment of the case is undone."""
        with database.connection():
            case = cases.get(number)
            assert case is not None  # noqa: S101 - it was applied for above
            paid = next(row for row in invoices.of_case(case.id) if row.paid)
        storno.take_back(self.portal, paid.number, "sample", self._actor(case, step))

    def _withdraw(self, number: str, step: Mapping[str, Any]) -> None:
        with database.connection():
            case = cases.get(number)
            assert case is not None  # noqa: S101 - it was applied for above
        lifecycle.withdraw(self.portal, number, "sample", self._actor(case, step))

    def _advance(self, until: datetime) -> None:
        """Time goes by; timers fire in their order, each at its own time."""
        while (due := jobs.next_due()) is not None and due <= until:
            self.clock.moment = max(self.clock.moment, due)
            timers.wake(self.portal, renewing.renew)
            self._drain()
        self.clock.moment = until

    def _enter(self, number: str) -> None:
        with database.connection():
            case = cases.get(number)
            link = entrylinks.current_link(case.id) if case else None
            known = accounts.by_email(link.email) if link else None
        if link is not None:
            actor = people.actor_of(self.portal, known.id) if known else None
            entering.enter(self.portal, link.token, actor, PASSWORD)

    def _complete(self, number: str, step: Mapping[str, Any]) -> None:
        with database.connection():
            case = cases.get(number)
            assert case is not None  # noqa: S101 - it was applied for above
            row = next((each for each in work.open_tasks(case.id) if each.element == step["complete"]), None)
        if row is None:
            raise NinteiError("demo.toml: no task %(element)s is open", element=step["complete"])
        with database.connection():
            self._loaded = self.portal.releases.loaded(case.release_id)  # it may have moved to another
        actor = self._actor(case, step)
        element = self._loaded.element(row.element)
        if element.properties.get("cards"):
            stock.make(self.portal, row.id, actor)
            self._drain()
        if keyletters.letters_of(self._loaded, element):
            self._open_letters(row.id, actor)
        if step.get("answer", {}).get(loans.STATE) == loans.ALL_BACK and element.flag("returns_cards"):
            cardreturns.take_back_all(self.portal, number, actor)
            self._drain()
        answer = dict(step.get("answer", {}))
        said = self._plan["application"]
        answer |= {key: value for key, value in said.items() if key in answer}
        answer |= {key: said[name] for key, name in self._plan.get("same", {}).items() if key in answer}
        answer |= self._plan.get("answers", {}).get(row.element, {})
        raw = {key: self._value(row.id, key, value, actor) for key, value in answer.items()}
        forms.save_draft(self.portal, row.id, raw, actor)
        cleaned, _, revision = forms.check(self.portal, row.id, actor)
        if not cleaned.ok:
            raise NinteiError(
                "demo.toml: %(element)s: %(errors)s",
                element=row.element,
                errors=", ".join(f"{error.key}: {error.message}" for error in cleaned.errors),
            )
        send.send(self.portal, row.id, actor, revision)

    def _open_letters(self, task_id: str, actor: Actor) -> None:
        """Two people open one key letter each."""
        with database.connection():
            rows = [accounts.by_email(email) for email in self._staff]
        pair = [people.actor_of(self.portal, row.id) for row in rows if row is not None][:2]
        keepers = {number: each.user_id for number, each in enumerate(pair, 1) if each.user_id}
        letterdesk.name(self.portal, task_id, keepers, actor)
        for each, letter in zip(pair, letterpage.page(self.portal, task_id, actor).letters, strict=True):
            letterdesk.open_letter(self.portal, letter.id, each)

    def _actor(self, case: Case, step: Mapping[str, Any]) -> Actor:
        """The vendor's person, or a member of the staff: the scenario's `person` is always the same one."""
        if step["by"] == Side.VENDOR.value:
            with database.connection():
                members = cases.members(case.id)
            if not members:
                raise NinteiError("demo.toml: the applicant has not followed the link of the first mail yet")
            return people.actor_of(self.portal, members[0].user_id)
        person = str(step.get("person", ""))
        if person not in self._reviewers:
            self._reviewers[person] = self._staff[len(self._reviewers) % len(self._staff)]
        chosen = people.actor_of(self.portal, self._account(self._reviewers[person]).id)
        if "complete" not in step:
            return chosen
        element = self._loaded.element(step["complete"])
        group = element.properties.get("group", "")
        with database.connection():  # who did what this one may not do as well
            others = element.listed("not_same_as")
            before = {row.closed_by_id for row in work.tasks_of(case.id) if row.element in others}
        if (not group or not chosen.groups or group in chosen.groups) and chosen.user_id not in before:
            return chosen
        for email in self._staff:  # the work of another group is done by its people
            row = self._account(email)
            if row.id not in before and (not group or not row.groups or group in row.groups.split(",")):
                return people.actor_of(self.portal, row.id)
        return chosen

    def _account(self, email: str) -> User:
        with database.connection():
            user = accounts.by_email(email)
        assert user is not None  # noqa: S101 - loaded above
        return user

    def _value(self, task_id: str, key: str, value: Any, actor: Actor) -> Any:
        """A scenario's answer as a form takes it: days, and files that are made up here."""
        spec = self._loaded.forms[work_element(task_id)].field(key)
        day = scenarios.of_today(value, businessdays.today(self.clock.moment))
        if day is not None:
            return day.isoformat()
        if value == "@cards":
            return [each.value for each in forms.choices_of(self.portal, task_id, actor).get("cards", [])]
        if isinstance(value, str) and value.startswith("@day"):
            days, number = forms.choices_of(self.portal, task_id, actor).get("calendar", []), value[4:]
            if not number.isdecimal() or not 1 <= int(number) <= len(days):
                raise NinteiError("demo.toml: the calendar does not offer %(day)s", day=value)
            return days[int(number) - 1][0]
        if spec is not None and spec.type.value == "filepicker":
            named = value if isinstance(value, list) else [value]
            where = uploads.place(self.portal, task_id, key, actor)
            files = ((name, io.BytesIO(sample_pdf(name))) for name in named)
            return [uploads.attach(self.portal, where, name, file, actor).as_dict() for name, file in files]
        if spec is not None and spec.options_from == "examiners" and isinstance(value, str):
            there = [each.value for each in forms.choices_of(self.portal, task_id, actor).get("examiners", [])]
            return value if value in there else there[0]  # the scenario's people are nobody's here
        if isinstance(value, list):
            return [self._value(task_id, key, each, actor) for each in value]
        if isinstance(value, dict):
            return {name: self._value(task_id, name, each, actor) for name, each in value.items()}
        return value

    def _drain(self) -> None:
        while (job := jobs.lease(self.portal, "demo")) is not None:
            jobs.perform(self.portal, self._outside, job)


def work_element(task_id: str) -> str:
    """The element of a task."""
    with database.connection():
        row = work.task(task_id)
        return str(row.element) if row else ""
