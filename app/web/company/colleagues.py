"""Colleagues of a vendor on one case: invited to it, and taken off it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request
from flask_babel import gettext

from app.services.cases import members
from app.states import Right
from app.text import address
from app.web.cases.actions import act_on
from app.web.company import words
from app.web.frame.access import needs
from app.web.frame.current import portal, signed_in

pages = Blueprint("colleagues", __name__)


@pages.post("/cases/<number>/members")
@needs(Right.ACT_ON_CASES)
def invite(number: str) -> Any:
    """Bring a colleague of the vendor into the case."""

    def act() -> str:
        email, rights, who = address.one(request.form.get("email", "")), request.form.get("rights", "full"), signed_in()
        company, confirmed = members.company_of(number, who)
        said = words.invitation("person", company, who.name, {}, proved=confirmed)
        if members.invite(portal(), number, email, rights, who, said):
            return gettext("%(email)s has been invited; the link in the mail holds for 14 days.", email=email)
        return gettext("%(email)s has been added and gets a mail.", email=email)

    return act_on(number, act, "invite")


@pages.post("/cases/<number>/members/<int:user_id>/remove")
@needs(Right.ACT_ON_CASES)
def remove(number: str, user_id: int) -> Any:
    """Take somebody off the case."""
    who = signed_in()

    def act() -> str:
        members.uninvite(portal(), number, user_id, who)
        return gettext("The person was taken off the case.")

    answer = act_on(number, act, "invite")
    if user_id == who.user_id and getattr(answer, "status_code", 0) == 303:
        return redirect("/cases", 303)  # the case is no longer theirs to see
    return answer


@pages.post("/cases/<number>/invitations/<int:invitation_id>/take-back")
@needs(Right.ACT_ON_CASES)
def take_back(number: str, invitation_id: int) -> Any:
    """The link of an invitation to this case stops working."""

    def act() -> str:
        email = members.take_back(portal(), number, invitation_id, signed_in())
        return gettext("The invitation of %(email)s was taken back; the link no longer works.", email=email)

    return act_on(number, act, "invite")
