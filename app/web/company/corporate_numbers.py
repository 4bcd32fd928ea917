"""法人番号: numbers that several name, for the body to decide; and cases that who applied gives to their company."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext

from app.errors import Refused
from app.services.companies import claims, contested, proof
from app.states import Right
from app.web.cases.actions import act_on
from app.web.company import pages as company
from app.web.frame.access import needs
from app.web.frame.current import portal, signed_in
from app.web.frame.problems import sentence, status_of

pages = Blueprint("corporate_numbers", __name__)


@pages.get("/company/claims")
@needs(Right.SEE_COMPANIES)
def index() -> Any:
    """What waits for a decision."""
    return _list()


def _list(status: int = 200, failed: int = 0, error: str = "") -> Any:
    who = signed_in()
    return render_template(
        "pages/company/claims.html", title=gettext("Corporate numbers to resolve"), status=status,
        found=contested.listed(portal(), who), may=who.has(Right.COMPANIES), failed=failed, error=error,
        typed=request.form,
    ), status  # fmt: skip


@pages.post("/company/claims/<int:claim_id>")
@needs(Right.COMPANIES)
def decide(claim_id: int) -> Any:
    """Whose number it is."""
    decision, reason = request.form.get("decision", ""), request.form.get("reason", "")
    try:
        number = claims.decide(portal(), claim_id, decision, signed_in(), reason)
    except Refused as error:
        return _list(status_of(error), claim_id, sentence(error))
    flash(gettext("The decision on case %(number)s is on record.", number=number), "success")
    return redirect("/company/claims", 303)


@pages.post("/company/<int:company_id>/proof")
@needs(Right.COMPANIES)
def prove(company_id: int) -> Any:
    """The body has seen that the number is the company's."""

    def what() -> str:
        proof.by_hand(portal(), company_id, signed_in(), request.form.get("reason", ""))
        return gettext("The corporate number is confirmed.")

    return company.act(company_id, what, "proof", "#number")


@pages.post("/company/<int:company_id>/proof/revoke")
@needs(Right.COMPANIES)
def revoke(company_id: int) -> Any:
    """It turned out otherwise."""

    def what() -> str:
        proof.revoke(portal(), company_id, signed_in(), request.form.get("reason", ""))
        return gettext("The corporate number is no longer confirmed.")

    return company.act(company_id, what, "revoke", "#number")


@pages.post("/cases/<number>/company")
@needs(Right.COMPANIES, Right.COMPANY)
def give(number: str) -> Any:
    """Give the case to the company."""

    def act() -> str:
        name = claims.give(portal(), number, signed_in(), request.form.get("reason", ""))
        return gettext("The case is now among those of %(company)s.", company=name)

    return act_on(number, act, "give")
