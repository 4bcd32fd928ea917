"""The payments desk: what is owed, and payments that a person confirms."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext, ngettext
from werkzeug.datastructures import MultiDict

from app.errors import NinteiError
from app.services.exports.sheet import CSV, XLSX, Sheet
from app.services.tasks import confirming, owed, storno
from app.services.tasks.owed import Period
from app.services.tasks.quick import WrongAnswers
from app.states import InvoiceState, Right
from app.web.frame import exporting, problems
from app.web.frame.access import needs
from app.web.frame.current import named, only_asks, portal, signed_in
from app.web.frame.written import day
from app.web.money.tabs import tabs
from app.web.money.words import sentences

pages = Blueprint("payments", __name__, url_prefix="/payments")


@pages.get("")
@needs(Right.SEE_DESKS)
def show() -> Any:
    """The invoices, open ones first."""
    now, text = _asked()
    try:
        period = _period()
    except NinteiError as error:
        return problems.back(error, "/payments")
    found = confirming.listed(portal(), signed_in(), text=text, state=now, period=period)
    today = portal().today()
    months = ((gettext("This month"), today), (gettext("Last month"), today.replace(day=1) - timedelta(days=1)))
    asked = {"state": now, "q": text, "by": period.by}
    days = {
        "from": period.first.isoformat() if period.first else "",
        "to": period.last.isoformat() if period.last else "",
    }
    kept = {key: value for key, value in {**asked, **days}.items() if value}
    return render_template(
        "pages/desk/payments.html", title=gettext("Payments"), found=found, tabs=tabs(now), text=text, state=now,
        reopened=storno.reopened(signed_in()), may_act=signed_in().has(Right.MONEY), most=confirming.MOST,
        period=period, by=_by(), days=days, chips=_chips(kept, text, period),
        months=[(label, "/payments?" + urlencode({**asked, "month": f"{each:%Y-%m}"})) for label, each in months],
        exports={form: f"/payments/list/{form}?" + urlencode(kept) for form in (CSV, XLSX)},
        wide=True,
    )  # fmt: skip


@pages.get("/list/<form>")
@needs(Right.SEE_DESKS)
def export(form: str) -> Any:
    """The same list, all of it, as CSV or for Excel."""
    now, text = _asked()
    try:
        period = _period()
        return exporting.answer(_sheet(now, text, period), form)
    except NinteiError as error:
        return problems.back(error, "/payments")


def _asked() -> tuple[str, str]:
    return request.args.get("state", "open"), request.args.get("q", "").strip()[:100]


def _period() -> Period:
    said = request.args
    return owed.period(said.get("by", ""), said.get("from", ""), said.get("to", ""), said.get("month", ""))


def _by() -> dict[str, str]:
    return {"due": gettext("Payment due"), "issued": gettext("Issued"), "paid": gettext("Paid on")}


def _said(period: Period) -> str:
    """The period in words; empty: none."""
    if not period:
        return ""
    first, last = (day(each) if each else "" for each in (period.first, period.last))
    return gettext("%(what)s: %(first)s – %(last)s", what=_by()[period.by], first=first, last=last)


def _chips(kept: dict[str, str], text: str, period: Period) -> list[dict[str, str]]:
    """What the list is narrowed to, each with the list without it."""
    found = []
    for label, names in (
        (gettext("“%(text)s”", text=text) if text else "", {"q"}), (_said(period), {"by", "from", "to"}),
    ):  # fmt: skip
        if label:
            rest = {key: value for key, value in kept.items() if key not in names}
            found.append({"label": label, "remove_url": "/payments?" + urlencode(rest)})
    return found


def _sheet(state: str, text: str, period: Period) -> Sheet:
    words = {
        InvoiceState.OPEN: gettext("Waiting for payment"), InvoiceState.PAID: gettext("Paid"),
        InvoiceState.CANCELLED: gettext("Cancelled"),
    }  # fmt: skip
    found = confirming.listed(portal(), signed_in(), text=text, state=state, period=period, limit=None).rows
    rows = [
        (row.number, named(row.title), row.case_number, row.company_name, row.system_name, row.issued_on, row.due_on,
         row.total, row.paid, row.balance, row.paid_on, words[row.state])
        for row in found
    ]  # fmt: skip
    headings = (
        gettext("Invoice number"), gettext("Invoice"), gettext("Case number"), gettext("Company"), gettext("System"),
        gettext("Issued"), gettext("Payment due"), gettext("Amount"), gettext("Amount received (yen)"),
        gettext("Outstanding"), gettext("Paid on"), gettext("State"),
    )  # fmt: skip
    narrowed = " ".join(filter(None, (words[InvoiceState.of(state) or InvoiceState.OPEN], text, _said(period))))
    return Sheet(gettext("Payments"), headings, lambda: rows, narrowed)


@pages.route("/confirm", methods=["GET", "POST"])
@needs(Right.MONEY)
def confirm() -> Any:
    """The payments of ticked worklist rows: amounts are seen and mended before they are confirmed."""
    if only_asks():
        return _confirm(request.args.getlist("task")[:100])
    ids = list(dict.fromkeys(request.form.getlist("shown")))[:100]
    ticked = [each for each in ids if each in set(request.form.getlist("task"))]
    if not ticked:
        return _confirm(ids, typed=request.form, alert=gettext("Select the rows first"))
    errors: dict[str, str] = {}
    for task_id in ticked:
        values = {key: request.form.get(f"{key}-{task_id}", "") for key in ("amount", "paid_on", "payer")}
        try:
            if not request.form.get(f"differs-{task_id}"):
                confirming.require_fitting(portal(), task_id, values, signed_in())
            confirming.finish(portal(), task_id, values, signed_in())
        except WrongAnswers as error:
            errors[task_id] = sentences(error)
        except NinteiError as error:
            errors[task_id] = problems.sentence(error)
    if len(ticked) > len(errors):
        flash(
            ngettext(
                "%(num)s payment has been confirmed.",
                "%(num)s payments have been confirmed.",
                len(ticked) - len(errors),
            ),
            "success",
        )
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
