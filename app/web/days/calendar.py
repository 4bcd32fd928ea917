"""The body's calendar: whose exam or audit is when, what is still free, when the body is closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext, ngettext

from app.errors import Forbidden, NinteiError, Refused
from app.services.days import attendance, month
from app.services.people import accounts
from app.services.tasks import datesasked
from app.states import Right
from app.text.days import required_date
from app.web.frame import problems
from app.web.frame.access import needs
from app.web.frame.current import language, portal, signed_in
from app.web.frame.written import day as long_day

pages = Blueprint("calendar", __name__, url_prefix="/calendar")


@pages.get("")
@needs(Right.SEE_DESKS)
def show() -> Any:
    """A month: the one of the address, else this one."""
    return month_page(request.args.get("month", ""))


def month_page(
    asked: str,
    *,
    status: int = 200,
    alert: str = "",
    typed: Mapping[str, str] | None = None,
    failed: tuple[str, int] = ("", 0),
    failure: str = "",
    chosen: Sequence[int] = (),
) -> Any:
    """The page at a month. `failed`: which form below it was refused (`request` or `date`, its row), `failure` why;
    `typed`, `chosen`: what it held."""
    year, number = _asked(asked)
    found = month.month(portal(), year, number, signed_in())
    before = date(year - (number == 1), (number - 2) % 12 + 1, 1)
    after = date(year + (number == 12), number % 12 + 1, 1)
    name = f"{year}年{number}月" if language() == "ja" else f"{date(year, number, 1):%B %Y}"
    return render_template(
        "pages/desk/calendar.html", title=gettext("Calendar"), found=found, name=name, wide=True, alert=alert,
        typed=typed or {}, month=f"{year:04d}-{number:02d}", earlier=f"{before:%Y-%m}", later=f"{after:%Y-%m}",
        requests=datesasked.waiting(portal(), signed_in()), upcoming=attendance.upcoming(portal(), signed_in()),
        examiners=attendance.offered(portal(), signed_in()), failed=failed, failure=failure, chosen=chosen,
        feed=accounts.account(signed_in()).feed_token, why=_why, may_act=found.why_not is None,
        why_not=problems.sentence(found.why_not) if found.why_not and signed_in().has(Right.DAYS) else "",
    ), status  # fmt: skip


def _asked(text: str) -> tuple[int, int]:
    parts = text.split("-")
    if len(parts) == 2 and all(part.isascii() and part.isdecimal() and len(part) <= 4 for part in parts):
        return int(parts[0]), int(parts[1])
    return portal().today().year, portal().today().month


def _why(clash: month.Clash) -> str:
    return str(gettext(clash.message) % clash.params if clash.params else gettext(clash.message))


@pages.post("/closing")
@needs(Right.DAYS)
def close() -> Any:
    """Add a closing day."""
    typed = {"day": request.form.get("day", ""), "reason": request.form.get("reason", "")}
    back = request.form.get("month", "")
    try:
        day = required_date(typed["day"], Refused("Enter the day on which the office is closed"))
        count = month.close(portal(), day, typed["reason"], signed_in())
    except Forbidden as error:
        return problems.back(error, "/calendar")
    except Refused as error:
        return month_page(back, status=422, alert=problems.sentence(error), typed=typed)
    if count:
        words = ngettext(
            "%(day)s is a closing day now. %(num)s date of a case lies on it: agree on another day with it.",
            "%(day)s is a closing day now. %(num)s dates of cases lie on it: agree on other days with them.",
            count,
            day=long_day(day),
        )
        flash(words, "warning")
    else:
        flash(gettext("%(day)s is now a closing day.", day=long_day(day)), "success")
    return redirect(f"/calendar?month={day:%Y-%m}", 303)


@pages.post("/closing/remove")
@needs(Right.DAYS)
def reopen() -> Any:
    """Take a closing day back."""
    try:
        day = required_date(request.form.get("day", ""), Refused("Enter the day on which the office is closed"))
        month.reopen(portal(), day, signed_in())
    except NinteiError as error:
        return problems.back(error, "/calendar")
    flash(gettext("%(day)s is no longer a closing day.", day=long_day(day)), "success")
    return redirect(f"/calendar?month={day:%Y-%m}", 303)
