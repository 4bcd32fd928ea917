"""Letters go out: SMTP through Flask-Mail, or into the demo's outbox. The only module here that knows Flask."""

from __future__ import annotations

import smtplib
import ssl
from collections import deque
from collections.abc import Collection, Sequence
from typing import Any

import flask_mail
from flask import Flask

from app.connectors import mailserver, mime
from app.connectors.letter import Letter, guard
from app.connectors.mailreply import CLOSING, TOO_LARGE, Reply, away, decoded, nobody, refusal
from app.connectors.mailserver import Security, Server
from app.errors import Permanent, Temporary


class Mailer:
    """Sends letters. Without a server it keeps the latest thousand in `outbox`."""

    def __init__(self, url: str) -> None:
        self.server = mailserver.server(url)
        self.outbox: deque[Letter] = deque(maxlen=1000)
        self._app = Flask("nintei.mail", static_folder=None)
        server = self.server
        if server is None:
            self._app.config.update(MAIL_SUPPRESS_SEND=True)
        else:
            self._app.config.update(
                MAIL_SERVER=server.host,
                MAIL_PORT=server.port,
                MAIL_USE_SSL=server.security is Security.TLS,
                MAIL_USE_TLS=server.security is Security.STARTTLS,
                MAIL_USERNAME=server.user or None,
                MAIL_PASSWORD=server.password or None,
            )
        self._mail = flask_mail.Mail(self._app)

    def send(self, letter: Letter, only: Collection[str] = ()) -> dict[str, Reply]:
        """Hand the letter to the server, for all of its recipients or `only` for some of them.

        Gives whom the server refused while it took the letter for others; the letter is theirs still to come. Raises,
        when nobody has it: `OutOfReach` for what is not about this letter (no connection, greeting, sign-in, MAIL FROM,
        421 at any time), `Temporary` (4xx) and `Permanent` (5xx, not a letter) for what is. Each carries `mail`, `code`
        (SMTP reply or 0), `reply`, and `handed`: whether the server may have it after all, as when the connection was
        lost before it answered; and `replies`, by recipient, where it refused each of them.
        """
        guard(letter)
        to = [each for each in letter.to if not only or each in only]
        if self.server is None:
            self.outbox.append(letter)
            return {}
        try:
            message = mime.build(letter).as_bytes()
        except UnicodeError:
            raise Permanent(
                "The mail %(mail)s has an address that is not one: %(address)s",
                mail=letter.mail_id,
                address=", ".join(letter.to),
            ) from None
        try:
            with self._app.app_context(), _Connection(self._app.extensions["mail"], self.server) as connection:
                return connection.deliver(letter, to, message)
        except smtplib.SMTPException as error:
            raise away(letter, *_told(error)) from error
        except (OSError, UnicodeError) as error:  # UnicodeError: a host's name that is none
            raise away(letter, 0, getattr(error, "strerror", None) or str(error)) from error


def reach(server: Server) -> None:
    """Greet the server as for a mail, sign in where that is set, and take leave. Raises Temporary or Permanent."""
    try:
        with _Connection(flask_mail.Mail(Flask("nintei.mail", static_folder=None)), server) as connection:
            host: Any = connection.host
            host.noop()
    except smtplib.SMTPAuthenticationError as error:
        raise Permanent("The mail server refuses the user and password of NINTEI_MAIL_URL") from error
    except (smtplib.SMTPException, OSError) as error:
        place = f"{server.host}:{server.port}"
        raise Temporary("The mail server %(server)s does not answer: %(why)s", server=place, why=str(error)) from error


class _Connection(flask_mail.Connection):
    """Flask-Mail's connection with a timeout, a checked certificate, and a good-bye that cannot undo what was sent."""

    def __init__(self, mail: Any, server: Server) -> None:
        super().__init__(mail)
        self.server = server

    def configure_host(self) -> smtplib.SMTP:
        server = self.server
        host: smtplib.SMTP = (
            smtplib.SMTP_SSL(server.host, server.port, timeout=server.timeout, context=ssl.create_default_context())
            if server.security is Security.TLS
            else smtplib.SMTP(server.host, server.port, timeout=server.timeout)
        )
        try:
            if server.security is Security.STARTTLS:
                host.starttls(context=ssl.create_default_context())
            if server.user:
                host.login(server.user, server.password)
        except BaseException:
            host.close()
            raise
        return host

    def deliver(self, letter: Letter, to: Sequence[str], message: bytes) -> dict[str, Reply]:
        """One mail transaction (RFC 5321 section 3.3); see `Mailer.send`. smtplib's `sendmail` does not say how far it
        came when the connection is lost."""
        host: Any = self.host
        host.ehlo_or_helo_if_needed()
        size = [f"size={len(message)}"] if host.has_extn("size") else []
        self._settled(letter, to, *host.mail(mime.envelope(letter.sender), size))
        handed = False
        try:
            refused: dict[str, Reply] = {}
            for each in to:
                answer = self._answer(*host.rcpt(mime.envelope(each)))
                if not answer.taken:
                    refused[each] = answer
            if len(refused) == len(to):
                raise nobody(letter, refused)
            handed = True
            answer = self._answer(*host.data(message))
            if not answer.taken:
                raise refusal(letter, to, answer)
            return refused
        except smtplib.SMTPDataError as error:  # it did not want to hear the text
            raise refusal(letter, to, self._answer(error.smtp_code, error.smtp_error)) from error
        except smtplib.SMTPResponseException:
            raise
        except OSError as error:  # smtplib's errors are some, too
            raise refusal(letter, to, Reply(0, error.strerror or str(error)), handed=handed) from error

    def _settled(self, letter: Letter, to: Sequence[str], code: int, text: bytes) -> None:
        """MAIL FROM is about the sender, who is the same for all letters; its size alone is this letter's."""
        if code in TOO_LARGE:
            raise refusal(letter, to, Reply(code, decoded(text)))
        if not Reply(code, "").taken:
            raise smtplib.SMTPResponseException(code, text)

    def _answer(self, code: int, text: bytes | str) -> Reply:
        """An answer about this letter; 421 is about the server (RFC 5321 section 3.8)."""
        if code == CLOSING:
            raise smtplib.SMTPResponseException(code, text)
        return Reply(code, decoded(text))

    def __exit__(self, *_: object) -> None:
        if self.host is None:
            return
        try:
            self.host.quit()
        except (smtplib.SMTPException, OSError):
            self.host.close()


def _told(error: smtplib.SMTPException) -> tuple[int, str]:
    """(code, words) of an answer that smtplib raised; code 0: it hung up."""
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code, decoded(error.smtp_error)
    return 0, str(error)
