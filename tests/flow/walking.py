"""Scenarios of the package, walked by people over HTTP; what must come of each step is compared."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app import catalogue
from app.catalogue import scenarios
from tests.flow.driver import Done, Operator, Vendor
from tests.flow.place import Place

BPMN = Path(__file__).parents[2] / "bpmn"
CCUS = catalogue.load(BPMN / "ccus_api_certification", BPMN / "_shared")
# What the flow's own mails are; reminders and the like come by the clock.
MAILS = [name for name in CCUS.mails if re.match(r"(review|exam|audit)-\d$", name)]


def before(steps: Sequence[Mapping[str, Any]], element: str) -> list[Any]:
    """The steps before the one that first completes the element."""
    return list(steps[: next(number for number, step in enumerate(steps) if step.get("complete") == element)])


def steps_of(scenario: str, after: str = "", until: str = "") -> list[dict[str, Any]]:
    """The steps of a scenario: from the one after the first that completes `after`, to the one before `until`."""
    steps: list[Any] = list(scenarios.steps(CCUS.files, scenario))
    if until:
        steps = before(steps, until)
    if after:
        first = next(number for number, step in enumerate(steps) if step.get("complete") == after)
        steps = steps[first + 1 :]
    return steps


def own_steps(scenario: str) -> list[dict[str, Any]]:
    """The steps that a scenario adds to the one with which it begins."""
    whole: list[Any] = list(scenarios.steps(CCUS.files, scenario))
    begin = tomllib.loads(CCUS.files[f"scenarios/{scenario}.toml"].decode())["begin"]
    return whole[len(before(scenarios.steps(CCUS.files, begin["scenario"]), begin["until"])) :]


@dataclass
class Seen:
    """What had come of the case before a step."""

    mails: list[str]
    downloads: list[str]
    invoices: list[str]


@dataclass
class Walk:
    """One case, its vendor and the staff."""

    place: Place
    number: str
    vendor: Vendor
    staff: Sequence[Operator]
    before: Callable[[Walk, Mapping[str, Any]], None] | None = None  # called before each step: to let time go by
    done: list[tuple[str, Done]] = field(default_factory=list)
    taken: int = 0  # steps whose every expectation came true

    def person(self, step: Mapping[str, Any]) -> Vendor | Operator:
        """The scenario's `person` is always the same member of the staff."""
        if step["by"] == "vendor":
            return self.vendor
        number = {"一次審査": 0, "二次審査": 1}.get(step.get("person", ""), 0)
        self.staff[number].colleague = self.staff[1 - number]
        return self.staff[number]

    def take(self, steps: Sequence[Mapping[str, Any]]) -> Walk:
        """The steps, one by one; each expectation that a step names is compared."""
        for step in steps:
            if self.before is not None:
                self.before(self, step)
            self.place.records.settle(self.number)
            before = self._seen()
            what = str(step.get("complete") or step.get("message") or step.get("advance"))
            try:
                self._one(step)
                self.place.records.settle(self.number)
                self._compare(step, before)
                self.taken += 1
            except AssertionError as error:
                raise AssertionError(f"{self.number}, {what}: {error}") from error
        return self

    def _one(self, step: Mapping[str, Any]) -> None:
        if "complete" in step:
            done = self.person(step).do(self.number, step["complete"], step.get("answer"))
            self.done.append((step["complete"], done))
        elif step.get("message") == "withdraw_requested":
            self.withdraw(self.person(step))
        elif step.get("message") == "confirmation_undone":
            self.undo_payment(self.person(step))
        else:
            raise AssertionError(f"a step that this walk does not take: {step}")

    def undo_payment(self, who: Vendor | Operator) -> None:
        """Undo the confirmation of the case's payment, on its page."""
        [invoice] = self.place.records.of(self.number, "invoice")
        form = who.get(f"/payments/{invoice['number']}/undo").form(field="why")
        after = form.fill("why", "別会社の入金だった").press()
        assert after.status == 200, f"{after!r}: {after.alerts()}"

    def withdraw(self, who: Vendor | Operator, reason: str = "事業計画の変更のため。") -> None:
        """End the case early, on its page."""
        page = who.get(f"/cases/{self.number}/withdraw")
        form = page.form(action="/withdraw")
        name = next(each for each in form.names() if form.kind(each) == "textarea")
        form.fill(name, reason)
        for each in form.names():
            if form.kind(each) == "checkbox":
                form.fill(each, True)
        after = form.press()
        assert after.status == 200, f"{after!r}: {after.alerts()}"

    def last(self, element: str) -> Done:
        """The way through the element's latest task."""
        return next(done for name, done in reversed(self.done) if name == element)

    def _seen(self) -> Seen:
        records = self.place.records
        return Seen(
            [row["mail_id"] for row in records.of(self.number, "mail", "state = 'sent'")],
            [row["grp"] for row in records.of(self.number, "opening")],
            [row["fee"] for row in records.of(self.number, "invoice")],
        )

    def _compare(self, step: Mapping[str, Any], before: Seen) -> None:
        records, after = self.place.records, self._seen()
        assert records.incidents(self.number) == []
        if "expect_open" in step:
            assert records.open(self.number) == sorted(step["expect_open"])
        for key, was, now in (
            ("expect_mails", before.mails, after.mails),
            ("expect_downloads", before.downloads, after.downloads),
            ("expect_invoices", before.invoices, after.invoices),
        ):
            if key not in step:
                continue
            come = Counter(now) - Counter(was)
            for timely in (
                "reminder",
                "reminder-operator",
                "cards-overdue",
                "date-lapse-warning",
                "returned",
                "receipt",
            ):
                come.pop(timely, None)
            assert come == Counter(step[key]), f"{key}: {dict(come)}"
        case = records.case(self.number)
        if "expect_state" in step:
            assert case["state"] == step["expect_state"]
        if "expect_ended" in step:
            assert bool(case["ended"]) is step["expect_ended"]
        if "expect_listed" in step or "expect_register" in step:
            rows = records.of(self.number, "certificate", "listed")
            assert bool(rows)
            assert step.get("expect_register", rows[0]["state"]) == rows[0]["state"]
