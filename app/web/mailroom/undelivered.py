"""Mails of ours that did not arrive: the list, and the page on which one is sent again or said to have arrived."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext

from app.errors import Refused
from app.services.cases import resending
from app.services.mails import deliveries, undelivered
from app.states import Right
from app.web.cases import head
from app.web.frame import delivery_words, paging
from app.web.frame.access import needs
from app.web.frame.current import portal, signed_in
from app.web.frame.problems import sentence, status_of
from app.web.mailroom import words

pages = Blueprint("undelivered", __name__)

ADDRESS = "address-"  # address-<place in the list>: the right address


@pages.app_context_processor
def _in_templates() -> dict[str, Any]:
    def undelivered_count() -> int:
        return undelivered.count(portal())

    return {"undelivered_count": undelivered_count, "missed_words": delivery_words.missed}


@pages.get("/inbound/undelivered")
@needs(Right.SEE_MAILROOM)
def listed() -> Any:
    """All that did not arrive and that nobody has seen to."""
    page = paging.wanted(request.args.get("page", ""))
    found, total = undelivered.listed(portal(), page, signed_in())
    last = paging.last(total, undelivered.PAGE)
    return render_template(
        "pages/inbound/undelivered.html",
        title=gettext("Incoming mail"),
        found=found,
        tabs=words.tabs("undelivered", words.counts(signed_in())),
        pages=paging.numbers(
            min(page, last), last, undelivered.PAGE, total, lambda n: f"/inbound/undelivered?page={n}"
        ),
    )


@pages.post("/inbound/undelivered/<int:mail_id>/seen")
@needs(Right.MAILROOM)
def seen(mail_id: int) -> Any:
    """A mail of no case has been seen to."""
    try:
        deliveries.seen(portal(), mail_id, signed_in())
    except Refused as error:
        flash(sentence(error), "warning")
    else:
        flash(gettext("Recorded; the mail is no longer listed."), "success")
    return redirect("/inbound/undelivered", 303)


@pages.get("/cases/<number>/mails/<int:mail_id>/again")
@needs(Right.MAILROOM)
def form(number: str, mail_id: int) -> Any:
    """Whom it did not reach and why; the right address."""
    return _form(number, mail_id)


@pages.post("/cases/<number>/mails/<int:mail_id>/again")
@needs(Right.MAILROOM)
def send(number: str, mail_id: int) -> Any:
    """Mend the address, send it again."""
    posted = request.form
    try:
        page = resending.page(portal(), number, mail_id, signed_in())
        right = {
            each.address: posted.get(f"{ADDRESS}{place}", "").strip()
            for place, each in enumerate(page.undelivered.missed, 1)
        }
        to = resending.send(portal(), number, mail_id, right, posted.get("reason", ""), signed_in())
    except Refused as error:
        return _refused(number, mail_id, error)
    flash(gettext("The mail is being sent again to %(to)s.", to=gettext(", ").join(to)), "success")
    return redirect(head.address(number, "mail"), 303)


@pages.post("/cases/<number>/mails/<int:mail_id>/settle")
@needs(Right.MAILROOM)
def settle(number: str, mail_id: int) -> Any:
    """It has arrived after all, or need not."""
    how = request.form.get("how", "")
    try:
        resending.settle(portal(), number, mail_id, how, request.form.get("why", ""), signed_in())
    except Refused as error:
        return _refused(number, mail_id, error)
    flash(gettext("Recorded; the mail is no longer listed."), "success")
    return redirect(head.address(number, "mail"), 303)


def _refused(number: str, mail_id: int, error: Refused) -> Any:
    try:
        return _form(number, mail_id, status_of(error), sentence(error))
    except Refused:  # somebody has seen to it meanwhile: there is no form any more
        flash(sentence(error), "error")
        return redirect(head.address(number, "mail"), 303)


def _form(number: str, mail_id: int, status: int = 200, error: str = "") -> Any:
    page = resending.page(portal(), number, mail_id, signed_in())
    return render_template(
        "pages/case/again.html",
        title=gettext("A mail did not arrive"),
        number=number,
        page=page,
        mail=page.undelivered,
        missed=delivery_words.missed(page.undelivered.missed),
        typed=request.form,
        error=error,
        address=head.address,
    ), status
