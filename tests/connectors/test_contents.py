"""Every mail and document of the package, with a full context and with an almost empty one."""

from __future__ import annotations

import io
import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pypdf
import pytest

from app.connectors import pdf
from app.connectors.letter import Attachment, Letter, compose
from app.connectors.pdf import Printer
from tests.connectors import package

MAILS = package.mails()
DOCUMENTS = package.documents()
# The certificate says itself in full; labels, key letters and the case file are for the staff or one person.
WITHOUT_ENGLISH = {"certificate", "card_labels", "case_file", "key_letter_test_1", "key_letter_test_2"}
NUMBERED = (
    [f"review-{n}" for n in range(1, 9)] + [f"exam-{n}" for n in range(1, 9)] + [f"audit-{n}" for n in range(1, 7)]
)
FAILED = {
    "outcome": "failed",
    "review_outcome": "rejected",
    "audit_result_outcome": "failed",
    "exam_attempt": 2,
}


def letter(mail_id: str, context: dict[str, Any]) -> Letter:
    source = MAILS[mail_id]
    attachments = [Attachment(f"{name.rpartition(':')[2]}", "application/pdf", b"") for name in source.attachments]
    return compose(
        source,
        context,
        package.files(),
        attachments=attachments,
        mail_id=mail_id,
        message_id="<a@b.example>",
        sender="n@body.example",
        to="a@vendor.example",
    )


def text_of(content: bytes) -> str:
    """The document's text without white space: lines break anywhere in Japanese."""
    return re.sub(r"\s", "", "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages))


def drawn(printer: Printer, document_id: str, context: dict[str, Any]) -> str:
    sheet = pdf.compose(DOCUMENTS[document_id], context, package.files(), document_id=document_id)
    return text_of(printer.render(sheet.html, package.files()))


def test_every_numbered_mail_of_the_flow_is_there() -> None:
    assert set(NUMBERED) <= set(MAILS)
    assert all(MAILS[mail_id].header["number"] for mail_id in NUMBERED)


@pytest.mark.parametrize("mail_id", MAILS)
def test_a_mail_says_whom_it_is_from_and_where_to_go(mail_id: str) -> None:
    made = letter(mail_id, package.full())
    for part in (made.text, made.html):
        assert "一般財団法人 認定機構（見本）" in part
        assert "None" not in part and "{{" not in part and "\\" not in part
    assert "2026-0042" in made.text + made.subject
    if MAILS[mail_id].header["to"] == "vendor":
        assert package.COMPANY["name"] in made.text and "渡邊 葵 様" in made.text
    assert re.search(r"https://nintei\.example/(tasks|cases|enter)/", made.text)


@pytest.mark.parametrize("mail_id", MAILS)
def test_a_mail_can_be_made_of_almost_nothing(mail_id: str) -> None:
    made = letter(mail_id, package.sparse())
    assert "None" not in made.text + made.subject + made.html and "\n\n\n" not in made.text


def test_the_mail_that_opens_a_years_audit_names_the_system_and_its_certificate() -> None:
    """A company with two systems knows which is meant."""
    context = package.full()
    context["data"] = {**context["data"], "annual": True}
    for part in (letter("audit-1", context).text, letter("annual-audit-open", context).text):
        assert "TOA入退場マネージャー" in part and "CCUS-API-2027-0007" in part


@pytest.mark.parametrize("mail_id", MAILS)
def test_attachments_are_documents_files_or_calendars_of_the_package(mail_id: str) -> None:
    calendars = tomllib.loads((package.PACKAGE / "package.toml").read_text("utf-8"))["calendars"]
    for name in MAILS[mail_id].attachments:
        kind, _, rest = name.rpartition(":")
        known: dict[str, bool] = {
            "": rest in DOCUMENTS,
            "file": f"files/{rest}" in package.files(),
            "ics": rest in calendars or rest == "booking",  # whichever date was settled last
        }
        assert known[kind], name


@pytest.mark.parametrize(
    ("mail_id", "passed", "failed"),
    [
        ("review-3", "結果：通過", "結果：不通過"),
        ("exam-7", "結果：合格", "結果：不合格"),
        ("audit-5", "結果：適合", "結果：不適合"),
    ],
)
def test_results_are_plain(mail_id: str, passed: str, failed: str) -> None:
    good = package.full()
    good["data"] = {**good["data"], "audit_result_outcome": "passed"}
    assert passed in letter(mail_id, good).text
    assert failed in letter(mail_id, package.full(data=FAILED)).text


def test_a_failed_exam_names_the_items_and_says_what_a_retest_costs() -> None:
    first = letter("exam-7", package.full(data={**FAILED, "exam_attempt": 1})).text
    assert "エラー時の処理" in first and "再送" not in first
    assert "2027年3月31日（水）までに改修" in first and "費用はかかりません" in first
    assert "所定の費用" in letter("exam-7", package.full(data=FAILED)).text


def test_no_mail_carries_a_secret() -> None:
    context = package.full()
    context["answers"] = {
        **context["answers"],
        "disclose_exam_environment": {"connection_password": "S3cret!"},
    }
    assert all("S3cret!" not in letter(mail_id, context).text for mail_id in MAILS)


@pytest.mark.parametrize("document_id", [each for each in DOCUMENTS if each != "card_labels"])
def test_a_document_names_whom_it_concerns(document_id: str, printer: Printer) -> None:
    text = drawn(printer, document_id, package.full())
    assert package.COMPANY["name"] in text
    assert "■" not in text and "None" not in text and "{{" not in text


def test_a_cards_label_says_that_it_is_a_test_card_and_names_nobody(printer: Printer) -> None:
    """A card may be lost: whoever finds it reads a number and a case, and no company."""
    text = drawn(printer, "card_labels", package.full())
    assert "テスト用" in text and "CT-2026-0001" in text and "2609" in text
    assert package.COMPANY["name"] not in text


@pytest.mark.parametrize("document_id", DOCUMENTS)
def test_a_document_can_be_made_of_almost_nothing(document_id: str, printer: Printer) -> None:
    text = drawn(printer, document_id, package.sparse())
    assert text and "None" not in text


@pytest.mark.parametrize(
    ("document_id", "passed", "failed"),
    [
        ("review_result_letter", "審査結果通過", "審査結果不通過"),
        ("exam_result_letter", "試験結果合格", "試験結果不合格"),
        ("audit_result_letter", "監査結果適合", "監査結果不適合"),
    ],
)
def test_result_letters_have_both_variants(document_id: str, passed: str, failed: str, printer: Printer) -> None:
    good = package.full()
    good["data"] = {**good["data"], "audit_result_outcome": "passed"}
    assert passed in drawn(printer, document_id, good)
    assert failed in drawn(printer, document_id, package.full(data=FAILED))


@pytest.mark.parametrize(
    ("document_id", "dealt"),
    [
        ("initial_invoice", "令和8年（2026年）12月21日"),
        ("exam_invoice", "令和9年（2027年）2月16日（試験予定日）"),
        ("audit_invoice", "令和9年（2027年）2月16日（監査予定日）"),
    ],
)
def test_an_invoice_says_what_the_tax_law_asks(document_id: str, dealt: str, printer: Printer) -> None:
    """適格請求書, 消費税法 57条の4 (1): issuer and number, day on which the service is rendered, content, amounts by
    rate, tax, receiver; and the bank with its codes."""
    text = drawn(printer, document_id, package.full())
    assert f"取引年月日{dealt}" in text
    for said in (
        "T0000000000000",
        "令和8年（2026年）12月21日",
        "初期費用",
        "10%対象",
        "300,000円",
        "30,000円",
        "330,000円",
        package.COMPANY["name"] + "御中",
        "令和9年（2027年）1月20日",
        "見本銀行（0001）",
        "虎ノ門支店（002）",
        "INV-2026-0042-1",
    ):
        assert said in text, said


def test_an_invoice_goes_to_the_billing_address_when_there_is_one(printer: Printer) -> None:
    context = package.full()
    context["company"] = {
        **context["company"],
        "payer": "東亜ホールディングス株式会社",
        "payer_address": "東京都中央区1-1",
        "payer_postal_code": "1030000",
    }
    text = drawn(printer, "initial_invoice", context)
    assert "東亜ホールディングス株式会社御中" in text and "〒103-0000" in text


def test_a_short_payment_shows_what_is_left(printer: Printer) -> None:
    context = package.full()
    context["invoice"] = {**context["invoice"], "paid": 329_340, "balance": 660}
    assert "差引ご請求額660円" in drawn(printer, "initial_invoice", context)


def test_loan_forms_list_every_card(printer: Printer) -> None:
    cards = [
        {
            "serial": f"CT-{n:03}",
            "uid": f"{n:08X}",
            "set_title": "テスト用ICカード",
            "due_back": date(2027, 5, 21),
        }
        for n in range(60)
    ]
    text = drawn(printer, "loan_form_test", package.full(cards=cards))
    assert all(card["serial"] in text for card in cards) and "計60枚" in text


def test_the_two_key_letters_say_which_component_they_carry(printer: Printer) -> None:
    for number in (1, 2):
        assert DOCUMENTS[f"key_letter_test_{number}"].header["key_component"] == number
        text = drawn(printer, f"key_letter_test_{number}", package.full())
        assert f"構成要素{number}" in text and "3F2A91C07D44B6E80A5C12FF6B93E1D7" in text and "8D1F2A" in text


def test_contracts_are_plainly_samples_with_room_for_three(printer: Printer) -> None:
    context = package.full()
    context["answers"] = {"contracts__operator": {"third_signatory": "協力会社 第三商事株式会社"}}
    for document_id in ("nda", "certification_agreement"):
        text = drawn(printer, document_id, context)
        assert "見本" in text and "（丙）" in text and "協力会社第三商事株式会社" in text
        assert "署名もしくは記名押印し、または電子署名その他の電磁的方法により" in text, "each way that its page offers"


def test_the_certificate_is_one_landscape_page_with_its_number(printer: Printer) -> None:
    sheet = pdf.compose(DOCUMENTS["certificate"], package.full(), package.files(), document_id="certificate")
    content = printer.render(sheet.html, package.files())
    [page] = pypdf.PdfReader(io.BytesIO(content)).pages
    assert page.mediabox.width > page.mediabox.height
    assert "CCUS-API-2027-0007" in text_of(content) and len(page.images) >= 1  # the QR code
    assert sheet.filename == "認定証_CCUS-API-2027-0007.pdf"


@pytest.mark.parametrize("path", sorted((package.PACKAGE / "files").glob("*.pdf")), ids=lambda path: path.name)
def test_a_document_handed_out_is_marked_as_a_sample(path: Path) -> None:
    assert "見本（サンプル）" in text_of(path.read_bytes())


@pytest.mark.parametrize("document_id", [each for each in DOCUMENTS if each not in WITHOUT_ENGLISH])
def test_papers_begin_with_english_lines_for_those_who_chose_it_and_for_nobody_else(document_id: str) -> None:
    said = [
        pdf.compose(DOCUMENTS[document_id], package.full(english=chosen), package.files(), document_id=document_id).html
        for chosen in (True, False)
    ]
    assert ['class="english"' in html for html in said] == [True, False]
    lines = said[0].partition('class="english">')[2].partition("</p>")[0]
    assert lines.startswith("<b>"), "lines of its own"
    assert "{{" not in lines and "None" not in lines
