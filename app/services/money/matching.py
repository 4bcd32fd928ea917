"""Which receipt settles which invoice, by amount, payer's kana and numbers in the text: a proposal, never more."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.services.money import payers
from app.text.normal import normal

_ACCOUNT = re.compile(r"(?!0+$)[0-9]{1,7}$")  # one of noughts is a sample


class Fit(StrEnum):
    """How well a receipt fits."""

    FITS = "fits"
    NEARLY = "nearly"
    NOT = "not"


@dataclass(frozen=True, slots=True)
class Claim:
    """An invoice that waits for money."""

    number: str
    case_number: str
    balance: int
    names: tuple[str, ...]  # how the payer may be written: as the vendor said, the company's kana, its name
    account: str = ""  # number of the account to which it was issued; empty: not known


@dataclass(frozen=True, slots=True)
class Money:
    """A receipt, as the bank has it in its file."""

    id: int
    amount: int
    payer: str
    text: str
    account: str = ""  # to which it came, as the bank's file says it; its number stands last


@dataclass(frozen=True, slots=True)
class Why:
    """One reason, as a message id with its facts."""

    message: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Match:
    """What is proposed for a receipt; `claims` best first. `sure`: payer or number name them, so that one of them alone
    may stand chosen; an amount that happens to be the same never is."""

    money: Money
    fit: Fit
    claims: tuple[str, ...]
    why: tuple[Why, ...]
    sure: bool = False


def _digits(text: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", normal("NFKC", text).upper())


def _says_number(money: Money, claim: Claim) -> bool:
    said = _digits(f"{money.text} {money.payer}")
    wanted = (_digits(claim.number), _digits(claim.number).removeprefix("INV"), _digits(claim.case_number))
    return any(len(each) >= 6 and each in said for each in wanted)


def _says_name(money: Money, claim: Claim) -> bool:
    return any(payers.same(money.payer, name) for name in claim.names)


def agrees(money: Money, claim: Claim) -> bool:
    """Whether payer or text name the claim, whatever the amount."""
    return _says_number(money, claim) or _says_name(money, claim)


def match(receipts: Sequence[Money], claims: Sequence[Claim]) -> list[Match]:
    """A proposal for each receipt. One that fits is alone with its invoice: two for one are only nearly so."""
    found = [_of(money, claims) for money in receipts]
    wanted: dict[str, int] = {}
    for each in found:
        if each.fit is Fit.FITS:
            wanted[each.claims[0]] = wanted.get(each.claims[0], 0) + 1
    return [
        Match(each.money, Fit.NEARLY, each.claims, (Why("Another receipt also fits this invoice"),))
        if each.fit is Fit.FITS and wanted[each.claims[0]] > 1
        else each
        for each in found
    ]


def _of(money: Money, claims: Sequence[Claim]) -> Match:
    exact = [claim for claim in claims if claim.balance == money.amount]
    numbered = [claim for claim in claims if _says_number(money, claim)]
    named = [claim for claim in claims if _says_name(money, claim)]
    told = [claim for claim in exact if claim in numbered] or [claim for claim in exact if claim in named]
    if told:
        return _told(money, told)
    meant = numbered or named
    if meant:
        return Match(money, Fit.NEARLY, _numbers(meant), (_difference(money, meant[0]),), sure=True)
    if exact:
        several = (_several(exact),) if len(exact) > 1 else ()
        why = (Why("The amount matches, but the payer's name does not"), *several)
        return Match(money, Fit.NEARLY, _numbers(exact), why)
    return Match(money, Fit.NOT, (), (Why("No open invoice has this amount, this payer or this number"),))


def _told(money: Money, told: Sequence[Claim]) -> Match:
    """Of invoices whose amount it is and which the payer names."""
    if len(told) > 1:
        return Match(money, Fit.NEARLY, _numbers(told), (_several(told),), sure=True)
    other = _elsewhere(money, told[0])
    return Match(money, Fit.NEARLY if other else Fit.FITS, (told[0].number,), (other,) if other else (), sure=True)


def _elsewhere(money: Money, claim: Claim) -> Why | None:
    """Why a receipt is on another account than the invoice named on its first day; none where either is not known."""
    came, named = (_ACCOUNT.search(each) for each in (money.account, claim.account))
    if came is None or named is None or came[0].zfill(7) == named[0].zfill(7):
        return None
    return Why(
        "It came to the account %(found)s; the invoice was issued with the account %(named)s",
        {"found": came[0], "named": named[0]},
    )


def _several(claims: Sequence[Claim]) -> Why:
    return Why("%(count)s invoices fit: choose one", {"count": len(claims)})


def _difference(money: Money, claim: Claim) -> Why:
    less = claim.balance - money.amount
    if less > 0:
        if less <= 1100:
            return Why(
                "%(difference)s yen less than the invoice: perhaps the bank's charge was taken off",
                {"difference": f"{less:,}"},
            )
        return Why("%(difference)s yen less than the invoice", {"difference": f"{less:,}"})
    return Why("%(difference)s yen more than the invoice", {"difference": f"{-less:,}"})


def _numbers(claims: Sequence[Claim]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(claim.number for claim in claims))
