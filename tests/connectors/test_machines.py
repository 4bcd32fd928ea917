"""Who wrote a mail: marks of a list say nothing, an answering machine is known, what brings files is for a person."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest

from app.connectors.incoming import read
from app.states import Writer

MAILS = Path(__file__).parents[1] / "mails"


def mail(
    subject: str = "Re: 追加資料（受付番号 2026-0003）", *, file: str = "", logo: bool = False, **headers: str
) -> bytes:
    message = EmailMessage()
    message["From"], message["Message-ID"], message["Subject"] = (
        "田中 <tanaka@vendor.example>",
        "<1@vendor.example>",
        subject,
    )
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content("本文")
    if logo:
        message.add_attachment(
            b"\x89PNG", maintype="image", subtype="png", filename="logo.png", disposition="inline", cid="<logo>"
        )
    if file:
        message.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename=file)
    return message.as_bytes()


REPLY = {"In_Reply_To": "<ours@nintei.example>"}


@pytest.mark.parametrize("headers", [
    {"Precedence": "list"}, {"Precedence": "bulk"}, {"Precedence": "junk"}, {"List_ID": "<sales.vendor.example>"},
    {"List_Unsubscribe": "<https://x.example/u>"}, {"List_Post": "<mailto:a@b.example>", "List_Archive": "<https://x.example>"},
    {"Precedence": "bulk", "List_ID": "<a.b>", "List_Unsubscribe": "<mailto:x@y.example>", "X_Mailer": "bulk"},
    {"Auto_Submitted": "no"}, {"Return_Path": "<a@b.example>"}, {"X_Auto_Response_Suppress": "DR, RN, NRN"},
    {"Mailing_list": "list a@b.example"}, {"X_ML_Name": "sales"}, {"Sender": "sales@vendor.example"},
])  # fmt: skip
def test_marks_of_a_list_or_a_relay_never_make_a_mail_a_machines(headers: dict[str, str]) -> None:
    assert read(mail(**headers)).kind is Writer.PERSON
    assert read(mail("資料", **headers)).kind is Writer.PERSON


@pytest.mark.parametrize(
    "name", ["person-through-a-group", "footer-service", "winmail", "answers-between", "euc-jp-circled-digits"]
)
def test_mails_of_persons_are_theirs(name: str) -> None:
    assert read((MAILS / f"{name}.eml").read_bytes()).kind is Writer.PERSON


@pytest.mark.parametrize("name", ["absence-by-subject", "absence-exchange"])
def test_mails_of_answering_machines_are_known(name: str) -> None:
    assert read((MAILS / f"{name}.eml").read_bytes()).kind is Writer.ABSENCE


@pytest.mark.parametrize("subject", [
    "自動応答: Re: 追加資料", "自動返信：追加資料", "【自動返信】お問い合わせありがとうございます", "不在通知",
    "不在のお知らせ（12月3日まで）", "［自動応答］不在",
    "休暇中です", "Automatic reply: 追加資料", "Out of Office: Re: x", "Out of the office", "AutoReply: x",
    "Auto-Reply: x", "OOO: x",
    "Abwesenheitsnotiz: x", "Automatische Antwort: x",
])  # fmt: skip
def test_an_absence_note_is_known_by_its_subject(subject: str) -> None:
    assert read(mail(subject)).kind is Writer.ABSENCE
    assert read(mail(subject, logo=True)).kind is Writer.ABSENCE


@pytest.mark.parametrize("subject", [
    "Re: 自動応答: 追加資料", "自動車部品の資料", "Re: 不在通知について", "不在者投票システムの件",
    "Fwd: Automatic reply: x", "automation system", "資料（不在のため代理）",
])  # fmt: skip
def test_a_persons_subject_is_none(subject: str) -> None:
    assert read(mail(subject)).kind is Writer.PERSON


@pytest.mark.parametrize("headers", [
    {"Auto_Submitted": "auto-replied"},
    {"Auto_Submitted": "auto-replied (vacation)", "Precedence": "bulk", "X_Autoreply": "yes", **REPLY},
    {"X_Auto_Response_Suppress": "All"}, {"X_Auto_Response_Suppress": "DR, OOF, AutoReply"}, {"X_Autoreply": "yes"},
    {"Precedence": "auto_reply"},
    {"X_MS_Exchange_Generated_Message_Source": "Mailbox Rules Agent"},
    {"Auto_Submitted": "auto-generated", **REPLY}, {"Return_Path": "<>", **REPLY},
    {"X_Autorespond": "yes"},
])  # fmt: skip
def test_an_absence_note_is_known_by_its_headers(headers: dict[str, str]) -> None:
    assert read(mail(**headers)).kind is Writer.ABSENCE


@pytest.mark.parametrize("headers", [
    {"Auto_Submitted": "auto-replied"}, {"Auto_Submitted": "auto-generated"}, {"X_Auto_Response_Suppress": "All"},
    {"Return_Path": "<>"},
    {"X_MS_Exchange_Generated_Message_Source": "Mailbox Rules Agent"}, {"Subject_": "x"},
])  # fmt: skip
def test_what_brings_a_file_is_for_a_person_to_look_at_whoever_sent_it(headers: dict[str, str]) -> None:
    assert read(mail(file="資料.pdf", **headers)).kind is Writer.PERSON
    assert read(mail("自動返信", file="資料.pdf", **headers)).kind is Writer.PERSON


@pytest.mark.parametrize("headers", [
    {"Auto_Submitted": "auto-generated"}, {"Auto_Submitted": "auto-notified; owner-email=x"}, {"Return_Path": "<>"},
    {"X_Nintei_Mail": "review-2"},
])  # fmt: skip
def test_other_machines_are_known(headers: dict[str, str]) -> None:
    assert read(mail("お知らせ", **headers)).kind is Writer.MACHINE


def test_our_own_mail_that_came_back_is_a_machines_even_with_its_files() -> None:
    assert read(mail(file="様式.pdf", X_Nintei_Mail="review-2")).kind is Writer.MACHINE


# Groups that put their own address in the writer's place


GROUP = "'田中' via 営業部 <sales@vendor.example>"


def carried(sender: str, **headers: str) -> tuple[str, str, str]:
    raw = mail(List_ID="<sales.vendor.example>", **headers).replace(b"From: ", b"X-Nothing: ", 1)
    found = read(f"From: {sender}\n".encode() + raw)
    return found.sender, found.sender_name, found.via


@pytest.mark.parametrize("header", ["X_Original_From", "X_Original_Sender", "Reply_To"])
def test_the_writer_behind_a_group_of_the_same_domain_is_named(header: str) -> None:
    behind = "tanaka@vendor.example" if header == "X_Original_Sender" else "田中 一郎 <Tanaka@vendor.example>"
    name = "田中" if header == "X_Original_Sender" else "田中 一郎"
    assert carried(GROUP, **{header: behind}) == ("tanaka@vendor.example", name, "sales@vendor.example")


def test_who_stands_behind_a_group_of_another_domain_is_not_believed() -> None:
    stranger = "'x' via list <list@evil.example>"
    assert carried(stranger, X_Original_From="tanaka@vendor.example")[0] == "list@evil.example"
    assert carried(GROUP, Reply_To="a@vendor.example, b@vendor.example")[0] == "sales@vendor.example"
    assert read(mail(Reply_To="boss@vendor.example")).sender == "tanaka@vendor.example"  # no list carried it
