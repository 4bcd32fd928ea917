"""What needs attention: the list for staff by cause, what is done about the ticked rows, and what every page of theirs
says while mails do not go out."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext, ngettext

from app.errors import Refused
from app.services.cases import lifecycle
from app.services.mailroom import receive
from app.services.moves import tending
from app.services.pages import attention
from app.services.trouble import mailserver
from app.states import Right, Side
from app.text.numbers import whole
from app.web.cases import head
from app.web.cases.troublewords import advice, kept, reason, said
from app.web.frame import current
from app.web.frame.access import needs
from app.web.frame.current import portal, signed_in
from app.web.frame.problems import sentence, status_of
from app.web.trouble import causewords

pages = Blueprint("attention", __name__, url_prefix="/attention")

SAID = 5  # rows with which nothing was done, each with its reason; the others are counted


@pages.get("")
@needs(Right.SEE_DESKS)
def show() -> Any:
    """Everything that waits for somebody, by cause."""
    return _page()


def _page(status: int = 200, error: str = "") -> Any:
    """`error`: why nothing was done; what was ticked and typed stays on the page."""
    who = signed_in()
    board = attention.board(portal(), who)
    mailbox = receive.unreachable(portal())
    return render_template(
        "pages/attention.html",
        title=gettext("Needs attention"),
        wide=True,
        board=board,
        causes=[causewords.shown(each, who) for each in board.causes],
        mail=mailserver.away(portal()),
        mailbox=mailbox and (mailbox, reason(mailbox.error)[0]),
        said=said,
        advice=advice,
        kept=kept,
        reason=reason,
        may_act=who.has(Right.MEND_TROUBLE),
        may_rule=who.has(Right.SEE_PORTAL),
        technical=who.has(Right.SEE_PORTAL, Right.SEE_DESIGN),
        address=head.address,
        alert=error,
        typed=request.form,
        ticked=request.form.getlist("row"),
    ), status


@pages.post("/act")
@needs(Right.MEND_TROUBLE)
def act() -> Any:
    """Try the ticked rows again, mend their addresses, or go on without them; what came of each is said."""
    form = request.form
    addresses = {key.removeprefix("address:"): value[:320] for key, value in form.items() if key.startswith("address:")}
    given = tending.Given(form.get("reason", "")[:2000], addresses)
    one = form.get("one", "")
    way, rows = (one.partition("|")[0], [one.partition("|")[2]]) if one else (form.get("way", ""), form.getlist("row"))
    try:
        found = tending.several(portal(), rows, way, given, signed_in())
    except Refused as error:
        return _page(status_of(error), sentence(error))
    _tell(way, found)
    return redirect("/attention", 303)


def _tell(way: str, found: list[tending.Outcome]) -> None:
    done = [each for each in found if each.error is None]
    if done:
        flash(causewords.done(way, len(done)), "success")
    left = [each for each in found if each.error is not None]
    for each in left[:SAID]:
        why = reason(each.error)[0] if each.error is not None else ""
        place = " ".join(part for part in (each.case, current.named(each.title)) if part)
        flash(gettext("%(place)s was not changed: %(why)s", place=place, why=why), "warning")
    if len(left) > SAID:
        flash(
            ngettext("%(num)s more remains unchanged.", "%(num)s more remain unchanged.", len(left) - SAID), "warning"
        )


@pages.post("/retry")
@needs(Right.MEND_TROUBLE)
def retry() -> Any:
    """Try one again, or every mail that failed for good."""
    try:
        if request.form.get("job"):  # a number that no job has is none, and never means all of them
            lifecycle.retry(portal(), whole(request.form["job"]) or 0, signed_in())
            flash(gettext("It is being tried again."), "info")
        else:
            count = lifecycle.retry_all(portal(), "mail", signed_in())
            flash(ngettext("%(num)s mail is being sent again.", "%(num)s mails are being sent again.", count), "info")
    except Refused as error:
        flash(sentence(error), "warning")
    return redirect("/attention", 303)


@pages.app_context_processor
def _in_templates() -> dict[str, Any]:
    """For the layout: what staff read on each page while mails do not go out."""

    def mails_wait() -> dict[str, Any] | None:
        who = current.actor()
        if who is None or who.side != Side.OPERATOR:
            return None
        away = mailserver.away(portal())
        if away is None:
            return None
        return {"away": away, "reason": sentence(away.error), "administrator": who.has(Right.SEE_PORTAL)}

    return {"mails_wait": mails_wait}
