"""What money wants of a task: a payment that is confirmed, a claim that is shown, a rest that is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app.errors import Refused
from app.forms import FieldError
from app.services.base import permit, ways
from app.services.base.nouns import Asked, Looked, Noun, Sent, Warned
from app.services.base.releases import settings_of
from app.services.money import invoices, receiving
from app.services.money.invoices import InvoiceView
from app.services.money.receiving import Received
from app.states import Side
from app.store import invoices as rows

CONFIRMS = "confirms"


class Money(Noun):
    """What claims and payments have to say in a task."""

    def wrong(self, asked: Asked) -> Iterable[FieldError]:
        """A shortage that is called the bank's charge, and is more than the body bears."""
        fee = asked.setting.element.properties.get(CONFIRMS)
        if not fee or not asked.values.get("charge"):
            return []
        short = -(invoices.difference(asked.setting.case, fee, asked.values) or 0)
        try:
            if short > 0:
                receiving.require_bearable(asked.setting.loaded, short)
        except Refused as error:
            return [FieldError("charge", error.message, error.params)]
        return []

    def doubted(self, asked: Asked) -> Iterable[Warned]:
        fee = asked.setting.element.properties.get(CONFIRMS)
        return _other_amount(asked, fee) if fee else []

    def after(self, sent: Sent) -> Mapping[str, Any]:
        """The payment is on record: `payment` says whether it settles the claim. What the bank said of it counts, where
        the caller knows that (`Received`), else the form's fields."""
        fee = sent.setting.element.properties.get(CONFIRMS)
        if not fee:
            return {}
        known = sent.known if isinstance(sent.known, Received) else None
        return invoices.confirm(sent.setting.case, sent.setting.loaded, fee, sent.values, sent.actor, sent.now, known)

    def shown(self, looked: Looked) -> Mapping[str, Any]:
        """`invoice`: the claim of the step; `bank`: the account it was issued with; `short`: the claim of whose rest
        the step asks the vendor."""
        setting = looked.setting
        fee = _fee(setting)
        claim = invoices.expected(setting.case, fee) if fee else None
        bank = (claim.bank if claim else {}) or settings_of(setting.loaded.package).get("bank", {})
        return {
            "invoice": claim,
            "bank": {key: str(value) for key, value in bank.items()},
            "short": short(setting) if looked.own else None,
        }


def _fee(setting: permit.Setting) -> str | None:
    """The fee whose claim the step shows: the one that it confirms or names, or whose invoice is among its papers."""
    properties = setting.element.properties
    fee: str | None = properties.get(CONFIRMS) or properties.get("invoice")
    papers = setting.element.listed("shows")
    fees = setting.loaded.package.fees.items()
    return fee or next((key for key, each in fees if each.document in papers), None)


def short(setting: permit.Setting) -> InvoiceView | None:
    """The invoice of which this task of the vendor asks for the rest; none where nothing, or all of it, is paid."""
    if setting.task.side != Side.VENDOR:
        return None
    confirming = ways.next_user_task(setting.loaded.package, setting.task.element, Side.OPERATOR)
    fee = confirming.properties.get(CONFIRMS) if confirming is not None else None
    row = rows.latest(setting.case.id, fee) if fee else None
    found = invoices.view(row) if row is not None else None
    return found if found is not None and found.paid and found.balance > 0 else None


def _other_amount(asked: Asked, fee: str) -> list[Warned]:
    difference = invoices.difference(asked.setting.case, fee, asked.values)
    owed = invoices.expected(asked.setting.case, fee)
    if difference is None or owed is None:
        return []
    facts = {
        "number": owed.number,
        "balance": f"{owed.balance:,}",
        "amount": f"{int(asked.values['amount']):,}",
        "difference": f"{abs(difference):,}",
    }
    if difference < 0 and asked.values.get("charge"):
        return [
            Warned(
                "The amount is %(difference)s yen less than the %(balance)s yen outstanding on invoice "
                "%(number)s. The difference will be recorded as a bank charge borne by the certifying body",
                facts,
            )
        ]
    if difference < 0:
        return [
            Warned(
                "The amount is %(difference)s yen less than the %(balance)s yen outstanding on invoice "
                "%(number)s. It will be recorded as a partial payment, and the vendor will be asked for the "
                "rest",
                facts,
            )
        ]
    return [
        Warned(
            "The amount is %(difference)s yen more than the %(balance)s yen outstanding on invoice %(number)s. "
            "The invoice will be recorded as paid; the difference is listed under “Overpaid” until it is "
            "refunded or used",
            facts,
        )
    ]
