"""The payments desk: what is owed, the bank's files, payments that a person confirms."""

from __future__ import annotations

import base64
import binascii
from dataclasses import astuple, dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from app.errors import NinteiError, Refused
from app.services.money import bankcsv
from app.services.money.bankcsv import Columns
from app.services.money.matching import Fit
from app.services.tasks import bankreceipts, confirming
from app.services.tasks.quick import WrongAnswers
from app.states import InvoiceState
from app.text.numbers import whole
from app.web.frame import problems
from app.web.frame.access import needs
from app.web.frame.current import only_asks, portal, signed_in
from app.web.frame.shell import short_day, yen

pages = Blueprint("payments", __name__, url_prefix="/payments")

MOST_BYTES = 3 << 20


@pages.get("")
@needs("operator", "analyst", "administrator")
def show() -> Any:
    """The invoices, open ones first."""
    now = request.args.get("state", "open")
    text = request.args.get("q", "").strip()[:100]
    found = confirming.listed(portal(), signed_in(), text=text, state=now)
    words = {
        InvoiceState.OPEN: gettext("Waiting for payment"), InvoiceState.PAID: gettext("Paid"),
        InvoiceState.CANCELLED: gettext("Cancelled"),
    }  # fmt: skip
    tabs = [
        {
            "url": f"/payments?state={key}",
            "label": label,
            "count": found.counts.get(key, 0),
            "current": key.value == now,
        }
        for key, label in words.items()
    ]
    waiting = bankreceipts.inbox(portal(), signed_in()).lines
    tabs.append({"url": "/payments/bank", "label": gettext("From the bank"), "count": len(waiting), "current": False})
    return render_template(
        "pages/desk/payments.html", title=gettext("Payments"), found=found, tabs=tabs, text=text, state=now,
        wide=True,
    )  # fmt: skip


@pages.get("/bank")
@needs("operator", "analyst", "administrator")
def bank(status: int = 200, alert: str = "") -> Any:
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
        alert=alert, wide=True, may_act=signed_in().has("operator", "administrator"), why=_why,
    ), status  # fmt: skip


def _why(why: Any) -> str:
    return str(gettext(why.message) % why.params if why.params else gettext(why.message))


@pages.post("/bank")
@needs("operator", "administrator")
def upload() -> Any:
    """Read a file; a CSV's columns are named first."""
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise Refused("Choose the bank's file first")
        content = file.stream.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise Refused("The file is larger than 3 MB; get one of a shorter time from the bank")
        read = bankreceipts.read(portal(), content)
        if isinstance(read, bankcsv.Table):
            return _columns(file.filename, content, read, _guess(read))
        _tell(bankreceipts.keep(portal(), file.filename, content, read, signed_in()))
    except Refused as error:
        return bank(422, problems.sentence(error))
    return redirect("/payments/bank", 303)


@dataclass(frozen=True, slots=True)
class _Choice:
    """Which column is which, as far as it is chosen."""

    day: int | None
    amount: int | None
    payer: int | None
    text: int | None
    skip: int

    def settled(self) -> Columns:
        """Refused when one is missing, or two are the same."""
        if self.day is None or self.amount is None or self.payer is None:
            raise Refused("Say which column is the day, the amount and the payer's name")
        if len({self.day, self.amount, self.payer}) < 3:
            raise Refused("The day, the amount and the payer's name stand in three different columns")
        return Columns(self.day, self.amount, self.payer, self.text, self.skip)


@pages.post("/bank/columns")
@needs("operator", "administrator")
def columns() -> Any:
    """Read a CSV by the columns that were named."""
    filename = request.form.get("filename", "")[:255]
    try:
        content = base64.b64decode(request.form.get("content", ""), validate=True)
        table = bankcsv.table(content)
    except (binascii.Error, ValueError):
        return bank(422, gettext("Choose the bank's file first"))
    except Refused as error:
        return bank(422, problems.sentence(error))
    chosen = _chosen(table)
    try:
        read = bankcsv.statement(table.rows, chosen.settled(), portal().today())
        _tell(bankreceipts.keep(portal(), filename, content, read, signed_in()))
    except Refused as error:
        return _columns(filename, content, table, chosen, problems.sentence(error))
    session["bank_columns"] = [table.rows[chosen.skip - 1] if chosen.skip else (), astuple(chosen)]
    return redirect("/payments/bank", 303)


def _chosen(table: bankcsv.Table) -> _Choice:
    """The columns that the form names."""
    names = ("day", "amount", "payer", "text")
    day, amount, payer, text = (whole(request.form.get(name, ""), table.width - 1) for name in names)
    skip = whole(request.form.get("skip", "0")) or 0
    return _Choice(day, amount, payer, text, min(skip, len(table.rows)))


def _columns(filename: str, content: bytes, table: bankcsv.Table, choice: _Choice | None, alert: str = "") -> Any:
    """The page on which the columns of a CSV are named."""
    letters = [chr(65 + at) if at < 26 else str(at + 1) for at in range(table.width)]
    first = table.rows[choice.skip - 1] if choice and choice.skip else ()
    labels = [f"{letter}　{first[at] if at < len(first) else ''}".strip() for at, letter in enumerate(letters)]
    labels_of = [
        ("day", gettext("Day on which it came in"), True),
        ("amount", gettext("Amount that came in"), True),
        ("payer", gettext("Name of the payer"), True),
        ("text", gettext("Further text (EDI, remarks)"), False),
    ]
    return render_template(
        "pages/desk/bank_columns.html",
        title=gettext("Which column is which"),
        filename=filename,
        table=table,
        content=base64.b64encode(content).decode(),
        guess=choice,
        letters=letters,
        labels=labels,
        names=labels_of,
        alert=alert,
        wide=True,
    ), 422 if alert else 200


def _guess(table: bankcsv.Table) -> _Choice | None:
    """What was chosen for the same headings before, else what the headings suggest."""
    if table.guess is None:
        return None
    kept = session.get("bank_columns")
    if kept and table.guess.skip and list(kept[0]) == list(table.rows[table.guess.skip - 1]):
        return _Choice(*kept[1])
    return _Choice(*astuple(table.guess))


def _tell(done: bankreceipts.Imported) -> None:
    if done.again:
        flash(gettext("This file has been read before. %(count)s lines are new.", count=done.new), "warning")
    elif done.known:
        flash(
            gettext(
                "%(new)s lines are new; %(known)s came with an earlier file and are not listed twice.",
                new=done.new,
                known=done.known,
            ),
            "success",
        )
    else:
        flash(gettext("%(new)s lines have been read. Nothing is confirmed yet.", new=done.new), "success")


@pages.post("/bank/confirm")
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
            flash(f"{number}: {_sentences(error)}", "error")
        except NinteiError as error:
            flash(f"{number}: {problems.sentence(error)}" if number else problems.sentence(error), "error")
    if count:
        flash(gettext("%(count)s payments have been confirmed.", count=count), "success")
    return redirect("/payments/bank", 303)


def _sentences(error: WrongAnswers) -> str:
    return " ".join(
        str(gettext(message) % params if params else gettext(message)) for _, message, params in error.sentences
    )


@pages.route("/confirm", methods=["GET", "POST"])
@needs("operator", "administrator")
def confirm() -> Any:
    """The payments of ticked worklist rows: amounts are seen and mended before they are confirmed."""
    if only_asks():
        return _confirm(request.args.getlist("task")[:100])
    ids = list(dict.fromkeys(request.form.getlist("shown")))[:100]
    ticked = [each for each in ids if each in set(request.form.getlist("task"))]
    if not ticked:
        return _confirm(ids, typed=request.form, alert=gettext("Tick the rows that you mean first"))
    errors: dict[str, str] = {}
    for task_id in ticked:
        values = {key: request.form.get(f"{key}-{task_id}", "") for key in ("amount", "paid_on", "payer")}
        try:
            confirming.finish(portal(), task_id, values, signed_in())
        except WrongAnswers as error:
            errors[task_id] = _sentences(error)
        except NinteiError as error:
            errors[task_id] = problems.sentence(error)
    if len(ticked) > len(errors):
        flash(gettext("%(count)s payments have been confirmed.", count=len(ticked) - len(errors)), "success")
    left = [each for each in ids if each not in ticked or each in errors]
    if errors:
        return _confirm(left, typed=request.form, errors=errors, alert=gettext("Some payments could not be confirmed."))
    return redirect("/payments/confirm?" + "&".join(f"task={each}" for each in left) if left else "/tasks", 303)


def _confirm(
    ids: list[str], *, typed: MultiDict[str, str] | None = None, errors: dict[str, str] | None = None, alert: str = ""
) -> Any:
    rows, others = confirming.to_confirm(portal(), ids, signed_in())
    return render_template(
        "pages/desk/confirm.html",
        title=gettext("Confirm payments"),
        rows=rows,
        others=others if typed is None else 0,
        typed=typed,
        errors=errors or {},
        alert=alert,
        wide=True,
    ), 422 if alert else 200
