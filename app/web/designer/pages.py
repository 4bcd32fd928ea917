"""Pages of the designer: packages with their drafts and releases, and one draft with its files."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext
from flask_wtf.csrf import generate_csrf

from app.errors import NotFound
from app.services.packages import termviews
from app.services.workspaces import bringing, making, tree
from app.states import Right, WorkspaceState
from app.text.numbers import whole
from app.web.designer import words
from app.web.frame import kept, problems
from app.web.frame.access import needs
from app.web.frame.assets import DIST, asset
from app.web.frame.current import language, portal, signed_in

pages = Blueprint("designer", __name__, url_prefix="/designer")
EDITORS = ("page", "canvas", "forms", "decisions", "text", "pdf", "settings")


@pages.get("")
@needs(Right.SEE_DESIGN)
def start() -> Any:
    """Every package: its drafts and its releases."""
    who = signed_in()
    over = request.args.get("over") == "1"
    drafts = making.listed(portal(), who, over=over)
    known = termviews.package_ids(portal())
    of = {package_id: [each for each in drafts if each.package_id == package_id] for package_id in known}
    packages = [{"view": termviews.history(portal(), each), "drafts": of[each]} for each in known]
    fresh = [each for each in drafts if each.package_id not in known]
    return render_template(
        "designer/start.html", title=gettext("Process design"), packages=packages, fresh=fresh, over=over,
        states=state_words(), templates=bringing.templates(),
    )  # fmt: skip


@pages.post("/make")
@needs(Right.DESIGN)
def make() -> Any:
    """A draft from a release."""
    package_id, number = request.form.get("package", ""), whole(request.form.get("number", ""))
    try:
        found = making.make(portal(), package_id, number, request.form.get("title", ""), signed_in())
    except NotFound as error:
        return problems.back(error, "/designer")
    return redirect(f"/designer/w/{found}{within(request.form.get('file', ''), request.form.get('at', ''))}", 303)


@pages.get("/w/<int:workspace_id>")
@needs(Right.SEE_DESIGN)
def workspace(workspace_id: int) -> Any:
    """One draft: tree, editors, saving. `?file=<path>&at=<where>` opens a file."""
    who = signed_in()
    view = making.one(portal(), workspace_id, who)
    kinds = {kind: gettext(title) for kind, title in tree.KINDS.items()}
    boot = {
        "workspace": workspace_id,
        "user": who.user_id,
        "userName": who.name,
        "language": language(),
        "csrf": generate_csrf(),
        "kept": kept.key(),
        "words": words.spoken(),
        "kinds": kinds,
        "readOnly": not view.writable or not who.has(Right.DESIGN),
        "watches": who.has(Right.DESIGN),  # tells the others that somebody is here
        "bundles": _bundles(),
        "file": request.args.get("file", ""),
        "at": request.args.get("at", ""),
    }
    return render_template(
        "designer/workspace.html", title=view.title, workspace=view, boot=boot, wide=True, states=state_words(),
        crumbs=[{"url": "/designer", "label": gettext("Process design")}, {"label": view.title}],
    )  # fmt: skip


def within(file: str, at: str = "") -> str:
    """What an address of a draft says of the file that it opens, and of the place in it."""
    said = {key: value for key, value in (("file", file), ("at", at)) if value}
    return f"?{urlencode(said)}" if said else ""


def state_words() -> dict[WorkspaceState, str]:
    """What the states of drafts are called."""
    return {
        WorkspaceState.DRAFT: gettext("Draft"),
        WorkspaceState.SUBMITTED: gettext("Waits for approval"),
        WorkspaceState.RELEASED: gettext("Published"),
        WorkspaceState.DROPPED: gettext("Dropped"),
    }


def _bundles() -> dict[str, dict[str, str]]:
    """The editors that were built: name to the addresses of script and sheet."""
    folder: Path = DIST / "designer"
    return {
        name: {kind: asset(f"designer/{name}.{kind}") for kind in ("js", "css") if (folder / f"{name}.{kind}").exists()}
        for name in EDITORS
        if (folder / f"{name}.js").exists()
    }
