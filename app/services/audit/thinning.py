"""What goes when its time is over: of each kind the rows that are old enough, and what is taken from them.

Rows stay, with who and when; what they said goes: the bytes of documents, the values of answers, payers and texts of
the bank's lines, mails' texts, archives. Of the audit record's details their digests stay.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from app.services.base import chain
from app.states import DEEDS, PERIODS, Kept
from app.store import retaining
from app.store.models import Answer, Archive, BankFile, BankLine, Document, Mail, TrailEntry


def rows(kind: Kept, before: datetime) -> Any:
    """What of a kind is older than that, and nothing holds; the oldest first."""
    ground = PERIODS[kind].ground
    if ground is not None:
        return retaining.details([act for act, deed in DEEDS.items() if deed.ground is ground], before)
    return _ROWS[kind](before)


def thin(row: Any) -> set[str]:
    """Take from a row what goes; gives the digests of bytes that it named."""
    return _THIN[type(row)](row)


def erase(row: TrailEntry, *, who: bool = True, what: bool = True) -> set[str]:
    """Details of the audit record give way to their digests."""
    if who:
        row.who = chain.ERASED + chain.digest(row.who)
    if what:
        row.what = chain.ERASED + chain.digest(row.what)
    row.save()
    return set()


def _mail(row: Mail) -> set[str]:
    gone = {each["digest"] for each in row.attachments}
    row.text, row.html, row.attachments = "", "", []
    row.save()
    return gone


def _document(row: Document) -> set[str]:
    gone = {row.digest}
    row.digest, row.signatures = "", []
    row.save()
    return gone


def _answer(row: Answer) -> set[str]:
    row.values = {}
    row.save()
    return set()


def _line(row: BankLine) -> set[str]:
    row.payer, row.text = "", ""
    row.save()
    return set()


def _file(row: BankFile) -> set[str]:
    row.left_out = []
    row.save()
    return set()


def _archive(row: Archive) -> set[str]:
    row.delete_instance()
    return {row.digest}


_ROWS: Final[Mapping[Kept, Callable[[datetime], Any]]] = {
    Kept.MAILS: retaining.mails,
    Kept.DOCUMENTS: retaining.documents,
    Kept.ANSWERS: retaining.answers,
    Kept.BANK_LINES: retaining.bank_lines,
    Kept.ARCHIVES: retaining.archives,
}
_THIN: Final[Mapping[type, Callable[[Any], set[str]]]] = {
    TrailEntry: erase,
    Mail: _mail,
    Document: _document,
    Answer: _answer,
    BankLine: _line,
    BankFile: _file,
    Archive: _archive,
}
