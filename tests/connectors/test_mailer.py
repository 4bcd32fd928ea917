"""Mails over real SMTP, on the loopback."""

from __future__ import annotations

import socket
from dataclasses import replace

import pytest

from app.connectors import mailserver
from app.connectors.letter import Attachment, Letter
from app.connectors.mail import Mailer
from app.errors import NinteiError, OutOfReach, Permanent, Temporary
from tests.fakes.smtp import smtp_server
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
        "handed": False,
    }


def test_a_server_that_hangs_up_without_an_answer_may_have_the_letter(smtp: Mailbox) -> None:
    smtp.trouble = ["drop"]
    caught = refusal(smtp.url)
    assert type(caught) is Temporary
    assert caught.params["handed"]


def refusal(url: str, letter: Letter = LETTER) -> NinteiError:
    """What sending says when nobody gets it."""
    with pytest.raises(NinteiError) as caught:
        Mailer(url).send(letter)
    return caught.value


def test_nobody_at_the_port_is_no_word_about_the_letter() -> None:
    caught = refusal(f"smtp://127.0.0.1:{free_port()}")
    assert type(caught) is OutOfReach
    assert (caught.params["code"], caught.params["handed"]) == (0, False)


def test_a_silent_server_does_not_hold_the_worker() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert type(refusal(f"smtp://127.0.0.1:{silent.getsockname()[1]}?timeout=0.2")) is OutOfReach


def test_starttls_is_never_dropped_for_a_server_without_it(smtp: Mailbox) -> None:
    assert type(refusal(smtp.url.replace("smtp://", "smtp+starttls://"))) is OutOfReach
    assert smtp.messages == []


@pytest.mark.parametrize(
    ("stage", "answer"),
    [
        ("", "421 too busy"),
        ("", "554 no service here"),
        ("", "drop"),
        ("EHLO", "drop"),
        ("MAIL", "451 later"),
        ("MAIL", "530 sign in first"),
        ("MAIL", "550 this sender is not ours"),
        ("MAIL", "drop"),
        ("RCPT", "421 going down"),
        ("DATA", "421 going down"),
        (".", "421 going down"),
    ],
)
def test_what_a_server_says_to_everyone_is_no_word_about_the_letter(stage: str, answer: str) -> None:
    with smtp_server() as server:
        server.say[stage] = answer
        caught = refusal(server.url)
    assert type(caught) is OutOfReach
    assert not caught.params["handed"]


@pytest.mark.parametrize(
    ("stage", "answer", "kind", "handed"),
    [
        ("MAIL", "552 too large for us", Permanent, False),
        ("RCPT", "450 greylisted", Temporary, False),
        ("RCPT", "550 no such user", Permanent, False),
        ("RCPT", "drop", Temporary, False),
        ("DATA", "451 later", Temporary, False),
        ("DATA", "554 no", Permanent, False),
        (".", "452 no room", Temporary, False),
        (".", "550 looks like spam", Permanent, False),
        (".", "drop", Temporary, True),
    ],
)
def test_what_a_server_says_of_one_letter(stage: str, answer: str, kind: type, handed: bool) -> None:
    with smtp_server() as server:
        server.say[stage] = answer
        caught = refusal(server.url)
    assert type(caught) is kind
    assert caught.params["handed"] is handed


TWO = replace(LETTER, to=("a@vendor.example", "b@vendor.example"))


def test_a_recipient_who_is_refused_among_others_is_told_and_tried_alone() -> None:
    with smtp_server() as server:
        server.say["b@vendor.example"] = "450 try later"
        refused = Mailer(server.url).send(TWO)
        assert [(to, reply.code, reply.text, reply.final) for to, reply in refused.items()] == [
            ("b@vendor.example", 450, "try later", False)
        ]
        del server.say["b@vendor.example"]
        assert Mailer(server.url).send(TWO, only=list(refused)) == {}
        assert server.taken == [["a@vendor.example"], ["b@vendor.example"]]


def test_of_two_refusals_the_one_that_may_change_decides() -> None:
    with smtp_server() as server:
        server.say |= {"a@vendor.example": "550 no such user", "b@vendor.example": "450 try later"}
        assert type(refusal(server.url, TWO)) is Temporary
        server.say["b@vendor.example"] = "553 neither"
        assert type(refusal(server.url, TWO)) is Permanent
        assert server.taken == []


def test_a_domain_that_cannot_be_one_is_this_letters_trouble(smtp: Mailbox) -> None:
    assert type(refusal(smtp.url, replace(LETTER, to=(f"a@{'あ' * 200}.example",)))) is Permanent


def test_without_a_server_letters_stay_in_the_outbox() -> None:
    mailer = Mailer("memory:")
    mailer.send(LETTER)
    assert list(mailer.outbox) == [LETTER]


def test_user_and_password_are_read_percent_encoded() -> None:
    server = mailserver.server("smtp+starttls://n%40body:p%3Aw@mail.body.example?timeout=5")
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


def test_a_server_that_cannot_be_reached_is_said_in_words_and_not_in_numbers_of_the_system() -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    assert refusal(f"smtp://127.0.0.1:{port}").params["reply"] == "Connection refused"
