"""What the bank says came in: laid beside what is owed, and confirmed by a person."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext

from app.errors import NinteiError, Refused
from app.services.money.matching import Fit
from app.services.tasks import bankfiles, bankreceipts, confirming
from app.services.tasks.quick import WrongAnswers
from app.states import InvoiceState, LineState
from app.text.numbers import whole
from app.web.frame import problems
from app.web.frame.access import needs
from app.web.frame.current import portal, signed_in
from app.web.frame.shell import short_day, yen
from app.web.money.words import sentences

pages = Blueprint("bank", __name__, url_prefix="/payments/bank")


@pages.get("")
@needs("operator", "analyst", "administrator")
def show(status: int = 200, alert: str = "") -> Any:
    """What the bank says came in, in three groups."""
    inbox = bankreceipts.inbox(portal(), signed_in())
    groups = {fit.value: [line for line in inbox.lines if line.match.fit is fit] for fit in Fit}
    found = confirming.listed(portal(), signed_in())
    tabs = [
        {
            "url": "/payments",
            "label": gettext("Waiting for payment"),
            "count": found.counts.get(InvoiceState.OPEN, 0),
            "current": False,
        },
        {"url": "/payments/bank", "label": gettext("From the bank"), "count": len(inbox.lines), "current": True},
    ]
    settled = [
        {
            "day": short_day(each.day),
            "payer": each.payer,
            "_sub": f"{each.invoice}　{each.company_name}",
            "amount": yen(each.amount),
            "by": each.by,
        }
        for each in inbox.settled
    ]
    return render_template(
        "pages/desk/bank.html", settled=settled, title=gettext("Payments"), tabs=tabs, inbox=inbox, groups=groups,
        alert=alert, wide=True, files=bankfiles.listed(signed_in()), lines_of=LineState, message=_message,
        may_act=signed_in().has("operator", "administrator"), why=_why,
    ), status  # fmt: skip


def _why(why: Any) -> str:
    return _message(why.message, why.params)


def _message(message: str, params: Any) -> str:
    return str(gettext(message) % params if params else gettext(message))


@pages.post("/confirm")
@needs("operator", "administrator")
def confirm_lines() -> Any:
    """Confirm exactly the ticked receipts."""
    ticked = [line for each in request.form.getlist("line") if (line := whole(each)) is not None]
    if not ticked:
        return problems.back(Refused("Tick the rows that you mean first"), "/payments/bank")
    if request.form.get("action") == "aside":
        done = bankreceipts.put_aside(portal(), ticked, signed_in())
        flash(gettext("%(count)s lines have been put aside.", count=done), "success")
        return redirect("/payments/bank", 303)
    count = 0
    for line in ticked:
        number = request.form.get(f"invoice-{line}", "")
        try:
            if not number:
                raise Refused("Choose the invoice that this receipt pays")
            bankreceipts.confirm_line(portal(), line, number, signed_in())
            count += 1
        except WrongAnswers as error:
            flash(f"{number}: {sentences(error)}", "error")
        except NinteiError as error:
            flash(f"{number}: {problems.sentence(error)}" if number else problems.sentence(error), "error")
    if count:
        flash(gettext("%(count)s payments have been confirmed.", count=count), "success")
    return redirect("/payments/bank", 303)
