"""How long records are kept: what would go, before it goes; and what is held."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext, ngettext

from app.errors import NinteiError
from app.services.audit import archiving, keeping
from app.states import PERIODS, Kept, Right
from app.text.numbers import whole
from app.text.typed import line
from app.web.frame import problems, sure
from app.web.frame.access import needs
from app.web.frame.current import portal, signed_in
from app.web.frame.proving import proved

pages = Blueprint("keeping", __name__, url_prefix="/audit/keeping")
HERE = "/audit/keeping"


@pages.get("")
@needs(Right.SEE_TRAIL)
def show() -> Any:
    """What would go now, kind by kind, and what is held."""
    who = signed_in()
    return render_template(
        "pages/audit/keeping.html",
        title=gettext("Retention and deletion"),
        wide=True,
        due=keeping.show(portal(), who),
        periods=PERIODS,
        held=keeping.held(who),
        archives=archiving.waiting(portal(), who),
        may_act=who.has(Right.KEEPING),
    )


@pages.post("/days")
@needs(Right.KEEPING)
def days() -> Any:
    """Keep a kind of records so long."""
    kind, count = Kept.of(request.form.get("kind", "")), whole(request.form.get("days", ""))
    try:
        if kind is not None and count is not None:
            keeping.set_days(portal(), kind, count, signed_in())
    except NinteiError as error:
        return problems.back(error, HERE)
    return redirect(HERE, 303)


@pages.post("/run")
@needs(Right.KEEPING)
@proved
def run() -> Any:
    """Let go what is old enough."""
    title = gettext("Delete what is old enough")
    text = gettext("This cannot be undone. Deleted records are logged in the audit record with their digest.")
    asked = sure.ask(title, text, title, HERE)
    if asked is not None:
        return asked
    went = keeping.run(portal(), signed_in())
    flash(ngettext("%(num)s record removed", "%(num)s records removed", sum(went.values())))
    return redirect(HERE, 303)


@pages.post("/hold")
@needs(Right.KEEPING)
def hold() -> Any:
    """Hold a case or a company, or end that."""
    change = keeping.end_hold if request.form.get("end") else keeping.hold
    try:
        change(portal(), line(request.form.get("case", "")), line(request.form.get("reason", ""))[:500], signed_in())
    except NinteiError as error:
        return problems.back(error, HERE)
    return redirect(HERE, 303)
