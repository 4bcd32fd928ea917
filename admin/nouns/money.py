"""Money and days: what was claimed and came in, where it went, the bank's files; dates that are held and settled."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask_babel import lazy_gettext as _l

from admin.cells import Yen
from admin.kinds import Kind, Moment, Near, Tool, words
from admin.nouns.cases import company_of
from app.states import BankFileKind
from app.store import models as m


def _payments(number: str, state: str) -> str:
    return f"/payments?q={quote(number)}&state={state}"


def _rest(row: m.Invoice) -> Yen:
    return Yen(max(0, row.total - row.paid))


def _of_invoice(row: Any) -> Any:
    return company_of(row.invoice) if row.invoice is not None else None


def _wishes(row: m.DateRequest) -> list[str]:
    return [str(each) for each in row.wishes or []]


def _people(row: m.Booking) -> list[str]:
    rows = m.BookingPerson.select(m.BookingPerson, m.User).join(m.User).where(m.BookingPerson.booking == row.id)
    return [each.user.name or each.user.email for each in rows]


def _layout(row: m.BankFile) -> str:
    return "CSV" if row.kind == BankFileKind.CSV else str(_ZENGIN)


_ZENGIN = _l("Zengin format")

MONEY = (
    Kind(
        m.Invoice,
        _l("Invoices"),
        _l("Invoice"),
        words("number case company title total paid rest issued_on due_on state"),
        words("amount tax tax_rate"),
        day="issued_on",
        choices=words("state"),
        company="case",
        search=words("number title case"),
        sort=words("number issued_on due_on total"),
        told={"company": company_of, "rest": _rest},
        labels={"rest": _l("Outstanding"), "amount": _l("Amount before tax"), "tax_rate": _l("Tax rate (%)")},
        near=(Near(m.Payment, "invoice"), Near(m.Surplus, "invoice"), Near(m.BankLine, "invoice")),
        life=(Moment("issued_on", _l("Issued")), Moment("due_on", _l("Due"))),
        tools=lambda row: [
            Tool(_l("Payments"), _payments(row.number, row.state.value)),
            Tool(_l("Open the case"), f"/cases/{row.case.number}?tab=money"),
        ],
    ),
    Kind(
        m.Payment,
        _l("Payments"),
        _l("Payment"),
        words("paid_on invoice of_company kind amount payer by_name at undone_at"),
        words("note undone_by undone_why"),
        deep=("invoice.case",),
        day="paid_on",
        who=words("by_name undone_by"),
        choices=words("kind"),
        company="invoice.case",
        search=words("payer note"),
        sort=words("paid_on amount at"),
        first="paid_on",
        told={"of_company": _of_invoice},
        labels={"of_company": _l("Company")},
        texts=words("note undone_why"),
        life=(Moment("at", _l("Confirmed"), "by_name"), Moment("undone_at", _l("Undone"), "undone_by")),
        tools=lambda row: [Tool(_l("Payments"), _payments(row.invoice.number, "paid"))],
    ),
    Kind(
        m.Surplus,
        _l("Overpayments"),
        _l("Overpayment"),
        words("at case company invoice amount state moved_to day settled_by"),
        words("note by_name settled_at"),
        day="at",
        who=words("by_name settled_by"),
        choices=words("state"),
        company="case",
        search=words("note case"),
        sort=words("at amount day"),
        told={"company": company_of},
        texts=("note",),
        life=(Moment("at", _l("Came in"), "by_name"), Moment("settled_at", _l("Settled"), "settled_by")),
        tools=lambda _row: [Tool(_l("Payments"), "/payments/overpaid")],
    ),
    Kind(
        m.BankLine,
        _l("Bank receipts"),
        _l("Bank receipt"),
        words("day payer amount text state invoice settled_by"),
        words("file number cancelled settled_at"),
        day="day",
        who=("settled_by",),
        choices=words("state"),
        search=words("payer text"),
        sort=words("day amount payer"),
        labels={"number": _l("Line in the file"), "cancelled": _l("Reversed by the bank")},
        life=(Moment("day", _l("Came in")), Moment("settled_at", _l("Settled"), "settled_by")),
        tools=lambda _row: [Tool(_l("Bank receipts"), "/payments/bank")],
    ),
    Kind(
        m.BankFile,
        _l("Bank files"),
        _l("Bank file"),
        words("at filename layout account count by_name"),
        (),
        day="at",
        who=("by_name",),
        search=words("filename account"),
        sort=words("at filename"),
        told={"layout": _layout},
        labels={"layout": _l("Layout")},
        near=(Near(m.BankLine, "file"),),
        life=(Moment("at", _l("Read"), "by_name"),),
        tools=lambda _row: [Tool(_l("Bank receipts"), "/payments/bank")],
    ),
    Kind(
        m.Booking,
        _l("Dates"),
        _l("Day booked"),
        words("day case company calendar start end state place held_until"),
        words("present attempt at"),
        day="day",
        choices=words("state"),
        company="case",
        search=words("place case"),
        sort=words("day at"),
        first="day",
        told={"company": company_of, "present": _people},
        labels={"present": _l("Staff attending"), "at": _l("Held since")},
        near=(Near(m.DateRequest, "booking"),),
        life=(Moment("at", _l("Held")), Moment("day", _l("The day"))),
        tools=lambda row: [
            Tool(_l("Open the month"), f"/calendar?month={row.day:%Y-%m}"),
            Tool(_l("Open the case"), f"/cases/{row.case.number}"),
        ],
    ),
    Kind(
        m.DateRequest,
        _l("Requests for another day"),
        _l("Request for another day"),
        words("asked_at case company booking kind asked_by_name state day answered_by_name"),
        words("wished reason answer"),
        day="asked_at",
        who=words("asked_by asked_by_name answered_by_name"),
        choices=words("state kind"),
        company="case",
        search=words("reason asked_by_name case"),
        sort=words("asked_at"),
        told={"company": company_of, "wished": _wishes},
        labels={"wished": _l("Requested days"), "day": _l("Replacement day"), "booking": _l("Settled day")},
        texts=words("reason answer"),
        life=(
            Moment("asked_at", _l("Asked on"), "asked_by_name"),
            Moment("answered_at", _l("Answered"), "answered_by_name"),
        ),
        tools=lambda row: [Tool(_l("Open the case"), f"/cases/{row.case.number}")],
    ),
    Kind(
        m.ClosingDay,
        _l("Closing days"),
        _l("Closing day"),
        words("day title"),
        (),
        day="day",
        search=("title",),
        sort=("day",),
        first="day",
    ),
)
