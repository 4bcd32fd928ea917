"""When administrators are told of trouble by mail: which kinds, after how long, how often."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext

from app.errors import Refused
from app.services.trouble import alarmrules, alarms
from app.services.trouble.alarmrules import Wish
from app.states import Right
from app.web.frame.access import needs
from app.web.frame.current import portal, signed_in
from app.web.frame.problems import sentence, status_of

pages = Blueprint("alarm_rules", __name__, url_prefix="/attention/rules")


@pages.get("")
@needs(Right.SEE_PORTAL)
def show() -> Any:
    """The page of the rules."""
    return _page()


@pages.post("")
@needs(Right.PORTAL)
def change() -> Any:
    """Set the rules as the form has them."""
    form = request.form
    wishes = {
        kind: Wish(form.get(f"{kind}-tells") == "yes", form.get(f"{kind}-after", ""), form.get(f"{kind}-again", ""))
        for kind in alarms.KINDS
    }
    try:
        count = alarmrules.change(portal(), wishes, signed_in())
    except Refused as error:
        return _page(status_of(error), sentence(error))
    if count:
        flash(gettext("The rules have been changed."), "success")
    else:
        flash(gettext("Nothing was changed."), "info")
    return redirect("/attention/rules", 303)


def _page(status: int = 200, error: str = "") -> Any:
    who = signed_in()
    return render_template(
        "pages/attention_rules.html",
        title=gettext("Mail alerts for problems"),
        crumbs=[{"url": "/attention", "label": gettext("Needs attention")}, {"label": gettext("Alert mails")}],
        rules=alarmrules.listed(who),
        words=words(),
        may_change=who.has(Right.PORTAL),
        typed=request.form,
        alert=error,
    ), status


def words() -> dict[str, str]:
    """The kinds of trouble, as people call them."""
    return {
        "job": gettext("Work that fails (documents, cards, other systems)"),
        "mail": gettext("Mails not accepted by a mail server"),
        "step": gettext("Steps of a process that fail"),
        "timer": gettext("Due timers that cannot be carried out"),
        "deadlock": gettext("Cases that have come to a stop"),
        "start": gettext("Applications that cannot be accepted"),
        "upkeep": gettext("Automatic work of the portal that fails"),
    }
