"""The month for the ledger: its entries on the page, and as files for accounting programs."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext

from app.errors import NinteiError, NotFound
from app.services.exports.sheet import CSV, XLSX, note
from app.services.tasks import ledger
from app.states import Right
from app.web.frame import exporting, problems, sending
from app.web.frame.access import needs
from app.web.frame.current import portal, signed_in
from app.web.frame.written import short_day, yen
from app.web.money.tabs import tabs

SHEETS = {CSV: "CSV", XLSX: "Excel"}

pages = Blueprint("ledger", __name__, url_prefix="/payments/ledger")


@pages.get("")
@needs(Right.SEE_DESKS)
def show() -> Any:
    """The entries of a month."""
    try:
        month = ledger.month_of(request.args.get("month", ""), portal().today())
    except NinteiError as error:
        return problems.back(error, "/payments/ledger")
    found = ledger.entries(month, signed_in())
    rows = [
        {
            "day": short_day(each.day), "text": each.text, "_sub": each.who, "debit": each.debit, "credit": each.credit,
            "yen": yen(each.yen),
        }
        for each in found
    ]  # fmt: skip
    received = sum(each.yen for each in found if each.debit == ledger.BANK)
    paid_back = sum(each.yen for each in found if each.credit == ledger.BANK)
    return render_template(
        "pages/desk/ledger.html", title=gettext("Payments"), tabs=tabs("ledger"), rows=rows, month=f"{month:%Y-%m}",
        forms={**SHEETS, **{form: how.title for form, how in ledger.FORMS.items()}},
        received=received, paid_back=paid_back, wide=True,
    )  # fmt: skip


@pages.get("/<form>")
@needs(Right.SEE_DESKS)
def download(form: str) -> Any:
    """The month as a file of this form."""
    how = ledger.FORMS.get(form)
    try:
        if how is None and form not in SHEETS:
            raise NotFound("There is no such form")
        month = ledger.month_of(request.args.get("month", ""), portal().today())
    except NinteiError as error:
        return problems.back(error, "/payments/ledger")
    found = ledger.entries(month, signed_in())
    if how is None:
        return exporting.answer(ledger.sheet(found, month), form)
    note(portal(), signed_in(), how.title, CSV, f"{month:%Y-%m}")
    return sending.file(how.write(found), "text/csv", how.name.format(month=f"{month:%Y-%m}"))
