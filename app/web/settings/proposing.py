"""Proposals of new values: made by one person, decided by another."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext

from app.errors import Forbidden, Refused
from app.services.settings import proposals, proposalviews, values
from app.services.settings.checking import Unfit
from app.states import Right
from app.text.typed import typed
from app.web.frame import problems
from app.web.frame.access import needs
from app.web.frame.current import portal, signed_in
from app.web.frame.proving import proved
from app.web.settings.pages import address, crumbs, date_of, words
from app.web.settings.words import section_title

pages = Blueprint("settings_proposals", __name__, url_prefix="/settings")


@pages.get("/<package_id>/section/<section>")
@needs(Right.PROPOSE_SETTINGS, Right.SETTINGS)
def form(package_id: str, section: str) -> Any:
    """The values of a section that are proposed together."""
    return _form(package_id, section)


def _form(package_id: str, name: str, status: int = 200, wrong: dict[str, str] | None = None, alert: str = "") -> Any:
    owned = values.of_package(portal(), package_id, signed_in())
    section = owned.section(name)
    if not section.second:
        return redirect("/settings", 303)
    said = {each.name: request.form.get(each.name, each.value) for each in section.second}
    open_ = [each for each in proposalviews.of_package(portal(), package_id, signed_in()) if each.section == name]
    return render_template(
        "pages/settings/propose.html", title=gettext("Propose new values: %(section)s", section=section_title(section)),
        package=owned, section=section, said=said, faults=wrong or {}, error=bool(wrong), alert=alert,
        today=portal().today(),
        day=request.form.get("day", portal().today().isoformat()), reason=request.form.get("reason", ""),
        waiting=next((each for each in open_ if each.state.value == "open"), None),
        crumbs=crumbs(
            {"url": address(owned, section), "label": section_title(section)}, {"label": gettext("New values")}
        ),
        **words(),
    ), status  # fmt: skip


@pages.post("/<package_id>/section/<section>")
@needs(Right.PROPOSE_SETTINGS, Right.SETTINGS)
def propose(package_id: str, section: str) -> Any:
    """Propose the values that were typed."""
    said = {name: value for name, value in request.form.items() if "." in name or ":" in name}
    try:
        try:
            day = date_of(request.form.get("day", ""))
        except Refused as why:
            raise Unfit({"day": why}) from None
        number = proposals.propose(
            portal(), package_id, section, said, day, typed(request.form.get("reason", "")), signed_in()
        )
    except Unfit as error:
        wrong = {name: problems.sentence(why) for name, why in error.fields.items()}
        return _form(package_id, section, 422, wrong)
    except Refused as error:
        return _form(package_id, section, 422, alert=problems.sentence(error))
    flash(gettext("The proposal has been submitted. It takes effect once somebody else has approved it."), "success")
    return redirect(f"/settings/proposals/{number}", 303)


@pages.get("/proposals/<int(max=2147483647):number>")
@needs(Right.SEE_SETTINGS)
def one(number: int) -> Any:
    """One proposal: what is to be changed, why, and what came of it."""
    return _one(number)


def _one(number: int, status: int = 200, alert: str = "") -> Any:
    who = signed_in()
    proposal = proposalviews.one(portal(), number, who)
    owned = values.of_package(portal(), proposal.package_id, who)
    known = {each.name: each for section in owned.sections for each in section.values}
    section = next((each for each in owned.sections if each.id == proposal.section), None)
    title = section_title(section) if section is not None else proposal.section
    return render_template(
        "pages/settings/proposal.html", title=gettext("Proposal: %(section)s", section=title), proposal=proposal,
        known=known, package=owned, alert=alert, why=request.form.get("why", ""),
        crumbs=crumbs({"label": title}), **words(),
    ), status  # fmt: skip


@pages.post("/proposals/<int(max=2147483647):number>/approve")
@needs(Right.APPROVE_SETTINGS)
@proved
def approve(number: int) -> Any:
    """As the second person."""
    try:
        proposals.approve(portal(), number, signed_in())
    except (Refused, Forbidden) as error:
        return _one(number, problems.status_of(error), problems.sentence(error))
    flash(gettext("The proposal has been approved."), "success")
    return redirect(f"/settings/proposals/{number}", 303)


@pages.post("/proposals/<int(max=2147483647):number>/refuse")
@needs(Right.APPROVE_SETTINGS)
def refuse(number: int) -> Any:
    """Refuse the proposal: it shall not hold."""
    try:
        proposals.refuse(portal(), number, typed(request.form.get("why", "")), signed_in())
    except (Refused, Forbidden) as error:
        return _one(number, problems.status_of(error), problems.sentence(error))
    flash(gettext("The proposal has been rejected. Its author is notified."), "success")
    return redirect(f"/settings/proposals/{number}", 303)


@pages.post("/proposals/<int(max=2147483647):number>/take-back")
@needs(Right.PROPOSE_SETTINGS, Right.SETTINGS)
def take_back(number: int) -> Any:
    """By who made it."""
    try:
        proposals.take_back(portal(), number, signed_in())
    except (Refused, Forbidden) as error:
        return _one(number, problems.status_of(error), problems.sentence(error))
    flash(gettext("The proposal has been withdrawn."), "success")
    return redirect(f"/settings/proposals/{number}", 303)
