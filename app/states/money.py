"""Invoices, what the bank says came in, and what became of it."""

from __future__ import annotations

from typing import Final

from app.states.word import Moves, Word


class BankFileKind(Word):
    """How a file of the bank is written."""

    ZENGIN_01 = "zengin-01"  # 全銀 振込入金通知
    ZENGIN_03 = "zengin-03"  # 全銀 入出金取引明細
    CSV = "csv"


class InvoiceState(Word):
    """How an invoice stands."""

    OPEN = "open"
    PAID = "paid"
    CANCELLED = "cancelled"


INVOICE_MOVES: Final[Moves[InvoiceState]] = {
    InvoiceState.OPEN: {InvoiceState.PAID, InvoiceState.CANCELLED},
    InvoiceState.PAID: {InvoiceState.OPEN},  # the confirmation of its payment is undone
}


class LineState(Word):
    """How a receipt of a bank file stands."""

    NEW = "new"
    CONFIRMED = "confirmed"  # it settled an invoice
    ASIDE = "aside"  # it is for none


LINE_MOVES: Final[Moves[LineState]] = {
    LineState.NEW: {LineState.CONFIRMED, LineState.ASIDE},
    LineState.CONFIRMED: {LineState.NEW},  # the step that settled it is taken back, or its confirmation undone
    LineState.ASIDE: {LineState.NEW},  # it was put aside by mistake
}


class PaymentKind(Word):
    """What settled an invoice, or a part of it."""

    RECEIVED = "received"  # money that came in
    CHARGE = "charge"  # the bank's charge, taken off the transfer, that the body bears
    CREDIT = "credit"  # money that came in before, for something else


class SurplusState(Word):
    """What becomes of money beyond what was owed."""

    OPEN = "open"  # nobody has decided
    KEPT = "kept"  # as credit of the payer
    REFUNDED = "refunded"
    MOVED = "moved"  # to another invoice
    UNDONE = "undone"  # its payment was undone


SURPLUS_MOVES: Final[Moves[SurplusState]] = {
    SurplusState.OPEN: {SurplusState.KEPT, SurplusState.REFUNDED, SurplusState.MOVED, SurplusState.UNDONE},
    SurplusState.KEPT: {SurplusState.REFUNDED, SurplusState.MOVED, SurplusState.UNDONE},
    SurplusState.MOVED: {SurplusState.KEPT},  # the payment that it became is undone
}
