"""Why a mail did not arrive, in plain words, by the codes that servers give (RFC 3463)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext


def reason(status: str, state: str = "failed") -> str:
    """What is the matter. `status` as 5.1.1, or empty where no code was given."""
    if state == "delayed":
        return gettext(
            "The other mail server has not accepted it yet. Delivery is still being attempted; nothing needs to "
            "be done now."
        )
    subject, detail = _parts(status)
    words: Mapping[tuple[str, str], str] = {
        ("1", "2"): gettext("The mail domain does not exist: the part after the @ is wrong."),
        ("1", "8"): gettext("The other server does not accept our own address as a sender."),
        ("1", "10"): gettext("The address does not exist: it was mistyped or has been closed."),
        ("2", "1"): gettext("The mailbox is disabled or does not accept mail."),
        ("2", "2"): gettext("The mailbox is full."),
        ("2", "3"): gettext("The mail with its attachments is too large for the mailbox."),
        ("3", "4"): gettext("The mail with its attachments is too large for the other server."),
        ("4", "7"): gettext("The other server could not be reached for days, so delivery was abandoned."),
        ("7", "1"): gettext("The other server rejected the mail as unwanted or under its rules."),
    }  # fmt: skip
    kinds: Mapping[str, str] = {
        "1": gettext("The address does not exist: it was mistyped or has been closed."),
        "2": gettext("The mailbox does not accept the mail."),
        "3": gettext("The other mail server has a fault."),
        "4": gettext("The other mail server could not be reached."),
        "5": gettext("The two mail servers did not understand each other."),
        "6": gettext("The other server does not accept mail in this form."),
        "7": gettext("The other server rejected the mail as unwanted or under its rules."),
    }  # fmt: skip
    return (
        words.get((subject, detail)) or kinds.get(subject) or gettext("The other mail server did not accept the mail.")
    )


def advice(status: str) -> str:
    """What to do about it."""
    subject, detail = _parts(status)
    if subject == "1":
        return gettext("Phone the company, correct the address and send the mail again.")
    if subject == "7" or (subject, detail) == ("1", "8"):
        return gettext("Ask the company to allow mail from our address, then send it again.")
    if (subject, detail) in {("2", "3"), ("3", "4")}:
        return gettext("Tell the company by phone; the files are on their case page.")
    return gettext("Phone the company; send the mail again once the mailbox accepts mail, or correct the address.")


def _parts(status: str) -> tuple[str, str]:
    parts = status.split(".")
    return (parts[1], parts[2]) if len(parts) == 3 else ("", "")


def missed(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Recipients whom a mail did not reach, or not yet, as the templates take them."""
    return [
        {
            "address": row.address,
            "state": row.state,
            "reason": reason(row.status, row.state),
            "advice": advice(row.status) if row.state == "failed" else "",
            "code": " ".join(part for part in (row.status, row.text) if part),
            "at": row.at,
            "settled": settled_words().get(row.settled, ""),
        }
        for row in rows
        if row.state != "delivered"
    ]


def settled_words() -> dict[str, str]:
    """How somebody has seen to a mail that did not arrive."""
    return {
        "again": gettext("Sent again"),
        "arrived": gettext("Delivered after all"),
        "moot": gettext("No longer needed"),
    }
