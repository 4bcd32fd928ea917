"""A mail server that keeps what it is sent, for tests that send real mail."""

from __future__ import annotations

import email
import email.policy
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from tests.support.network import free_port, wait_until


class Mailbox:
    """Everything received, oldest first. `trouble` holds answers to give instead, one for each message."""

    def __init__(self) -> None:
        self.url = ""
        self._lock = threading.Lock()
        self._messages: list[EmailMessage] = []
        self._recipients: list[list[str]] = []
        self._controller: Controller | None = None
        self.trouble: list[str] = []  # "451 try later", "554 no", or "drop": taken, then no answer

    @property
    def messages(self) -> list[EmailMessage]:
        with self._lock:
            return list(self._messages)

    @property
    def recipients(self) -> list[list[str]]:
        """The envelope's recipients, message by message."""
        with self._lock:
            return [list(each) for each in self._recipients]

    def ids(self) -> list[str]:
        """The mail ids (header X-Nintei-Mail) in the order of arrival."""
        return [str(message["X-Nintei-Mail"]) for message in self.messages]

    def wait_for(self, count: int, seconds: float = 30) -> list[EmailMessage]:
        """The messages, once there are at least `count`."""
        try:
            wait_until(lambda: len(self.messages) >= count, seconds, f"arrival of {count} mails")
        except TimeoutError as error:
            raise TimeoutError(f"{error}; here are {self.ids()}") from None
        return self.messages

    def wait_for_mail(self, mail_id: str, seconds: float = 30, *, nth: int = 1) -> EmailMessage:
        """The `nth` message with this mail id."""
        found: list[EmailMessage] = []

        def arrived() -> bool:
            found[:] = [message for message in self.messages if message["X-Nintei-Mail"] == mail_id]
            return len(found) >= nth

        try:
            wait_until(arrived, seconds, f"arrival of mail {mail_id} (number {nth})")
        except TimeoutError as error:
            raise TimeoutError(f"{error}; here are {self.ids()}") from None
        return found[nth - 1]

    def listen(self) -> None:
        """Take mail at the port of `url`, again after `close`. OSError when the port is another's."""
        port = int(self.url.rpartition(":")[2])
        # As strict as a server may be: lines of RFC 5321 section 4.5.3.1.6, neither 8BITMIME nor SMTPUTF8.
        strict = {"decode_data": True, "enable_SMTPUTF8": False}
        self._controller = Controller(self, hostname="127.0.0.1", port=port, data_size_limit=50 << 20, **strict)
        self._controller.start()

    def close(self) -> None:
        """Nobody listens there any more."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def clear(self) -> None:
        with self._lock:
            self._messages.clear()
            self._recipients.clear()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        trouble = self.trouble.pop(0) if self.trouble else ""
        if trouble and trouble != "drop":
            return trouble
        message = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
        with self._lock:
            self._messages.append(message)
            self._recipients.append(list(envelope.rcpt_tos))
        if trouble == "drop":
            server.transport.close()
        return "250 OK"


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    """Listen on a free port; `mailbox.url` is for NINTEI_MAIL_URL."""
    mailbox = Mailbox()
    for attempt in range(5):  # another process may take the port before we do
        mailbox.url = f"smtp://127.0.0.1:{free_port()}"
        try:
            mailbox.listen()
            break
        except OSError:
            if attempt == 4:
                raise
    try:
        yield mailbox
    finally:
        mailbox.close()
