"""Ten years of one certification by clock, beside the table that the flow says (ten_years.toml)."""

from __future__ import annotations

import tomllib
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from app.services.base import businessdays
from app.services.base.businessdays import JAPAN
from app.services.demo.walker import Walker
from app.services.pages import task as taskpage
from app.states import BookingState
from app.store import bookings, database, invoices, jobrows, records, timerrows
from app.store.models import Certificate
from tests.services.conftest import Bench
from tests.services.moves.test_renewing import NEW_TAX, TAX, put
from tests.services.steps import actor, case_of, go, opened, staff, task

TABLE = tomllib.loads((Path(__file__).parent / "ten_years.toml").read_text("utf-8"))
NAMES = {"listing_name": "みほん入退場システム", "listing_company": "株式会社みほん建設システム"}
NEW = {"listing_name": "みほん入退場システム２", "listing_company": "みほんホールディングス株式会社"}
LISTING = {"listing_url": "https://example.com/", "listing_description": "ICカードで入退場を記録します。"}
MAJOR = [{"severity": "major", "finding": "本番データが暗号化されていない。", "mend_by": "@today"}]
MINOR = [{"severity": "minor", "finding": "操作記録の保存期間が短い。", "mend_by": "@today+30"}]


class Years:
    """The case and those who act on it."""

    def __init__(self, bench: Bench, folder: Path) -> None:
        self.bench, self.folder = bench, folder
        self.walker: Walker = go(bench, until="certificate_received")
        self.take("certificate_received", "vendor")
        self.names = NAMES
        self.again = False

    def take(self, element: str, by: str, **answer: Any) -> None:
        self.walker.take({"complete": element, "by": by, "answer": answer})

    def until(self, moment: datetime) -> None:
        self.walker._advance(moment)

    def to_the_opening(self) -> date:
        """The day on which the year's audit opens."""
        case = case_of(self.walker)
        with database.connection():
            [timer] = [row for row in timerrows.timers(case.id) if row.element == "until_next_audit"]
        self.until(timer.due_at + timedelta(hours=1))
        return businessdays.today(timer.due_at)

    def to_the_day(self) -> None:
        case = case_of(self.walker)
        with database.connection():
            day = bookings.latest(case.id).day  # type: ignore[union-attr]
        self.until(datetime(day.year, day.month, day.day, 13, 5, tzinfo=JAPAN))

    def shown(self) -> str:
        """The answers and papers that the page on which a day is asked for shows."""
        walker = self.walker
        page = taskpage.page(walker.portal, task(walker, "request_audit_date").id, actor(walker))
        lines = [line.text for each in page.shown for line in each.lines]
        return " ".join(lines + [each.key for each in page.documents])

    def asked(self) -> None:
        if not self.again:
            assert not self.shown(), "last year's result is not why a day is asked for now"
        self.take("request_audit_date", "vendor", wish_1="@day1")

    def booked(self) -> None:
        self.asked()
        self.settled()

    def settled(self) -> None:
        self.take("settle_audit_date", "operator", outcome="accepted", date="@day1")
        case = case_of(self.walker)
        with database.connection():
            due = invoices.latest(case.id, "audit_fee").total  # type: ignore[union-attr]
        self.take("pay_audit_fee", "vendor", paid_on="@today", payer="カ）ミホン")
        self.take("confirm_audit_payment", "operator", amount=due, paid_on="@today", payer="カ）ミホン")
        self.take("audit_date_received", "vendor")
        self.materials()

    def materials(self) -> None:
        place = {"audit_place": "本社会議室", "audit_materials": ["監査資料.pdf"], "attendees": "例 一郎"}
        self.take("submit_audit_materials", "vendor", **place)

    def held(self, outcome: str = "passed", **more: Any) -> None:
        walker = self.walker
        page = taskpage.page(walker.portal, task(walker, "check_audit_materials").id, staff(walker))
        assert self.again or not page.prior, "what was decided on other years' papers is no earlier exchange of these"
        self.take("check_audit_materials", "operator", outcome="passed")
        self.to_the_day()
        self.take("audit__vendor", "vendor", attended_on="@today", attendees="例 一郎")
        self.take("audit__operator", "operator", audit_outcome=outcome, auditor="監査 人", audited_on="@today", **more)

    def listed(self) -> None:
        self.take("submit_production_and_listing", "vendor", **self.names, **LISTING)

    def told(self) -> None:
        self.take("check_production_and_listing", "operator", outcome="passed")

    def passed(self) -> None:
        self.booked()
        self.concluded()

    def concluded(self) -> None:
        self.held()
        self.listed()
        self.told()

    # ---- the stories

    def renamed(self) -> None:
        self.names = NEW
        self.passed()
        self.take("post_new_edition", "operator", carrier="yamato", tracking_number="1234-5678", sent_on="@today")

    def findings(self) -> None:
        self.booked()
        self.held("minor", findings=MINOR)
        self.materials()
        self.take("check_audit_materials", "operator", outcome="passed")
        self.listed()
        self.told()

    def slow(self) -> None:
        """The vendor has done all of it in time; the body answers half a year after the last day."""
        self.booked()
        self.held()
        self.listed()
        self.until(self.walker.clock.moment + timedelta(days=240))
        self.told()

    def taxed(self) -> None:
        self.passed()

    def cured(self) -> None:
        row = certificate(self.walker)
        end = datetime(row.valid_until.year, row.valid_until.month, row.valid_until.day, 23, 59, tzinfo=JAPAN)
        self.until(end)
        assert certificate(self.walker).state == "valid"  # the whole of the last day
        self.until(end + timedelta(days=6))
        assert certificate(self.walker).state == "suspended"
        self.passed()

    def failed(self) -> None:
        self.booked()
        self.held("failed", findings=MAJOR)
        assert certificate(self.walker).state == "suspended"  # with the mail, whoever presses what
        assert MAJOR[0]["finding"] in self.shown() and "audit_result_letter" in self.shown()
        self.again = True
        self.passed()
        self.again = False

    def given_up(self) -> None:
        self.walker.take({"message": "give_up_requested", "by": "vendor"})
        said = {"cards_state": "none", "fees_state": "none", "contracts_state": "terminated", "settled_on": "@today"}
        self.take("settle_give_up", "operator", withdrawal_reason="終了", dates_released=True, **said)


def certificate(walker: Walker) -> Certificate:
    case = case_of(walker)
    with database.connection():
        row = records.certificate_of(case.id)
    assert row is not None
    return row


def mails(walker: Walker) -> list[Any]:
    case = case_of(walker)
    with database.connection():
        return list(reversed(records.mails(case.id)))


def test_ten_years_come_out_as_the_table_says(bench: Bench, tmp_path: Path) -> None:
    years = Years(bench, tmp_path)
    walker = years.walker
    assert certificate(walker).certified_on.isoformat() == TABLE["certified_on"]
    for number, year in enumerate(TABLE["year"], 1):
        where = f"year {number} ({year['story']})"
        if year["story"] == "taxed":
            put(bench, tmp_path / "taxed", {"fees.dmn": lambda text: text.replace(TAX, NEW_TAX)})
        before = len(mails(walker))
        assert years.to_the_opening().isoformat() == year["opens"], where
        getattr(years, year["story"])()
        sent = [each for each in mails(walker)[before:] if each.mail_id != "receipt"]  # to whoever has sent something
        assert [each.mail_id for each in sent if not each.mail_id.endswith("-operator")] == year["vendor"], where
        assert [each.mail_id for each in sent if each.mail_id.endswith("-operator")] == year["body"], where
        for mail_id, words in year.get("says", {}).items():
            assert any(words in each.text for each in sent if each.mail_id == mail_id), f"{where}: {mail_id}"
        row = certificate(walker)
        assert (row.state.value, row.valid_until.isoformat()) == (year["register"], year["valid_until"]), where
        assert row.edition == year.get("edition", row.edition), where
        assert row.company_name == year.get("company", row.company_name), where
        assert row.system_name == year.get("system", row.system_name), where
        look_at(walker, year, where)
        if "annual_audit_result" in opened(walker):
            years.take("annual_audit_result", "vendor")
    assert case_of(walker).ended


def look_at(walker: Walker, year: dict[str, Any], where: str) -> None:
    """Nothing failed, the names of the case are those of the register, and the audit's day is the day it was held."""
    case, row = case_of(walker), certificate(walker)
    with database.connection():
        assert jobrows.jobs_of(case.id, "incident") == [], where
        held = [each.day for each in bookings.of_case(case.id) if each.state == BookingState.CONFIRMED]
        invoice = invoices.latest(case.id, "audit_fee")
    assert (case.company_name, case.system_name) == (row.company_name, row.system_name), where
    if year["story"] != "given_up":
        assert row.last_audit_on == max(held), where
    if "total" in year:
        assert invoice is not None
        assert invoice.total == year["total"], where
