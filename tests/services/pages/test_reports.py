"""Figures agree with the records: computed here by hand, on a few cases made through services."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.engine import Engine
from app.errors import Forbidden, Refused
from app.services.base.actors import Actor
from app.services.pages import counting, reports
from app.services.pages.periods import Wanted, period
from app.services.pages.spread import middle, most_of
from app.services.tasks import forms
from app.services.tasks import send as tasks
from app.states import Side
from app.store import database
from app.store import sums as store
from app.store.models import Case, Figure, FigureState, Invoice, Payment, Task, TimerRow
from tests.services.broken import again, applied, clerk, open_task, send
from tests.services.conftest import PACKAGES, Bench, StillClock, open_bench
from tests.services.steps import case_of, go

ADMIN = Actor(None, "管理者", Side.OPERATOR, frozenset({"administrator"}))
MONDAY = datetime(2026, 4, 6, 1, 0, tzinfo=UTC)  # 10 in the morning in Japan


def at(bench: Bench, moment: datetime) -> None:
    clock = bench.portal.clock
    assert isinstance(clock, StillClock)
    clock.moment = moment


ALL = Wanted()


def counted(bench: Bench, wanted: Wanted = ALL) -> reports.Figures:
    counting.refresh(bench.portal, whole=True)
    return reports.page(bench.portal, ADMIN, wanted)


@pytest.fixture
def two(either: str, tmp_path: Path, engine: Engine) -> Bench:
    """The three-step package on either database, on a Monday in April."""
    return open_bench(tmp_path, either, engine, PACKAGES, MONDAY)


def test_a_few_cases_are_counted_as_by_hand(two: Bench) -> None:
    first = applied(two, email="a@example.com")
    at(two, MONDAY + timedelta(days=1))
    second, third = applied(two, email="b@example.com"), applied(two, email="c@example.com")
    at(two, MONDAY + timedelta(days=2))  # Wednesday: two business days after the first, one after the second
    send(two, first, "approve", outcome="refused", reason="対象外です")
    send(two, second, "approve", outcome="refused", reason="対象外です")
    at(two, MONDAY + timedelta(days=7))  # the Monday after
    send(two, third, "approve", outcome="approved")
    found = counted(two)
    assert (found.first, found.last) == (date(2026, 4, 1), date(2027, 3, 31))
    [april] = found.months
    assert (april.month, april.applied, april.certified) == ("2026-04", 3, 0)
    assert april.ended == {"rejected": 0, "withdrawn": 0, "closed": 2}
    [step] = [each for each in found.steps if each.id == "approve"]
    # days: 2, 1 and (Tuesday to Monday) 4
    assert (step.n, step.median, step.most_of, step.longest) == (3, 2, 4, 4)
    judged = {(step, what): n for step, what, n in found.judged}
    assert sum(judged.values()) == 3 and sorted(judged.values()) == [1, 2]
    assert found.open == 1
    assert again(first).ended
    empty = counted(two, Wanted(period="free", first=date(2026, 3, 1), last=date(2026, 3, 31)))
    assert [each.applied for each in empty.months] == [0] and empty.steps == []
    assert counted(two, Wanted(package="no such")).months[0].applied == 0


def test_days_begin_at_midnight_in_japan_and_closing_days_are_no_business_days(two: Bench) -> None:
    at(two, datetime(2026, 4, 30, 14, 59, tzinfo=UTC))  # 23:59 on the 30th
    last = applied(two, email="a@example.com")
    at(two, datetime(2026, 4, 30, 15, 1, tzinfo=UTC))  # 00:01 on 1 May
    applied(two, email="b@example.com")
    found = counted(two)
    assert {each.month: each.applied for each in found.months} == {"2026-04": 1, "2026-05": 1}
    at(two, datetime(2026, 5, 7, 1, 0, tzinfo=UTC))  # 3 to 6 May are public holidays, 2 May is a Saturday
    send(two, last, "approve", outcome="refused", reason="対象外です")
    [step] = [each for each in counted(two).steps if each.id == "approve"]
    assert (step.n, step.longest) == (1, 2)  # 1 and 7 May


def test_what_is_new_is_added_without_counting_all_and_the_next_day_counts_all(small_bench: Bench) -> None:
    start = small_bench.portal.now()
    applied(small_bench, email="a@example.com")
    assert counting.refresh(small_bench.portal)
    assert not counting.refresh(small_bench.portal)  # a quarter of an hour has not passed
    with database.transaction():
        Figure.update(n=7).where((Figure.kind == "applied") & (Figure.day == "2026-04-01")).execute()
        for kind, day in (("applied", "2026-01-01"), (f"{store.MARK}applied", "2026-01")):
            Figure.insert(kind=kind, package_id="x", day=day, n=9).execute()
    applied(small_bench, email="b@example.com")
    at(small_bench, start + timedelta(minutes=16))
    assert counting.refresh(small_bench.portal)
    with database.connection():
        rows = store.sums(("applied",), "", "2026-01-01", "2026-12-31")
    assert sorted((row[1], row[6]) for row in rows) == [("library_card", 2), ("x", 9)]
    at(small_bench, start + timedelta(days=1))
    assert counting.refresh(small_bench.portal)
    with database.connection():
        rows = store.sums(("applied",), "", "2026-01-01", "2026-12-31")
    assert [(row[1], row[6]) for row in rows] == [("library_card", 2)]


@pytest.mark.parametrize(
    ("first", "last", "whole"),
    [
        ("2026-01-01", "2026-12-31", ("2026-01", "2026-12")),
        ("2025-12-02", "2026-03-30", ("2026-01", "2026-02")),
        ("2028-02-01", "2028-02-29", ("2028-02", "2028-02")),
        ("2028-02-01", "2028-02-28", None),
        ("2026-05-02", "2026-06-29", None),
        ("0001-01-02", "0001-01-03", None),
        ("9999-12-02", "9999-12-31", None),
    ],
)
def test_months_that_lie_wholly_in_a_period_are_told(first: str, last: str, whole: tuple[str, str] | None) -> None:
    assert store.whole_months(first, last) == whole


def test_any_period_is_added_up_as_its_days_are_with_months_and_before_there_are_any(two: Bench) -> None:
    """Also after a part was counted again."""
    now = two.portal.now()
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(150)]
    rows = [("used", "p", str(day), "g", "", n % 7, 1, n) for n, day in enumerate(days)]

    def expected(kept: Sequence[Sequence[Any]], first: str, last: str) -> dict[Any, Any]:
        found: Counter[Any] = Counter()
        for _kind, _package, day, _element, _what, value, n, amount in kept:
            if first <= day <= last:
                found[day[:7], value, "n"] += n
                found[day[:7], value, "yen"] += amount
        return {key: n for key, n in found.items() if n}

    def agree(kept: Sequence[Sequence[Any]]) -> None:
        for first, last in [
            ("2026-01-01", "2026-12-31"), ("2026-01-15", "2026-04-10"), ("2026-02-01", "2026-02-28"),
            ("2026-02-03", "2026-02-20"), ("2026-02-28", "2026-04-01"), ("2025-01-01", "2026-03-31"),
        ]:  # fmt: skip
            with database.connection():
                counted = store.sums(("used", "task"), "", first, last, by_month=True)
                of_one = store.sums(("used",), "p", first, last)
            found = {(row[2], int(row[5]), "n"): int(row[6]) for row in counted}
            found |= {(row[2], int(row[5]), "yen"): int(row[7]) for row in counted if row[7]}
            assert found == expected(kept, first, last), (first, last)
            assert sum(int(row[6]) for row in of_one) == sum(n for key, n in found.items() if key[2] == "n")

    with database.transaction():
        store.keep(rows, "", now, "2026-05-30", "x")
    agree(rows)
    late = [("used", "p", "2026-05-30", "g", "", 3, 5, 50)]
    with database.transaction():
        store.keep(late, "2026-05-20", now, "2026-05-30", "x")
    agree([row for row in rows if row[2] < "2026-05-20"] + late)
    with database.transaction():  # as a program left them that added no months up
        Figure.delete().where(Figure.kind == f"{store.MARK}used").execute()
        FigureState.delete().where(FigureState.name == store.MONTHS).execute()
    agree([row for row in rows if row[2] < "2026-05-20"] + late)
    assert counting.refresh(two.portal)
    with database.connection():
        assert store.has_months()


def test_what_rests_is_told_by_element_with_the_median_and_how_many_are_late(two: Bench) -> None:
    cases = [applied(two, email="a@example.com")]
    at(two, MONDAY + timedelta(days=2))
    cases.append(applied(two, email="b@example.com"))
    at(two, MONDAY + timedelta(days=4))  # Friday
    with database.transaction():
        Task.update(due_on=date(2026, 4, 9)).where(Task.id == open_task(cases[0], "approve").id).execute()
        Task.update(due_on=date(2026, 4, 10)).where(Task.id == open_task(cases[1], "approve").id).execute()
    counting.refresh(two.portal, whole=True)
    _, rests = reports.heat(ADMIN, "library_card")
    assert rests == {"approve": reports.Rest(2, 3, 1)}  # four and two business days; one was due yesterday
    assert reports.page(two.portal, ADMIN, Wanted()).late == [("申請の確認", "", 1)]


def test_what_waits_for_its_time_is_told_at_its_event_with_the_first_day(two: Bench) -> None:
    case = applied(two, email="a@example.com")
    with database.transaction():
        TimerRow.delete().execute()
        for days in (9, 4, 4):
            due = two.portal.now() + timedelta(days=days)
            TimerRow.create(case=case.id, task_id=f"t{days}", element="approval_late", due_at=due)
    counting.refresh(two.portal, whole=True)
    _, rests = reports.heat(ADMIN, "library_card")
    first = two.portal.today() + timedelta(days=4)
    assert rests["approval_late"] == reports.Rest(3, 0, 0, first.isoformat())
    assert rests["approve"].due == ""


def test_returns_money_guidelines_and_exams_of_a_whole_certification(bench: Bench) -> None:
    walker = go(bench, until="submit_audit_materials")
    counting.refresh(walker.portal, whole=True)
    found = reports.page(walker.portal, ADMIN, Wanted(period="free", first=date(2020, 1, 1), last=date(2030, 1, 1)))
    with database.connection():
        billed = sum(row.total for row in Invoice.select().where(Invoice.state != "cancelled"))
        paid = sum(row.amount for row in Payment.select().where(Payment.undone_at.is_null()))
        done = Task.select().where((Task.element == "exam__operator") & (Task.state == "done")).count()
        exists = Case.select().count()
    assert sum(each.invoiced for each in found.months) == billed > 0
    assert sum(each.received for each in found.months) == paid > 0
    assert sum(each.applied for each in found.months) == exists
    [rate] = found.rates
    assert (rate.done, rate.passed) == (done, 1)
    assert {each.id for each in found.clocks} >= {"exam_result"}


def test_a_decision_that_gives_the_vendor_a_task_again_is_a_return(bench: Bench) -> None:
    walker = go(bench, until="first_review")
    case, who = case_of(walker), clerk(bench)
    task = open_task(case, "first_review")
    values = {"outcome": "returned", "return_to": "submit_documents", "reason": "決算書が古いものです"}
    forms.save_draft(walker.portal, task.id, values, who)
    tasks.send(walker.portal, task.id, who)
    counting.refresh(walker.portal, whole=True)
    found = reports.page(walker.portal, ADMIN, Wanted(period="free", first=date(2020, 1, 1), last=date(2030, 1, 1)))
    [(step, what, n)] = found.returned
    assert ("書類審査" in step, what, n) == (True, "差戻し（補正）", 1)
    assert (step, what, n) in found.judged


def test_medians_and_most_are_those_of_the_values_one_by_one() -> None:
    assert middle({3: 1}) == 3
    assert middle({1: 1, 4: 1}) == 2.5
    assert middle({0: 3, 9: 2}) == 0
    assert [most_of(dict.fromkeys(range(1, n + 1), 1)) for n in (1, 4, 5, 10)] == [1, 4, 4, 8]
    assert most_of({2: 8, 50: 2}) == 2
    assert (middle({}), most_of({})) == (0, 0)


@pytest.mark.parametrize(
    ("name", "today", "first", "last"),
    [
        ("month", date(2026, 2, 10), date(2026, 2, 1), date(2026, 2, 28)),
        ("last_month", date(2026, 1, 1), date(2025, 12, 1), date(2025, 12, 31)),
        ("quarter", date(2026, 12, 31), date(2026, 10, 1), date(2026, 12, 31)),
        ("fiscal", date(2026, 3, 31), date(2025, 4, 1), date(2026, 3, 31)),
        ("fiscal", date(2026, 4, 1), date(2026, 4, 1), date(2027, 3, 31)),
        ("last_fiscal", date(2026, 4, 1), date(2025, 4, 1), date(2026, 3, 31)),
        ("year", date(2026, 3, 31), date(2026, 1, 1), date(2026, 12, 31)),
        ("last_year", date(2026, 1, 1), date(2025, 1, 1), date(2025, 12, 31)),
    ],
)
def test_periods(name: str, today: date, first: date, last: date) -> None:
    assert period(Wanted(period=name), today) == (first, last)


def test_a_free_period_is_checked_and_figures_are_for_those_who_may_see_them(small_bench: Bench) -> None:
    with pytest.raises(Refused, match="first and last day"):
        reports.page(small_bench.portal, ADMIN, Wanted(period="free", first=date(2026, 4, 2), last=date(2026, 4, 1)))
    with pytest.raises(Forbidden):
        reports.page(small_bench.portal, Actor(None, "申請者", Side.VENDOR, frozenset({"vendor"})), Wanted())
    assert reports.page(small_bench.portal, clerk(small_bench), Wanted()).at is None
