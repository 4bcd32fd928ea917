"""The mailbox that replies go to, read over IMAP (RFC 3501). A mail is marked as seen only after it was stored."""

from __future__ import annotations

import imaplib
import logging
import re
import ssl
from collections.abc import Callable

from app.connectors.mailserver import Mailbox, Security
from app.errors import Permanent, Temporary

log = logging.getLogger("nintei.inbox")

MOST_AT_ONCE = 50  # mails of one visit; the others wait for the next


class Inbox:
    """Fetches unseen mails. `largest` bytes are taken whole; of larger ones only the head."""

    def __init__(self, mailbox: Mailbox, largest: int) -> None:
        self._mailbox = mailbox
        self._largest = largest

    def collect(self, take: Callable[[bytes, bool], object]) -> int:
        """Hand each unseen mail to `take(bytes, whole)`; gives how many were taken.

        One whose taking fails stays unseen and is tried again at the next visit; the others go on. Raises
        `Temporary` when the server cannot be reached or breaks off, `Permanent` when it refuses us.
        """
        try:
            connection = self._open()
        except (OSError, ssl.SSLError, imaplib.IMAP4.abort) as error:
            raise Temporary("The mailbox cannot be reached: %(reply)s", reply=str(error)) from error
        try:
            self._enter(connection)
            return self._collect(connection, take)
        except (OSError, imaplib.IMAP4.abort) as error:
            raise Temporary("The mailbox cannot be reached: %(reply)s", reply=str(error)) from error
        except imaplib.IMAP4.error as error:
            raise Permanent("The mailbox refused us: %(reply)s", reply=str(error)) from error
        finally:
            try:
                connection.logout()
            except (OSError, imaplib.IMAP4.error):
                connection.shutdown()

    def reach(self) -> None:
        """Sign in, look into the folder, and take leave. Raises as `visit` does."""
        try:
            with self._open() as connection:
                self._enter(connection)
        except (OSError, imaplib.IMAP4.abort) as error:
            raise Temporary("The mailbox cannot be reached: %(reply)s", reply=str(error)) from error
        except imaplib.IMAP4.error as error:
            raise Permanent("The mailbox refused us: %(reply)s", reply=str(error)) from error

    def _open(self) -> imaplib.IMAP4:
        place = self._mailbox
        if place.security is Security.TLS:
            trust = ssl.create_default_context()
            return imaplib.IMAP4_SSL(place.host, place.port, ssl_context=trust, timeout=place.timeout)
        return imaplib.IMAP4(place.host, place.port, timeout=place.timeout)

    def _enter(self, connection: imaplib.IMAP4) -> None:
        place = self._mailbox
        if place.security is Security.STARTTLS:
            connection.starttls(ssl.create_default_context())
        connection.login(place.user, place.password)
        escaped = place.folder.replace("\\", "\\\\").replace('"', '\\"')
        answer, data = connection.select(f'"{escaped}"')
        if answer != "OK":
            raise imaplib.IMAP4.error(_said(data))

    def _collect(self, connection: imaplib.IMAP4, take: Callable[[bytes, bool], object]) -> int:
        answer, data = connection.uid("SEARCH", "UNSEEN")
        if answer != "OK":
            raise imaplib.IMAP4.error(_said(data))
        taken = 0
        for uid in [each.decode() for line in data if isinstance(line, bytes) for each in line.split()][:MOST_AT_ONCE]:
            size = _size(connection, uid)
            whole = size is not None and size <= self._largest
            raw = _fetch(connection, uid, "BODY.PEEK[]" if whole else "BODY.PEEK[HEADER]<0.65536>")
            if raw is None:
                continue  # another reader of the mailbox moved it away meanwhile
            try:
                take(raw, whole)
            except Exception:
                log.exception("A mail could not be stored; it stays unseen and is tried again")
                continue
            connection.uid("STORE", uid, "+FLAGS.SILENT", "(\\Seen)")
            taken += 1
        return taken


def _size(connection: imaplib.IMAP4, uid: str) -> int | None:
    _, data = connection.uid("FETCH", uid, "(RFC822.SIZE)")
    for line in data:
        found = re.search(rb"RFC822\.SIZE (\d+)", line if isinstance(line, bytes) else b"")
        if found:
            return int(found[1])
    return None


def _fetch(connection: imaplib.IMAP4, uid: str, what: str) -> bytes | None:
    _, data = connection.uid("FETCH", uid, f"({what})")
    return next((bytes(line[1]) for line in data if isinstance(line, tuple) and len(line) > 1), None)


def _said(data: object) -> str:
    first = data[0] if isinstance(data, list) and data else b""
    return first.decode("utf-8", "replace") if isinstance(first, bytes) else str(first)
