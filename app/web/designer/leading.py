"""Ways from other pages into the designer: to the file, and the place in it, that somebody wants to change."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext

from app.services.packages import termviews
from app.services.workspaces import making
from app.states import Right
from app.web.designer.pages import within
from app.web.frame.access import needs
from app.web.frame.current import portal, signed_in

pages = Blueprint("designer_leading", __name__, url_prefix="/designer")


@pages.get("/at")
@needs(Right.SEE_DESIGN)
def at() -> Any:
    """`?package=&file=&at=`: into the one draft that is being written, there; else the drafts to choose from."""
    who, wanted = signed_in(), request.args.get("package", "")
    file, place = request.args.get("file", ""), request.args.get("at", "")
    drafts = [each for each in making.listed(portal(), who, wanted or None) if each.writable]
    if len(drafts) == 1:
        return redirect(f"/designer/w/{drafts[0].id}{within(file, place)}")
    packages = [each for each in termviews.package_ids(portal()) if wanted in ("", each)]
    views = [termviews.history(portal(), each) for each in packages]
    return render_template(
        "designer/at.html", title=gettext("Choose a draft"), drafts=drafts, file=file, at=place,
        where=within(file, place), views=[each for each in views if each.current is not None],
        crumbs=[{"url": "/designer", "label": gettext("Process design")}, {"label": gettext("Choose a draft")}],
    )  # fmt: skip
