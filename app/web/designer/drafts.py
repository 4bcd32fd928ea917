"""What is done with a draft as a whole: made new, copied, taken in, written out, handed over, dropped, brought up."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request
from flask_babel import gettext

from app.errors import NinteiError, Refused
from app.services.workspaces import bringing, making, taking, tree
from app.states import Right
from app.text.numbers import whole
from app.web.designer import clashes
from app.web.designer.pages import state_words
from app.web.frame import problems, sizes
from app.web.frame.access import needs
from app.web.frame.current import named, portal, signed_in

pages = Blueprint("designer_drafts", __name__, url_prefix="/designer")


@pages.post("/new")
@needs(Right.DESIGN)
def new() -> Any:
    """A new process: from a template, or as a copy of a release (`from`: template:<name> or copy:<package>)."""
    kind, _, name = request.form.get("from", "").partition(":")
    package_id, title = request.form.get("id", "").strip(), request.form.get("title", "")
    try:
        if kind == "copy":
            made = bringing.copy(portal(), name, None, package_id, title, signed_in())
        else:
            made = bringing.from_template(portal(), name, package_id, title, signed_in())
    except NinteiError as error:
        return problems.back(error, "/designer")
    return redirect(f"/designer/w/{made}", 303)


@pages.post("/import")
@needs(Right.DESIGN)
@sizes.takes()
def take() -> Any:
    """A draft from a ZIP."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return problems.back(Refused("Choose a ZIP file first"), "/designer")
    try:
        made = bringing.from_zip(portal(), file.stream.read(), request.form.get("title", ""), signed_in())
    except NinteiError as error:
        return problems.back(error, "/designer")
    return redirect(f"/designer/w/{made}", 303)


@pages.get("/w/<int:workspace_id>/export.zip")
@needs(Right.SEE_DESIGN)
def export(workspace_id: int) -> Any:
    """The draft as it stands."""
    return _zip(*bringing.to_zip(portal(), workspace_id, signed_in()))


@pages.get("/releases/<package_id>/<int:number>.zip")
@needs(Right.SEE_DESIGN)
def export_release(package_id: str, number: int) -> Any:
    """Hand out a release as a ZIP."""
    return _zip(*bringing.release_zip(portal(), package_id, number, signed_in()))


@pages.get("/w/<int:workspace_id>/about")
@needs(Right.SEE_DESIGN)
def about(workspace_id: int) -> Any:
    """The draft as a whole: who did what, and what can be done with it."""
    who = signed_in()
    view = making.one(portal(), workspace_id, who)
    return render_template(
        "designer/about.html", title=gettext("About this draft"), workspace=view, states=state_words(),
        events=making.events(portal(), workspace_id, who), acts=_acts(), colleagues=making.colleagues(portal(), who),
        crumbs=_crumbs(workspace_id, view.title, gettext("About this draft")),
    )  # fmt: skip


@pages.post("/w/<int:workspace_id>/about")
@needs(Right.DESIGN)
def change(workspace_id: int) -> Any:
    """act: rename, hand-over, drop, revive."""
    who, act, back = signed_in(), request.form.get("act"), f"/designer/w/{workspace_id}/about"
    try:
        if act == "rename":
            making.rename(portal(), workspace_id, request.form.get("title", ""), who)
        elif act == "hand-over":
            making.hand_over(
                portal(), workspace_id, whole(request.form.get("to", "")) or 0, request.form.get("why", ""), who
            )
        elif act == "drop":
            making.drop(portal(), workspace_id, request.form.get("why", ""), who)
        elif act == "revive":
            making.revive(portal(), workspace_id, who)
    except NinteiError as error:
        return problems.back(error, back)
    flash(gettext("Done: it is on record below."), "success")
    return redirect(back, 303)


@pages.get("/w/<int:workspace_id>/take-in")
@needs(Right.SEE_DESIGN)
def newer(workspace_id: int) -> Any:
    """What taking in the release that is in force would do, and the questions."""
    try:
        found = taking.plan(portal(), workspace_id, signed_in())
    except Refused as error:
        return problems.back(error, f"/designer/w/{workspace_id}")
    return _asked(workspace_id, found)


@pages.post("/w/<int:workspace_id>/take-in")
@needs(Right.DESIGN)
def take_in(workspace_id: int) -> Any:
    """Do it. The answers are posted as mine or theirs under `<path>|<clash>`."""
    choices: dict[str, dict[str, str]] = {}
    for name, value in request.form.items():
        path, mark, key = name.partition("|")
        if mark:
            choices.setdefault(path, {})[key] = value
    try:
        found = taking.take_in(portal(), workspace_id, signed_in(), choices)
    except Refused as error:
        return problems.back(error, f"/designer/w/{workspace_id}")
    if not found.done:
        return _asked(workspace_id, found, 422)
    flash(gettext("Release %(number)s has been taken in.", number=found.number), "success")
    return redirect(f"/designer/w/{workspace_id}", 303)


def _asked(workspace_id: int, found: taking.Plan, status: int = 200) -> Any:
    view = making.one(portal(), workspace_id, signed_in())
    files = tree.tree(portal(), workspace_id, signed_in()).files
    titles = {each.file.path: gettext(each.title) if each.ours else named(each.title) for each in files}
    for path, (title, ours) in tree.titles(found.coming).items():
        titles.setdefault(path, gettext(title) if ours else named(title))
    title = gettext("Take in release %(number)s", number=found.number)
    return render_template(
        "designer/take_in.html", title=title, workspace=view, plan=found, titles=titles, said=clashes.said,
        missed=status == 422, crumbs=_crumbs(workspace_id, view.title, title),
    ), status  # fmt: skip


def _acts() -> dict[str, str]:
    return {
        "made": gettext("Made"),
        "opened": gettext("Opened"),
        "saved": gettext("Saved"),
        "merged": gettext("Newer release taken in"),
        "handed": gettext("Handed over"),
        "submitted": gettext("Approval asked for"),
        "withdrawn": gettext("Request taken back"),
        "returned": gettext("Sent back"),
        "approved": gettext("Approved"),
        "released": gettext("Published"),
        "dropped": gettext("Dropped"),
        "revived": gettext("Fetched back"),
    }


def _crumbs(workspace_id: int, title: str, last: str) -> list[dict[str, str]]:
    return [
        {"url": "/designer", "label": gettext("Process design")},
        {"url": f"/designer/w/{workspace_id}", "label": title},
        {"label": last},
    ]


def _zip(name: str, data: bytes) -> Response:
    response = Response(data, mimetype="application/zip")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
