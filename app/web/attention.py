"""What needs attention: the list for staff, and what every one of their pages says while mails do not go out."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext

from app.errors import Refused
from app.services import attention, inbound, lifecycle, mailserver
from app.services.attention import Trouble
from app.text.numbers import whole
from app.web import case_head, current
from app.web.access import needs
from app.web.current import named, portal, signed_in
from app.web.problems import sentence

pages = Blueprint("attention", __name__, url_prefix="/attention")

STAFF = ("operator", "analyst", "administrator")


@pages.get("")
@needs(*STAFF)
def show() -> Any:
    """Everything that waits for somebody."""
    who = signed_in()
    board = attention.board(portal(), who)
    mailbox = inbound.unreachable(portal())
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
        address=case_head.address,
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


def said(trouble: Trouble) -> str:
    """What it is, in a few words."""
    title = named(trouble.title) or trouble.element
    if trouble.kind == "job":
        return case_head.work(trouble, {trouble.element: trouble.title})
    words = {
        "step": gettext("A step fails: %(title)s", title=title),
        "timer": gettext("A time that has come cannot be acted on"),
        "deadlock": gettext("The process has come to a stop after “%(title)s”", title=title)
        if title
        else gettext("The process has come to a stop"),
        "start": gettext("No application can be taken: %(title)s", title=title),
        "upkeep": gettext("Work of the portal by itself fails: %(title)s", title=_parts().get(title, title)),
        "outage": gettext("A server was out of reach: %(title)s", title=_servers().get(trouble.element, title)),
    }
    return words.get(trouble.kind, trouble.kind)


def advice(trouble: Trouble) -> str:
    """What to do about it, and what happens by itself."""
    words = {
        "job": gettext("When its cause has been removed, press “Try again”. Nothing is done twice."),
        "step": gettext(
            "Nothing of the step was stored; what was entered is kept as its draft. Tell whoever looks after the "
            "process. Once it has been mended the step is sent again, and this line goes away by itself."
        ),
        "timer": gettext("It is tried again every hour. Tell whoever looks after the process."),
        "deadlock": gettext(
            "Nothing goes on by itself here. Tell whoever looks after the process; an administrator can end the case."
        ),
        "start": gettext("Applicants read that it is being looked into. Tell whoever looks after the process."),
        "upkeep": gettext("It is tried again every minute. Tell whoever looks after this installation."),
    }
    return words.get(trouble.kind, "")


def _parts() -> dict[str, str]:
    """The parts of upkeep, by their ids (services.upkeep)."""
    return {
        "lists": gettext("lists and search"),
        "mandates": gettext("mandates of agents"),
        "dates": gettext("dates that lapse"),
        "letters": gettext("key letters"),
        "reminders": gettext("reminders"),
        "holds": gettext("days that are held"),
        "cards": gettext("cards that are overdue"),
    }


def _servers() -> dict[str, str]:
    return {"mail": gettext("mail server")}


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
