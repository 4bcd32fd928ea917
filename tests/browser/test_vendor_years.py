"""The vendor in a browser, from the application to the end of the second year: a review that comes back, a settled day
that is moved, company data that are corrected, the audit of the year after; a receipt for each thing sent.

What others do, and what is not the vendor's own press, goes through the services.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from app import web
from app.cli.language import translator
from app.engine import Engine
from app.services.base import businessdays
from app.services.cases import corrections
from app.services.demo.walker import Walker
from app.services.tasks import comments, daterequests, datesasked
from app.store import bookings, database, datastore, records, timerrows
from app.text.days import long_date
from tests.browser.hands import Hands
from tests.browser.test_walk import apply
from tests.flow.driver import VENDOR_PASSWORD
from tests.flow.records import Records
from tests.flow.walking import CCUS, steps_of
from tests.services.conftest import BPMN, Bench, engine, open_bench
from tests.services.steps import case_of, staff, task
from tests.support.needs import needs
from tests.support.network import free_port

__all__ = ["engine"]
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-years"), needs("chromium", "frontend")]

EMAIL, SYSTEM = "years@vendor.example.jp", "二年目入退場システム"
WHY = "決算書が2年前のものです。直近の決算期のものに差し替えてください。"


class Kept(Records):
    """The portal's records; whoever waits for it to rest does its jobs."""

    def __init__(self, file: Path, here: Here) -> None:
        super().__init__(file)
        self.here = here

    def settle(self, number: str, seconds: float = 60) -> None:
        self.here.drain()


class Here:
    """The portal of this process, as `Hands` know a place."""

    def __init__(self, bench: Bench, url: str) -> None:
        self.bench, self.url = bench, url
        self.walker: Walker = bench.walker(application={"email": EMAIL, "system_name": SYSTEM}, business_days_ago=0)
        portal = self.walker.portal
        self.walker.portal = replace(portal, settings=replace(portal.settings, base_url=url), say=translator)
        self.walker._outside = bench.hands(self.walker.portal)
        self.records = Kept(bench.portal.settings.data_dir / "nintei.db", self)
        self.clock = self

    def drain(self) -> None:
        self.bench.drain(self.walker.portal)

    def today(self) -> str:
        return businessdays.today(self.walker.clock.moment).isoformat()

    def wait_for_mail(self, email: str, mail_id: str) -> EmailMessage:
        self.drain()
        letter = next(each for each in self.bench.mailbox.of(mail_id) if email in each.to)
        mail = EmailMessage()
        mail.set_content(letter.text)
        return mail

    def body(self, complete: str, **answer: Any) -> None:
        """The body does its step."""
        self.take({"complete": complete, "by": "operator", "person": complete, "answer": answer})

    def take(self, *steps: Mapping[str, Any]) -> None:
        """Steps of a scenario, through the services."""
        for step in steps:
            self.walker.clock.working_hours_later(datetime.max.replace(tzinfo=UTC))
            self.walker.take(step)

    def until_the_audit_opens(self) -> None:
        with database.connection():
            [timer] = [row for row in timerrows.timers(case_of(self.walker).id) if row.element == "until_next_audit"]
        self.walker._advance(timer.due_at + timedelta(hours=1))

    def to_the_day(self) -> None:
        with database.connection():
            row = bookings.latest(case_of(self.walker).id)
        assert row is not None
        self.walker._advance(datetime.combine(row.day, time(13, 5), businessdays.JAPAN))


@pytest.fixture
def here(tmp_path: Path, engine: Engine) -> Iterator[Here]:
    bench = open_bench(tmp_path, f"sqlite:///{tmp_path}/nintei.db", engine, BPMN)
    port = free_port()
    found = Here(bench, f"http://127.0.0.1:{port}")
    app = web.create_app(found.walker.portal, datastore.Accounts(found.walker.portal.today))
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield found
    server.shutdown()
    thread.join()


@pytest.fixture
def vendor(here: Here, browser: Browser, tmp_path: Path) -> Iterator[Hands]:
    found = Hands(browser, here, "vendor", tmp_path)  # type: ignore[arg-type]
    yield found
    found.close()
    assert (found.errors, found.violations) == ([], {})


def receipts(here: Here) -> list[str]:
    """What was received of the vendor, in the order of the receipts; each has the copy of what was sent with it."""
    here.drain()
    mails = here.bench.mailbox.of("receipt")
    assert all(EMAIL in mail.to and [each.mime for each in mail.attachments] == ["application/pdf"] for mail in mails)
    return [mail.subject.partition("「")[2].partition("」")[0] for mail in mails]


def sends(vendor: Hands, number: str, element: str, answer: Mapping[str, Any]) -> None:
    """Do the step by clicks; a receipt for it comes, and no other."""
    here: Here = vendor.place  # type: ignore[assignment]
    before = receipts(here)
    vendor.do(number, element, answer)
    assert receipts(here)[len(before) :] == [CCUS.elements[element].title]


def test_a_vendor_comes_from_the_application_to_the_end_of_the_second_year(here: Here, vendor: Hands) -> None:
    page, walker = vendor.page, here.walker
    answers = {step["complete"]: step.get("answer", {}) for step in steps_of("happy_path") if "complete" in step}

    # The application, and the first visit
    walker.number = number = apply(vendor, EMAIL, SYSTEM)
    vendor.email, vendor.password = EMAIL, VENDOR_PASSWORD
    expect(page.locator(".turn + #first-visit, .turn ~ section.tour")).to_be_visible()
    page.locator("form[action='/first-visit'] button").click()
    expect(page.locator("#first-visit")).to_have_count(0)
    profile = {**answers["company_profile"], "system_name": SYSTEM, "email": EMAIL}
    sends(vendor, number, "company_profile", profile)
    sends(vendor, number, "submit_documents", answers["submit_documents"])

    # 補正: the review comes back with a reason and a point, which is answered
    who = staff(walker)
    place = comments.Place("submit_documents", "financial_statements")
    comments.pin(walker.portal, task(walker, "first_review").id, place, "表紙だけです。", who)
    here.body("first_review", outcome="returned", return_to="submit_documents", reason=WHY)
    vendor.go("/tasks")
    expect(page.locator("main")).to_contain_text("補正のお願いが1件あります")
    vendor.look("returned-home", axe=False)
    vendor.open(number, "submit_documents")
    expect(page.locator("main")).to_contain_text(WHY)
    expect(page.locator("main")).to_contain_text("表紙だけです。")
    page.locator("main textarea[name^='point:']").fill("全ページのものに差し替えました。")
    before = len(receipts(here))
    vendor.fill({"financial_statements": ["直近の決算書.pdf"]})
    expect(page.locator("[data-field=financial_statements]")).to_contain_text("添付しました")
    press_through(page)
    assert receipts(here)[before:] == ["書類提出"]

    # As far as the settled day of the exam; it no longer suits: another one is asked for, and given
    here.body("first_review", outcome="passed")
    here.take(*steps_of("happy_path", after="first_review", until="exam_date_received"))
    come_back(vendor)
    page.locator(f"main a[href='/cases/{number}/date']").first.click()
    page.select_option("#f-wish-1", index=3)
    wished = page.locator("#f-wish-1").input_value()
    page.fill("#f-reason", "試験の担当者が出張のため。")
    vendor.look("another-day", axe=False)
    page.locator("#date-form .actions button").click()
    expect(page.locator(".notice--success, .flash--success").first).to_be_visible()
    assert receipts(here)[-1] == "日程の変更の申し出"
    [asked] = datesasked.waiting(walker.portal, who)
    daterequests.accept(walker.portal, asked.request.id, date.fromisoformat(wished), "", who)
    here.drain()
    [entry] = here.bench.mailbox.of("date-changed")[-1].attachments
    assert entry.filename.endswith(".ics")
    assert wished.replace("-", "") in entry.content.decode()
    vendor.go("/tasks")
    expect(page.locator("section[aria-labelledby=dates]")).to_contain_text(long_date(date.fromisoformat(wished), "ja"))

    # The company moves: its data are corrected, and the certificate says so
    vendor.go(f"/cases/{number}")
    page.locator(f"main a[href='/cases/{number}/correction']").click()
    page.fill("[name=street]", "千代田2-2")
    page.fill("#f-why", "4月1日に移転したため。")
    vendor.look("correction", axe=False)
    page.locator("main form .actions button").first.click()
    page.wait_for_url("**/correction")
    expect(page.locator("main")).to_contain_text("千代田2-2")
    assert receipts(here)[-1] == "会社情報の変更届"
    [request] = corrections.waiting(walker.portal, who)
    corrections.accept(walker.portal, request.id, "", who)
    here.take(*steps_of("happy_path", after="confirm_exam_payment"))
    assert any("千代田2-2" in each for each in here.bench.printer.pages)
    come_back(vendor)
    expect(page.locator(".turn").first).to_contain_text("認定されました")
    vendor.look("certified-home", axe=False)

    # The second year: its audit opens by itself, is asked for, paid, held and passed
    first = valid_until(walker)
    here.until_the_audit_opens()
    come_back(vendor)
    expect(page.locator("main")).not_to_contain_text("補正")
    expect(page.locator(".turn").first).to_contain_text("期限")
    vendor.look("second-year-home", axe=False)
    sends(vendor, number, "request_audit_date", {"wish_1": "@day1"})
    here.body("settle_audit_date", outcome="accepted", date="@day1")
    sends(vendor, number, "pay_audit_fee", {"paid_on": "@today", "payer": "カ）ミホン"})
    here.body("confirm_audit_payment", amount=132000, paid_on="@today", payer="カ）ミホン")
    vendor.do(number, "audit_date_received", {})
    materials = {"audit_place": "本社会議室", "audit_materials": ["監査資料.pdf"], "attendees": "例 一郎"}
    sends(vendor, number, "submit_audit_materials", materials)
    here.body("check_audit_materials", outcome="passed")
    here.to_the_day()
    here.take({"complete": "audit__vendor", "by": "vendor", "answer": {"attended_on": "@today", "attendees": "例"}})
    here.body("audit__operator", audit_outcome="passed", auditor="監査 人", audited_on="@today")
    listing = {key: value for key, value in answers["submit_production_and_listing"].items() if "listing" in key}
    here.take({"complete": "submit_production_and_listing", "by": "vendor", "answer": listing})
    here.body("check_production_and_listing", outcome="passed")
    come_back(vendor)
    vendor.do(number, "annual_audit_result", {})
    vendor.go("/tasks")
    expect(page.locator(".turn").first).to_contain_text("認定されました")
    second = valid_until(walker)
    assert (second.year, second.month, second.day) == (first.year + 1, first.month, first.day)
    expect(page.locator(".turn").first).to_contain_text(long_date(second, "ja"))
    vendor.look("third-year-home", axe=False)


def come_back(vendor: Hands) -> None:
    """To the home, by the password where the session has ended meanwhile."""
    vendor.go("/tasks")
    if vendor.page.url.partition("?")[0].endswith("/login"):
        vendor.page.fill("#email", vendor.email)
        vendor.page.fill("#password", vendor.password)
        vendor.page.click("main form button[type=submit]")
        vendor.page.wait_for_url("**/tasks*")


def press_through(page: Page) -> None:
    """From the form over the check page to the end."""
    page.locator("#task-form button[name=action][value=check]").click()
    page.locator("main form[action*='/check'] button").first.click()
    expect(page.locator("main .done")).to_be_visible()


def valid_until(walker: Walker) -> date:
    with database.connection():
        row = records.certificate_of(case_of(walker).id)
    assert row is not None
    return row.valid_until
