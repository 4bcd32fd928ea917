"""What can be said of scenarios without walking them: what they name is there, and every key is one that is read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any

from app.catalogue import scenarios
from app.catalogue.complaints import MAX_PROBLEMS, Complaints, Enough, quoted
from app.catalogue.fields import form_fields
from app.catalogue.model import Package
from app.catalogue.scenarios import Scenario, Step
from app.catalogue.toml import Table, nearest, unknown
from app.catalogue.vocabulary import SIDES
from app.declarations import STATES
from app.errors import N_, BadPackage, NinteiError, Problem

REGISTER = ("valid", "suspended", "withdrawn", "ended")
_OPEN = frozenset({"receiveTask", "intermediateCatchEvent"})  # what waits for a message counts as open
KINDS = ("complete", "message", "advance")  # a step is one of them
KEYS = frozenset({*KINDS, "by", "person", "answer", "routes", "data", "webhooks", "fails"})
LISTS = {
    "expect_open": "element",
    "expect_mails": "mail",
    "expect_documents": "document",
    "expect_downloads": "download group",
    "expect_invoices": "fee",
    "expect_webhooks": "webhook",
}
FLAGS = ("expect_listed", "expect_ended")
EXPECTED = frozenset({*LISTS, *FLAGS, "expect_state", "expect_register"})
START = date(2026, 4, 1)  # any day would do: whether a text stands for one is asked
OF_THE_DAY = frozenset({"@today", "@cards", *(f"@day{number}" for number in range(1, 100))})


def check(package: Package) -> list[Problem]:
    """Everything wrong with the package's scenarios; a warning where there are none."""
    walks = scenarios.read(package.files)
    if not scenarios.names(package.files):
        message = N_("There are no scenarios: nothing shows that the process still comes out as it should.")
        return [Problem(scenarios.FOLDER, message, severity="warning")]
    problems = list(walks.problems)
    checks = _StepChecks(package)
    for scenario in walks.scenarios.values():
        problems += _whole(scenario)
        for step in scenario.steps:
            problems += (at(step, package, problem) for problem in checks.run(step))
        problems += _walked(walks, scenario)
        if len(problems) > MAX_PROBLEMS:
            return [*problems[:MAX_PROBLEMS], Problem("", "There are more problems: mend these first.")]
    return list({str(problem): problem for problem in problems}.values())


def at(step: Step, package: Package, found: Problem | NinteiError) -> Problem:
    """The same, said of a step: which one, on which line, what it completes."""
    known = package.elements.get(step.element)
    key = found.part.removeprefix("key:") if isinstance(found, Problem) and found.part.startswith("key:") else ""
    return Problem(
        step.file,
        found.message,
        step.element,
        found.params,
        found.severity if isinstance(found, Problem) else "error",
        f"step:{step.number} {key}".rstrip(),
        step.line,
        known.name if known else "",
    )


def _whole(scenario: Scenario) -> Iterator[Problem]:
    problems: list[Problem] = []
    table = Table(scenario.raw, scenario.file, "", problems)
    table.text("title")
    table.text("title_en", "")
    table.text("about", "")
    table.asked |= {"step"}
    begin = table.table("begin")
    if begin is not None:
        begin.text("scenario")
        begin.text("until")
        begin.close()
    table.close()
    yield from problems
    if not scenario.steps:
        yield Problem(scenario.file, "The scenario has no step: add [[step]].")


def _walked(walks: scenarios.Walks, scenario: Scenario) -> list[Problem]:
    try:
        walks.walk(scenario.name)
    except BadPackage as error:
        return error.problems
    return []


class _StepChecks:
    """One step at a time; problems come with the reason alone, `at` says of which step."""

    def __init__(self, package: Package) -> None:
        self.package = package
        elements = package.elements.values()
        self.tasks = frozenset(each.id for each in elements if each.kind == "userTask")
        self.messages = frozenset(each.message for each in elements if each.message)
        self.fields = {name: form_fields(form) for name, form in package.forms.items()}
        self.known: Mapping[str, Collection[str]] = {
            "element": self.tasks | {each.id for each in elements if each.message and each.kind in _OPEN},
            "mail": package.mails,
            "document": package.documents,
            "download group": package.downloads,
            "fee": package.fees,
            "webhook": {
                text
                for each in elements
                if each.operator == "webhook"
                for text in quoted(each.parameters.get("event", "")) or ()
            },
        }

    def run(self, step: Step) -> list[Problem]:
        complaints = Complaints()
        with suppress(Enough):
            self._step(step, complaints)
        return complaints.problems

    def _step(self, step: Step, complaints: Complaints) -> None:
        problems = complaints.problems
        table = Table(step.raw, step.file, "", problems)
        kinds = [kind for kind in KINDS if kind in step.raw]
        if len(kinds) != 1:
            problems.append(Problem(step.file, "A step has one of complete, message and advance."))
        for key in step.raw:
            if key not in KEYS and key not in EXPECTED:
                problems.append(unknown(step.file, "", key, KEYS | EXPECTED))
        if "complete" in step.raw:
            self._complete(step, table, complaints)
        if "message" in step.raw and (name := table.text("message")):
            complaints.known(step.file, "", "key:message", "message", name, self.messages)
        if "by" in step.raw and "complete" not in step.raw:
            table.choice("by", SIDES)
        if "advance" in step.raw:
            self._advance(step, table, complaints)
        table.text("person", "")
        table.table("routes")
        table.table("data")
        self._webhooks(table, complaints)
        self._fails(table, complaints)
        self._expected(step, table, complaints)

    def _webhooks(self, table: Table, complaints: Complaints) -> None:
        """What receivers answer to the elements that call them in this step."""
        callers = [each.id for each in self.package.elements.values() if each.operator == "webhook"]
        answers = table.table("webhooks")
        for name in answers.raw if answers is not None else ():
            complaints.known(table.file, "", "key:webhooks", "element", name, callers)

    def _fails(self, table: Table, complaints: Complaints) -> None:
        """The jobs that fail for good in this step, by their element, with the reason."""
        asking = [each.id for each in self.package.elements.values() if each.operator]
        failing = table.table("fails")
        if failing is not None:
            for name in failing.raw:
                complaints.known(table.file, "", "key:fails", "element", name, asking)
                failing.text(name)

    def _complete(self, step: Step, table: Table, complaints: Complaints) -> None:
        name = table.text("complete")
        side = table.choice("by", SIDES)
        if not name or not complaints.known(step.file, "", "key:complete", "user task", name, self.tasks):
            return
        owner = self.package.elements[name].side
        if side and owner and side != owner.value:
            complaints.say(step.file, "", N_("by: the step is in a lane of the side “%(side)s”."), side=owner.value)
        answer = table.table("answer")
        for key, value in answer.raw.items() if answer is not None else ():
            complaints.known(step.file, "", "key:answer", "field", key, self.fields.get(name, {}))
            self._value(step, key, value, complaints)

    def _value(self, step: Step, key: str, value: Any, complaints: Complaints) -> None:
        """Texts that begin with @ stand for something of the day."""
        for each in _texts(value):
            if not each.startswith("@") or each in OF_THE_DAY or scenarios.of_today(each, START) is not None:
                continue
            like = nearest(each, OF_THE_DAY)
            if like:
                complaints.say(
                    step.file,
                    "",
                    N_("answer: “%(name)s” of %(key)s stands for nothing: did you mean “%(nearest)s”?"),
                    key=key,
                    name=each,
                    nearest=like,
                )

    def _advance(self, step: Step, table: Table, complaints: Complaints) -> None:
        duration = table.text("advance")
        try:
            if duration:
                scenarios.later(datetime(2026, 4, 1, tzinfo=UTC), duration)
        except ValueError:
            complaints.say(
                step.file, "", N_("advance: “%(value)s” is no duration: write P10D, P3M, P1Y, PT12H …"), value=duration
            )

    def _expected(self, step: Step, table: Table, complaints: Complaints) -> None:
        for key, what in LISTS.items():
            if key not in step.raw:
                continue
            for name in dict.fromkeys(table.texts(key)):
                complaints.known(step.file, "", f"key:{key}", what, name, self.known[what])
        for key in FLAGS:
            if key in step.raw:
                table.flag(key, False)
        if "expect_state" in step.raw:
            table.choice("expect_state", (*STATES, "open"))
        if "expect_register" in step.raw:
            table.choice("expect_register", (*REGISTER, ""))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
