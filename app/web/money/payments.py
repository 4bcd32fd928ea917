"""The payments desk: what is owed, and payments that a person confirms."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from app.errors import NinteiError
from app.services.tasks import confirming, storno
from app.services.tasks.quick import WrongAnswers
from app.states import Right
from app.web.frame import problems
from app.web.frame.access import needs
from app.web.frame.current import only_asks, portal, signed_in
from app.web.money.tabs import tabs
from app.web.money.words import sentences

pages = Blueprint("payments", __name__, url_prefix="/payments")


@pages.get("")
@needs(Right.SEE_DESKS)
def show() -> Any:
    """The invoices, open ones first."""
    now = request.args.get("state", "open")
    text = request.args.get("q", "").strip()[:100]
    found = confirming.listed(portal(), signed_in(), text=text, state=now)
    return render_template(
        "pages/desk/payments.html", title=gettext("Payments"), found=found, tabs=tabs(now), text=text, state=now,
        reopened=storno.reopened(signed_in()), may_act=signed_in().has(Right.MONEY),
        wide=True,
    )  # fmt: skip


@pages.route("/confirm", methods=["GET", "POST"])
@needs(Right.MONEY)
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
            if not request.form.get(f"differs-{task_id}"):
                confirming.require_fitting(portal(), task_id, values, signed_in())
            confirming.finish(portal(), task_id, values, signed_in())
        except WrongAnswers as error:
            errors[task_id] = sentences(error)
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
