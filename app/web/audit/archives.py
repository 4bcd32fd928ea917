"""Archives of closed cases: made, looked into, taken away."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, flash, redirect, render_template, request, stream_with_context
from flask_babel import gettext, ngettext

from app.errors import NinteiError
from app.services.audit import archiving
from app.states import Right
from app.web.frame import problems, sending
from app.web.frame.access import needs
from app.web.frame.current import portal, signed_in
from app.web.frame.sending import disposition

pages = Blueprint("archives", __name__, url_prefix="/audit/archives")
AT_ONCE = 20  # that a press makes, while a person waits


@pages.post("")
@needs(Right.KEEPING)
def make() -> Any:
    """Archive cases that ended long ago, those that ended first first."""
    try:
        count = archiving.run(portal(), signed_in(), most=AT_ONCE)
    except NinteiError as error:
        return problems.back(error, "/audit/keeping")
    flash(ngettext("%(num)s case is archived.", "%(num)s cases are archived.", count), "success")
    return redirect("/audit/keeping", 303)


@pages.get("/<number>")
@needs(Right.SEE_TRAIL)
def show(number: str) -> Any:
    """What the archive of a case holds, once there is one."""
    found = archiving.show(portal(), number, signed_in())
    return render_template(
        "pages/audit/archive.html", title=gettext("The archive of %(number)s", number=number), number=number,
        found=found, part=partial(_part, number),
    )  # fmt: skip


@pages.get("/<number>.zip")
@needs(Right.SEE_TRAIL)
def whole(number: str) -> Response:
    """All of it, as it was stored."""
    pieces = archiving.whole(portal(), number, signed_in())
    headers = {"Content-Disposition": disposition(f"{number}-archive.zip"), "Cache-Control": "no-store"}
    return Response(stream_with_context(pieces), mimetype="application/zip", headers=headers)


@pages.get("/<number>/file")
@needs(Right.SEE_TRAIL)
def part(number: str) -> Any:
    """One file of it; always saved, never shown: it is as it came in."""
    found = archiving.part(portal(), number, request.args.get("name", ""), signed_in())
    response = sending.file(found.data, found.mime, found.filename, save=True)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _part(number: str, name: str) -> str:
    return f"/audit/archives/{number}/file?{urlencode({'name': name})}"
