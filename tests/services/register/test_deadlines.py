"""A deadline binds the vendor for what is the vendor's turn: the body's slowness undoes nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.services.base import businessdays
from app.services.base.businessdays import JAPAN
from app.states import EntryKind
from app.store import bookings, cases, database, invoices
from tests.services.conftest import Bench
from tests.services.register.test_ten_years import Years, certificate, mails
from tests.services.steps import case_of, go, opened

BODY = ["settle_audit_date", "confirm_audit_payment", "check_audit_materials", "audit__operator", "post_new_edition",
        "check_production_and_listing"]  # fmt: skip


@pytest.mark.parametrize("task", BODY)
def test_whatever_the_body_leaves_lying_the_certification_stays(task: str, bench: Bench) -> None:
    walker = go(bench, until=task, scenario="annual_audit")
    before = certificate(walker)
    walker.take({"advance": "P8M"})
    row = certificate(walker)
    assert row.state == "valid", task
    assert not {"suspended", "registration-withdrawn"} & {each.mail_id for each in mails(walker)}
    assert task in opened(walker)
    assert row.valid_until == before.valid_until


def test_what_is_settled_and_paid_stays_when_the_vendor_is_late(bench: Bench, tmp_path: Path) -> None:
    years = Years(bench, tmp_path)
    years.to_the_opening()
    years.take("request_audit_date", "vendor", wish_1="@day1")
    years.take("settle_audit_date", "operator", outcome="accepted", date="@day1")
    years.take("pay_audit_fee", "vendor", paid_on="@today", payer="カ）ミホン")
    years.take("confirm_audit_payment", "operator", amount=132000, paid_on="@today", payer="カ）ミホン")
    walker = years.walker
    walker.take({"advance": "P100D"})
    assert certificate(walker).state == "suspended"  # the vendor never handed the materials in
    assert "audit_date_received" in opened(walker)
    case = case_of(walker)
    with database.connection():
        assert [row.state for row in bookings.of_case(case.id)][-1] == "confirmed"
        assert (
            len([row for row in invoices.of_case(case.id) if row.fee == "audit_fee"]) == 2
        )  # the first year's, and one for this
    years.take("audit_date_received", "vendor")
    years.materials()
    walker.take({"advance": "P4M"})  # beyond the cure, in the body's hands
    assert certificate(walker).state == "suspended"
    years.held()
    years.listed()
    years.told()
    assert certificate(walker).state == "valid"
    assert "suspension-lifted" in [each.mail_id for each in mails(walker)]


def test_who_gets_it_back_after_the_last_day_has_ten_business_days(bench: Bench, tmp_path: Path) -> None:
    years = Years(bench, tmp_path)
    years.to_the_opening()
    years.booked()
    walker = years.walker
    walker.take({"advance": "P5M"})  # the materials lie with the body until long after the last day
    years.take("check_audit_materials", "operator", outcome="returned", reason="体制図が足りません。")
    back = businessdays.today(walker.clock.moment)
    last = businessdays.add_business_days(back, 10)
    years.until(datetime(last.year, last.month, last.day, 23, 0, tzinfo=JAPAN))
    assert certificate(walker).state == "valid"
    years.until(walker.clock.moment + timedelta(days=7))
    assert certificate(walker).state == "suspended"


def test_stops_come_on_business_days_after_the_whole_of_the_named_day(bench: Bench, tmp_path: Path) -> None:
    years = Years(bench, tmp_path)
    years.to_the_opening()
    walker = years.walker
    walker.take({"advance": "P8M"})
    assert certificate(walker).state == "withdrawn"
    at = {each.mail_id: each.sent_at.astimezone(JAPAN) for each in mails(walker)}
    for mail_id, day in (("suspended", "2027-03-17"), ("registration-withdrawn", "2027-05-18")):
        assert f"{at[mail_id]:%Y-%m-%d %H:%M}" == f"{day} 09:00"
        assert businessdays.is_business_day(at[mail_id].date())
    suspended = next(each for each in mails(walker) if each.mail_id == "suspended")
    assert "2027年5月17日（月）まで" in suspended.text  # the day before the one on which it is lost
    with database.connection():
        said = [row.title for row in cases.timeline(case_of(walker).id, internal=True, kinds=(EntryKind.STATE,))]
    assert said.count("withdrawn") == 1, "that it was revoked is on record once"
