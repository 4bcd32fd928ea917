"""Letters go out: SMTP through Flask-Mail, or into the demo's outbox. The only module here that knows Flask."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import flask_mail
from flask import Flask

from app.connectors import mime
from app.connectors.letter import Attachment, Letter, MailSource, compose, guard
from app.errors import NinteiError, OutOfReach, Permanent, Temporary

__all__ = ["Attachment", "Letter", "MailSource", "Mailer", "Reply", "compose", "parse_url", "replies"]


class Security(Enum):
    """How the way to the mail server is protected."""

    NONE = "smtp"
    TLS = "smtps"
    STARTTLS = "smtp+starttls"


CLOSING = 421  # the server goes away, whatever was asked (RFC 5321 section 3.8)
TOO_LARGE = (552, 523)  # of MAIL FROM with SIZE (RFC 1870 section 6.1; 523 by some servers)
_STATUS = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_MEANS = {550: "5.1.1", 551: "5.1.6", 552: "5.2.2", 553: "5.1.3", 554: "5.7.1", 556: "5.1.10"}
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


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server said about one recipient or one letter. `code` 0: it hung up without a word."""

    code: int
    text: str

    @property
    def taken(self) -> bool:
        """Whether it said yes."""
        return 200 <= self.code < 300

    @property
    def final(self) -> bool:
        """Whether asking again is no use (RFC 5321 section 4.2.1)."""
        return self.code >= 500

    @property
    def status(self) -> str:
        """As 5.1.1: the code that the server put before its words (RFC 2034 section 4), or what its three digits mean
        of a recipient (RFC 5321 section 4.2.3, RFC 7504); empty where they say too little."""
        found = _STATUS.match(self.text)
        return found.group(1) if found else _MEANS.get(self.code, "")


def parse_url(url: str) -> Server | None:
    """`smtp://user:password@host:port?timeout=20`, `smtps://…`, `smtp+starttls://…`; None for `memory:` and nothing.

    User and password are percent-encoded (RFC 3986 section 3.2.1). Raises `Permanent` without repeating the password.
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
            raise _away(letter, *_reply(error)) from error
        except (OSError, UnicodeError) as error:  # UnicodeError: a host's name that is none
            raise _away(letter, 0, getattr(error, "strerror", None) or str(error)) from error


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
                raise _nobody(letter, refused)
            handed = True
            answer = self._answer(*host.data(message))
            if not answer.taken:
                raise _refused(letter, to, answer)
            return refused
        except smtplib.SMTPDataError as error:  # it did not want to hear the text
            raise _refused(letter, to, self._answer(error.smtp_code, error.smtp_error)) from error
        except smtplib.SMTPResponseException:
            raise
        except OSError as error:  # smtplib's errors are some, too
            raise _refused(letter, to, Reply(0, error.strerror or str(error)), handed=handed) from error

    def _settled(self, letter: Letter, to: Sequence[str], code: int, text: bytes) -> None:
        """MAIL FROM is about the sender, who is the same for all letters; its size alone is this letter's."""
        if code in TOO_LARGE:
            raise _refused(letter, to, Reply(code, _decoded(text)))
        if not Reply(code, "").taken:
            raise smtplib.SMTPResponseException(code, text)

    def _answer(self, code: int, text: bytes | str) -> Reply:
        """An answer about this letter; 421 is about the server (RFC 5321 section 3.8)."""
        if code == CLOSING:
            raise smtplib.SMTPResponseException(code, text)
        return Reply(code, _decoded(text))

    def __exit__(self, *_: object) -> None:
        if self.host is None:
            return
        try:
            self.host.quit()
        except (smtplib.SMTPException, OSError):
            self.host.close()


def _away(letter: Letter, code: int, reply: str) -> OutOfReach:
    facts = {"mail": letter.mail_id, "code": code, "reply": reply, "handed": False}
    if code:
        return OutOfReach("The mail server takes no mail at the moment: %(code)s %(reply)s", **facts)
    return OutOfReach("The mail server cannot be reached: %(reply)s", **facts)


def replies(error: NinteiError) -> dict[str, Reply]:
    """What the server said of each recipient, if that is why nobody has the letter."""
    return dict(error.params.get("replies") or {})


def _nobody(letter: Letter, refused: dict[str, Reply]) -> NinteiError:
    """Each recipient was refused; the reply that may change decides whether it is tried again."""
    error = _refused(letter, list(refused), min(refused.values(), key=lambda answer: answer.code))
    error.params["replies"] = refused
    return error


def _refused(letter: Letter, to: Sequence[str], answer: Reply, *, handed: bool = False) -> NinteiError:
    """What the server says of this letter, as ours: the first digit decides (RFC 5321 section 4.2.1)."""
    facts = {
        "mail": letter.mail_id, "to": ", ".join(to), "code": answer.code, "reply": answer.text, "handed": handed,
    }  # fmt: skip
    if answer.final:
        return Permanent("The mail server refused the mail %(mail)s to %(to)s: %(code)s %(reply)s", **facts)
    if not answer.code:
        return Temporary("The mail server did not answer to the mail %(mail)s to %(to)s: %(reply)s", **facts)
    return Temporary("The mail server did not take the mail %(mail)s to %(to)s: %(code)s %(reply)s", **facts)


def _reply(error: smtplib.SMTPException) -> tuple[int, str]:
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code, _decoded(error.smtp_error)
    return 0, str(error)


def _decoded(text: bytes | str) -> str:
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else text
