"""A mail, composed from a package's template: what will be sent, as frozen data that can be stored and shown."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import getaddresses
from typing import Any, Protocol

from markupsafe import Markup

from app.connectors import markdown
from app.connectors.templates import Context, Files, render_html, render_markdown, render_text
from app.errors import Permanent
from app.states import Side
from app.text.halves import halves

LAYOUT_HTML = "_shared/mail.html"
LAYOUT_TEXT = "_shared/mail.txt"

_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
# The addr-spec that we send to: RFC 5321 section 4.1.2 without quoted local parts; the domain may be an IDN.
_ADDRESS = re.compile(r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[^\s@<>\"(),:;\\\[\]]{1,255}$")
_MESSAGE_ID = re.compile(r"^<[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+>$")
_MIME = re.compile(r"^[a-z]+/[A-Za-z0-9.+-]+(; [a-z]+=[A-Za-z0-9-]+)*$")


class MailSource(Protocol):
    """A mail template as the catalogue reads it. `header` holds the TOML between the +++ lines."""

    @property
    def subject(self) -> str: ...
    @property
    def subject_en(self) -> str: ...
    @property
    def body(self) -> str: ...
    @property
    def header(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Attachment:
    """`mime` may carry parameters: `text/calendar; method=PUBLISH`."""

    filename: str
    mime: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail, whole. `mail_id` is the template's id; `message_id` has its angle brackets and never changes
    on a retry."""

    mail_id: str
    message_id: str
    sender: str
    to: tuple[str, ...]
    reply_to: str
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = field(default=())


def compose(
    source: MailSource,
    context: Context,
    files: Files,
    *,
    attachments: Sequence[Attachment] = (),
    mail_id: str,
    message_id: str,
    sender: str,
    to: str | Sequence[str],
    reply_to: str = "",
    to_side: str = "",
    english: str | None = None,
) -> Letter:
    """The letter that the template makes of the context. `english`: its reader has chosen English, and gets what the
    template says in English before the Japanese; this line of Markdown where it says nothing in English.

    The layouts `_shared/mail.html` and `_shared/mail.txt` see the context, and `content`, `subject` and
    `mail` (`id`, `to`, `attachments`: file names). Raises `Permanent` when the template fails or an address
    or header is not one.
    """
    recipients = (to,) if isinstance(to, str) else tuple(to)
    name = f"mail/{mail_id}.md"
    subject = render_text(source.subject, context, files, name=name).strip()
    japanese, translated = halves(source.body)
    body = render_markdown(japanese, context, files, name=name)
    if english is not None and (translated or english):
        first = render_markdown(translated, context, files, name=name) if translated else english
        body = f"{first}\n\n---\n\n{body}"
        if source.subject_en not in ("", source.subject):
            subject = f"{render_text(source.subject_en, context, files, name=name).strip()} / {subject}"
    tokens = markdown.parse(body)
    facts = {
        "id": mail_id,
        "to": to_side or source.header.get("to", Side.VENDOR.value),
        "attachments": [attachment.filename for attachment in attachments],
    }
    frame = {**context, "subject": subject, "mail": facts}
    letter = Letter(
        mail_id=mail_id,
        message_id=message_id,
        sender=sender,
        to=recipients,
        reply_to=reply_to,
        subject=subject,
        text=_tidy(_framed(render_text, files, LAYOUT_TEXT, frame, markdown.as_text(tokens))),
        html=_framed(render_html, files, LAYOUT_HTML, frame, Markup(markdown.as_html(tokens))),  # noqa: S704 - escaped
        attachments=tuple(attachments),
    )
    guard(letter)
    return letter


def guard(letter: Letter) -> None:
    """Refuses a letter whose headers could be read as more than one (RFC 5322 section 2.2)."""
    for name, value in (
        ("Subject", letter.subject),
        ("X-Nintei-Mail", letter.mail_id),
        *(("filename", a.filename) for a in letter.attachments),
    ):
        if not value or _CONTROL.search(value):
            raise Permanent(
                "The mail %(mail)s has a %(header)s that is not one line of text",
                mail=letter.mail_id,
                header=name,
            )
    if not letter.to:
        raise Permanent("The mail %(mail)s has nobody to go to", mail=letter.mail_id)
    for address in (letter.sender, *letter.to, *([letter.reply_to] if letter.reply_to else [])):
        found = getaddresses([address])
        if _CONTROL.search(address) or len(found) != 1 or not _ADDRESS.match(found[0][1]):
            raise Permanent(
                "The mail %(mail)s has an address that is not one: %(address)s",
                mail=letter.mail_id,
                address=address,
            )
    if not _MESSAGE_ID.match(letter.message_id):
        raise Permanent("The mail %(mail)s has a Message-ID that is not one", mail=letter.mail_id)
    for attachment in letter.attachments:
        if not _MIME.match(attachment.mime):
            raise Permanent(
                "The mail %(mail)s has an attachment of no known type: %(name)s",
                mail=letter.mail_id,
                name=attachment.filename,
            )


def _tidy(text: str) -> str:
    """At most one empty line in a row, one line's end at the end: what a layout's conditions leave over."""
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip(" ") for line in text.split("\n"))).strip("\n") + "\n"


def _framed(render: Any, files: Files, layout: str, frame: dict[str, Any], content: str) -> str:
    if layout not in files:
        return content
    text: str = render(files[layout].decode("utf-8"), {**frame, "content": content}, files, name=layout)
    return text
