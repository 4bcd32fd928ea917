"""What the portal keeps of a case beside its diagram, and a release that has no place for it: days and invoices."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from app.engine import Engine
from app.store import database
from app.store.models import Booking, Case, Invoice
from tests.catalogue.support import Edit
from tests.catalogue.wrongs import add
from tests.services.broken import again
from tests.services.conftest import PACKAGES, Bench, open_bench
from tests.services.moves.support import applied, move, plan, released

VISIT = """
[calendars.visit]
title = "来館日"
weekdays = [0, 1, 2, 3, 4]
capacity = 1
earliest_bd = 1
latest_days = 60
wishes = 1
hold_days = 5
change_until_bd = 1
duration_minutes = 60
start = "10:00"
"""
CARD = """
[fees.card]
title = "発行手数料"
decision = "loan_limit"
due_days = 30
document = "library_card"
"""
DAY = date(2026, 5, 1)
BOTH: Edit = {"package.toml": add(VISIT + CARD)}
WITHOUT_VISIT: Edit = {"package.toml": add(CARD)}
WITHOUT_CARD: Edit = {"package.toml": add(VISIT)}
BOOKED = "A day of “%(id)s” is booked, and the new release has no such calendar."
OPEN = "An invoice for “%(id)s” is open, and the new release has no such fee."


@pytest.fixture
def bench(either: str, tmp_path: Path, engine: Engine) -> Bench:
    """On both databases; what is in force has a calendar and a fee."""
    found = open_bench(tmp_path, either, engine, PACKAGES)
    released(found, BOTH)
    return found


def booked(bench: Bench, case: Case, state: str = "held") -> None:
    with database.transaction():
        Booking.create(case=case.id, calendar="visit", day=DAY, state=state, at=bench.portal.now())


def invoiced(case: Case, state: str = "open") -> None:
    with database.transaction():
        Invoice.create(
            number=f"INV-{case.number}", case=case.id, fee="card", origin=f"fee:{case.id}", title="発行手数料",
            amount=1000, tax_rate=10, tax=100, total=1100, issued_on=DAY, due_on=DAY, state=state,
        )  # fmt: skip


def said(bench: Bench, number: int) -> dict[str, tuple[str, list[tuple[str, object]]]]:
    """By case: its verdict, and what stands in its way with what it names."""
    cases = plan(bench, number).cases
    return {each.number: (each.verdict, [(p.message, p.params["id"]) for p in each.findings]) for each in cases}


@pytest.mark.parametrize("state", ["held", "confirmed"])
def test_a_case_with_a_day_stays_where_the_calendar_is_no_more(bench: Bench, state: str) -> None:
    one, other = applied(bench, 2)
    booked(bench, one, state)
    number = released(bench, WITHOUT_VISIT)
    assert said(bench, number) == {one.number: ("stays", [(BOOKED, "来館日")]), other.number: ("safe", [])}


def test_a_case_with_an_open_invoice_stays_where_the_fee_is_no_more(bench: Bench) -> None:
    one, other = applied(bench, 2)
    invoiced(one)
    number = released(bench, WITHOUT_CARD)
    assert said(bench, number) == {one.number: ("stays", [(OPEN, "発行手数料")]), other.number: ("safe", [])}


def test_both_are_said_of_a_case_that_has_both(bench: Bench) -> None:
    [case] = applied(bench, 1)
    booked(bench, case)
    invoiced(case)
    number = released(bench, {})
    assert said(bench, number) == {case.number: ("stays", [(BOOKED, "来館日"), (OPEN, "発行手数料")])}


def test_days_let_go_and_invoices_paid_keep_no_case_back(bench: Bench) -> None:
    [case] = applied(bench, 1)
    booked(bench, case, "released")
    invoiced(case, "paid")
    assert said(bench, released(bench, {})) == {case.number: ("safe", [])}


def test_days_and_invoices_keep_no_case_back_where_calendar_and_fee_go_on(bench: Bench) -> None:
    [case] = applied(bench, 1)
    booked(bench, case)
    invoiced(case)
    changed: Edit = {"package.toml": lambda text: (text + VISIT + CARD).replace("来館日", "ご来館の日")}
    number = released(bench, changed)
    assert said(bench, number) == {case.number: ("safe", [])}
    move(bench, number, [case])
    assert bench.portal.releases.loaded(again(case).release_id).number == number


def test_the_worker_leaves_a_case_that_booked_a_day_after_the_sorting(bench: Bench) -> None:
    [case] = applied(bench, 1)
    number = released(bench, WITHOUT_VISIT)
    assert said(bench, number) == {case.number: ("safe", [])}
    booked(bench, case)
    move(bench, number, [case])
    assert again(case).release_id == case.release_id
