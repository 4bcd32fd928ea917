"""Agents (代行者): a company asks somebody outside to act for it, on which terms, and ends that."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext

from app.errors import Refused
from app.services.companies import company as companies
from app.services.companies import mandates
from app.services.companies.mandates import Terms
from app.states import Right
from app.text import address
from app.text.days import required_date
from app.web.company import pages as company
from app.web.company import words as company_words
from app.web.frame.access import needs
from app.web.frame.current import portal, signed_in
from app.web.frame.problems import sentence

pages = Blueprint("company_agents", __name__, url_prefix="/company")


@pages.get("/<int:company_id>/agents/new")
@needs(Right.COMPANIES, Right.COMPANY)
def new(company_id: int) -> Any:
    """The form with which a company asks somebody to act for it."""
    values = {"rights": "answer", "scope": "all", "first_day": portal().today().isoformat()}
    return _form(company_id, values=values)


def _form(company_id: int, mandate: Any = None, values: Any = None, error: str = "", status: int = 200) -> Any:
    found = companies.page(portal(), company_id, signed_in())
    companies.may_manage(found)
    return render_template(
        "pages/company/agent.html", company=found, here=f"/company/{company_id}", mandate=mandate, values=values,
        numbers=request.form.getlist("cases") if request.form else mandate.numbers if mandate else (), error=error,
        title=gettext("Change what the agent may do") if mandate else gettext("Ask somebody to act for the company"),
    ), status  # fmt: skip


def _terms() -> Terms:
    form = request.form
    missing = Refused("Enter the first day; the last day may stay empty")
    first = required_date(form.get("first_day", ""), missing)
    last = required_date(form["last_day"], missing) if form.get("last_day", "").strip() else None
    return Terms(form.get("office", ""), form.get("rights", ""), form.get("scope") != "some",
                 tuple(form.getlist("cases")), form.get("copies") == "yes", first, last)  # fmt: skip


@pages.post("/<int:company_id>/agents/new")
@needs(Right.COMPANIES, Right.COMPANY)
def give(company_id: int) -> Any:
    """Ask an agent to act for the company."""
    email, who = address.one(request.form.get("email", "")), signed_in()
    try:
        terms = _terms()
        found = companies.page(portal(), company_id, who)
        words = company_words.invitation(
            "agent", found.name, who.name, {"office": terms.office}, proved=found.proved_at is not None
        )
        mandates.give(portal(), company_id, email, terms, who, words)
    except Refused as error:
        return _form(company_id, None, request.form, sentence(error), 422)
    flash(gettext("%(email)s has been asked; the mandate starts when they accept.", email=email), "success")
    return redirect(f"/company/{company_id}#agents", 303)


@pages.get("/<int:company_id>/agents/<int:mandate_id>")
@needs(Right.SEE_COMPANIES, Right.COMPANY)
def show(company_id: int, mandate_id: int) -> Any:
    """A mandate, to be changed."""
    found = mandates.one(portal(), mandate_id, signed_in())
    values = {
        "office": found.office, "rights": found.rights, "scope": "all" if found.every_case else "some",
        "copies": "yes" if found.copies else "", "first_day": found.first_day.isoformat(),
        "last_day": found.last_day.isoformat() if found.last_day else "",
    }  # fmt: skip
    return _form(company_id, found, values)


@pages.post("/<int:company_id>/agents/<int:mandate_id>")
@needs(Right.COMPANIES, Right.COMPANY)
def change(company_id: int, mandate_id: int) -> Any:
    """Change what the agent may do."""
    try:
        mandates.change(portal(), mandate_id, _terms(), signed_in())
    except Refused as error:
        found = mandates.one(portal(), mandate_id, signed_in())
        return _form(company_id, found, request.form, sentence(error), 422)
    flash(gettext("Your changes are saved."), "success")
    return redirect(f"/company/{company_id}#agents", 303)


@pages.post("/<int:company_id>/agents/<int:mandate_id>/end")
@needs(Right.COMPANIES, Right.COMPANY)
def end(company_id: int, mandate_id: int) -> Any:
    """End it: the company, the body, or the agent."""

    def what() -> str:
        mandates.end(portal(), mandate_id, signed_in(), request.form.get("reason", ""))
        return gettext("The mandate has ended; the agent no longer sees the company's cases.")

    return company.act(company_id, what, f"agent-{mandate_id}", "#agents")


@pages.post("/mandates/<int:mandate_id>/resign")
@needs(Right.COMPANY)
def resign(mandate_id: int) -> Any:
    """An agent gives a mandate back."""
    try:
        mandates.end(portal(), mandate_id, signed_in())
        flash(gettext("You no longer act for this company."), "success")
    except Refused as error:
        flash(sentence(error), "error")
    return redirect("/company", 303)
