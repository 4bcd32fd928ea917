"""Every scenario of the CCUS package, walked through the services: real steps, jobs, money, dates, cards, register."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from app import catalogue
from app.catalogue import scenarios
from app.services.demo.walker import Walker
from app.store import cases, database, invoices, jobrows, records, tally, work
from tests.services.conftest import BPMN, Bench
from tests.services.steps import go

PACKAGE = catalogue.load(BPMN / "ccus_api_certification", BPMN / "_shared")
NAMES = scenarios.names(PACKAGE.files)
# Routing that a scenario states by hand stands for what happened outside the walk; the services work it out themselves.
BY_HAND = {name for name in NAMES if re.search(r"^routes\s*=", PACKAGE.files[f"scenarios/{name}.toml"].decode(), re.M)}


def steps_of(name: str) -> list[Mapping[str, Any]]:
    return list(scenarios.steps(PACKAGE.files, name))


class Seen:
    """What had come of the case before a step."""

    def __init__(self, walker: Walker) -> None:
        with database.connection():
            case = cases.get(walker.number)
            self.case = case
            mails = [row.mail_id for row in reversed(records.mails(case.id))] if case else []
            self.mails = [mail_id for mail_id in mails if mail_id != "receipt"]  # the portal's own, for each form
            self.documents = [row.key for row in records.documents(case.id) if row.kind == "made"] if case else []
            self.downloads = [row.grp for row in records.openings(case.id)] if case else []
            self.invoices = [row.fee for row in invoices.of_case(case.id)] if case else []
            self.open = sorted(row.element for row in work.open_tasks(case.id)) if case else []
            certificate = records.certificate_of(case.id) if case else None
            self.register = certificate.state if certificate and certificate.listed else ""
            self.failed = [(row.element, row.error) for row in jobrows.jobs_of(case.id, "incident")] if case else []


def come(before: list[str], after: list[str]) -> list[str]:
    """What `after` has more."""
    rest = list(after)
    for each in before:
        if each in rest:
            rest.remove(each)
    return rest


def look(step: Mapping[str, Any], before: Seen, after: Seen) -> None:
    assert after.failed == []
    with database.connection():
        assert tally.differing() == []
    if "expect_open" in step:
        assert after.open == sorted(step["expect_open"])
    if "expect_mails" in step:
        # Mails that a diagram asks for side by side go out in the order in which they were asked for.
        assert sorted(come(before.mails, after.mails)) == sorted(step["expect_mails"])
    if "expect_downloads" in step:
        assert sorted(come(before.downloads, after.downloads)) == sorted(step["expect_downloads"])
    if "expect_invoices" in step:
        assert sorted(come(before.invoices, after.invoices)) == sorted(step["expect_invoices"])
    if "expect_state" in step:
        assert after.case is not None
        assert after.case.state == step["expect_state"]
    if "expect_ended" in step:
        assert after.case is not None
        assert after.case.ended is step["expect_ended"]
    if "expect_listed" in step:
        assert bool(after.register) is step["expect_listed"]
    if "expect_register" in step:
        assert after.register == step["expect_register"]


@pytest.mark.parametrize("name", [name for name in NAMES if name not in BY_HAND])
def test_the_scenario_comes_out_through_the_services(name: str, bench: Bench) -> None:
    steps, first, walker = scenarios.steps(PACKAGE.files, name), 0, bench.walker()
    if begin := tomllib.loads(PACKAGE.files[f"scenarios/{name}.toml"].decode()).get("begin"):
        # The way to there is that of another scenario, and looked at in its own walk.
        walker = go(bench, begin["until"], begin["scenario"])
        first = max(n for n, step in enumerate(steps_of(begin["scenario"])) if step.get("complete") == begin["until"])
        assert steps[:first] == steps_of(begin["scenario"])[:first]
    before = Seen(walker)
    for number, step in list(enumerate(steps))[first:]:
        if number:
            walker.take(step)
        else:
            walker.begin()
        after = Seen(walker)
        try:
            look(step, before, after)
        except AssertionError as error:
            what = step.get("complete") or step.get("message") or step.get("advance")
            raise AssertionError(f"step {number + 1} ({what}): {error}") from error
        before = after


def test_a_case_restored_before_every_step_goes_the_same_way(bench: Bench) -> None:
    """A restart between any two steps loses nothing: the live workflow is only a cache of the stored state."""
    walker = bench.walker()
    walker.begin()
    for step in scenarios.steps(PACKAGE.files, "happy_path")[1:]:
        bench.portal.engine.close()  # forgets every live case
        before = Seen(walker)
        walker.take(step)
        look(step, before, Seen(walker))


def test_the_happy_path_on_postgresql(make_bench: Callable[[str], Bench], postgres: str) -> None:
    bench = make_bench(postgres)
    try:
        walker = bench.walker()
        walker.begin()
        for step in scenarios.steps(PACKAGE.files, "happy_path")[1:]:
            before = Seen(walker)
            walker.take(step)
            look(step, before, Seen(walker))
        with database.connection():
            certificate = records.certificate_of(cases.get(walker.number).id)  # type: ignore[union-attr]
        assert certificate is not None
        assert certificate.listed
    finally:
        database.proxy.obj.close_all()
