"""One's own absences, and who stands in meanwhile."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext

from app.errors import Refused
from app.services.people import accounts
from app.states import Right
from app.text.days import required_date
from app.text.numbers import whole
from app.web.frame import problems
from app.web.frame.access import needs
from app.web.frame.current import portal, signed_in

pages = Blueprint("absences", __name__, url_prefix="/absences")


@pages.get("")
@needs(Right.WORK)
def show() -> Any:
    """The page of one's own absences."""
    return _page()


def _page(status: int = 200, alert: str = "", typed: dict[str, str] | None = None) -> Any:
    who = signed_in()
    return render_template(
        "pages/desk/absences.html", title=gettext("Absence and delegates"), alert=alert,
        absences=accounts.absences(who),
        colleagues=[each for each in accounts.colleagues() if each.id != who.user_id], typed=typed or {}, who=who,
    ), status  # fmt: skip


@pages.post("")
@needs(Right.WORK)
def add() -> Any:
    """Name a delegate for a time."""
    typed = {key: request.form.get(key, "") for key in ("delegate", "first", "last", "note")}
    try:
        missing = Refused("Enter the first and the last day")
        first, last = (required_date(typed[name], missing) for name in ("first", "last"))
        delegate = whole(typed["delegate"])
        if delegate is None:
            raise Refused("Choose a colleague to stand in for you")
        accounts.away(portal(), signed_in(), delegate, first, last, typed["note"][:500])
    except Refused as error:
        return _page(422, problems.sentence(error), typed)
    flash(
        gettext(
            "Your absence has been recorded. What your delegate does in the meantime is marked as done on your behalf."
        ),
        "success",
    )
    return redirect("/absences", 303)


@pages.post("/<int:absence_id>/end")
@needs(Right.WORK)
def end(absence_id: int) -> Any:
    """Take an absence back."""
    accounts.back(portal(), signed_in(), absence_id)
    flash(gettext("The absence has been cancelled."), "success")
    return redirect("/absences", 303)
