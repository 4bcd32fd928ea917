"""Mails over real SMTP, on the loopback."""

from __future__ import annotations

import socket

import pytest

from app.connectors.mail import Attachment, Letter, Mailer, parse_url
from app.errors import Permanent, Temporary
from tests.support.mail import Mailbox
from tests.support.network import free_port

LETTER = Letter(
    "review-5",
    "<job.7@body.example>",
    "認定事務局 <n@body.example>",
    ("a@vendor.example",),
    "office@body.example",
    "【API連携認定】初期費用のご請求（受付番号 2026-0042）とても長い件名のために折り返しが必要になる場合",
    "本文です。\n",
    "<p>本文です。</p>",
    (
        Attachment("初期費用請求書.pdf", "application/pdf", b"%PDF-1.4 x"),
        Attachment("exam.ics", "text/calendar; method=PUBLISH; charset=utf-8", b"BEGIN:VCALENDAR"),
    ),
)


def test_a_letter_arrives_whole(smtp: Mailbox) -> None:
    Mailer(smtp.url).send(LETTER)
    [message] = smtp.messages
    assert message["X-Nintei-Mail"] == "review-5"
    assert message["Message-ID"] == "<job.7@body.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Subject"] == LETTER.subject
    assert message["From"] == "認定事務局 <n@body.example>"
    assert message["Reply-To"] == "office@body.example"
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None and text.get_content().strip() == "本文です。"
    assert html is not None and html.get_content().strip() == "<p>本文です。</p>"
    pdf, calendar = message.iter_attachments()
    assert (pdf.get_filename(), pdf.get_content()) == ("初期費用請求書.pdf", b"%PDF-1.4 x")
    assert calendar.get_content_type() == "text/calendar" and calendar.get_param("method") == "PUBLISH"
    assert smtp.recipients == [["a@vendor.example"]]


def test_a_second_try_is_the_same_mail(smtp: Mailbox) -> None:
    mailer = Mailer(smtp.url)
    mailer.send(LETTER)
    mailer.send(LETTER)
    assert {message["Message-ID"] for message in smtp.messages} == {"<job.7@body.example>"}


def test_try_later_is_temporary_with_the_servers_words(smtp: Mailbox) -> None:
    smtp.trouble = ["451 mailbox busy"]
    with pytest.raises(Temporary) as caught:
        Mailer(smtp.url).send(LETTER)
    assert caught.value.params["code"] == 451 and "busy" in caught.value.params["reply"]


def test_no_is_permanent_with_the_servers_words(smtp: Mailbox) -> None:
    smtp.trouble = ["554 no thanks"]
    with pytest.raises(Permanent) as caught:
        Mailer(smtp.url).send(LETTER)
    assert caught.value.params == {
        "mail": "review-5",
        "to": "a@vendor.example",
        "code": 554,
        "reply": "no thanks",
    }


def test_a_server_that_hangs_up_without_an_answer_is_temporary(smtp: Mailbox) -> None:
    smtp.trouble = ["drop"]
    with pytest.raises(Temporary):
        Mailer(smtp.url).send(LETTER)


def test_no_server_is_temporary() -> None:
    with pytest.raises(Temporary) as caught:
        Mailer(f"smtp://127.0.0.1:{free_port()}").send(LETTER)
    assert caught.value.params["code"] == 0


def test_a_silent_server_does_not_hold_the_worker() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(Temporary):
            Mailer(f"smtp://127.0.0.1:{port}?timeout=0.2").send(LETTER)


def test_starttls_is_never_dropped_for_a_server_without_it(smtp: Mailbox) -> None:
    with pytest.raises(Permanent):
        Mailer(smtp.url.replace("smtp://", "smtp+starttls://")).send(LETTER)
    assert smtp.messages == []


def test_without_a_server_letters_stay_in_the_outbox() -> None:
    mailer = Mailer("memory:")
    mailer.send(LETTER)
    assert list(mailer.outbox) == [LETTER]


def test_user_and_password_are_read_percent_encoded() -> None:
    server = parse_url("smtp+starttls://n%40body:p%3Aw@mail.body.example?timeout=5")
    assert server is not None
    assert (server.user, server.password, server.port, server.timeout) == ("n@body", "p:w", 587, 5.0)


@pytest.mark.parametrize(
    "url",
    [
        "http://x",
        "smtp://",
        "smtp://h/x",
        "smtp://h:99999",
        "smtp://h?timeout=-1",
        "smtp://u:secret@h?a=b",
        "x",
    ],
)
def test_an_address_that_is_not_one_is_said_without_the_password(url: str) -> None:
    with pytest.raises(Permanent) as caught:
        Mailer(url)
    assert "secret" not in str(caught.value)
