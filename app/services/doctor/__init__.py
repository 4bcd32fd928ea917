"""What is wrong here, and what to do about it: each look is a finding of its own, and none keeps the others away."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from app.errors import NinteiError
from app.services.base.portal import Portal
from app.services.doctor import around, kept
from app.services.doctor.finding import BAD, OK, WARNING, Finding, Patient

__all__ = ["BAD", "OK", "WARNING", "Finding", "examine"]


LOOKS: Final[Mapping[str, Callable[[Patient, str], Iterator[Finding]]]] = {
    "Data folder": kept.folder,
    "Database": kept.database,
    "Files": kept.files,
    "Secret key": kept.secret,
    "Signing key": kept.signing,
    "Card keys": kept.cards,
    "Mail server": around.mail,
    "Mailbox": around.mailbox,
    "Worker": around.workers,
    "Incidents": around.incidents,
    "Clock": around.clock,
    "Fonts": around.fonts,
    "Card reader": around.reader,
}


# What to do about a look that could not be taken, or met an error.
CURES: Final[Mapping[str, str]] = {
    "Database": "Look at NINTEI_DATABASE_URL, and whether the database server runs",
    "Signing key": "Copy the folder signing from a backup; papers cannot be signed meanwhile",
    "Card keys": (
        "Set NINTEI_CARD_KEY, or the token, as they were; if the store is damaged, copy cards/keys from a backup"
    ),
    "Mail server": "Look at NINTEI_MAIL_URL, at the way to that server, and whether it runs; mails wait meanwhile",
    "Mailbox": "Look at NINTEI_IMAP_URL, at the way to that server, and whether it runs; mails stay there meanwhile",
}


def examine(portal: Portal, *, thorough: bool = False) -> Iterator[Finding]:
    """Every finding, in an order that leads from the ground up."""
    patient = Patient(portal, thorough)
    for topic, look in LOOKS.items():
        try:
            with portal.connection():
                yield from look(patient, topic)
        except NinteiError as error:
            yield Finding(topic, BAD, error.message, error.params, CURES.get(topic, ""))
        except Exception as error:
            why = f"{type(error).__name__}: {error}"
            yield Finding(topic, BAD, "It could not be looked at: %(why)s", {"why": why}, CURES.get(topic, ""))
