"""What is on record outside cases: sign-ins, and changes of settings, accounts and the like."""

from __future__ import annotations

from app.states.word import Word


class ExportState(Word):
    """How a file of rows stands that a worker makes."""

    WAITING = "waiting"  # it is asked for, or being made
    MADE = "made"
    FAILED = "failed"
    OVER = "over"  # it was kept for its time, and is gone


class ChangeKind(Word):
    """What was changed outside any case."""

    SETTING = "setting"
    ACCOUNT = "account"
    CLOSING_DAY = "closing_day"
    ABSENCE = "absence"
    VIEW = "view"  # of a worklist
    COMPANY = "company"
    RELEASE = "release"  # which one holds
    CARD_KEY = "card_key"
    WORKSPACE = "workspace"  # a draft of a package
    MOVE = "move"  # of cases to another release
    MEND = "mend"  # of one case
    BANK = "bank"  # a file of the bank
    EXPORT = "export"  # rows that somebody took out
