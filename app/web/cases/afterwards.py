"""What is changed after it was decided: a decision is taken back, a day is moved, people and places are set."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext

from app.errors import NotFound, Refused
from app.services.days import attendance
from app.services.pages import case
from app.services.process import reopening
from app.services.tasks import daterequests, datesasked, movingdays, recall
from app.states import Right, Side
from app.text.days import parse_date
from app.text.numbers import whole
from app.web.cases import head
from app.web.days import calendar, months
from app.web.frame import problems
from app.web.frame.access import needs
from app.web.frame.current import only_asks, portal, signed_in

pages = Blueprint("afterwards", __name__)


@pages.post("/tasks/<task_id>/recall")
@needs(Right.ANSWER)
def take_back(task_id: str) -> Any:
    """引戻し, 取り下げて直す: the task is open again, with what was sent as its draft."""
    try:
        recall.take_back(portal(), task_id, signed_in())
    except Refused as error:
        return problems.back(error, f"/tasks/{task_id}/done")
    if signed_in().side == Side.VENDOR:
        flash(
            gettext("What you sent has been taken back and is below as a draft. Correct it and send it again."),
            "success",
        )
    else:
        flash(gettext("The decision has been taken back. What you wrote is below as a draft."), "success")
    return redirect(f"/tasks/{task_id}", 303)


@pages.get("/cases/<number>/date")
@needs(Right.COMPANY)
def change(number: str) -> Any:
    """日程の変更を申し出る: the day, until when it may be changed, and the form."""
    return _change(number)


def _change(number: str, status: int = 200, error: str = "") -> Any:
    standing = datesasked.standing(portal(), number, signed_in())
    if standing is None:
        raise NotFound("There is no fixed day that could be changed")
    return render_template(
        "pages/case/date.html",
        title=gettext("Ask for another day"),
        head=case.page(portal(), number, signed_in()).head,
        standing=standing,
        months=months.months(standing.free),
        typed=request.form,
        wishes=[request.form.get(f"wish_{n}", "") for n in range(1, standing.wishes + 1)],
        error=error,
        refusal=problems.sentence(standing.refusal) if standing.refusal else "",
        cancel_refusal=problems.sentence(standing.cancel_refusal) if standing.cancel_refusal else "",
        here=head.address(number),
    ), status


@pages.post("/cases/<number>/date")
@needs(Right.COMPANY)
def ask(number: str) -> Any:
    """Send the request for another day."""
    kind, posted = request.form.get("kind", ""), request.form
    wishes = [value for key, value in sorted(posted.items()) if key.startswith("wish_") and value]
    try:
        daterequests.ask(portal(), number, kind, wishes, posted.get("reason", ""), signed_in())
    except Refused as error:
        return _change(number, problems.status_of(error), problems.sentence(error))
    flash(
        gettext("The day has been given up. The certifying body will agree on another one with you.")
        if kind == "cancel"
        else gettext("Your request has been sent. The day stays until the certifying body has answered."),
        "success",
    )
    return redirect(head.address(number), 303)


@pages.route("/cases/<number>/reopen", methods=["GET", "POST"])
@needs(Right.WORK)
def reopen(number: str) -> Any:
    """再開: open again what was ended by mistake; asked for with a reason."""
    who, error, status = signed_in(), "", 200
    if not only_asks():
        try:
            lost = reopening.reopen(portal(), number, request.form.get("reason", ""), who)
        except Refused as refused:
            error, status = problems.sentence(refused), problems.status_of(refused)
        else:
            flash(gettext("The case has been reopened as it was. The vendor is notified by mail."), "success")
            for day in lost:
                flash(gettext("The day %(day)s is no longer available; fix another one.", day=day), "warning")
            return redirect(head.address(number), 303)
    return render_template(
        "pages/case/reopen.html", title=gettext("Reopen the case"), error=error, here=head.address(number),
        head=case.page(portal(), number, who).head, reason=request.form.get("reason", ""),
    ), status  # fmt: skip


@pages.get("/cases/<number>/move-day")
@needs(Right.DAYS)
def moving(number: str) -> Any:
    """The case's settled days, and others that can be had instead."""
    return _moving(number)


def _moving(number: str, status: int = 200, error: str = "", failed: int | None = None) -> Any:
    who = signed_in()
    return render_template(
        "pages/case/move_day.html", title=gettext("Move a fixed day"), head=case.page(portal(), number, who).head,
        days=movingdays.movable(portal(), number, who), typed=request.form, error=error, failed=failed,
        here=head.address(number),
    ), status  # fmt: skip


@pages.post("/cases/<number>/move-day")
@needs(Right.DAYS)
def move_day(number: str) -> Any:
    """Move the booking to another day."""
    booking, posted = whole(request.form.get("booking", "")), request.form
    try:
        if booking is None:
            raise NotFound("There is no such date")
        movingdays.move(
            portal(), number, booking, parse_date(posted.get("day", "")), posted.get("reason", ""), signed_in()
        )
    except Refused as error:
        return _moving(number, problems.status_of(error), problems.sentence(error), booking)
    flash(gettext("The day has been changed. The vendor gets a mail with the new calendar file."), "success")
    return redirect(head.address(number), 303)


@pages.post("/calendar/requests/<int:request_id>")
@needs(Right.DAYS)
def answer(request_id: int) -> Any:
    """Give another day, or say why not."""
    said, who = request.form.get("answer", ""), signed_in()
    try:
        if request.form.get("action") == "refuse":
            daterequests.refuse(portal(), request_id, said, who)
            flash(gettext("The day remains unchanged. The vendor is told why."), "success")
        else:
            daterequests.accept(portal(), request_id, parse_date(request.form.get("day", "")), said, who)
            flash(gettext("The day has been changed. The vendor gets a mail with the new calendar file."), "success")
    except Refused as error:
        return calendar.month_page(
            request.form.get("month", ""), status=problems.status_of(error), failed=("request", request_id),
            failure=problems.sentence(error), typed={"answer": said, "chosen": request.form.get("day", "")},
        )  # fmt: skip
    return redirect(f"{_calendar()}#requests", 303)


@pages.post("/calendar/dates/<int:booking_id>")
@needs(Right.DAYS)
def arrange(booking_id: int) -> Any:
    """担当と場所: who is there, and where. What clashes is said, and stops nobody."""
    people = [person for each in request.form.getlist("people") if (person := whole(each)) is not None]
    try:
        found = attendance.assign(portal(), booking_id, request.form.get("place", ""), people, signed_in())
    except Refused as error:
        return calendar.month_page(
            request.form.get("month", ""), status=problems.status_of(error), failed=("date", booking_id),
            failure=problems.sentence(error), typed={"place": request.form.get("place", "")}, chosen=people,
        )  # fmt: skip
    if found:
        flash(gettext("Saved. There is a conflict: see below."), "warning")
    else:
        flash(gettext("People and place have been saved."), "success")
    return redirect(f"{_calendar()}#date-{booking_id}", 303)


def _calendar() -> str:
    """The calendar at the month from which a form was sent."""
    month = request.form.get("month", "")
    return f"/calendar?{urlencode({'month': month})}" if month else "/calendar"
