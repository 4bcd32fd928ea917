"""Releases in the browser: a draft is submitted, approved or sent back; what is in force, planned and over."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext

from app.errors import BadPackage, NinteiError, Refused
from app.services.base.businessdays import JAPAN
from app.services.designing import checking, comparing
from app.services.designing.checking import Found
from app.services.packages import terms, termviews, written
from app.services.workspaces import making, requests, submitting
from app.states import Right
from app.text.days import parse_date, parse_time
from app.text.numbers import whole
from app.web.designer.comparing import file_titles
from app.web.designer.pages import state_words
from app.web.frame import again, problems
from app.web.frame.access import needs
from app.web.frame.current import language, portal, signed_in
from app.web.frame.proving import proved

pages = Blueprint("designer_releasing", __name__, url_prefix="/designer")


@pages.get("/w/<int:workspace_id>/release")
@needs(Right.SEE_DESIGN)
def release(workspace_id: int) -> Any:
    """Where the draft stands on its way to a release, and what can be done."""
    return _page(workspace_id)


@pages.post("/w/<int:workspace_id>/release")
@needs(Right.DESIGN, Right.APPROVE_DESIGN)
@proved
def act(workspace_id: int) -> Any:
    """act: submit {note, when, day, time, revision}, approve {digest}, return {why}, withdraw {why}."""
    who, back = signed_in(), f"/designer/w/{workspace_id}/release"
    act, why = request.form.get("act"), request.form.get("why", "")
    try:
        if act == "submit":
            revision = whole(request.form.get("revision", ""))
            submitting.submit(portal(), workspace_id, request.form.get("note", ""), _from(), who, revision)
            flash(gettext("The approval has been asked for. The check and the scenarios are being run."), "success")
        elif act == "approve":
            done = submitting.approve(portal(), workspace_id, request.form.get("digest", ""), who)
            flash(_approved(done), "success")
        elif act == "return":
            submitting.send_back(portal(), workspace_id, why, who)
            flash(gettext("The draft has been sent back."), "success")
        elif act == "withdraw":
            submitting.withdraw(portal(), workspace_id, why, who)
            flash(gettext("The request has been taken back: the draft can be written again."), "success")
    except NinteiError as error:
        said = Refused("The check has found errors: mend them first") if isinstance(error, BadPackage) else error
        if again.wants_json():
            return problems.back(said, back)
        return _page(workspace_id, said), problems.status_of(said)  # with what was typed
    return redirect(back, 303)


@pages.get("/releases/<package_id>")
@needs(Right.SEE_DESIGN)
def history(package_id: str) -> Any:
    """Every release of a package with its terms."""
    view = termviews.history(portal(), package_id)
    folder = None
    if view.current is not None:
        files = terms.archive(portal(), package_id, view.current.number).files
        folder = written.stands(portal(), package_id, files)
    return render_template(
        "designer/releases.html", title=gettext("Releases"), view=view, folder=folder, terms=term_words(),
        sources=_sources(), administrator=signed_in().has(Right.ALONE),
        crumbs=[{"url": "/designer", "label": gettext("Process design")}, {"label": gettext("Releases")}],
    )  # fmt: skip


@pages.post("/releases/<package_id>/<int:number>/restore")
@needs(Right.DESIGN)
@proved
def restore(package_id: str, number: int) -> Any:
    """A draft that is this release again, on its way to approval."""
    title = gettext("Back to release %(number)s", number=number)
    try:
        made = submitting.restore(portal(), package_id, number, title, signed_in())
    except NinteiError as error:
        return problems.back(error, f"/designer/releases/{package_id}")
    return redirect(f"/designer/w/{made}/release", 303)


@pages.post("/releases/<package_id>/<int:number>/stop")
@needs(Right.DESIGN)
@proved
def stop(package_id: str, number: int) -> Any:
    """Take a term back, for a reason."""
    back = f"/designer/releases/{package_id}"
    try:
        submitting.stop(portal(), package_id, number, request.form.get("why", ""), signed_in())
    except NinteiError as error:
        return problems.back(error, back)
    flash(gettext("Release %(number)s has been stopped.", number=number), "success")
    return redirect(back, 303)


def _page(workspace_id: int, error: NinteiError | None = None) -> Any:
    who = signed_in()
    view = making.one(portal(), workspace_id, who)
    asked = requests.last(portal(), workspace_id, who)
    standing = requests.standing(portal(), workspace_id, who)
    checked = checking.problems(portal(), workspace_id, who) if view.writable else None
    errors = [each for each in checked.found if each.problem.severity == "error"] if checked else []
    over = view.current if view.current is not None else view.base
    changed, titles = None, {}
    if over is not None:
        compared = comparing.compared(portal(), view.package_id, str(over), f"w{workspace_id}", who)
        changed, titles = compared.files, file_titles(compared)
    return render_template(
        "designer/release.html", title=gettext("Release"), workspace=view, states=state_words(), asked=asked,
        standing=standing, checked=checked, errors=[_error(each) for each in errors], over=over,
        changed=changed, titles=titles, same=changed is not None and not changed, said=_said(asked),
        event=_released(workspace_id), folders=folder_words(), typed=request.form,
        error=problems.sentence(error) if error else "",
        crumbs=[
            {"url": "/designer", "label": gettext("Process design")},
            {"url": f"/designer/w/{workspace_id}", "label": view.title},
            {"label": gettext("Release")},
        ],
    )  # fmt: skip


def _error(found: Found) -> dict[str, str]:
    """An error, and where its link leads."""
    place = found.place
    where = (
        place.element if place.file.endswith(".bpmn") else place.part or (f"line:{place.line}" if place.line else "")
    )
    return {"text": str(found.problem.said(gettext)), "file": place.file, "at": where}


def _said(asked: requests.Request | None) -> list[dict[str, str]]:
    """What the gate found, in the reader's language."""
    found = asked.said if asked is not None else ()
    return [{"text": each[language() == "en"], "file": each[2], "at": each[3]} for each in found]


def _released(workspace_id: int) -> dict[str, Any]:
    return submitting.released(portal(), workspace_id, signed_in())


def _from() -> datetime | None:
    """The moment from the form; none for at once. Raises Refused."""
    if request.form.get("when") != "day":
        if request.form.get("day"):  # whoever writes a day does not mean at once
            raise Refused("A day is written: choose “From a day on”, or take the day out")
        return None
    day = parse_date(request.form.get("day", ""))
    if day is None:
        raise Refused("Write the day from which on it is to hold, such as 2026-12-15")
    clock = parse_time(request.form.get("time", "")) or time()
    return datetime.combine(day, clock, JAPAN)


def _approved(done: submitting.Approved) -> str:
    if done.done.term.state == "planned":
        return gettext(
            "Release %(number)s is approved and holds from the day that was asked for.", number=done.done.number
        )
    return gettext("Release %(number)s is in force: new cases start on it.", number=done.done.number)


def folder_words() -> dict[str, str]:
    """How the folder stands after a release; what says nothing new is not said."""
    return {
        written.WRITTEN: gettext("The folder of the package has been brought to the same content."),
        written.DIFFERS: gettext("The folder of the package says something else, and was left alone. It differs in:"),
        written.READ_ONLY: gettext("The folder of the package cannot be written, and differs in:"),
        written.OFF: gettext("By its settings the portal does not write the folder of the package. It differs in:"),
    }


def term_words() -> dict[str, str]:
    """What the states of terms are called."""
    return {
        "planned": gettext("Planned"),
        "in_force": gettext("In force"),
        "ended": gettext("Over"),
        "stopped": gettext("Stopped"),
    }


def _sources() -> dict[str, str]:
    return {
        terms.BOOTSTRAP: gettext("at the start of the portal"),
        terms.FOLDER: gettext("from the folder, at the terminal"),
        terms.IMPORT: gettext("taken in at the terminal"),
        terms.RESTORE: gettext("restored"),
        terms.DESIGNER: gettext("in the browser"),
    }
