"""An amount stands once; tables and texts read it, and an invoice has what holds on the day on which it is raised."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from app.catalogue import scenarios
from app.services.money import invoices as money
from app.services.packages import offers
from app.store import database, invoices
from tests.services.conftest import BPMN, Bench
from tests.services.settings.asking import PACKAGE, given
from tests.services.steps import case_of, go

TEXTS = (".md", ".html", ".form", ".toml", ".dmn", ".bpmn")


def charged(bench: Bench, fee: str, attempt: int = 1) -> tuple[int, int, int]:
    package = bench.portal.releases.current(PACKAGE).package
    return money.charged(package, fee, {"exam_attempt": attempt})


def test_a_fee_holds_for_invoices_that_are_raised_from_its_day_on(bench: Bench) -> None:
    walker = go(bench, until="pay_initial_fee")
    given(bench.portal, "fees.initial", "250000", bench.portal.today() + timedelta(days=5))
    assert charged(bench, "initial_fee") == (200000, 10, 20000)
    bench.portal.clock.moment += timedelta(days=5)  # type: ignore[attr-defined]
    assert charged(bench, "initial_fee") == (250000, 10, 25000)
    with database.connection():
        [row] = invoices.of_case(case_of(walker).id)
    assert (row.amount, row.tax_rate) == (200000, 10)  # what was raised stays


def test_the_next_invoice_of_a_running_case_has_the_new_amount(bench: Bench) -> None:
    walker = go(bench, until="pay_initial_fee")
    given(bench.portal, "fees.exam", "160000")
    steps = scenarios.steps(bench.portal.releases.current(PACKAGE).package.files, "happy_path")
    names = [step.get("complete") for step in steps]
    for step in steps[names.index("pay_initial_fee") : names.index("pay_exam_fee")]:
        walker.take(step)
    with database.connection():
        rows = {row.fee: row.amount for row in invoices.of_case(case_of(walker).id)}
    assert rows == {"initial_fee": 200000, "exam_fee": 160000}


def test_the_tax_rate_stands_once_for_all_fees(bench: Bench) -> None:
    given(bench.portal, "fees.tax_rate", "12")
    assert {charged(bench, fee)[1] for fee in ("initial_fee", "exam_fee", "audit_fee")} == {12}


@pytest.mark.parametrize(
    ("free", "asked"),
    [
        ("0", [True, True, True, True]),
        ("1", [True, False, True, True]),
        ("2", [True, False, False, True]),
    ],
)
def test_free_retests_are_said_once_for_both_tables(free: str, asked: list[bool], bench: Bench) -> None:
    if free != "1":
        given(bench.portal, "exam.free_retests", free)
    package = bench.portal.releases.current(PACKAGE).package
    settings = {"settings": package.settings_values({})}
    table = package.decisions["exam_fee_due"]
    due = [table.decide({"exam_attempt": attempt, **settings})["exam_fee_due"] for attempt in range(1, 5)]
    assert due == asked
    assert [charged(bench, "exam_fee", attempt)[0] > 0 for attempt in range(1, 5)] == asked


def test_the_page_for_applicants_reads_amounts_and_days_where_they_stand(bench: Bench) -> None:
    given(bench.portal, "fees.exam", "165000")
    given(bench.portal, "guidelines:document_review:days", "20")
    offer = offers.one(bench.portal, PACKAGE)
    assert "200,000" in offer.facts["needs"]
    assert "165,000" in offer.facts["needs"]
    assert "20" in offer.facts["period"]
    assert "{" not in offer.facts["needs"] + offer.facts["period"]


def amounts(yen: int) -> re.Pattern[str]:
    ways = [str(yen), f"{yen:,}", *([f"{yen // 10000}万"] if yen % 10000 == 0 else [])]
    return re.compile("|".join(rf"(?<![0-9,]){re.escape(way)}(?![0-9,])" for way in ways))


def test_no_fee_stands_a_second_time_in_any_text_of_the_package(bench: Bench) -> None:
    """Scenarios say what people type, and are no texts of the package."""
    package = bench.portal.releases.current(PACKAGE).package
    folder = Path(BPMN) / PACKAGE
    found = []
    for setting in package.settings["fees"].values():
        if setting.format != "yen":
            continue
        for path in sorted(folder.rglob("*")):
            if path.suffix not in TEXTS or "scenarios" in path.parts or path.name in ("demo.toml", "english.toml"):
                continue
            lines = path.read_text(encoding="utf-8").splitlines()
            found += [
                f"{path.name}: {line.strip()}"
                for line in lines
                if amounts(int(setting.value)).search(line)
                and not (path.name == "package.toml" and line.startswith(f"{setting.key} ="))
            ]
    assert found == []
