"""The designer's API: JSON for its scripts (docs/designer.md). What is no 2xx has `error`, in the reader's words."""

from __future__ import annotations

import base64
from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask_babel import gettext
from werkzeug.exceptions import BadRequest

from app.catalogue import canonical
from app.errors import BadPackage, NinteiError, NotFound, Permanent
from app.services.designing import panels
from app.services.workspaces import content, making, presence, saving, taking, tree
from app.states import Right
from app.web.designer.shapes import (
    answer_json,
    body,
    choices_of,
    moment,
    page_of,
    plan_json,
    revision,
    text_of,
    visitor_json,
    workspace_json,
)
from app.web.frame import sizes
from app.web.frame.access import needs
from app.web.frame.current import language, named, portal, signed_in
from app.web.frame.problems import sentence, status_of
from app.web.settings.words import SECTIONS

pages = Blueprint("designer_api", __name__, url_prefix="/designer/api")


@pages.errorhandler(NinteiError)
def failed(error: NinteiError) -> Any:
    """Our errors, whatever the asker accepts."""
    said: dict[str, Any] = {"error": sentence(error)}
    if isinstance(error, BadPackage):
        said["problems"] = [
            {"file": each.file, "text": each.said(gettext), "line": each.line} for each in error.problems
        ]
    status = status_of(error)
    # What a draft's own text brings about is its writer's to mend, and no fault of the portal.
    return jsonify(said), 422 if status == 500 and isinstance(error, Permanent) else status


@pages.get("/workspaces")
@needs(Right.SEE_DESIGN)
def listed() -> Any:
    """Drafts; with ?over=1 those that are over, too."""
    found = making.listed(portal(), signed_in(), request.args.get("package"), over=request.args.get("over") == "1")
    return jsonify(workspaces=[workspace_json(each) for each in found])


@pages.post("/workspaces")
@needs(Right.DESIGN)
def make() -> Any:
    """{package, number?, title?}: a draft from a release."""
    said = body()
    number = said.get("number")
    made = making.make(
        portal(), str(said.get("package", "")), number if isinstance(number, int) else None,
        str(said.get("title", "")), signed_in(),
    )  # fmt: skip
    return jsonify(workspace_json(making.one(portal(), made, signed_in()))), 201


@pages.get("/workspaces/<int:workspace_id>")
@needs(Right.SEE_DESIGN)
def one(workspace_id: int) -> Any:
    """One draft and what happened to it."""
    who = signed_in()
    events = [
        {"at": moment(each.at), "kind": each.kind.value, "by": each.by, "text": each.text}
        for each in making.events(portal(), workspace_id, who)
    ]
    return jsonify(workspace_json(making.one(portal(), workspace_id, who)) | {"events": events})


@pages.get("/workspaces/<int:workspace_id>/tree")
@needs(Right.SEE_DESIGN)
def files(workspace_id: int) -> Any:
    """Every file with its kind and title, in the order in which they are shown."""
    found = tree.tree(portal(), workspace_id, signed_in())
    rows = [
        {
            "path": each.file.path,
            "kind": each.kind,
            "title": gettext(each.title) if each.ours else named(each.title),
            "side": gettext(each.side) if each.side else "",
            "revision": each.file.revision,
            "size": each.file.size,
            "changed": each.file.changed,
            "by": each.file.by,
            "at": moment(each.file.saved_at),
            "aside": each.aside,
        }
        for each in found.files
    ]
    kinds = [{"kind": kind, "title": gettext(title)} for kind, title in tree.KINDS.items()]
    return jsonify(files=rows, kinds=kinds, revision=found.revision)


@pages.get("/workspaces/<int:workspace_id>/files/<path:path>")
@needs(Right.SEE_DESIGN)
def read(workspace_id: int, path: str) -> Any:
    """A file: {path, content, revision, …}; content is null where it is no text or was removed. ?raw=1: its bytes."""
    who = signed_in()
    who.require(Right.SEE_DESIGN)
    found = content.read(portal(), workspace_id, path)
    if request.args.get("raw") == "1":
        if found.data is None:
            raise NotFound("The draft holds no file %(file)s", file=path)
        response = Response(found.data, mimetype="application/octet-stream")
        response.headers.set("Content-Disposition", "attachment", filename=path.rpartition("/")[2])
        return response
    view = making.one(portal(), workspace_id, who)
    response = jsonify(
        path=found.path,
        content=text_of(found.path, found.data),
        base=text_of(found.path, found.base) if request.args.get("base") == "1" else None,
        inBase=found.base is not None,
        text=canonical.is_text(found.path),
        removed=found.data is None,
        revision=found.revision,
        by=found.by,
        at=moment(found.saved_at),
        readOnly=not view.writable,
    )
    response.headers["ETag"] = f'"{found.revision}"'
    return response


@pages.put("/workspaces/<int:workspace_id>/files/<path:path>")
@needs(Right.DESIGN)
@sizes.takes()
def save(workspace_id: int, path: str) -> Any:
    """Save a file: {content} (text) or {data} (base64), If-Match: the revision that was read (RFC 9110 section 13.1.1;
    0: new, or as in the release). 200 {revision}, 409 {error, clash}, 422 what cannot be stored."""
    said = body()
    if isinstance(said.get("content"), str):
        data = said["content"].encode()
    else:
        try:
            data = base64.b64decode(str(said["data"]), validate=True)
        except (KeyError, ValueError) as error:
            raise BadRequest from error
    return answer_json(saving.save(portal(), workspace_id, path, data, revision(), signed_in(), page_of(said)))


@pages.delete("/workspaces/<int:workspace_id>/files/<path:path>")
@needs(Right.DESIGN)
def remove(workspace_id: int, path: str) -> Any:
    """Take a file out, If-Match as above."""
    return answer_json(saving.remove(portal(), workspace_id, path, revision(), signed_in()))


@pages.post("/workspaces/<int:workspace_id>/restore")
@needs(Right.DESIGN)
def restore(workspace_id: int) -> Any:
    """{path}: as in the release again, If-Match as above."""
    said = body()
    path = str(said.get("path", ""))
    return answer_json(saving.restore(portal(), workspace_id, path, revision(), signed_in(), page_of(said)))


@pages.get("/workspaces/<int:workspace_id>/versions")
@needs(Right.SEE_DESIGN)
def versions(workspace_id: int) -> Any:
    """?path=: what is kept of a file, the newest first."""
    who = signed_in()
    who.require(Right.SEE_DESIGN)
    found = saving.versions(portal(), workspace_id, request.args.get("path", ""))
    rows = [
        {"id": each.id, "kind": each.kind.value, "at": moment(each.at), "by": each.by, "revision": each.revision,
         "removed": each.removed, "mine": each.by_id == who.user_id}
        for each in found
    ]  # fmt: skip
    return jsonify(versions=rows)


@pages.get("/workspaces/<int:workspace_id>/versions/<int:version_id>")
@needs(Right.SEE_DESIGN)
def version(workspace_id: int, version_id: int) -> Any:
    """The content of one."""
    signed_in().require(Right.SEE_DESIGN)
    data = saving.version(portal(), workspace_id, version_id)
    return jsonify(content=text_of(request.args.get("path", ".txt"), data), removed=data is None)


@pages.post("/workspaces/<int:workspace_id>/seen")
@needs(Right.DESIGN)
def seen(workspace_id: int) -> Any:
    """{page, path, left?}: this page looks at this file. Who else does, and the draft's revision."""
    said, who = body(), signed_in()
    page = page_of(said)
    if said.get("left"):
        presence.left(portal(), workspace_id, page, who)
        return jsonify(others=[])
    others = presence.seen(portal(), workspace_id, page, str(said.get("path", ""))[:240], who)
    view = making.one(portal(), workspace_id, who)
    return jsonify(
        others=[visitor_json(each, who.user_id) for each in others], revision=view.revision, readOnly=not view.writable,
        again=presence.EVERY,
    )  # fmt: skip


@pages.get("/workspaces/<int:workspace_id>/panels")
@needs(Right.SEE_DESIGN)
def panel(workspace_id: int) -> Any:
    """The declarations as the panels of editors read them (app.services.designing.panels)."""
    signed_in().require(Right.SEE_DESIGN)
    found = panels.panels(content.package(portal(), workspace_id), language(), gettext)
    for section in found["things"]["section"]:  # those that the process has not named have the portal's own name
        known = SECTIONS.get(section["id"]) if section["title"] == section["id"] else None
        section["title"] = gettext(known) if known else section["title"]
    return jsonify(found)


@pages.post("/workspaces/<int:workspace_id>/hand-over")
@needs(Right.DESIGN)
def hand_over(workspace_id: int) -> Any:
    """{to: account, why}: another colleague is the owner."""
    said = body()
    to = said.get("to")
    if not isinstance(to, int):
        raise BadRequest
    making.hand_over(portal(), workspace_id, to, str(said.get("why", "")), signed_in())
    return jsonify(workspace_json(making.one(portal(), workspace_id, signed_in())))


@pages.get("/workspaces/<int:workspace_id>/take-in")
@needs(Right.SEE_DESIGN)
def newer(workspace_id: int) -> Any:
    """What taking in the release that is in force would do: files with act (taken, kept, merged) and clashes."""
    return jsonify(plan_json(taking.plan(portal(), workspace_id, signed_in())))


@pages.post("/workspaces/<int:workspace_id>/take-in")
@needs(Right.DESIGN)
def take_in(workspace_id: int) -> Any:
    """{choices: {path: {clash: mine | theirs}}}: do it. 409 with what is open, and nothing is changed."""
    found = taking.take_in(portal(), workspace_id, signed_in(), choices_of(body().get("choices")))
    return jsonify(plan_json(found)), 200 if found.done else 409


@pages.post("/workspaces/<int:workspace_id>/<any(drop, revive, rename):act>")
@needs(Right.DESIGN)
def change(workspace_id: int, act: str) -> Any:
    """drop {why}, revive {}, rename {title}."""
    said, who = body(), signed_in()
    if act == "drop":
        making.drop(portal(), workspace_id, str(said.get("why", "")), who)
    elif act == "revive":
        making.revive(portal(), workspace_id, who)
    else:
        making.rename(portal(), workspace_id, str(said.get("title", "")), who)
    return jsonify(workspace_json(making.one(portal(), workspace_id, who)))
