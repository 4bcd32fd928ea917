"""What is not kept for ever: kinds of records, how long each is kept, and on what ground."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.states.trail import Ground
from app.states.word import Word

N_ = str  # marks a message id


class Kept(Word):
    """A kind of records that goes when its time is over."""

    SIGN_INS = "sign_ins"
    READING = "reading"
    MAILS = "mails"
    DOCUMENTS = "documents"
    ANSWERS = "answers"
    BANK_LINES = "bank_lines"
    ARCHIVES = "archives"


@dataclass(frozen=True, slots=True)
class Period:
    """`days`: how long it is kept unless somebody says otherwise; `least`: what law asks for, in days."""

    words: str
    days: int
    least: int
    why: str
    ground: Ground | None = None  # of the audit record: whose details these are


_TEN_YEARS: Final = 3653
_BUSINESS: Final = N_(
    "Business papers are kept for 10 years (Companies Act, art. 432), tax papers for 7 to 10 (Corporation Tax Act)"
)

PERIODS: Final[Mapping[Kept, Period]] = {
    Kept.SIGN_INS: Period(
        N_("Names and network addresses of sign-ins on the audit record"), 365, 90,
        N_(
            "Personal data go when they are not needed any more "
            "(Act on the Protection of Personal Information, art. 22)"
        ),
        Ground.SIGN_IN,
    ),
    Kept.READING: Period(
        N_("Names and network addresses of who looked at what, on the audit record"), 1096, 365,
        N_(
            "Personal data go when they are not needed any more "
            "(Act on the Protection of Personal Information, art. 22)"
        ),
        Ground.READING,
    ),
    Kept.MAILS: Period(
        N_("Texts and attachments of mails of cases that have ended"), _TEN_YEARS, _TEN_YEARS, _BUSINESS
    ),
    Kept.DOCUMENTS: Period(N_("Documents of cases that have ended"), _TEN_YEARS, _TEN_YEARS, _BUSINESS),
    Kept.ANSWERS: Period(N_("Answers of cases that have ended"), _TEN_YEARS, _TEN_YEARS, _BUSINESS),
    Kept.BANK_LINES: Period(
        N_("Payers and texts of receipts of the bank that are dealt with"), _TEN_YEARS, _TEN_YEARS, _BUSINESS
    ),
    Kept.ARCHIVES: Period(N_("Archives of cases that have ended"), _TEN_YEARS, _TEN_YEARS, _BUSINESS),
}  # fmt: skip
