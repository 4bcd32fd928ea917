"""Letters go out: SMTP through Flask-Mail, or into the demo's outbox. The only module here that knows
Flask."""

from __future__ import annotations

import smtplib
import ssl
from collections import deque
from dataclasses import dataclass
from enum import Enum
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import flask_mail
from flask import Flask

from app.connectors import mime
from app.connectors.letter import Attachment, Letter, MailSource, compose, guard
from app.errors import NinteiError, Permanent, Temporary

__all__ = ["Attachment", "Letter", "MailSource", "Mailer", "compose", "parse_url"]


class Security(Enum):
    """How the way to the mail server is protected."""

    NONE = "smtp"
    TLS = "smtps"
    STARTTLS = "smtp+starttls"


_PORTS = {Security.NONE: 25, Security.TLS: 465, Security.STARTTLS: 587}


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server: `timeout` in seconds, for the connection and for each answer."""

    security: Security
    host: str
    port: int
    user: str = ""
    password: str = ""
    timeout: float = 20.0


def parse_url(url: str) -> Server | None:
    """`smtp://user:password@host:port?timeout=20`, `smtps://…`, `smtp+starttls://…`; None for `memory:` and
    nothing.

    User and password are percent-encoded (RFC 3986 section 3.2.1). Raises `Permanent` without repeating the
    password.
    """
    if url in ("", "memory:"):
        return None
    try:
        parts = urlsplit(url)
        security = Security(parts.scheme)
        query = parse_qs(parts.query, strict_parsing=bool(parts.query))
        if not parts.hostname or parts.path not in ("", "/") or set(query) - {"timeout"}:
            raise ValueError("host")
        timeout = float(query.get("timeout", ["20"])[0])
        if not 0 < timeout <= 300:
            raise ValueError("timeout")
        return Server(
            security,
            parts.hostname,
            parts.port or _PORTS[security],
            unquote(parts.username or ""),
            unquote(parts.password or ""),
            timeout,
        )
    except ValueError:
        raise Permanent(
            "The mail server's address is not understood: it should read smtp://user:password@host:port, "
            "smtps://… or smtp+starttls://…"
        ) from None


class Mailer:
    """Sends letters. Without a server it keeps the latest thousand in `outbox`."""

    def __init__(self, url: str) -> None:
        self.server = parse_url(url)
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

    def send(self, letter: Letter) -> None:
        """Hands the letter to the server; returns once the server has taken it.

        Raises `Temporary` (no connection, 4xx) or `Permanent` (5xx, not a letter); both carry `mail`, `code`
        (SMTP reply or 0) and `reply`. When a server takes the letter for some recipients only, it counts as
        sent: `Permanent` would say that nobody has it, and a retry would send it twice to the others.
        """
        guard(letter)
        if self.server is None:
            self.outbox.append(letter)
            return
        with self._app.app_context():
            message = _Message(letter)
            try:
                with _Connection(self._app.extensions["mail"], self.server) as connection:
                    connection.send(message)
            except smtplib.SMTPException as error:
                raise _said(letter, error) from error
            except OSError as error:
                raise Temporary(
                    "The mail server cannot be reached (mail %(mail)s): %(reply)s",
                    mail=letter.mail_id,
                    code=0,
                    reply=str(error),
                ) from error


class _Connection(flask_mail.Connection):
    """Flask-Mail's connection with a timeout, a checked certificate, and a good-bye that cannot undo what was
    sent."""

    def __init__(self, mail: Any, server: Server) -> None:
        super().__init__(mail)
        self.server = server

    def configure_host(self) -> smtplib.SMTP:
        server, context = self.server, ssl.create_default_context()
        host: smtplib.SMTP = (
            smtplib.SMTP_SSL(server.host, server.port, timeout=server.timeout, context=context)
            if server.security is Security.TLS
            else smtplib.SMTP(server.host, server.port, timeout=server.timeout)
        )
        try:
            if server.security is Security.STARTTLS:
                host.starttls(context=context)
            if server.user:
                host.login(server.user, server.password)
        except BaseException:
            host.close()
            raise
        return host

    def __exit__(self, *_: object) -> None:
        if self.host is None:
            return
        try:
            self.host.quit()
        except (smtplib.SMTPException, OSError):
            self.host.close()


class _Message(flask_mail.Message):
    """Flask-Mail's message for its connection; its bytes are ours (see `mime`)."""

    def __init__(self, letter: Letter) -> None:
        super().__init__(subject=letter.subject, recipients=list(letter.to), sender=letter.sender)
        self._built = mime.build(letter)

    def as_bytes(self) -> bytes:
        return self._built.as_bytes()


def _said(letter: Letter, error: smtplib.SMTPException) -> NinteiError:
    """The server's refusal as ours: the first digit decides (RFC 5321 section 4.2.1)."""
    code, reply = _reply(error)
    facts = {"mail": letter.mail_id, "to": ", ".join(letter.to), "code": code, "reply": reply}
    if code >= 500 or isinstance(error, smtplib.SMTPNotSupportedError):
        return Permanent("The mail server refused the mail %(mail)s to %(to)s: %(code)s %(reply)s", **facts)
    return Temporary("The mail server did not take the mail %(mail)s to %(to)s: %(code)s %(reply)s", **facts)


def _reply(error: smtplib.SMTPException) -> tuple[int, str]:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        answers = list(error.recipients.values())
        code, text = min(answers, key=lambda answer: answer[0]) if answers else (0, b"")
        return code, _decoded(text)
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code, _decoded(error.smtp_error)
    return 0, str(error)


def _decoded(text: bytes | str) -> str:
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else text
