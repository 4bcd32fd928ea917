"""Delivery reports: whom a mail did not reach, and why, in the forms in which servers say so."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from app.connectors.bounces import Outcome, Report
from app.connectors.incoming import Incoming, read
from app.states import Writer
from tests.support.bounces import OURS, WHOM, WORDED, group, in_words, standard


def report(raw: bytes) -> Report:
    found = read(raw)
    assert found.kind is Writer.REPORT
    assert found.report is not None
    return found.report


@pytest.mark.parametrize("returned", ["text/rfc822-headers", "message/rfc822"])
def test_a_report_of_the_standard_says_whom_why_and_about_which_mail(returned: str) -> None:
    found = report(standard(returned=returned))
    assert found.outcomes == (Outcome(WHOM, "", "failed", "5.1.1", "550 5.1.1 user unknown"),)
    assert found.message_ids == (OURS,)
    assert found.subject == "追加資料 2026-0003"
    assert found.certain


@pytest.mark.parametrize(("status", "text", "said"), [
    ("5.1.10", "smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup", "5.1.10"),
    ("5.0.0", "smtp; 550-5.1.1 The email account that you tried to reach does not\n    550 5.1.1 exist.", "5.1.1"),
    ("5.2.2", "X-Postfix; mailbox full", "5.2.2"), ("5.4.4", "smtp; Host not found", "5.4.4"),
    ("5.0.0", "smtp; 554 refused", "5.0.0"),
    ("5.7.1 (delivery not authorized)", "smtp; 550 spam", "5.7.1"),
])  # fmt: skip
def test_the_code_is_the_closest_one_that_is_said(status: str, text: str, said: str) -> None:
    assert report(standard(status=status, text=text)).outcomes[0].status == said


@pytest.mark.parametrize(("action", "status", "told"), [
    ("failed", "5.1.1", "failed"), ("failed", "4.4.7", "failed"), ("delayed", "4.4.1", "delayed"),
    ("Delayed", "4.2.2", "delayed"),
    ("delivered", "2.0.0", "delivered"), ("relayed", "2.1.5", "delivered"),
])  # fmt: skip
def test_delayed_is_not_failed_and_an_expired_one_is(action: str, status: str, told: str) -> None:
    assert [each.action for each in report(standard(action, status)).outcomes] == [told]


def test_each_recipient_of_several_is_told_apart() -> None:
    more = group("suzuki@vendor.example", "delayed", "4.4.1") + group("Sato@Vendor.example", "delivered", "2.0.0")
    found = report(standard(more=more, original="eigyo@vendor.example"))
    assert [(each.recipient, each.original, each.action) for each in found.outcomes] == [
        (WHOM, "eigyo@vendor.example", "failed"), ("suzuki@vendor.example", "", "delayed"),
        ("sato@vendor.example", "", "delivered"),
    ]  # fmt: skip


def test_a_report_whose_status_is_encoded_against_the_form_is_read() -> None:
    import base64

    raw = standard()
    start = raw.index(b"Reporting-MTA")
    end = raw.index(b"\n--b1\nContent-Type: text/rfc822-headers")
    status = base64.encodebytes(raw[start:end])
    head = raw[:start].replace(
        b"message/delivery-status\n", b"message/delivery-status\nContent-Transfer-Encoding: base64\n"
    )
    assert report(head + status + raw[end:]).outcomes[0].recipient == WHOM


@pytest.mark.parametrize("name", WORDED)
def test_a_report_in_words_is_understood(name: str) -> None:
    raw, action, status, whom = WORDED[name]
    found = report(raw)
    assert [(each.recipient, each.action, each.status) for each in found.outcomes] == [(whom, action, status)]
    assert OURS in found.message_ids
    assert not found.certain


def test_what_is_answered_tells_the_mail_where_nothing_is_returned() -> None:
    found = report(in_words("Delivery failure", f"<{WHOM}> user unknown", In_Reply_To=OURS))
    assert found.message_ids[0] == OURS


def test_the_mail_that_came_back_is_one_file_of_the_report() -> None:
    ours = EmailMessage()
    ours["Subject"], ours["Message-ID"] = "追加資料", OURS
    ours.set_content("x")
    ours.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="様式.pdf")
    raw = standard(returned="message/rfc822").partition(b"--b1\nContent-Type: message/rfc822\n\n")
    found = read(raw[0] + raw[1] + ours.as_bytes() + b"\n--b1--\n")
    assert "様式.pdf" not in [each.filename for each in found.parts]
    assert "追加資料.eml" in [each.filename for each in found.parts]


def person(subject: str, text: str, sender: str = WHOM) -> Incoming:
    return read(
        f"From: {sender}\nSubject: {subject}\nMessage-ID: <p@x>\n"
        f"Content-Type: text/plain; charset=utf-8\n\n{text}".encode()
    )


@pytest.mark.parametrize(("subject", "text"), [
    ("Re: 追加資料", "前のメールは配信エラーで戻りました。送り直します。"),
    ("宛先不明のメールについて", "user unknown と出ました"),
    ("Undelivered Mail Returned to Sender", "これはなんでしょうか。"), ("配信遅延", "配信が遅れていたようです。"),
])  # fmt: skip
def test_a_person_who_writes_of_such_things_is_no_machine(subject: str, text: str) -> None:
    assert person(subject, text).kind is Writer.PERSON


def test_a_machine_that_speaks_of_something_else_has_no_report() -> None:
    assert read(in_words("Weekly summary", "3 users", Auto_Submitted="auto-generated")).kind is Writer.MACHINE
    read_it = b"Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n"
    assert read(b"From: a@b.example\nSubject: Read: x\n" + read_it + b"\n--b\n\nread\n--b--\n").kind is Writer.MACHINE


def test_hostile_reports_are_read_to_their_end() -> None:
    for raw in (
        standard(more=group("a@b.example", "failed", "5.1.1") * 3_000), standard(words="a@b.example " * 20_000),
        in_words("failure notice", "x@" * 50_000), in_words("failure notice", "550 " * 50_000),
        in_words("failure notice", "-" * 90_000),
    ):  # fmt: skip
        assert len(report(raw).outcomes) <= 100
