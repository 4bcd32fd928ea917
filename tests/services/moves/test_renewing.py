"""Each year's audit runs on the release that is in force when it opens."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from app.services.demo.walker import Walker
from app.services.packages import folders, terms
from app.states import EntryKind
from app.store import cases, database, invoices, records, releases
from tests.services.conftest import BPMN, Bench
from tests.services.steps import case_of, go, opened

TAX, NEW_TAX = "<text>settings.fees.tax_rate</text>", "<text>12</text>"


def put(bench: Bench, folder: Path, changes: dict[str, Any], *, base: Path = BPMN) -> int:
    """A further release of the certification; gives its number."""
    shutil.copytree(base, folder, dirs_exist_ok=True)
    for name, change in changes.items():
        file = folder / "ccus_api_certification" / name
        file.write_text(change(file.read_text("utf-8")), "utf-8")
    return terms.put(bench.portal, folders.read(folder / "ccus_api_certification"), terms.Act("tests"), None).number


def on_release(walker: Walker) -> int:
    case = case_of(walker)
    with database.connection():
        row = releases.by_id(case.release_id)
    assert row is not None
    return row.number


def versions(walker: Walker) -> list[str]:
    case = case_of(walker)
    with database.connection():
        return [row.text for row in cases.timeline(case.id, internal=True, kinds=(EntryKind.VERSION,))]


def to_the_invoice(walker: Walker) -> int:
    """The year's audit is asked for and a day is settled; gives the tax of the invoice, in percent."""
    walker.take({"complete": "request_audit_date", "by": "vendor", "answer": {"wish_1": "@day1"}})
    settled = {"outcome": "accepted", "date": "@day1"}
    walker.take({"complete": "settle_audit_date", "by": "operator", "answer": settled})
    case = case_of(walker)
    with database.connection():
        row = invoices.latest(case.id, "audit_fee")
    assert row is not None
    return int(row.tax_rate)


def test_a_changed_tax_and_a_changed_mail_reach_who_was_certified_before(bench: Bench, tmp_path: Path) -> None:
    walker = go(bench, until="certificate_received")
    before = on_release(walker)
    number = put(bench, tmp_path / "new", {
        "fees.dmn": lambda text: text.replace(TAX, NEW_TAX),
        "mail/annual-audit-open.md": lambda text: text.replace("お世話に", "平素よりお世話に"),
    })  # fmt: skip
    walker.take({"advance": "P5M"})
    assert on_release(walker) == before  # nothing begins anew yet
    walker.take({"advance": "P6M"})
    assert on_release(walker) == number
    assert versions(walker) == ["renewed"]
    assert "request_audit_date" in opened(walker)
    case = case_of(walker)
    with database.connection():
        mail = next(row for row in records.mails(case.id) if row.mail_id == "annual-audit-open")
    assert "平素よりお世話になっております" in mail.text
    assert to_the_invoice(walker) == 12


def test_what_cannot_move_safely_goes_on_and_staff_read_why(bench: Bench, tmp_path: Path) -> None:
    walker = go(bench, until="certificate_received")
    before = on_release(walker)

    def other(text: str) -> str:  # the new audit asks for a value that no case has
        return text.replace("audit_result_outcome == 'passed'", "audit_result_outcome == unheard_of")

    put(bench, tmp_path / "new", {"operation.bpmn": other})
    walker.take({"advance": "P11M"})
    assert on_release(walker) == before
    assert versions(walker) == ["stayed"]
    assert "request_audit_date" in opened(walker)
    assert to_the_invoice(walker) == 10
