"""Pages that undo a confirmed payment, and decide on money beyond what was owed."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext

from app.errors import NinteiError, Refused
from app.services.tasks import confirming, overpaid, storno
from app.states import Right
from app.text.days import parse_date
from app.web.frame import problems
from app.web.frame.access import needs
from app.web.frame.current import portal, signed_in
from app.web.money.tabs import tabs

pages = Blueprint("undoing", __name__, url_prefix="/payments")


@pages.app_context_processor
def _in_templates() -> dict[str, Any]:
    def reopened_count() -> int:
        return storno.waiting(portal(), signed_in())

    return {"reopened_count": reopened_count}


@pages.get("/<number>/undo")
@needs(Right.MONEY)
def undo(number: str, alert: str = "", status: int = 200) -> Any:
    """What undoing the confirmation of this invoice's payment would mean; asks for the reason."""
    try:
        found = storno.look(portal(), number, signed_in())
    except NinteiError as error:
        return problems.back(error, "/payments?state=paid")
    return render_template(
        "pages/desk/payment_undo.html", title=gettext("Undo a payment confirmation"), found=found, alert=alert,
        why=request.form.get("why", ""), wide=True,
    ), status  # fmt: skip


@pages.post("/<number>/undo")
@needs(Right.MONEY)
def undo_now(number: str) -> Any:
    """Undo it, with the reason."""
    try:
        meant = storno.take_back(portal(), number, request.form.get("why", ""), signed_in())
    except Refused as error:
        return undo(number, problems.sentence(error), 422)
    except NinteiError as error:
        return problems.back(error, "/payments?state=paid")
    said = gettext("The confirmation has been undone; the receipt is waiting again.")
    if meant.followed:
        said += " " + gettext("Its case has already moved on: see below what to do.")
    flash(said, "success")
    return redirect("/payments", 303)


@pages.get("/overpaid")
@needs(Right.SEE_DESKS)
def beyond() -> Any:
    """Money beyond what was owed."""
    waiting, gone = overpaid.listed(signed_in())
    open_ones = confirming.listed(portal(), signed_in()).rows
    return render_template(
        "pages/desk/overpaid.html", title=gettext("Payments"), tabs=tabs("overpaid"), waiting=waiting, gone=gone,
        claims=[each for each in open_ones if each.payable], may_act=signed_in().has(Right.MONEY),
        wide=True,
    )  # fmt: skip


@pages.post("/overpaid/<int:surplus>")
@needs(Right.MONEY)
def decide(surplus: int) -> Any:
    """Keep it, pay it back, or use it for another invoice."""
    note = request.form.get("note", "")
    try:
        match request.form.get("action", ""):
            case "keep":
                overpaid.keep(portal(), surplus, note, signed_in())
            case "refund":
                overpaid.refund(portal(), surplus, parse_date(request.form.get("day", "")), note, signed_in())
            case "move":
                overpaid.move(portal(), surplus, request.form.get("invoice", ""), signed_in())
            case _:
                raise Refused("Choose what happens to the excess amount")
    except NinteiError as error:
        return problems.back(error, "/payments/overpaid")
    flash(gettext("Recorded."), "success")
    return redirect("/payments/overpaid", 303)
