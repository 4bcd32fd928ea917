"""What was issued keeps what it was issued with: the text of papers and mails before and after an account changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from app.services import upkeep
from app.services.settings import changing, proposals, values
from app.states import Account, DocumentKind
from app.store import database, invoices
from app.store.models import Document, Mail
from tests.services.conftest import Bench
from tests.services.settings.asking import PACKAGE, given, person
from tests.services.settings.test_proposals import NEW
from tests.services.steps import case_of, go

OLD = {"bank.name": "ふるい銀行", "bank.number": "1234567", "bank.branch": "旧支店"}


def papers(bench: Bench, case: int) -> dict[str, str]:
    """What every PDF says that the portal made for a case, by key (of the fake printer: as it was set)."""
    with database.connection():
        rows = list(Document.select().where((Document.case == case) & (Document.kind == DocumentKind.MADE)))
    return {f"{row.key} {row.version}": bench.portal.blobs.get(row.digest).decode() for row in rows}


def mails(case: int) -> dict[str, str]:
    with database.connection():
        return {row.job_key: row.text for row in Mail.select().where(Mail.case == case)}


@pytest.fixture
def changed(bench: Bench) -> Bench:
    """An installation whose account is its own."""
    asks, decides = person("経理 花子", Account.OPERATOR), person("承認 次郎", Account.APPROVER)
    day = bench.portal.today()
    proposals.approve(
        bench.portal, proposals.propose(bench.portal, PACKAGE, "bank", {**NEW, **OLD}, day, "初め", asks), decides
    )
    return bench


def test_papers_and_mails_say_after_a_change_what_they_said_before(changed: Bench) -> None:
    walker = go(changed, until="pay_initial_fee")
    case = case_of(walker).id
    before, sent = papers(changed, case), mails(case)
    invoice = next(text for key, text in before.items() if "invoice" in key)
    assert "1234567" in invoice and "ふるい銀行" in invoice
    asks, decides = person("経理 花子", Account.OPERATOR), person("承認 次郎", Account.APPROVER)
    number = proposals.propose(changed.portal, PACKAGE, "bank", NEW, changed.portal.today(), "統合", asks)
    proposals.approve(changed.portal, number, decides)
    given(changed.portal, "fees.tax_rate", "12")
    assert papers(changed, case) == before
    assert mails(case) == sent
    with database.connection():
        [row] = invoices.of_case(case)
    assert (row.tax_rate, row.account["bank"]["number"]) == (10, "1234567")
    again = go(changed, until="pay_initial_fee", application={"email": "sora@example.com", "system_name": "そら"})
    fresh = papers(changed, case_of(again).id)
    assert "7654321" in next(text for key, text in fresh.items() if "invoice" in key)
    assert not any("1234567" in text for text in fresh.values())


def test_what_comes_of_a_running_claim_names_its_own_account(changed: Bench) -> None:
    walker = go(changed, until="pay_initial_fee")
    case = case_of(walker).id
    known = set(mails(case))
    asks, decides = person("経理 花子", Account.OPERATOR), person("承認 次郎", Account.APPROVER)
    number = proposals.propose(changed.portal, PACKAGE, "bank", NEW, changed.portal.today(), "統合", asks)
    proposals.approve(changed.portal, number, decides)
    for _ in range(40):  # reminders of what is due
        walker.clock.moment += timedelta(days=1)
        upkeep.tick(walker.portal)
    changed.drain(walker.portal)
    told = [text for key, text in mails(case).items() if key not in known]
    assert told
    assert not any("7654321" in text for text in told)


def test_settings_are_given_planned_stopped_and_told_on_postgresql(
    postgres: str, make_bench: Callable[[str], Bench]
) -> None:
    bench = make_bench(postgres)
    portal, admin = bench.portal, person("管理 一", Account.ADMINISTRATOR)
    today = portal.today()
    changing.change(portal, PACKAGE, "contact.name", "窓口", admin, reason="改称")
    changing.change(portal, PACKAGE, "reminders:after_bd", "2, 4", admin, day=today + timedelta(days=3))
    given(portal, "bank.number", "7654321")
    given(portal, "fees.initial", "250000", today + timedelta(days=5))
    owned = values.of_package(portal, PACKAGE, admin)
    assert owned.value("contact.name").value == "窓口"
    assert owned.value("bank.number").value == "7654321"
    assert [each.value for each in owned.value("fees.initial").coming] == ["250000"]
    changing.stop(portal, PACKAGE, "fees.initial", today + timedelta(days=5), admin)
    assert values.of_package(portal, PACKAGE, admin).value("fees.initial").coming == ()
    portal.clock.moment += timedelta(days=3)  # type: ignore[attr-defined]
    assert portal.releases.current(PACKAGE).package.reminders.after_bd == (4, 2)
    [was] = values.history(PACKAGE, "bank.number", admin)
    assert (was.by, was.approved_by) == ("設定 一郎", "設定 二郎")
