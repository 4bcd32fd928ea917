"""The mailbox that replies go to, against a server on loopback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.connectors.inbox import Inbox
from app.connectors.mailserver import Security, mailbox
from app.errors import Permanent, Temporary
from tests.fakes.imap import Imap

MAIL = b"From: a@example.jp\r\nMessage-ID: <%d@example.jp>\r\nSubject: x\r\n\r\nwords\r\n"


@pytest.fixture
def imap() -> Iterator[Imap]:
    server = Imap()
    yield server
    server.close()


def visit(imap: Imap, largest: int = 10_000) -> list[tuple[bytes, bool]]:
    found: list[tuple[bytes, bool]] = []
    Inbox(mailbox(imap.url), largest).collect(lambda raw, whole: found.append((raw, whole)))
    return found


def test_unseen_mails_are_handed_over_whole_and_marked_as_seen(imap: Imap) -> None:
    for number in range(3):
        imap.put(MAIL % number)
    assert visit(imap) == [(MAIL % number, True) for number in range(3)]
    assert imap.unseen() == []
    assert visit(imap) == []


def test_looking_at_a_mail_marks_nothing_until_it_is_stored(imap: Imap) -> None:
    imap.put(MAIL % 1)
    visit(imap)
    fetches = [said for said in imap.said if "FETCH" in said]
    assert fetches
    assert all("PEEK" in said or "SIZE" in said for said in fetches)
    assert imap.said.index("UID STORE 11 +FLAGS.SILENT (\\Seen)") > imap.said.index("UID FETCH 11 (BODY.PEEK[])")


def test_a_mail_that_cannot_be_stored_stays_unseen_and_holds_up_no_other(imap: Imap) -> None:
    bad, good = imap.put(MAIL % 1), imap.put(MAIL % 2)

    def take(raw: bytes, _whole: bool) -> None:
        if b"<1@" in raw:
            raise OSError("no room")

    assert Inbox(mailbox(imap.url), 10_000).collect(take) == 1
    assert imap.unseen() == [bad]
    assert imap.mails[good].seen


def test_of_a_mail_that_is_too_large_only_the_head_is_taken(imap: Imap) -> None:
    imap.put(MAIL % 1 + b"x" * 20_000)
    ((raw, whole),) = visit(imap)
    assert not whole
    assert raw.endswith(b"\r\n\r\n")
    assert b"xxx" not in raw
    assert imap.unseen() == []


def test_a_connection_that_breaks_off_leaves_the_rest_for_the_next_visit(imap: Imap) -> None:
    first, second = imap.put(MAIL % 1), imap.put(MAIL % 2)
    imap.drop_after = 1
    with pytest.raises(Temporary):
        visit(imap)
    assert (imap.mails[first].seen, imap.mails[second].seen) == (True, False)
    imap.drop_after = None
    assert visit(imap) == [(MAIL % 2, True)]


def test_a_wrong_password_or_folder_is_permanent_and_the_password_is_not_repeated(imap: Imap) -> None:
    for url in (imap.url.replace("p%40ss", "wrong"), imap.url.replace("/INBOX", "/Nowhere")):
        with pytest.raises(Permanent) as caught:
            Inbox(mailbox(url), 1).collect(print)
        assert "word" not in str(caught.value).replace("wrong password", "")


def test_a_server_that_is_not_there_is_temporary(imap: Imap) -> None:
    url = imap.url
    imap.close()
    with pytest.raises(Temporary):
        Inbox(mailbox(url), 1).collect(print)


def test_the_address_tells_security_port_and_folder() -> None:
    found = mailbox("imaps://u%40x:p%2F@mail.example.jp/Nintei%20in")
    assert (found.security, found.port, found.user, found.password, found.folder) == (
        Security.TLS, 993, "u@x", "p/", "Nintei in")  # fmt: skip
    assert mailbox("imap+starttls://u:p@mail.example.jp:1143").port == 1143
    assert mailbox("imap+starttls://u:p@mail.example.jp").folder == "INBOX"
    assert "p%2F" not in repr(found)
    assert "p/" not in repr(found)


@pytest.mark.parametrize(
    "url", ["pop3://u:secret@x", "imaps://x/INBOX", "imaps://u:secret@/INBOX", "imaps://u:secret@x/受信"]
)
def test_an_address_that_is_none_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(Permanent) as caught:
        mailbox(url)
    assert "secret" not in str(caught.value)
