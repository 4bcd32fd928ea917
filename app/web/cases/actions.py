"""What can be done with a case as a whole: say something, remind, mend the address, add people, end it, try again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, BinaryIO, cast

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext, ngettext

from app.errors import Refused
from app.services.base.actors import Actor
from app.services.cases import endings, entering, lifecycle, settlement, talking
from app.services.pages import case, worklist
from app.states import Right, Side, Standing
from app.text import address as mail_address
from app.web.cases import head as case_head
from app.web.cases import pages as cases
from app.web.cases import troublewords
from app.web.frame import sizes
from app.web.frame.access import needs
from app.web.frame.current import portal, signed_in
from app.web.frame.problems import sentence, status_of
from app.web.frame.proving import proved

pages = Blueprint("case_actions", __name__)

LONGEST_MESSAGE = 10_000


def act_on(number: str, act: Callable[[], str], form: str, tab: str = "") -> Any:
    """Act, say what was done, go back to the case; a refusal shows the page again with what was typed."""
    try:
        done = act()
    except Refused as error:
        return cases.draw(number, tab, status_of(error), form=form, error=sentence(error), values=request.form)
    if done:
        flash(done, "success")
    return redirect(case_head.address(number, tab), 303)


@pages.post("/cases/<number>/messages")
@needs(Right.ACT_ON_CASES)
@sizes.takes()
def say(number: str) -> Any:
    """Write into the thread, or a note that vendors do not see."""
    internal = request.form.get("voice") == "internal"

    def act() -> str:
        text = request.form.get("text", "")
        if len(text) > LONGEST_MESSAGE:
            raise Refused("Write at most %(count)s characters; send longer texts as a file", count=LONGEST_MESSAGE)
        chosen = [each for each in request.files.getlist("files") if each.filename]
        files = [talking.Attached(each.filename or "", cast("BinaryIO", each.stream)) for each in chosen]
        talking.say(portal(), number, text, signed_in(), internal=internal, files=files)
        return gettext("The note has been saved.") if internal else gettext("Your message has been sent.")

    return act_on(number, act, "note" if internal else "reply", "messages")


@pages.post("/cases/<number>/remind")
@needs(Right.WORK)
def remind(number: str) -> Any:
    """催促: remind whoever has the open tasks."""

    def act() -> str:
        head = case.page(portal(), number, signed_in()).head
        sent = worklist.remind(portal(), [task.id for task in head.tasks], signed_in())
        if not sent:
            raise Refused("They have already been reminded today")
        return ngettext("%(num)s reminder goes out now.", "%(num)s reminders go out now.", sent)

    return act_on(number, act, "remind")


@pages.post("/cases/<number>/address")
@needs(Right.WORK)
def address(number: str) -> Any:
    """Mend the applicant's mail address and send the link there; or send it again to the same."""

    def act() -> str:
        who, email = signed_in(), mail_address.one(request.form.get("email", ""))
        head = case.page(portal(), number, who).head
        if email == head.email:
            entering.resend(portal(), number, head.email)
        else:
            entering.correct_address(portal(), number, email, who)
        return gettext("The link has been sent to %(email)s.", email=email)

    return act_on(number, act, "address")


@pages.post("/cases/<number>/jobs/<int:job_id>/retry")
@needs(Right.MEND_TROUBLE)
def retry(number: str, job_id: int) -> Any:
    """Try what failed again."""

    def act() -> str:
        lifecycle.retry(portal(), job_id, signed_in())
        return gettext("It is being tried again.")

    return act_on(number, act, "trouble")


@pages.get("/cases/<number>/withdraw")
@needs(Right.ACT_ON_CASES)
def ending(number: str) -> Any:
    """What has to be settled when the case ends early, the reason, and one button."""
    return _ending(number)


def _ending(number: str, status: int = 200, error: str = "") -> Any:
    who = signed_in()
    page = case.page(portal(), number, who)
    return render_template(
        "pages/case/withdraw.html",
        title=_ending_title(who, page.head.state),
        page=page,
        head=page.head,
        settlement=settlement.settlement(portal(), number, who),
        reason=request.form.get("reason", ""),
        agreed=request.form.get("agreed") == "yes",
        dormant=request.form.get("dormant") == "yes",
        error=error,
        address=case_head.address,
    ), status


def _ending_title(who: Actor, state: Standing) -> str:
    if state == Standing.CERTIFIED:
        return gettext("Surrender the certification")
    return gettext("Withdraw the application") if who.side == Side.VENDOR else gettext("Close the case")


@pages.post("/cases/<number>/withdraw")
@needs(Right.ACT_ON_CASES)
@proved
def end(number: str) -> Any:
    """End the case, as was confirmed."""
    who = signed_in()
    try:
        if request.form.get("agreed") != "yes":
            raise Refused("Tick the box to confirm; an ended case cannot be reopened")
        left = settlement.settlement(portal(), number, who)
        lifecycle.withdraw(
            portal(),
            number,
            request.form.get("reason", "")[:LONGEST_MESSAGE],
            who,
            dormant=request.form.get("dormant") == "yes",
        )
    except Refused as error:
        return _ending(number, status_of(error), sentence(error))
    head = case.page(portal(), number, who).head
    flash(_given_up() if head.state == Standing.CERTIFIED else _ended_words(who, head.ended or left.clean), "success")
    return redirect(case_head.address(number), 303)


@pages.get("/cases/<number>/end")
@needs(Right.END_CASES)
def stopping(number: str) -> Any:
    """What an ending at once stops and leaves, the reason, and one button."""
    return _stopping(number)


def _stopping(number: str, status: int = 200, error: str = "") -> Any:
    page = case.page(portal(), number, signed_in())
    return render_template(
        "pages/case/end.html",
        title=gettext("End the case immediately"),
        page=page,
        head=page.head,
        settlement=settlement.settlement(portal(), number, signed_in()),
        reason=request.form.get("reason", ""),
        agreed=request.form.get("agreed") == "yes",
        error=error,
        address=case_head.address,
        trouble_words=troublewords.said,
    ), status


@pages.post("/cases/<number>/end")
@needs(Right.END_CASES)
@proved
def stop(number: str) -> Any:
    """End it, whatever its process says."""
    who = signed_in()
    try:
        if request.form.get("agreed") != "yes":
            raise Refused("Tick the box to confirm; an ended case cannot be reopened")
        endings.end(portal(), number, request.form.get("reason", "")[:LONGEST_MESSAGE], who)
    except Refused as error:
        return _stopping(number, status_of(error), sentence(error))
    flash(gettext("The case has been ended."), "success")
    return redirect(case_head.address(number), 303)


def _given_up() -> str:
    return gettext("The notice has been handed in. You are told when the certification has ended.")


def _ended_words(who: Actor, closed: bool) -> str:
    """What has happened; the settlement, if there is one, comes before the end."""
    if who.side == Side.VENDOR:
        return gettext("The application has been withdrawn.")
    if closed:
        return gettext("The case has been closed.")
    return gettext("The case has been stopped. It will be closed once the remaining items are settled.")
