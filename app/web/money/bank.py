"""What the bank says came in: laid beside what is owed, and confirmed by a person."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext, ngettext

from app.errors import NinteiError, Refused
from app.services.money.matching import Fit
from app.services.tasks import bankfiles, bankreceipts, settling
from app.services.tasks.quick import WrongAnswers
from app.services.tasks.settling import Question
from app.states import LineState, Right
from app.text.numbers import whole
from app.web.frame import problems
from app.web.frame.access import needs
from app.web.frame.current import portal, signed_in
from app.web.frame.written import short_day, yen
from app.web.money import bankquestions
from app.web.money.tabs import tabs
from app.web.money.words import sentences

pages = Blueprint("bank", __name__, url_prefix="/payments/bank")


@pages.get("")
@needs(Right.SEE_DESKS)
def show(status: int = 200, alert: str = "") -> Any:
    """What the bank says came in, in three groups."""
    inbox = bankreceipts.inbox(portal(), signed_in())
    groups = {fit.value: [line for line in inbox.lines if line.match.fit is fit] for fit in Fit}
    settled = [
        {
            "day": short_day(each.day),
            "payer": each.payer,
            "_sub": "　".join((*(number for number, _ in each.invoices), each.company_name)),
            "amount": yen(each.amount),
            "by": each.by,
        }
        for each in inbox.settled
    ]
    return render_template(
        "pages/desk/bank.html", settled=settled, title=gettext("Payments"), tabs=tabs("bank"), inbox=inbox,
        groups=groups, alert=alert, wide=True, files=bankfiles.listed(signed_in()), lines_of=LineState,
        message=_message, may_act=signed_in().has(Right.MONEY), why=_why,
    ), status  # fmt: skip


def _why(why: Any) -> str:
    return _message(why.message, why.params)


def _message(message: str, params: Any) -> str:
    return str(gettext(message) % params if params else gettext(message))


@pages.post("/confirm")
@needs(Right.MONEY)
def confirm_lines() -> Any:
    """Confirm exactly the ticked receipts; what does not fit to the yen, or comes from another name, is asked first."""
    ticked = [line for each in request.form.getlist("line") if (line := whole(each)) is not None]
    if not ticked:
        return problems.back(Refused("Select the rows first"), "/payments/bank")
    if request.form.get("action") == "aside":
        done = bankreceipts.put_aside(portal(), ticked, signed_in())
        flash(ngettext("%(num)s line has been excluded.", "%(num)s lines have been excluded.", done), "success")
        return redirect("/payments/bank", 303)
    chosen: dict[str, list[int]] = {}
    for line in ticked:
        chosen.setdefault(request.form.get(f"invoice-{line}", ""), []).append(line)
    asked: list[Question] = []
    count = 0
    for number, of_it in chosen.items():
        try:
            if not number:
                raise Refused("Choose the invoice this receipt pays")
            wish = settling.proposed(portal(), tuple(of_it), number, signed_in())
            found = settling.question(portal(), wish, signed_in())
            if found.clear:
                settling.settle(portal(), wish, signed_in())
                count += len(of_it)
            else:
                asked.append(found)
        except NinteiError as error:
            flash(_of(number, error), "error")
    if count:
        flash(
            ngettext("%(num)s payment has been confirmed.", "%(num)s payments have been confirmed.", count), "success"
        )
    return bankquestions.page(asked) if asked else redirect("/payments/bank", 303)


def _of(number: str, error: NinteiError) -> str:
    said = sentences(error) if isinstance(error, WrongAnswers) else problems.sentence(error)
    return f"{number}: {said}" if number else said


@pages.get("/<int:line>/split")
@needs(Right.MONEY)
def split(line: int) -> Any:
    """Give one receipt to several invoices."""
    inbox = bankreceipts.inbox(portal(), signed_in())
    row = next((each for each in inbox.lines if each.id == line), None)
    if row is None or row.cancelled:
        return problems.back(Refused("This receipt is no longer waiting"), "/payments/bank")
    payable = [each for each in inbox.claims.values() if each.payable]
    first = [inbox.claims[number] for number in row.match.claims if inbox.claims[number].payable]
    rows = first + [each for each in payable if each not in first]
    return render_template(
        "pages/desk/bank_split.html", title=gettext("Split between invoices"), line=row, rows=rows, wide=True
    )


@pages.post("/settle")
@needs(Right.MONEY)
def settle() -> Any:
    """Receipts with what was answered about them."""
    again: list[Question] = []
    count = 0
    for at in request.form.getlist("group"):
        wish = bankquestions.answered(at)
        try:
            settling.settle(portal(), wish, signed_in())
            count += len(wish.lines)
        except NinteiError as error:
            flash(_of(", ".join(wish.shares), error), "error")
            try:
                found = settling.question(portal(), wish, signed_in())
            except NinteiError:
                continue  # it was settled meanwhile, or cannot be: the list says how things stand
            again.append(found)
    if count:
        flash(
            ngettext("%(num)s payment has been confirmed.", "%(num)s payments have been confirmed.", count), "success"
        )
    return bankquestions.page(again, 422) if again else redirect("/payments/bank", 303)


@pages.post("/<int:line>/paid")
@needs(Right.MONEY)
def paid(line: int) -> Any:
    """The receipt is a payment that was confirmed by hand before."""
    payment = whole(request.values.get("payment", ""))
    if payment is None or not bankreceipts.belongs(portal(), line, payment, signed_in()):
        return problems.back(Refused("This receipt is no longer waiting"), "/payments/bank")
    flash(gettext("The receipt is now linked to the payment confirmed earlier."), "success")
    return redirect("/payments/bank", 303)
