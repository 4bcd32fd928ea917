"""The line in English before a paper says what the Japanese below it says."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.connectors import pdf
from tests.connectors import package

PASSED, FAILED = "Your system has passed.", "Your system has not passed."
SAID: list[tuple[str, dict[str, Any], str, str]] = [
    ("audit_result_letter", {"data": {"audit_result_outcome": "passed"}}, "<b>適合</b>", PASSED),
    ("audit_result_letter", {"data": {"audit_outcome": "minor"}}, "<b>適合</b>", PASSED),
    ("audit_result_letter", {"data": {"audit_outcome": "failed"}}, "<b>不適合</b>", FAILED),
    ("audit_result_letter", {"data": {}}, "<b></b>", "<b>Result of the audit.</b> </p>"),
    ("exam_result_letter", {"data": {"outcome": "passed"}}, "<b>合格</b>", PASSED),
    ("exam_result_letter", {"data": {"outcome": "failed"}}, "<b>不合格</b>", FAILED),
    ("review_result_letter", {"data": {"outcome": "passed"}}, "<b>通過</b>", "Your application has passed."),
    ("review_result_letter", {"data": {"review_outcome": "rejected"}}, "<b>不通過</b>", "has not passed."),
    ("initial_invoice", {"paid": 0, "balance": 330_000}, "330,000円", "pay ¥330,000 to the account"),
    ("initial_invoice", {"paid": 100_000, "balance": 230_000}, "230,000円", "pay ¥230,000 to the account"),
    ("payment_receipt", {"payment": {"paid_on": date(2027, 1, 12), "amount": 230_000}}, "330,000円", "¥330,000 for"),
    ("certificate", {}, "令和9年（2027年）6月11日から", "Valid from 2027-06-11 to 2028-06-10"),
]


@pytest.mark.parametrize(("document_id", "facts", "japanese", "english"), SAID)
def test_both_languages_say_the_same(document_id: str, facts: dict[str, Any], japanese: str, english: str) -> None:
    context = package.full(english=True)
    if "paid" in facts:
        context["invoice"] = {**context["invoice"], **facts}
    else:
        context |= facts
    html = pdf.compose(package.documents()[document_id], context, package.files(), document_id=document_id).html
    assert japanese in html and english in html
