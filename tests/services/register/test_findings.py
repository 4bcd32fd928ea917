"""What an audit has found is mended by one day, which the steps behind it, their mails and reminders say."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from app.services import upkeep
from app.services.base import businessdays
from app.services.base.businessdays import JAPAN
from app.services.demo.walker import Walker
from app.services.pages import task as taskpage
from app.services.register import acts
from app.store import bookings, database
from tests.services.conftest import Bench
from tests.services.steps import actor, case_of, go, task

TWO = [
    {"severity": "minor", "finding": "操作記録の保存期間が短い。", "mend_by": "@today+60"},
    {"severity": "minor", "finding": "手順書の版が古い。", "mend_by": "@today+45"},
]
MAJOR = [{"severity": "major", "finding": "本番データが暗号化されていない。", "mend_by": "@today+60"}]


def held(bench: Bench, outcome: str, findings: list[dict[str, str]], **more: Any) -> Walker:
    walker = go(bench, until="audit__vendor")
    case = case_of(walker)
    with database.connection():
        day = max(row.day for row in bookings.of_case(case.id))
    walker._advance(datetime(day.year, day.month, day.day, 17, tzinfo=JAPAN))
    walker.take({"complete": "audit__vendor", "by": "vendor", "answer": {"attended_on": "@today", "attendees": "例"}})
    said = {"audit_outcome": outcome, "auditor": "監査 人", "audited_on": "@today", "findings": findings, **more}
    walker.take({"complete": "audit__operator", "by": "operator", "answer": said})
    return walker


def day_of(walker: Walker, days: int) -> date:
    return businessdays.on_or_before(walker.portal.today() + timedelta(days=days), walker.portal.closing())


def test_evidence_is_due_on_the_earliest_day_by_which_a_finding_is_mended(bench: Bench) -> None:
    walker = held(bench, "minor", TWO)
    assert task(walker, "submit_audit_materials").due_on == day_of(walker, 45)


def test_another_audit_is_asked_for_by_the_day_by_which_findings_are_mended_and_reminded_of(bench: Bench) -> None:
    walker = held(bench, "failed", MAJOR)
    walker.take({"complete": "audit_result", "by": "vendor"})
    row = task(walker, "request_audit_date")
    page = taskpage.page(walker.portal, row.id, actor(walker))
    assert MAJOR[0]["finding"] in [line.text for each in page.shown for line in each.lines]
    assert row.due_on is not None
    assert day_of(walker, 60) - timedelta(days=7) <= row.due_on <= day_of(walker, 60)
    bench.mailbox.letters.clear()
    for _ in range((row.due_on - walker.portal.today()).days + 10):
        walker.clock.moment += timedelta(days=1)
        upkeep.tick(walker.portal)
        bench.drain(walker.portal)
    assert bench.mailbox.ids.count("reminder") == 3, "one before the day, two after it"


def test_the_audit_was_held_on_the_day_that_the_body_has_recorded(bench: Bench) -> None:
    walker = held(bench, "passed", [], audited_on="@today+1")
    case, loaded = case_of(walker), walker.portal.releases.loaded(case_of(walker).release_id)
    with database.connection():
        settled = max(row.day for row in bookings.of_case(case.id))
        found = acts._audited(case, loaded, walker.portal.today() + timedelta(days=9))
    assert found == walker.portal.today() + timedelta(days=1)
    assert found != settled
