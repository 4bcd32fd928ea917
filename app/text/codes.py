"""Codes that must be exact: of banks, branches, accounts, and the number of who may issue qualified invoices."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from app.text.normal import normal

N_ = str  # marks a message id


def even(text: str) -> str:
    """Half-width, without spaces and hyphens, as codes are kept."""
    return re.sub(r"[\s\-‐‑–—−ー]", "", normal("NFKC", text)).upper()


def _digits(count: int) -> Callable[[str], bool]:
    return lambda code: bool(re.fullmatch(rf"[0-9]{{{count}}}", code))


def issuer(code: str) -> bool:
    """適格請求書発行事業者の登録番号: T and 13 digits, of which the first is a check digit as that of a 法人番号."""
    if not re.fullmatch(r"T[0-9]{13}", code):
        return False
    check, rest = int(code[1]), [int(each) for each in code[2:]]
    weighed = sum(digit * (1 if at % 2 == 0 else 2) for at, digit in enumerate(reversed(rest)))
    return check == 9 - weighed % 9


FORMATS: Mapping[str, tuple[Callable[[str], bool], str]] = {
    "bank_code": (_digits(4), N_("A bank code has 4 digits, for example 0005")),
    "branch_code": (_digits(3), N_("A branch code has 3 digits, for example 001")),
    "account_number": (_digits(7), N_("An account number has 7 digits; a shorter one begins with zeros")),
    "invoice_number": (
        issuer,
        N_("A registration number is T and 13 digits, and its check digit must fit: compare it with the notice"),
    ),
}


def unfit(name: str, text: str) -> str:
    """The message id of why this text is no code of this format; empty when it is one."""
    fits, message = FORMATS[name]
    return "" if fits(even(text)) else message
