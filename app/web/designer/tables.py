"""Forms of TOML files: package.toml, english.toml, the headers of mails and documents."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify
from werkzeug.exceptions import BadRequest

from app.errors import NinteiError
from app.services.designing import tables
from app.services.designing.tables import Change
from app.states import Right
from app.web.designer.api import failed
from app.web.designer.shapes import body
from app.web.frame.access import needs

pages = Blueprint("designer_tables", __name__, url_prefix="/designer/api/workspaces/<int:workspace_id>")
pages.register_error_handler(NinteiError, failed)
MOST = 2 * 1024 * 1024  # characters of a file
ACTS = ("set", "remove", "move")


@pages.post("/tables")
@needs(Right.DESIGN)
def change(workspace_id: int) -> Any:  # noqa: ARG001 - of the draft in which the text is written; nothing is saved here
    """{path, content, changes: [{path: [key | number], act, value}]}: {content, values}. Nothing is saved."""
    said = body()
    path, text, changes = said.get("path"), said.get("content"), said.get("changes", [])
    if not isinstance(path, str) or not isinstance(text, str) or len(text) > MOST or not isinstance(changes, list):
        raise BadRequest
    header = path.startswith(("mail/", "pdf/"))
    text = tables.changed(text, [_change(each) for each in changes], header=header)
    return jsonify(content=text, values=tables.values(text, header=header))


def _change(said: Any) -> Change:
    if not isinstance(said, dict) or said.get("act") not in ACTS:
        raise BadRequest
    way = said.get("path")
    if not isinstance(way, list) or not way or len(way) > 6:
        raise BadRequest
    if not all(isinstance(each, str | int) and not isinstance(each, bool) for each in way):
        raise BadRequest
    return Change(tuple(way), said["act"], said.get("value"))
