"""Invoices, and what the bank says came in."""

from __future__ import annotations

from typing import Final

from app.states.word import Moves, Word


class InvoiceState(Word):
    """How an invoice stands."""

    OPEN = "open"
    PAID = "paid"
    CANCELLED = "cancelled"


INVOICE_MOVES: Final[Moves[InvoiceState]] = {InvoiceState.OPEN: {InvoiceState.PAID, InvoiceState.CANCELLED}}


class LineState(Word):
    """How a receipt of a bank file stands."""

    NEW = "new"
    CONFIRMED = "confirmed"  # it settled an invoice
    ASIDE = "aside"  # it is for none


LINE_MOVES: Final[Moves[LineState]] = {
    LineState.NEW: {LineState.CONFIRMED, LineState.ASIDE},
    LineState.CONFIRMED: {LineState.NEW},  # the step that settled it is taken back
}
