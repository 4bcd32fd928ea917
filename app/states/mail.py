"""Mails that go out, what became of them, and mails that come in."""

from __future__ import annotations

from typing import Final

from app.states.word import Moves, Word


class MailState(Word):
    """How a mail of ours stands."""

    WRITING = "writing"  # not handed over yet
    SENT = "sent"  # the mail server has it
    FAILED = "failed"


MAIL_MOVES: Final[Moves[MailState]] = {
    MailState.WRITING: {MailState.SENT, MailState.FAILED},
    MailState.FAILED: {MailState.SENT, MailState.WRITING},  # sent again under its own key
}


class DeliveryState(Word):
    """What a server said of a mail at a recipient."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"


DELIVERY_MOVES: Final[Moves[DeliveryState]] = {
    DeliveryState.DELAYED: {DeliveryState.DELIVERED, DeliveryState.FAILED},
    DeliveryState.DELIVERED: {DeliveryState.FAILED},
}


class SettledAs(Word):
    """How somebody saw to a mail that did not arrive."""

    NOT_YET = ""
    AGAIN = "again"  # sent again
    ARRIVED = "arrived"  # it has arrived all the same
    MOOT = "moot"  # answered, or not needed


class WrittenTo(Word):
    """Whom a mail was written to."""

    VENDOR = "vendor"
    OPERATOR = "operator"
    PERSON = "person"  # one, whose affair it is


class Writer(Word):
    """Who wrote a mail that came in."""

    PERSON = ""
    ABSENCE = "absence"  # somebody is away: an answering machine
    REPORT = "report"  # of what became of a mail
    MACHINE = "machine"  # any other; our own mails that came back among them


class InboundState(Word):
    """How a mail that came in stands."""

    WAITING = "waiting"  # of a vendor's person, for a case
    UNKNOWN = "unknown"  # staff look whose it is
    TAKEN = "taken"  # into a task's draft, by a person
    DISCARDED = "discarded"
    APART = "apart"  # of a machine: kept, and asking for nothing


INBOUND_MOVES: Final[Moves[InboundState]] = {
    InboundState.WAITING: {InboundState.TAKEN, InboundState.DISCARDED},
    InboundState.UNKNOWN: {InboundState.WAITING, InboundState.DISCARDED},
    InboundState.TAKEN: {InboundState.WAITING},  # its files are taken out of the draft again
    InboundState.DISCARDED: {InboundState.UNKNOWN},
    InboundState.APART: {InboundState.UNKNOWN},
}
