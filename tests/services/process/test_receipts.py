"""到達確認: a receipt for everything that the vendor's side sends, with a copy of it."""

from __future__ import annotations

from dataclasses import replace

from app.services.cases import corrections, lifecycle
from app.services.papers import documents
from app.services.process import receipts
from app.services.tasks import daterequests, datesasked, forms, send, storno
from app.store import database, invoices, records, work
from app.store.models import Document, Member
from tests.services.conftest import Bench
from tests.services.steps import case_of, go, staff, task
from tests.services.tasks.test_last_time import vendor


def test_who_sends_a_form_gets_a_receipt_with_what_was_sent(bench: Bench) -> None:
    walker = go(bench, "first_review")
    mails = bench.mailbox.of("receipt")
    assert [mail.subject.split("「")[1].split("」")[0] for mail in mails] == ["会社情報入力", "書類提出"]
    [copy] = mails[1].attachments
    assert copy.filename.startswith("控え_") and copy.filename.endswith(".pdf")
    page = copy.content.decode()
    for said in ("財務諸表", "SHA-256", case_of(walker).number):
        assert said in page
    with database.connection():
        uploaded = Document.select().where(Document.kind == "uploaded").first()
    assert uploaded.digest in page and uploaded.filename in page


def test_the_copy_is_kept_with_the_case_for_both_sides(bench: Bench) -> None:
    walker = go(bench, "first_review")
    with database.connection():
        seen = [row.title for row in documents.of_case(case_of(walker), vendor(walker))]
    assert sum(title.startswith("控え：") for title in seen) == 2


def test_receipts_of_several_things_are_no_versions_of_one_paper(bench: Bench) -> None:
    walker = go(bench, "first_review")
    who = staff(walker)
    forms.save_draft(
        walker.portal, task(walker, "first_review").id,
        {"outcome": "returned", "return_to": "submit_documents", "reason": "不足"}, who,
    )  # fmt: skip
    send.send(walker.portal, task(walker, "first_review").id, who)
    answer = {"registry_certificate": "a.pdf", "financial_statements": "b.pdf"}
    walker.take({"complete": "submit_documents", "by": "vendor", "answer": answer})
    with database.connection():
        seen = [row for row in documents.of_case(case_of(walker), vendor(walker)) if row.title.startswith("控え：")]
    assert sorted((row.title, row.version) for row in seen) == [
        ("控え：会社情報入力", 1), ("控え：書類提出", 1), ("控え：書類提出", 2),
    ]  # fmt: skip
    assert len({row.line for row in seen}) == 2


def test_whoever_does_not_want_mails_gets_the_receipt_of_what_they_sent(bench: Bench) -> None:
    walker = go(bench, "submit_documents")
    who = vendor(walker)
    with database.transaction():
        Member.update(mails=False).execute()
    go_on = task(walker, "submit_documents")
    walker.take(
        {
            "complete": "submit_documents",
            "by": "vendor",
            "answer": {"registry_certificate": "a.pdf", "financial_statements": "b.pdf"},
        }
    )
    bench.drain(walker.portal)
    assert go_on and bench.mailbox.of("receipt")[-1].to == (who.email,)


def test_what_was_only_acknowledged_and_what_staff_decide_needs_none(bench: Bench) -> None:
    go(bench, "reply_materials")
    before = len(bench.mailbox.of("receipt"))
    assert before == 2, "the review and 追加資料請求受領 sent nothing"


def test_a_form_may_do_without(bench: Bench) -> None:
    walker = go(bench, "first_review")
    with database.transaction():
        case = case_of(walker)
        loaded = walker.portal.releases.loaded(case.release_id)
        [answer] = work.answers(case.id, "submit_documents")
        element = loaded.element("submit_documents")
        quiet = replace(element, properties={**element.properties, "receipt": "false"})
        count = len(records.mails(case.id))
        receipts.queue(case, loaded, quiet, answer, vendor(walker), "", walker.portal.now())
    bench.drain(walker.portal)
    with database.connection():
        assert len(records.mails(case_of(walker).id)) == count


def test_a_claim_that_is_paid_in_full_brings_a_receipt_that_the_vendor_can_take(bench: Bench) -> None:
    walker = go(bench, "api_documents")
    with database.connection():
        seen = documents.of_case(case_of(walker), vendor(walker))
    [receipt] = [each for each in seen if each.title.startswith("領収書：")]
    assert receipt.filename.startswith("領収書_")
    with database.connection():
        [claim] = invoices.of_case(case_of(walker).id)
    [page] = [each for each in bench.printer.pages if "領収いたしました" in each]
    assert f"{claim.total:,}円" in page and claim.number in page and "収入印紙は不要" in page


def test_the_receipt_of_a_payment_that_is_undone_is_no_longer_the_vendors(bench: Bench) -> None:
    walker = go(bench, "api_documents")
    with database.connection():
        [claim] = invoices.of_case(case_of(walker).id)
    storno.take_back(walker.portal, claim.number, "別の請求のお支払いでした", staff(walker))
    bench.drain()
    with database.connection():
        seen = documents.of_case(case_of(walker), vendor(walker))
        kept = documents.of_case(case_of(walker), staff(walker))
    assert not [each for each in seen if each.title.startswith("領収書：")]
    assert [each for each in kept if each.title.startswith("領収書：")], "what was made stays on record"


def test_a_claim_that_is_paid_in_part_brings_none(bench: Bench) -> None:
    walker = go(bench, "confirm_initial_payment")
    with database.connection():
        assert not [row for row in records.documents(case_of(walker).id) if row.key == "payment_receipt"]


def test_what_is_asked_for_beside_the_steps_has_a_receipt_too(bench: Bench) -> None:
    walker = go(bench, "exam_date_received")
    who, number = vendor(walker), walker.number
    standing = datesasked.standing(walker.portal, number, who)
    assert standing is not None
    daterequests.ask(walker.portal, number, "change", [standing.free[0].isoformat()], "試験の担当者が出張のため", who)
    said = corrections.page(walker.portal, number, who)
    raw = {**said.values, "street": "千代田2-2"}
    assert corrections.ask(walker.portal, number, raw, "4月1日に移転したため", who) is None
    lifecycle.withdraw(walker.portal, number, "事業計画の変更のため", who)
    before = len(bench.mailbox.of("receipt"))
    bench.drain(walker.portal)
    mails = bench.mailbox.of("receipt")[before:]
    pages = [each.content.decode() for mail in mails for each in mail.attachments]
    for mail, page, title, words in zip(
        mails,
        pages,
        ("Another day is asked for", "Company data are to be corrected", "The application is withdrawn"),
        (("認定試験日", "出張のため"), ("千代田1-1 → 千代田2-2", "移転したため"), ("事業計画の変更のため",)),
        strict=True,
    ):
        assert mail.to == (who.email,)
        assert f"「{title}」を受け付けました" in mail.subject
        assert number in page
        assert all(each in page for each in words), (title, page)


def test_what_the_body_corrects_brings_the_vendor_no_receipt(bench: Bench) -> None:
    walker = go(bench, "first_review")
    before = len(bench.mailbox.of("receipt"))
    said = corrections.page(walker.portal, walker.number, staff(walker))
    corrections.ask(walker.portal, walker.number, {**said.values, "street": "千代田2-2"}, "電話で聞いた", staff(walker))
    bench.drain(walker.portal)
    assert len(bench.mailbox.of("receipt")) == before
