"""The kinds of entries of a case's timeline; `told` says what each tells.

`services.base.history` writes entries of these kinds alone. A kind stays here for good: entries are never changed.
"""

from __future__ import annotations

from app.states.word import Word


class EntryKind(Word):
    """What an entry is about."""

    APPLIED = "applied"
    ENTERED = "entered"
    LINK_SENT = "link_sent"
    ADDRESS = "address"
    MEMBER = "member"
    COMPANY = "company"
    TASK = "task"
    TASK_CANCELLED = "task_cancelled"
    RECALL = "recall"
    COMMENT = "comment"
    WITHDRAWAL = "withdrawal"
    MAIL = "mail"
    REMINDER = "reminder"
    INBOUND = "inbound"
    DELIVERY = "delivery"
    DOCUMENT = "document"
    RELEASED = "released"
    DOWNLOAD = "download"
    SECRET_SHOWN = "secret_shown"  # noqa: S105 - a kind's name
    INVOICE = "invoice"
    PAYMENT = "payment"
    DATE = "date"
    CARD = "card"
    KEY_LETTER = "key_letter"
    NOTE = "note"
    NOTICE = "notice"
    STATE = "state"
    CERTIFICATE = "certificate"
    REGISTER = "register"
    ASSIGNED = "assigned"
    INCIDENT = "incident"
    LATE = "late"
    VERSION = "version"
    MENDED = "mended"
