"""The mailed link with which somebody joins a company, or takes a mandate to act for it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext

from app.errors import NinteiError, NotFound, Refused
from app.services.companies import invitations
from app.states import InvitationKind
from app.web.company import words
from app.web.frame import signin
from app.web.frame.access import public
from app.web.frame.current import actor, only_asks, portal
from app.web.frame.problems import sentence

pages = Blueprint("invitation", __name__)


@pages.route("/invitation/<token>", methods=["GET", "POST"])
@public
def accept(token: str) -> Any:
    """Says who invites to what; a known address signs in, a new one chooses name and password, then accepts."""
    try:
        found = invitations.look(portal(), token)
    except NinteiError as closed:
        status = 404 if isinstance(closed, NotFound) else 410
        return render_template("pages/company/old_link.html", text=sentence(closed)), status
    who = actor()
    own = who is not None and who.email.lower() == found.email
    name = request.form.get("name", found.name if found.name != found.email.split("@")[0] else "")
    page: dict[str, Any] = {"found": found, "token": token, "own": own, "other": who is not None and not own,
                            "name": name,
                            "rights": words.rights_words(),
                            "unconfirmed": words.unconfirmed()}  # fmt: skip
    if only_asks():
        return render_template("pages/company/accept.html", **page, error="")
    password = request.form.get("password", "")
    try:
        if not found.has_account and password != request.form.get("again", ""):
            raise Refused("The passwords do not match; type the same one twice")
        user_id = invitations.accept(portal(), token, who, name, password)
    except Refused as refusal:
        return render_template("pages/company/accept.html", **page, error=sentence(refusal)), 422
    if not own:
        signin.sign_in(user_id)
    agent = found.kind == InvitationKind.AGENT
    flash(gettext("You act for %(company)s now.", company=found.company) if agent
          else gettext("You belong to %(company)s now.", company=found.company), "success")  # fmt: skip
    return redirect("/tasks", 303)
