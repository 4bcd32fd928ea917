"""What staff do with rows of the worklist: exactly the ticked ones, or the one whose own button was pressed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, request
from flask_babel import gettext, ngettext

from app.errors import NinteiError, Refused
from app.services.pages import worklist
from app.services.people import accounts
from app.states import Right
from app.text.numbers import whole
from app.web.frame import problems
from app.web.frame.access import needs
from app.web.frame.current import named, portal, signed_in
from app.web.worklist.rows import list_url

pages = Blueprint("worklist", __name__, url_prefix="/worklist")


def _back() -> str:
    """The list that the person came from; nothing else that a form may say."""
    return list_url(request.form.get("back", ""))


def _ticked() -> list[str]:
    """The rows that the form means: the one whose own button was pressed, else exactly those that are ticked."""
    one = request.args.get("one")
    ids = [one] if one else request.form.getlist("task")
    if not ids:
        raise Refused("Select the rows first")
    return list(dict.fromkeys(ids))[:500]


@pages.post("/claim")
@needs(Right.WORK)
def claim() -> Any:
    """Take over the ticked tasks."""
    try:
        _say(
            worklist.claim(portal(), _ticked(), signed_in()),
            lambda count: ngettext("You have taken %(num)s task.", "You have taken %(num)s tasks.", count),
        )
    except Refused as error:
        return problems.back(error, _back())
    return redirect(_back(), 303)


@pages.post("/assign")
@needs(Right.WORK)
def assign() -> Any:
    """Give the ticked tasks to a colleague."""
    try:
        chosen = whole(request.form.get("user", ""))
        if chosen is None:
            raise Refused("Choose a colleague from the certifying body")
        done = worklist.assign(portal(), _ticked(), chosen, signed_in())
        _say(
            done, lambda count: ngettext("%(num)s task has been assigned.", "%(num)s tasks have been assigned.", count)
        )
    except Refused as error:
        return problems.back(error, _back())
    return redirect(_back(), 303)


@pages.post("/release")
@needs(Right.WORK)
def release() -> Any:
    """Give the ticked tasks back to the group."""
    try:
        done = worklist.assign(portal(), _ticked(), None, signed_in())
        _say(
            done,
            lambda count: ngettext(
                "%(num)s task has been returned to the group.", "%(num)s tasks have been returned to the group.", count
            ),
        )
    except Refused as error:
        return problems.back(error, _back())
    return redirect(_back(), 303)


@pages.post("/remind")
@needs(Right.WORK)
def remind() -> Any:
    """Remind whoever has the ticked tasks."""
    try:
        ids = _ticked()
        sent = worklist.remind(portal(), ids, signed_in())
    except Refused as error:
        return problems.back(error, _back())
    if sent:
        flash(ngettext("%(num)s reminder goes out now.", "%(num)s reminders go out now.", sent), "success")
    if sent < len(ids):
        flash(
            ngettext(
                "%(num)s has already been reminded today or is completed.",
                "%(num)s have already been reminded today or are completed.",
                len(ids) - sent,
            ),
            "info",
        )
    return redirect(_back(), 303)


@pages.post("/confirm")
@needs(Right.WORK)
def confirm() -> Any:
    """Go on to the payments of the ticked rows, where amounts are seen before anything is confirmed."""
    try:
        ids = _ticked()
    except Refused as error:
        return problems.back(error, _back())
    return redirect("/payments/confirm?" + urlencode([("task", each) for each in ids]), 303)


def _say(done: worklist.Bulk, sentence: Callable[[int], str]) -> None:
    if done.done:
        flash(sentence(done.done), "success")
    for left in done.left:
        flash(
            gettext(
                "%(title)s of %(company)s was not changed: %(why)s",
                title=named(left.title),
                company=left.company,
                why=problems.sentence(left.error),
            ),
            "warning",
        )
    if not done.done and not done.left:
        flash(gettext("These tasks have already been completed; nothing was changed."), "info")


@pages.post("/views")
@needs(Right.ACCOUNT)
def views() -> Any:
    """Keep the list's filter under a name, or forget one."""
    who = signed_in()
    dropped = whole(request.form.get("drop", ""))
    try:
        if dropped is not None:
            accounts.drop_view(who, dropped)
        else:
            name = request.form.get("name", "")
            accounts.save_view(who, name, _back().partition("?")[2])
            flash(gettext("The view “%(name)s” has been saved.", name=name.strip()), "success")
    except NinteiError as error:
        return problems.back(error, _back())
    return redirect(_back(), 303)


@pages.post("/columns")
@needs(Right.ACCOUNT)
def columns() -> Any:
    """Keep which columns one's list has."""
    accounts.choose_columns(signed_in(), request.form.getlist("column"))
    return redirect(_back(), 303)
