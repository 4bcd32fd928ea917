"""Why a mail did not arrive, in plain words, by the codes that servers give (RFC 3463)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext


def reason(status: str, state: str = "failed") -> str:
    """What is the matter. `status` as 5.1.1, or empty where no code was given."""
    if state == "delayed":
        return gettext(
            "The other mail server has not taken it yet. It is still being tried; nothing needs to be done now."
        )
    subject, detail = _parts(status)
    words: Mapping[tuple[str, str], str] = {
        ("1", "2"): gettext("There is no such mail domain: what follows the @ is wrong."),
        ("1", "8"): gettext("The other server does not accept our own address as a sender."),
        ("1", "10"): gettext("There is no such address: it is mistyped, or it was given up."),
        ("2", "1"): gettext("The mailbox is switched off, or takes no mail."),
        ("2", "2"): gettext("The mailbox is full."),
        ("2", "3"): gettext("The mail with its attachments is too large for the mailbox."),
        ("3", "4"): gettext("The mail with its attachments is too large for the other server."),
        ("4", "7"): gettext("The other server could not be reached for days, and it was given up."),
        ("7", "1"): gettext("The other server refused the mail, as unwanted or by its rules."),
    }  # fmt: skip
    kinds: Mapping[str, str] = {
        "1": gettext("There is no such address: it is mistyped, or it was given up."),
        "2": gettext("The mailbox does not take the mail."),
        "3": gettext("The other mail server has a fault."),
        "4": gettext("The other mail server could not be reached."),
        "5": gettext("The two mail servers did not understand each other."),
        "6": gettext("The other server does not take mails of this form."),
        "7": gettext("The other server refused the mail, as unwanted or by its rules."),
    }  # fmt: skip
    return words.get((subject, detail)) or kinds.get(subject) or gettext("The other mail server did not take the mail.")


def advice(status: str) -> str:
    """What to do about it."""
    subject, detail = _parts(status)
    if subject == "1":
        return gettext("Ring the company up, mend the address, and send the mail again.")
    if subject == "7" or (subject, detail) == ("1", "8"):
        return gettext("Ask the company to let mails from our address through, then send it again.")
    if (subject, detail) in {("2", "3"), ("3", "4")}:
        return gettext("Tell the company by telephone; the files are on the page of their case.")
    return gettext("Ring the company up; send the mail again when the mailbox takes mail, or mend the address.")


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
        "arrived": gettext("Has arrived after all"),
        "moot": gettext("Not needed any more"),
    }
