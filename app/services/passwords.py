"""Passwords: what will do, how they are kept, and the mailed link with which a new one is set."""

from __future__ import annotations

import hashlib
import logging
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from itsdangerous import BadSignature, URLSafeSerializer

from app.connectors import markdown
from app.connectors.letter import Letter
from app.errors import NinteiError, NotFound, Refused
from app.services.actors import Actor
from app.services.portal import Portal
from app.store import accounts, database, records
from app.store.models import Mail, User

RESET_MAIL = "password-reset"
LINK_HOURS = 1
MOST_LINKS = 3  # an hour and address: nobody's mailbox is filled from here

_log = logging.getLogger(__name__)


def require_good(password: str, email: str) -> None:
    """Refused when the password will not do. NIST SP 800-63B section 3.1.1.2: length, not rules."""
    if len(password) < 10:
        raise Refused("Choose a password of at least 10 characters")
    if len(password) > 200:
        raise Refused("Choose a password of at most 200 characters")
    lowered = password.lower()
    if lowered in {email.lower(), email.split("@")[0].lower()} or len(set(lowered)) < 4 or lowered in _COMMON:
        raise Refused("This password is too easy to guess; choose another one")


_COMMON = frozenset(
    {
        "password12", "password123", "1234567890", "qwertyuiop", "0123456789", "passwordpassword", "1q2w3e4r5t",
        "abcdefghij", "password1234", "iloveyou12",
    }
)  # fmt: skip


def hashed(password: str) -> str:
    """As it is kept. The sign-in form compares NFKD (NIST SP 800-63B section 3.1.1.2): full width is half width."""
    return PasswordHasher().hash(unicodedata.normalize("NFKD", password))


def fits(password: str, kept: str | None) -> bool:
    """Whether it is the one that is kept."""
    try:
        return bool(kept) and PasswordHasher().verify(str(kept), unicodedata.normalize("NFKD", password))
    except (Argon2Error, InvalidHashError):
        return False


@dataclass(frozen=True, slots=True)
class Wording:
    """The mail's words, in the reader's language: `text` is Markdown with a place `%(url)s`."""

    subject: str
    text: str


def send_link(portal: Portal, email: str, wording: Wording, send: Callable[[Letter], None]) -> None:
    """Mail the account of this address a link to set a password; nothing when there is none, or after three an hour.

    `send` is the mailer's. The caller does not wait for it: how long this takes would tell who has an account.
    """
    now = portal.now()
    with database.transaction():
        user = accounts.by_email(email)
        if user is None or not user.active:
            return
        if records.mails_to(user.email, RESET_MAIL, now - timedelta(hours=1)) >= MOST_LINKS:
            return
        url = f"{portal.settings.base_url.rstrip('/')}/password/{_token(portal, user)}"
        host = portal.settings.mail_from.rpartition("@")[2].strip(" >") or "nintei.localhost"
        key = f"{RESET_MAIL}:{user.id}:{secrets.token_hex(8)}"
        letter = _letter(portal, user.email, wording, url, f"<{key.replace(':', '.')}@{host}>")
        # What is kept of a real portal's mail opens no account: only the demo's outbox shows the link.
        kept = letter if portal.settings.demo else _letter(portal, user.email, wording, "…", letter.message_id)
        row = Mail.create(
            job_key=key, mail_id=RESET_MAIL, message_id=letter.message_id, sender=letter.sender, recipient=user.email,
            subject=letter.subject, text=kept.text, html=kept.html, attachments=[], written_at=now,
        )  # fmt: skip
    try:
        send(letter)
    except NinteiError as error:
        _log.warning("The mail with which a password is set did not go out: %s", error)
        row.state, row.error = "failed", str(error)
    else:
        row.state, row.sent_at = "sent", portal.now()
    with database.transaction():
        row.save()


def _letter(portal: Portal, to: str, wording: Wording, url: str, message_id: str) -> Letter:
    tokens = markdown.parse(wording.text.replace("%(url)s", url))
    return Letter(
        mail_id=RESET_MAIL, message_id=message_id, sender=portal.settings.mail_from, to=(to,), reply_to="",
        subject=wording.subject, text=markdown.as_text(tokens), html=markdown.as_html(tokens),
    )  # fmt: skip


def _token(portal: Portal, user: User) -> str:
    until = int((portal.now() + timedelta(hours=LINK_HOURS)).timestamp())
    return _signer(portal).dumps([user.id, until, _state(user)])


def _signer(portal: Portal) -> URLSafeSerializer:
    strong = {"digest_method": hashlib.sha256}
    return URLSafeSerializer(portal.settings.secret_key, salt="nintei.password", signer_kwargs=strong)


def _state(user: User) -> str:
    """Changes with the password, so that a link works once, and none after the password was set otherwise."""
    return hashlib.sha256(f"{user.fs_uniquifier}\n{user.password or ''}".encode()).hexdigest()[:24]


def look(portal: Portal, token: str) -> str:
    """The address whose password the link sets. NotFound when it is none of ours, Refused when it is old or used."""
    with database.connection():
        return str(_usable(portal, token).email)


def _usable(portal: Portal, token: str) -> User:
    try:
        user_id, until, state = _signer(portal).loads(token)
    except (BadSignature, ValueError, TypeError):
        raise NotFound("This link is not one of ours; open the one in the mail as a whole") from None
    if portal.now().timestamp() > until:
        raise Refused("This link is too old; have a new one sent")
    user = accounts.user(int(user_id))
    if user is None or not user.active:
        raise NotFound("There is no such account")
    if not secrets.compare_digest(_state(user), str(state)):
        raise Refused("This link was used already, or the password was changed since; have a new one sent")
    return user


def reset(portal: Portal, token: str, password: str) -> None:
    """Set the password by the mailed link, which proves the address; every session of the account ends."""
    with database.transaction():
        user = _usable(portal, token)
        require_good(password, user.email)
        put(portal, user, password)
        user.confirmed_at = user.confirmed_at or portal.now()
        user.save()


def change(portal: Portal, actor: Actor, current: str, password: str) -> None:
    """Change one's own password; one's sessions elsewhere end."""
    with database.transaction():
        user = accounts.user(actor.user_id or 0)
        if user is None:
            raise NotFound("There is no such account")
        if not fits(current, user.password):
            raise Refused("The current password is not right")
        require_good(password, user.email)
        put(portal, user, password)


def put(portal: Portal, user: User, password: str) -> None:
    """Keep a good password; the account's sessions end. Inside a transaction."""
    user.password, user.fs_uniquifier = hashed(password), secrets.token_hex(32)
    user.update_datetime = portal.now()
    user.save()
