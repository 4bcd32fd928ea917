"""One's own mail address: asked for on the page of the account, proved by the mailed link."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext

from app.errors import NinteiError, NotFound, Refused
from app.services.people import ownaddress
from app.states import Right
from app.web.frame import problems
from app.web.frame.access import needs, public
from app.web.frame.current import only_asks, portal, signed_in
from app.web.frame.proving import proved_each_time

pages = Blueprint("ownaddress", __name__)


@pages.post("/account/address")
@needs(Right.COMPANY)
@proved_each_time
def ask() -> Any:
    """Send the link to the new address."""
    try:
        new = ownaddress.ask(portal(), signed_in(), request.form.get("email", ""))
    except Refused as error:
        return problems.back(error, "/account#address")
    flash(
        gettext("A link has been sent to %(email)s. Your address changes when the link is used.", email=new), "success"
    )
    return redirect("/account#address", 303)


@pages.route("/address/<token>", methods=["GET", "POST"])
@public
def confirm(token: str) -> Any:
    """The mailed link: a page with one button, so that a program that looks at links changes nothing."""
    try:
        if only_asks():
            old, new = ownaddress.look(portal(), token)
            return render_template("pages/account/address.html", old=old, new=new)
        new = ownaddress.confirm(portal(), token)
    except NinteiError as closed:
        status = 404 if isinstance(closed, NotFound) else 410
        return render_template("pages/account/old_link.html", text=problems.sentence(closed)), status
    flash(gettext("Your address is now %(email)s. Use it to sign in.", email=new), "success")
    return redirect("/login", 303)
