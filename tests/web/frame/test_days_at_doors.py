"""A day that somebody types is read at every door as the portal itself writes days, in any width."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask

from app.services.tasks import datesasked
from app.store import accounts, bookings, database
from app.store.models import Absence, ClosingDay, Company, Invitation, Payment
from app.web.audit import pages as record
from app.web.cases import figures
from tests.services.conftest import STAFF
from tests.services.steps import actor, case_of, go, staff, task
from tests.web.conftest import Site
from tests.web.desk_support import VENDOR, alerts, vendor

APRIL = date(2026, 4, 1)  # a Wednesday, and today of the tests
SPELLINGS = [
    "令和8年4月1日", "令和８年４月１日（水）", "2026年4月1日", "2026年4月1日（水）", "２０２６年４月１日",
    "2026/4/1(水)", "２０２６／０４／０１", "２０２６－０４－０１", "R8.4.1", "1 April 2026",
]  # fmt: skip
# Where pages read a day, by the function that does; each has a test below.
READ_IN = {
    ("account/absences.py", "add"), ("days/calendar.py", "close"), ("days/calendar.py", "reopen"),
    ("company/agents.py", "_terms"), ("cases/afterwards.py", "answer"), ("cases/afterwards.py", "move_day"),
    ("designer/releasing.py", "_from"),  # tests/web/designer/test_releasing.py
    ("money/bankquestions.py", "answered"), ("money/undoing.py", "decide"),  # tests/web/money/test_settling.py
    ("audit/pages.py", "_wanted"), ("cases/figures.py", "_wanted"),
    ("days/months.py", "offered"),  # the days that a form offers, as it names them itself
    # Days of their own boxes in their pages' tests; what a day is says one function for all (tests/text/test_days.py).
    ("money/bankquestions.py", "answered"), ("money/undoing.py", "decide"),
    ("audit/pages.py", "_wanted"), ("cases/figures.py", "_wanted"),
}  # fmt: skip
READERS = {"required_date", "parse_date", "read_date", "parse_datetime", "read_datetime"}


def written(day: date) -> list[str]:
    """The day as the portal writes it, short and long, and as Japanese keyboards do."""
    era = day.year - 2018
    wide = str.maketrans("0123456789/", "０１２３４５６７８９／")
    weekday = "月火水木金土日"[day.weekday()]
    plain = f"{day.year}年{day.month}月{day.day}日"
    return [plain, f"{plain}（{weekday}）", f"令和{era}年{day.month}月{day.day}日", f"{day:%Y/%m/%d}".translate(wide)]


def test_every_door_with_a_day_is_known_here() -> None:
    assert set(_readers()) == READ_IN


def _readers() -> Iterator[tuple[str, str]]:
    web = Path(__file__).parents[3] / "app" / "web"
    for path in web.rglob("*.py"):
        for function in ast.walk(ast.parse(path.read_text())):
            if isinstance(function, ast.FunctionDef):
                names = {each.id for each in ast.walk(function) if isinstance(each, ast.Name)}
                if names & READERS:
                    yield path.relative_to(web).as_posix(), function.name


def test_from_when_to_when_the_record_and_the_figures_are_read() -> None:
    app = Flask(__name__)
    for typed in SPELLINGS:
        assert record._wanted({"from": typed, "to": typed}, "").first == APRIL, typed
        with app.test_request_context(query_string={"first": typed, "last": typed}):
            asked = figures._wanted()
        assert (asked.first, asked.last) == (APRIL, APRIL), typed


def test_an_absence(small_site: Site) -> None:
    client = small_site.operator()
    with database.connection():
        delegate = staff_id(STAFF[1])
    for count, typed in enumerate(SPELLINGS, 1):
        answer = client.post("/absences", data={"delegate": delegate, "first": typed, "last": typed, "note": ""})
        assert answer.status_code == 303, (typed, alerts(answer))
        with database.connection():
            rows = [(row.first_day, row.last_day) for row in Absence.select()]
        assert rows == [(APRIL, APRIL)] * count, typed


def staff_id(email: str) -> int:
    user = accounts.by_email(email)
    assert user is not None
    return int(user.id)


def test_a_closing_day_and_its_end(small_site: Site) -> None:
    client = small_site.operator()
    small_site.bench.portal.clock.moment -= timedelta(days=2)  # type: ignore[attr-defined]
    for typed in SPELLINGS:
        answer = client.post("/calendar/closing", data={"day": typed, "reason": "創立記念日"})
        assert answer.status_code == 303, (typed, alerts(answer))
        with database.connection():
            assert [row.day for row in ClosingDay.select()] == [APRIL], typed
        assert client.post("/calendar/closing/remove", data={"day": typed}).status_code == 303
        with database.connection():
            assert ClosingDay.select().count() == 0, typed


def test_the_days_of_a_mandate(site: Site) -> None:
    go(site.bench, until="submit_documents")
    with database.transaction():
        company = Company.select().get()
    boss = site.person(VENDOR)
    for number, typed in enumerate(SPELLINGS):
        form = {
            "email": f"agent{number}@example.org", "office": "行政書士法人みほん", "rights": "answer", "scope": "all",
            "first_day": typed, "last_day": typed,
        }  # fmt: skip
        answer = boss.post(f"/company/{company.id}/agents/new", data=form)
        assert answer.status_code == 303, (typed, alerts(answer))
        with database.connection():
            terms = Invitation.get(Invitation.email == form["email"]).terms
        assert (terms["first_day"], terms["last_day"]) == ("2026-04-01", "2026-04-01"), typed


def test_a_payment_of_the_worklist(site: Site) -> None:
    walker = go(site.bench, until="confirm_initial_payment", business_days_ago=40)
    row, client = task(walker, "confirm_initial_payment"), site.operator()
    typed = {f"amount-{row.id}": "1", f"paid_on-{row.id}": SPELLINGS[1], f"payer-{row.id}": "ミホン"}
    typed[f"differs-{row.id}"] = "yes"
    assert client.post("/payments/confirm", data={"shown": [row.id], "task": [row.id], **typed}).status_code == 303
    with database.connection():
        assert [payment.paid_on for payment in Payment.select()] == [APRIL]


def test_a_day_in_a_form_comes_back_as_the_day_that_was_meant(site: Site) -> None:
    walker = go(site.bench, until="pay_initial_fee", business_days_ago=40)
    desk = vendor(site, task(walker, "pay_initial_fee").id)
    for typed in SPELLINGS:
        checked = desk.post(paid_on=typed, payer="カ）ミホンケンセツシステム")
        assert checked.status_code == 303, (typed, alerts(checked))
        assert "2026年4月1日" in desk.page("/check").text, typed


@pytest.mark.parametrize("place", range(4))
def test_the_day_that_the_body_gives_in_place_of_another(place: int, site: Site) -> None:
    walker = go(site.bench, "exam_date_received")
    site.bench.drain(walker.portal)
    site.bench.portal.clock.moment = walker.clock.moment  # type: ignore[attr-defined]
    standing = datesasked.standing(walker.portal, walker.number, actor(walker))
    assert standing is not None
    day = standing.free[3]
    wish = {"kind": "change", "wish_1": day.isoformat(), "reason": "会場の停電"}
    site.person(VENDOR).post(f"/cases/{walker.number}/date", data=wish)
    asked = datesasked.waiting(walker.portal, staff(walker))[0].request.id
    given = site.operator().post(f"/calendar/requests/{asked}", data={"action": "accept", "day": written(day)[place]})
    assert given.status_code == 303, alerts(given)
    with database.connection():
        booking = bookings.latest(case_of(walker).id)
    assert booking is not None
    assert booking.day == day
