"""What the editor of diagrams asks for: what is drawn elsewhere, what becomes of a foreign file, renames."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, jsonify
from flask_babel import gettext
from werkzeug.exceptions import BadRequest

from app.errors import NinteiError, filled
from app.services.designing import changing, drawing, interchange
from app.services.designing.renaming import KINDS, Place
from app.services.workspaces import content, making, tree
from app.states import Right
from app.web.designer.api import failed
from app.web.designer.shapes import body, page_of, text_of
from app.web.frame import sizes
from app.web.frame.access import needs
from app.web.frame.current import language, named, portal, signed_in

pages = Blueprint("designer_diagrams", __name__, url_prefix="/designer/api/workspaces/<int:workspace_id>")
pages.register_error_handler(NinteiError, failed)


@pages.get("/canvas")
@needs(Right.SEE_DESIGN)
def canvas(workspace_id: int) -> Any:
    """What the canvas knows beside them (app.services.designing.drawing)."""
    who = signed_in()
    who.require(Right.SEE_DESIGN)
    view = making.one(portal(), workspace_id, who)
    fixed = changing.fixed_ids(portal(), view.package_id)
    return jsonify(drawing.drawing(content.package(portal(), workspace_id), fixed, language()))


@pages.post("/imports")
@needs(Right.DESIGN)
@sizes.takes()
def imports(workspace_id: int) -> Any:
    """{name, content}: what would become of a BPMN file from elsewhere. Nothing is saved."""
    signed_in().require(Right.DESIGN)
    said = body()
    if not isinstance(said.get("content"), str):
        raise BadRequest
    package = content.package(portal(), workspace_id)
    ids = drawing.drawing(package, (), language())["ids"]
    found = interchange.report(str(said.get("name", ""))[:240], said["content"].encode(), ids, package.files)
    return jsonify(
        name=found.name,
        content=text_of(found.name, found.data),
        runs=found.runs,
        elements=[
            {
                "id": each.element,
                "name": found.names.get(each.element, ""),
                "line": each.problem.line,
                "fate": each.fate,
                "text": filled(each.problem.message, each.problem.params, gettext),
            }
            for each in found.fates
        ],
    )


@pages.post("/renames")
@needs(Right.DESIGN)
def renames(workspace_id: int) -> Any:
    """{kind, old, new, of?, apply}: every place that changes, and what would then be wrong; with `apply` it is done."""
    who, said = signed_in(), body()
    wanted = changing.Rename(*(str(said.get(key, ""))[:240] for key in ("kind", "old", "new", "of")))
    if wanted.kind not in KINDS:
        raise BadRequest
    if said.get("apply") is True:
        done = changing.rename(portal(), workspace_id, wanted, who, page_of(said))
        return jsonify(changed=sorted(done.files))
    found = changing.preview(portal(), workspace_id, wanted, who)
    titles = tree.titles(content.files(portal(), workspace_id))
    return jsonify(
        places=[_place(each, titles) for each in found.renamed.places],
        left=[_place(each, titles) for each in found.renamed.left],
        changed=sorted(found.renamed.files),
        problems=[each.said(gettext) for each in found.problems],
    )


def _place(each: Place, titles: Mapping[str, tuple[str, bool]]) -> dict[str, Any]:
    title, ours = titles.get(each.file, ("", False))
    called = gettext(title) if ours and title else named(title)
    return {"file": each.file, "title": called, "line": each.line, "before": each.before, "after": each.after}
