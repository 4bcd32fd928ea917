"""Files of the bank: read, their columns named, taken back."""

from __future__ import annotations

import base64
import binascii
from dataclasses import fields, replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext, ngettext

from app.errors import NinteiError, Refused
from app.services.money import bankcsv
from app.services.money.bankcsv import Table
from app.services.money.headings import Columns
from app.services.tasks import bankfiles
from app.states import Right
from app.text.numbers import whole
from app.web.frame import problems, sizes
from app.web.frame.access import needs
from app.web.frame.current import portal, signed_in
from app.web.frame.written import yen
from app.web.money import bank

pages = Blueprint("bankfiles", __name__, url_prefix="/payments/bank")

MOST_BYTES = 3 << 20


@pages.post("")
@needs(Right.MONEY)
@sizes.takes(2 * MOST_BYTES)
def upload() -> Any:
    """Read a file; a CSV's columns are named first."""
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise Refused("Choose the bank's file first")
        content = file.stream.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise Refused("The file is larger than 3 MB; download a shorter period from the bank")
        read = bankfiles.read(portal(), content)
        if isinstance(read, Table):
            kept = bankfiles.remembered(read)
            chosen = kept.columns if kept else read.guess or Columns()
            return _columns(file.filename, content, read, chosen, kept=kept)
        _tell(bankfiles.keep(portal(), file.filename, content, read, signed_in()))
    except Refused as error:
        return bank.show(422, problems.sentence(error))
    return redirect("/payments/bank", 303)


@pages.post("/columns")
@needs(Right.MONEY)
def columns() -> Any:
    """Read a CSV by the columns that were named, or show what that would give."""
    filename = request.form.get("filename", "")[:255]
    try:
        content = base64.b64decode(request.form.get("content", ""), validate=True)
        table = bankcsv.table(content)
    except (binascii.Error, ValueError):
        return bank.show(422, gettext("Choose the bank's file first"))
    except Refused as error:
        return bank.show(422, problems.sentence(error))
    chosen = _chosen(table)
    if request.form.get("action") == "look":
        return _columns(filename, content, table, chosen)
    try:
        _require(chosen)
        read = bankcsv.statement(table.rows, chosen, portal().today())
        _tell(bankfiles.keep(portal(), filename, content, read, signed_in(), (table, chosen)))
    except Refused as error:
        return _columns(filename, content, table, chosen, problems.sentence(error))
    return redirect("/payments/bank", 303)


@pages.post("/files/<int:file_id>/back")
@needs(Right.MONEY)
def take_back(file_id: int) -> Any:
    """Remove a file that was read by mistake, with its lines."""
    try:
        count = bankfiles.take_back(portal(), file_id, signed_in())
    except NinteiError as error:
        return problems.back(error, "/payments/bank")
    flash(
        ngettext(
            "The file has been removed; %(num)s line was deleted.",
            "The file has been removed; %(num)s lines were deleted.",
            count,
        ),
        "success",
    )
    return redirect("/payments/bank", 303)


def _require(chosen: Columns) -> None:
    """Refused when something is missing, or two are the same."""
    if chosen.day is None or not chosen.knows_way or chosen.payer is None:
        raise Refused("Choose the columns for the date, the amount and the payer's name")
    if (chosen.month is None) != (chosen.date is None):
        raise Refused("A date in three columns needs year, month and day")
    days, moneys = (chosen.day, chosen.month, chosen.date), (chosen.came_in, chosen.went_out, chosen.amount)
    apart = [at for at in (*days, *moneys, chosen.payer) if at is not None]
    if len(set(apart)) < len(apart):
        raise Refused("The date, the amount and the payer's name must be in three different columns")
    if chosen.came_in is not None and chosen.amount is not None:
        raise Refused("Choose either the column for money in or the single amount column")


def _chosen(table: Table) -> Columns:
    """The columns that the form names."""
    said: dict[str, Any] = {
        each.name: whole(request.form.get(each.name, ""), table.width - 1) for each in fields(Columns)
    }
    skip = min(whole(request.form.get("skip", "0")) or 0, len(table.rows))
    return replace(Columns(**{name: at for name, at in said.items() if name != "skip"}), skip=skip)


def _columns(
    filename: str,
    content: bytes,
    table: Table,
    choice: Columns,
    alert: str = "",
    kept: bankfiles.Remembered | None = None,
) -> Any:
    """The page on which the columns of a CSV are named, with what they would give."""
    letters = [chr(65 + at) if at < 26 else str(at + 1) for at in range(table.width)]
    first = table.headings(choice.skip)
    labels = [f"{letter}　{first[at] if at < len(first) else ''}".strip() for at, letter in enumerate(letters)]
    labels_of = [
        ("day", gettext("Date received (or its year)"), True),
        ("month", gettext("Month (if the date is in three columns)"), False),
        ("date", gettext("Day of the month (if in three columns)"), False),
        ("came_in", gettext("Amount received"), False),
        ("went_out", gettext("Amount paid out"), False),
        ("amount", gettext("Single amount with a sign or type"), False),
        ("kind", gettext("Type of entry (in or out)"), False),
        ("payer", gettext("Name of the payer"), True),
        ("text", gettext("Further text (EDI, remarks)"), False),
        ("balance", gettext("Balance (used to check the columns)"), False),
    ]
    return render_template(
        "pages/desk/bank_columns.html",
        title=gettext("Match the columns"),
        filename=filename,
        table=table,
        content=base64.b64encode(content).decode(),
        guess=choice,
        kept=kept,
        letters=letters,
        labels=labels,
        names=labels_of,
        alert=alert,
        preview=_preview(table, choice),
        wide=True,
    ), 422 if alert else 200


def _preview(table: Table, choice: Columns) -> dict[str, Any] | None:
    """What would be read by the choice; none while it is not whole."""
    try:
        _require(choice)
        read = bankcsv.statement(table.rows, choice, portal().today())
    except Refused as error:
        return {"error": problems.sentence(error)} if choice.whole else None
    came = [each for each in read.receipts if not each.cancelled]
    return {
        "count": len(came),
        "total": yen(sum(each.amount for each in came)),
        "back": len(read.receipts) - len(came),
        "left": len(read.left_out),
        "first": came[: bankfiles.PREVIEWED],
    }


def _tell(done: bankfiles.Imported) -> None:
    if done.again:
        flash(
            ngettext(
                "This file has been imported before. %(num)s line is new.",
                "This file has been imported before. %(num)s lines are new.",
                done.new,
            ),
            "warning",
        )
    elif done.known:
        flash(
            gettext(
                "%(new)s lines are new; %(known)s were in an earlier file and are not listed again.",
                new=done.new,
                known=done.known,
            ),
            "success",
        )
    else:
        flash(gettext("%(new)s lines have been imported. Nothing has been confirmed yet.", new=done.new), "success")
    if done.left_out:
        flash(
            ngettext(
                "%(num)s line is not a receipt and was skipped: see “Imported files”.",
                "%(num)s lines are not receipts and were skipped: see “Imported files”.",
                done.left_out,
            ),
            "info",
        )
