"""`/company`: the people of a vendor company, what each may do, who takes over. Staff use it on the phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext

from app.errors import Refused
from app.services.companies import claims, invitations, mandates, members
from app.services.companies import company as companies
from app.services.companies.members import Successor
from app.states import InvitationKind, Right, Side
from app.text import address
from app.text.numbers import whole
from app.web.company import words as company_words
from app.web.frame.access import needs
from app.web.frame.current import portal, signed_in
from app.web.frame.problems import sentence

pages = Blueprint("company", __name__, url_prefix="/company")


@pages.get("")
@needs(Right.COMPANY)
def index() -> Any:
    """One's company; a list where there are several, or where one acts for others."""
    who = signed_in()
    mine, acting = companies.mine(who), mandates.mine(portal(), who)
    if len(mine) == 1 and not acting:
        return page(mine[0].id)
    return render_template(
        "pages/company/list.html", title=gettext("Companies"), mine=mine, acting=acting,
        rights=company_words.rights_words(),
    )  # fmt: skip


@pages.get("/<int:company_id>")
@needs(Right.SEE_COMPANIES, Right.COMPANY)
def show(company_id: int) -> Any:
    """The page of the company."""
    return page(company_id)


def page(company_id: int, status: int = 200, **typed: Any) -> Any:
    """The company's page. `typed`: what a refused form held (`values`), which (`form`) and why (`error`)."""
    who = signed_in()
    found = companies.page(portal(), company_id, who)
    return render_template(
        "pages/company/page.html", title=found.name, company=found, here=f"/company/{company_id}", who=who, typed=typed,
        rights=company_words.rights_words(), staff=who.side == Side.OPERATOR,
    ), status  # fmt: skip


def act(company_id: int, what: Callable[[], str], form: str, place: str = "") -> Any:
    """Act, say what was done, go back to the company; a refusal shows the page again with what was typed."""
    try:
        done = what()
    except Refused as error:
        return page(company_id, 422, form=form, error=sentence(error), values=request.form)
    flash(done, "success")
    return redirect(f"/company/{company_id}{place}", 303)


@pages.post("/<int:company_id>/invitations")
@needs(Right.COMPANIES, Right.COMPANY)
def invite(company_id: int) -> Any:
    """Invite somebody to the company."""

    def what() -> str:
        role = "manager" if request.form.get("role") == "manager" else "member"
        rights = request.form.get("rights", "")
        terms = {"role": role, "rights": rights if rights in {"read", "answer", "full"} else "none"}
        email = address.one(request.form.get("email", ""))
        name, confirmed = _called(company_id)
        words = company_words.invitation("person", name, signed_in().name, terms, proved=confirmed)
        invitations.invite(portal(), company_id, email, InvitationKind.PERSON, terms, signed_in(), words)
        return gettext("%(email)s has been invited; the link in the mail holds for 14 days.", email=email)

    return act(company_id, what, "invite", "#people")


def _called(company_id: int) -> tuple[str, bool]:
    """The company's name, and whether it is proved."""
    found = companies.page(portal(), company_id, signed_in())
    return found.name, found.proved_at is not None


@pages.post("/<int:company_id>/invitations/<int:invitation_id>/again")
@needs(Right.COMPANIES, Right.COMPANY)
def invite_again(company_id: int, invitation_id: int) -> Any:
    """A new link to somebody who was invited."""

    def what() -> str:
        kind, terms = invitations.terms_of(invitation_id, signed_in())
        name, confirmed = _called(company_id)
        words = company_words.invitation(kind, name, signed_in().name, terms, proved=confirmed)
        email = invitations.send_again(portal(), invitation_id, signed_in(), words)
        return gettext("%(email)s gets a new link; the older one no longer works.", email=email)

    return act(company_id, what, "invitations", "#people")


@pages.post("/<int:company_id>/invitations/<int:invitation_id>/take-back")
@needs(Right.COMPANIES, Right.COMPANY)
def take_back(company_id: int, invitation_id: int) -> Any:
    """Take an invitation back."""

    def what() -> str:
        email = invitations.take_back(portal(), invitation_id, signed_in())
        return gettext("The invitation of %(email)s was taken back; the link no longer works.", email=email)

    return act(company_id, what, "invitations", "#people")


@pages.post("/<int:company_id>/claims/<int:claim_id>")
@needs(Right.COMPANIES, Right.COMPANY)
def claim(company_id: int, claim_id: int) -> Any:
    """Say whether an application is the company's."""

    def what() -> str:
        admit = request.form.get("answer") == "yes"
        reason = request.form.get("reason", "")
        number = claims.answer(portal(), claim_id, signed_in(), admit=admit, reason=reason)
        if admit:
            return gettext("Who applied with case %(number)s is now one of the company's people. The case stays "
                           "theirs until they give it to the company.", number=number)  # fmt: skip
        return gettext("Noted: case %(number)s is not the company's. The certifying body and who applied are told.",
                       number=number)  # fmt: skip

    return act(company_id, what, f"claim-{claim_id}")


# One person


@pages.get("/<int:company_id>/people/<int:user_id>")
@needs(Right.SEE_COMPANIES, Right.COMPANY)
def person(company_id: int, user_id: int) -> Any:
    """What somebody may do."""
    return _person(company_id, user_id)


def _person(company_id: int, user_id: int, status: int = 200, error: str = "") -> Any:
    found, seats = companies.seats(company_id, user_id, signed_in())
    company = companies.page(portal(), company_id, signed_in())
    return render_template(
        "pages/company/person.html", title=found.name, person=found, seats=seats, company=company, error=error,
        rights=company_words.rights_words(), here=f"/company/{company_id}",
    ), status  # fmt: skip


@pages.post("/<int:company_id>/people/<int:user_id>")
@needs(Right.COMPANIES, Right.COMPANY)
def change(company_id: int, user_id: int) -> Any:
    """Change what somebody may do."""
    role = "manager" if request.form.get("role") == "manager" else "member"
    seats = {
        case: (value, request.form.get(f"mails-{name.removeprefix('rights-')}") == "yes")
        for name, value in request.form.items()
        if name.startswith("rights-") and (case := whole(name.removeprefix("rights-"))) is not None
    }
    try:
        members.change(portal(), company_id, user_id, role, seats, signed_in())
    except Refused as error:
        return _person(company_id, user_id, 422, sentence(error))
    flash(gettext("Your changes are saved."), "success")
    if user_id == signed_in().user_id and role != "manager":
        return redirect("/company", 303)
    return redirect(f"/company/{company_id}#people", 303)


@pages.get("/<int:company_id>/people/<int:user_id>/leave")
@needs(Right.COMPANIES, Right.COMPANY)
def leave(company_id: int, user_id: int) -> Any:
    """What somebody has, and who takes over."""
    return _leave(company_id, user_id)


def _leave(company_id: int, user_id: int, status: int = 200, error: str = "") -> Any:
    who = signed_in()
    return render_template(
        "pages/company/leave.html", title=gettext("Hand over and take off"), error=error, typed=request.form,
        leaving=members.leaving(portal(), company_id, user_id, who), staff=who.side == Side.OPERATOR,
        company=companies.page(portal(), company_id, who), here=f"/company/{company_id}",
    ), status  # fmt: skip


@pages.post("/<int:company_id>/people/<int:user_id>/leave")
@needs(Right.COMPANIES, Right.COMPANY)
def hand_over(company_id: int, user_id: int) -> Any:
    """Hand over to a successor."""
    who, chosen = signed_in(), request.form.get("successor", "")
    heir = Successor(whole(chosen), request.form.get("email", ""),
                     request.form.get("name", ""))  # fmt: skip
    leaves = request.form.get("leaves") != "no"
    try:
        shown = members.leaving(portal(), company_id, user_id, who)
        words = company_words.handed_over(_called(company_id)[0], shown.name, who.name)
        name = members.hand_over(
            portal(), company_id, user_id, heir, who, words, leaves=leaves, reason=request.form.get("reason", "")
        )
    except Refused as error:
        return _leave(company_id, user_id, 422, sentence(error))
    if leaves:
        flash(gettext("%(leaver)s no longer sees the company; %(heir)s has taken over and gets a mail.",
                      leaver=shown.name, heir=name), "success")  # fmt: skip
    else:
        flash(gettext("%(heir)s has taken over and gets a mail.", heir=name), "success")
    return redirect("/login" if leaves and user_id == who.user_id else f"/company/{company_id}#people", 303)
