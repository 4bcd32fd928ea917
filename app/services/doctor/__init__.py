"""What is wrong here, and what to do about it: each look is a finding of its own, and none keeps the others away."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Final

from app.errors import N_, NinteiError
from app.services.base.portal import Portal
from app.services.doctor import around, kept
from app.services.doctor.finding import BAD, OK, WARNING, Finding, Patient

__all__ = ["BAD", "OK", "WARNING", "Finding", "examine"]


LOOKS: Final[Mapping[str, Callable[[Patient, str], Iterator[Finding]]]] = {
    N_("Data folder"): kept.folder,
    N_("Database"): kept.database,
    "Files": kept.files,
    N_("Secret key"): kept.secret,
    N_("Signing key"): kept.signing,
    "Card keys": kept.cards,
    N_("Mail server"): around.mail,
    N_("Mailbox"): around.mailbox,
    N_("TLS certificate"): around.certificate,
    N_("Connections"): around.connections,
    N_("Libraries"): around.components,
    "Worker": around.workers,
    N_("Incidents"): around.incidents,
    N_("Clock"): around.clock,
    N_("Fonts"): around.fonts,
    N_("Card reader"): around.reader,
}


# What to do about a look that could not be taken, or met an error.
CURES: Final[Mapping[str, str]] = {
    N_("Database"): N_("Look at NINTEI_DATABASE_URL, and whether the database server runs"),
    N_("Signing key"): N_("Copy the folder signing from a backup; papers cannot be signed meanwhile"),
    "Card keys": (
        N_("Set NINTEI_CARD_KEY, or the token, as they were; if the store is damaged, copy cards/keys from a backup")
    ),
    N_("Mail server"): N_(
        "Look at NINTEI_MAIL_URL, at the way to that server, and whether it runs; mails wait meanwhile"
    ),
    N_("Mailbox"): N_(
        "Look at NINTEI_IMAP_URL, at the way to that server, and whether it runs; mails stay there meanwhile"
    ),
}


def examine(portal: Portal, *, thorough: bool = False, only: Collection[str] = ()) -> Iterator[Finding]:
    """Every finding, in an order that leads from the ground up; `only`: of these topics alone."""
    patient = Patient(portal, thorough)
    for topic, look in LOOKS.items():
        if only and topic not in only:
            continue
        try:
            with portal.connection():
                yield from look(patient, topic)
        except NinteiError as error:
            yield Finding(topic, BAD, error.message, error.params, CURES.get(topic, ""))
        except Exception as error:
            why = f"{type(error).__name__}: {error}"
            yield Finding(topic, BAD, N_("It could not be looked at: %(why)s"), {"why": why}, CURES.get(topic, ""))
