"""What is wrong with a draft, for the designer's scripts; and what is mended by a press."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, jsonify
from flask_babel import gettext

from app.errors import NinteiError
from app.services.designing import checking, mending
from app.services.designing.checking import Found
from app.services.workspaces.views import Clash
from app.states import Right
from app.web.designer import api, shapes
from app.web.frame.access import needs
from app.web.frame.current import named, portal, signed_in

pages = Blueprint("designer_problems", __name__, url_prefix="/designer/api/workspaces/<int:workspace_id>")
pages.register_error_handler(NinteiError, api.failed)


@pages.get("/problems")
@needs(Right.SEE_DESIGN)
def problems(workspace_id: int) -> Any:
    """{revision, problems: [{file, element, part, line, column, severity, text, mark, mend?}], seconds}."""
    checked = checking.problems(portal(), workspace_id, signed_in())
    rows = [problem_json(each) for each in checked.found]
    return jsonify(revision=checked.revision, problems=rows, seconds=round(checked.seconds, 3))


@pages.post("/mend")
@needs(Right.DESIGN)
def mend(workspace_id: int) -> Any:
    """{action, page}: do what was offered beside a problem. {files: [{path, revision}]}, 409 where
    somebody was faster."""
    said = shapes.body()
    action = said.get("action")
    done = checking.mend(
        portal(), workspace_id, mending.action_of(action if isinstance(action, dict) else {}), signed_in(),
        shapes.page_of(said),
    )  # fmt: skip
    if any(isinstance(each, Clash) for each in done):
        return jsonify(error=gettext("Somebody was faster")), 409
    return jsonify(files=[{"path": each.path, "revision": each.revision} for each in done])


def _text(found: Found) -> str:
    """The sentence, without the file under which it is listed; names in the reader's language."""
    problem = found.problem
    if problem.file == found.place.file:
        problem = replace(problem, file="")
    return problem.said(lambda message: named(gettext(message)))


def problem_json(found: Found) -> dict[str, Any]:
    """A problem as pages and editors read it (docs/designer.md)."""
    place, mend = found.place, found.mend
    said: dict[str, Any] = {
        "file": place.file,
        "element": place.element,
        "part": place.part,
        "line": place.line,
        "column": place.column,
        "severity": found.problem.severity,
        "text": _text(found),
        "mark": found.mark,
    }
    if mend is not None:
        said["mend"] = {"title": mend.said(gettext), "action": mend.as_json()}
    return said
