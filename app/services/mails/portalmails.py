"""Mails of the portal itself, outside any case: invitations, hand-overs, a password that is set by a mailed link.

A link that opens an account is nowhere in the database. What waits holds whom it is for, not the link: that is made
when the mail is handed over, at each try, so that its time begins then, however long the mail server was away. What is
kept of the mail afterwards has "…" in its place. Only a demo keeps the link, for its outbox is where it is read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.connectors import markdown
from app.connectors.letter import Letter
from app.connectors.mailreply import Reply, replies
from app.errors import Permanent
from app.services.base.portal import Portal
from app.services.mails import deliveries as missed
from app.services.mails import links
from app.states import MailState
from app.store import accounts, companies, database, deliveries, jobrows, records
from app.store.models import Mail

FIRST_PASSWORD_HOURS = 7 * 24


@dataclass(frozen=True, slots=True)
class Wording:
    """A mail's words, in the reader's language: `text` is Markdown with a place `%(url)s`."""

    subject: str
    text: str


def compose(portal: Portal, mail_id: str, key: str, to: str, wording: Wording, url: str) -> Letter:
    """The mail, with its link."""
    host = portal.settings.mail_from.rpartition("@")[2].strip(" >") or "nintei.localhost"
    tokens = markdown.parse(wording.text.replace("%(url)s", url))
    return Letter(
        mail_id=mail_id, message_id=f"<{key.replace(':', '.')}@{host}>", sender=portal.settings.mail_from, to=(to,),
        reply_to="", subject=wording.subject, text=markdown.as_text(tokens), html=markdown.as_html(tokens),
    )  # fmt: skip


def keep(portal: Portal, key: str, letter: Letter, wording: Wording) -> Mail:
    """Its row, written once. What is kept of a real portal's mail opens no account: only the demo's outbox
    shows the link."""
    to = letter.to[0]
    kept = letter if portal.settings.demo else compose(portal, letter.mail_id, key, to, wording, "…")
    return records.keep_mail(
        key, mail_id=letter.mail_id, message_id=letter.message_id, sender=letter.sender, recipient=to,
        subject=letter.subject, text=kept.text, html=kept.html, attachments=[], written_at=portal.now(),
    )  # fmt: skip


def queue(
    portal: Portal, key: str, mail_id: str, to: str, wording: Wording, link: Mapping[str, Any] | None = None
) -> bool:
    """Have the worker send it; false when one of this key is there. Inside a transaction. `link`: {"page": a path} |
    {"invitation": row, "edition": n} | {"password": user row, "hours": n} |
    {"address": user row, "new": address, "hours": n}. One to nobody (`to` is empty) is stored as
    if it had been sent, and never is. What said the same before and did not arrive is seen to by it."""
    now = portal.now()
    letter = {
        "id": mail_id, "to": to, "subject": wording.subject, "text": wording.text, "link": dict(link or {"page": "/"}),
    }  # fmt: skip
    state = "queued" if to else "done"
    deliveries.replaced(mail_id, to, now)
    return jobrows.add_job(
        key=key, case=None, operator="mail", params={"letter": letter}, run_at=now, created_at=now, state=state
    )


def send(portal: Portal, key: str, params: Mapping[str, Any], hand: Callable[[Letter], Any]) -> None:
    """Send a queued one, unless what it invites to was taken back or changed meanwhile."""
    wording = Wording(str(params["subject"]), str(params["text"]))
    with database.connection():
        row, url = records.mail_of_job(key), _url(portal, params["link"])
    if url is None or (row is not None and row.state == MailState.SENT):
        return
    letter = compose(portal, str(params["id"]), key, str(params["to"]), wording, url)
    if row is None:
        with database.transaction():
            row = keep(portal, key, letter, wording)
    try:
        hand(letter)
    except Permanent as error:
        with database.transaction():
            missed.refused(portal, None, row, _final(letter, error))
        raise
    with database.transaction():
        records.mail_sent(key, portal.now())
        missed.taken(portal, None, row, letter.to)


def _final(letter: Letter, error: Permanent) -> dict[str, Reply]:
    """What the server said for good, of the recipient or of the letter; nothing where it said nothing."""
    said = {to: reply for to, reply in replies(error).items() if reply.final}
    code, text = int(error.params.get("code") or 0), str(error.params.get("reply") or "")
    return said or (dict.fromkeys(letter.to, Reply(code, text)) if code else {})


def _url(portal: Portal, link: Mapping[str, Any]) -> str | None:
    if "invitation" in link:
        row = companies.invitation(int(link["invitation"]))
        held = row is not None and row.used_at is None and row.taken_back_at is None and row.edition == link["edition"]
        return links.invitation(portal, row) if row is not None and held else None
    if "password" in link:
        user = accounts.user(int(link["password"]))
        hours = int(link.get("hours", FIRST_PASSWORD_HOURS))
        return links.password(portal, user, hours) if user is not None and user.active else None
    if "address" in link:
        user = accounts.user(int(link["address"]))
        fits = user is not None and user.active
        return links.own_address(portal, user, str(link["new"]), int(link["hours"])) if user and fits else None
    return f"{portal.settings.base_url.rstrip('/')}{link['page']}"
