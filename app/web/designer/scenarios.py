"""確かめ: the scenarios of a draft, walked at a press; the covered path in colour; what comes otherwise, taken over."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext, ngettext

from app.errors import NinteiError
from app.services.designing import walking
from app.services.designing.walking import Report
from app.services.workspaces import making
from app.states import Right
from app.text.numbers import whole
from app.web.frame import problems
from app.web.frame.access import needs
from app.web.frame.current import portal, signed_in

pages = Blueprint("designer_scenarios", __name__, url_prefix="/designer/w/<int:workspace_id>/scenarios")


@pages.get("")
@needs(Right.SEE_DESIGN)
def show(workspace_id: int) -> Any:
    """The list of the scenarios."""
    return _page(workspace_id, None)


@pages.post("")
@needs(Right.DESIGN)
def run(workspace_id: int) -> Any:
    """Walk them; nothing is stored by it."""
    try:
        return _page(workspace_id, walking.run(portal(), workspace_id, signed_in()))
    except NinteiError as error:
        return problems.back(error, f"/designer/w/{workspace_id}/scenarios")


@pages.post("/accept")
@needs(Right.DESIGN)
def accept(workspace_id: int) -> Any:
    """`change`: scenario:step:key of each that is taken over; `all` takes what `offered` names."""
    chosen: dict[str, list[tuple[int, str]]] = {}
    for each in request.form.getlist("offered" if "all" in request.form else "change"):
        name, _, rest = each.partition(":")
        step, _, key = rest.partition(":")
        if (number := whole(step)) is not None:
            chosen.setdefault(name, []).append((number, key))
    revision = whole(request.form.get("revision", ""))
    try:
        count = walking.accept(portal(), workspace_id, chosen, revision if revision is not None else -1, signed_in())
    except NinteiError as error:
        return problems.back(error, f"/designer/w/{workspace_id}/scenarios")
    flash(ngettext("%(num)s expectation was changed", "%(num)s expectations were changed", count), "success")
    return redirect(f"/designer/w/{workspace_id}/scenarios", 303)


def _page(workspace_id: int, report: Report | None) -> Any:
    who = signed_in()
    view = making.one(portal(), workspace_id, who)
    return render_template(
        "designer/scenarios.html", title=gettext("Scenarios"), workspace=view, wide=True, report=report,
        scenarios=walking.listed(portal(), workspace_id, who), said=lambda problem: problem.said(gettext), keys=_keys(),
        crumbs=[
            {"url": "/designer", "label": gettext("Process design")},
            {"url": f"/designer/w/{workspace_id}", "label": view.title},
            {"label": gettext("Scenarios")},
        ],
    )  # fmt: skip


def _keys() -> dict[str, str]:
    """What a step of a scenario expects, in words (docs/scenarios.md)."""
    return {
        "expect_open": gettext("Tasks that are open"),
        "expect_mails": gettext("Mails"),
        "expect_documents": gettext("Documents"),
        "expect_downloads": gettext("Downloads"),
        "expect_invoices": gettext("Invoices"),
        "expect_webhooks": gettext("Webhooks"),
        "expect_state": gettext("State of the case"),
        "expect_listed": gettext("Stands in the public register"),
        "expect_register": gettext("Entry of the register"),
        "expect_ended": gettext("The case has ended"),
    }
