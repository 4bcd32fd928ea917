"""What needs attention: the list for staff, and what every one of their pages says while mails do not go out."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext

from app.errors import Refused
from app.services.cases import lifecycle
from app.services.mailroom import receive
from app.services.pages import attention
from app.services.trouble import mailserver
from app.text.numbers import whole
from app.web.cases import head
from app.web.cases.troublewords import advice, said
from app.web.frame import current
from app.web.frame.access import needs
from app.web.frame.current import portal, signed_in
from app.web.frame.problems import sentence

pages = Blueprint("attention", __name__, url_prefix="/attention")

STAFF = ("operator", "analyst", "administrator")


@pages.get("")
@needs(*STAFF)
def show() -> Any:
    """Everything that waits for somebody."""
    who = signed_in()
    board = attention.board(portal(), who)
    mailbox = receive.unreachable(portal())
    return render_template(
        "pages/attention.html",
        title=gettext("Needs attention"),
        wide=True,
        board=board,
        mail=mailserver.away(portal()),
        mailbox=mailbox and (mailbox, sentence(mailbox.error)),
        said=said,
        advice=advice,
        may_act=who.has("operator", "administrator"),
        address=head.address,
    )


@pages.post("/retry")
@needs("operator", "administrator")
def retry() -> Any:
    """Try one again, or every mail that failed for good."""
    try:
        if request.form.get("job"):  # a number that no job has is none, and never means all of them
            lifecycle.retry(portal(), whole(request.form["job"]) or 0, signed_in())
            flash(gettext("It is being tried again."), "info")
        else:
            count = lifecycle.retry_all(portal(), "mail", signed_in())
            flash(gettext("%(count)s mails are being tried again.", count=count), "info")
    except Refused as error:
        flash(sentence(error), "warning")
    return redirect("/attention", 303)


@pages.app_context_processor
def _in_templates() -> dict[str, Any]:
    """For the layout: what staff read on each page while mails do not go out."""

    def mails_wait() -> dict[str, Any] | None:
        who = current.actor()
        if who is None or who.side != "operator":
            return None
        away = mailserver.away(portal())
        if away is None:
            return None
        return {"away": away, "reason": sentence(away.error), "administrator": who.has("administrator")}

    return {"mails_wait": mails_wait}
