"""What the designer's API takes and gives as JSON."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from flask import jsonify, request
from flask_babel import gettext
from werkzeug.exceptions import BadRequest

from app.catalogue import canonical
from app.services.workspaces import taking
from app.services.workspaces.views import Clash, Saved, Visitor, WorkspaceView
from app.text.numbers import whole
from app.web.frame.current import signed_in

_PAGE = re.compile(r"[A-Za-z0-9_-]{8,40}")
_ETAG = re.compile(r'\s*(?:W/)?"?(\d{1,9})"?\s*')


def body() -> dict[str, Any]:
    """The JSON object that was sent. Raises BadRequest."""
    found = request.get_json(silent=True)
    if not isinstance(found, dict):
        raise BadRequest
    return found


def page_of(said: dict[str, Any]) -> str:
    """The id of the opened page, as it says itself; empty where it is none."""
    page = str(said.get("page", ""))
    return page if _PAGE.fullmatch(page) else ""


def revision() -> int:
    """What If-Match says. Raises BadRequest: who does not say what they read cannot save."""
    found = _ETAG.fullmatch(request.headers.get("If-Match", ""))
    number = whole(found.group(1)) if found else None
    if number is None:
        raise BadRequest
    return number


def moment(at: datetime | None) -> str | None:
    """An instant for scripts (RFC 3339)."""
    return at.isoformat() if at is not None else None


def text_of(path: str, data: bytes | None) -> str | None:
    """The file as text, as editors take it: no byte order mark, lines end in LF; none where it is no text."""
    if data is None or not canonical.is_text(path):
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def workspace_json(view: WorkspaceView) -> dict[str, Any]:
    """A draft for scripts."""
    return {
        "id": view.id,
        "package": view.package_id,
        "title": view.title,
        "base": view.base,
        "current": view.current,
        "behind": view.behind,
        "owner": view.owner_name,
        "ownerId": view.owner,
        "state": view.state.value,
        "revision": view.revision,
        "changed": view.changed,
        "readOnly": not view.writable,
        "changedAt": moment(view.changed_at),
    }


def choices_of(said: Any) -> taking.Choices:
    return {path: each for path, each in said.items() if isinstance(each, dict)} if isinstance(said, dict) else {}


def plan_json(found: taking.Plan) -> dict[str, Any]:
    files = [
        {"path": each.path, "act": each.act, "clashes": [
            {"key": clash.key, "place": clash.place, "base": clash.base, "mine": clash.mine, "theirs": clash.theirs}
            for clash in each.clashes
        ]}
        for each in found.files
    ]  # fmt: skip
    return {"number": found.number, "open": found.open, "done": found.done, "files": files}


def visitor_json(each: Visitor, me: int | None) -> dict[str, Any]:
    return {"name": each.name, "path": each.path, "mine": each.user == me}


def answer_json(found: Saved | Clash) -> Any:
    if isinstance(found, Saved):
        response = jsonify(
            revision=found.revision, at=moment(found.at), changed=found.changed, workspace=found.workspace
        )
        response.headers["ETag"] = f'"{found.revision}"'
        return response
    clash = {
        "path": found.path,
        "revision": found.revision,
        "by": found.by,
        "own": found.by_id is not None and found.by_id == signed_in().user_id,
        "at": moment(found.at),
        "theirs": text_of(found.path, found.theirs),
        "mine": text_of(found.path, found.mine),
        "removed": found.theirs is None,
        "kept": found.kept,
    }
    return jsonify(error=gettext("Somebody was faster"), clash=clash), 409
