"""Large files of rows that somebody has asked for: how far they are, and taking them down while they are kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, render_template, stream_with_context
from flask_babel import gettext

from app.services.exports import large, sheet
from app.services.exports.large import Export
from app.states import ExportState, Right
from app.web.frame.access import needs
from app.web.frame.current import portal, signed_in
from app.web.frame.sending import disposition
from app.web.frame.written import size

pages = Blueprint("exports", __name__, url_prefix="/exports")
PIECE = 1 << 16  # bytes


@pages.get("")
@needs(Right.EXPORT)
def show() -> Any:
    """One's own files, the newest first."""
    found = [_shown(row) for row in large.listed(signed_in())]
    return render_template("pages/account/exports.html", title=gettext("Exported files"), files=found)


@pages.get("/<int(max=2147483647):number>")
@needs(Right.EXPORT)
def one(number: int) -> Any:
    """One of them: how far it is, then where it is taken down."""
    row = large.own(signed_in(), number)
    crumbs = [{"url": "/exports", "label": gettext("Exported files")}, {"label": row.title}]
    return render_template(
        "pages/account/export.html", title=row.title, file=_shown(row), stuck=large.stuck(row), crumbs=crumbs
    )


@pages.get("/<int(max=2147483647):number>/file")
@needs(Right.EXPORT)
def take(number: int) -> Response:
    """Hand out the bytes of the file."""
    row = large.taken(portal(), signed_in(), number)
    headers = {
        "Content-Disposition": disposition(row.filename), "Cache-Control": "no-store", "Content-Length": str(row.size),
    }  # fmt: skip
    return Response(stream_with_context(_pieces(row.digest)), content_type=sheet.TYPES[row.form], headers=headers)


def _pieces(digest: str) -> Iterator[bytes]:
    with portal().blobs.open(digest) as file:
        while piece := file.read(PIECE):
            yield piece


def _shown(row: Export) -> dict[str, Any]:
    return {
        "url": f"/exports/{row.id}",
        "title": row.title,
        "form": {sheet.CSV: "CSV", sheet.XLSX: "Excel"}[row.form],
        "narrowed": row.narrowed,
        "asked_at": row.asked_at,
        "until": row.until,
        "rows": row.rows,
        "count": row.count,
        "size": size(row.size),
        "state": row.state.value,
        "said": gettext(large.STATES[row.state]),
        "waits": row.state is ExportState.WAITING,
        "ready": row.state is ExportState.MADE,
    }
