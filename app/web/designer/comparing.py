"""Two contents of a package beside each other: diagrams in colour, texts by lines, the rest by parts."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext

from app.catalogue.compare import Change, FileDiff
from app.catalogue.compare_words import key_said, part_said, value_said
from app.errors import NotFound
from app.services.designing import comparing
from app.services.designing.comparing import Comparison, Half
from app.services.workspaces import tree
from app.states import Right
from app.web.frame.access import needs
from app.web.frame.current import named, portal, signed_in

pages = Blueprint("designer_comparing", __name__, url_prefix="/designer/compare/<package_id>/<before>/<after>")


@pages.get("")
@needs(Right.SEE_DESIGN)
def compare(package_id: str, before: str, after: str) -> Any:
    """Every file that differs; the one of ?file= (else the first diagram, else the first) in full."""
    found = comparing.compared(portal(), package_id, before, after, signed_in())
    path = request.args.get("file", "")
    diagrams = [each for each in found.files if each.file.endswith(".bpmn")]
    chosen = found.file(path) if path else next(iter(diagrams or found.files), None)
    if path and chosen is None:
        raise NotFound("There is no difference in this file")
    sides = [half_words(found.before), half_words(found.after)]
    title = gettext("%(before)s and %(after)s compared", before=sides[0], after=sides[1])
    return render_template(
        "designer/compare.html", title=title, found=found, sides=sides, chosen=chosen,
        files=[{"file": each, "count": _count(each)} for each in found.files], titles=file_titles(found),
        shown=_shown(found, chosen) if chosen is not None else {}, wide=True,
        crumbs=[
            {"url": "/designer", "label": gettext("Process design")},
            {"url": f"/designer/releases/{package_id}", "label": gettext("Releases")},
            {"label": title},
        ],
    )  # fmt: skip


@pages.get("/<any(before, after):side>/<path:path>")
@needs(Right.SEE_DESIGN)
def file(package_id: str, before: str, after: str, side: str, path: str) -> Any:
    """A diagram of one side, for the canvas."""
    if not path.endswith(".bpmn"):
        raise NotFound("The draft holds no file %(file)s", file=path)
    ref = before if side == "before" else after
    return Response(comparing.file(portal(), package_id, ref, path, signed_in()), mimetype="application/xml")


def file_titles(found: Comparison) -> dict[str, str]:
    """What the files of both sides are called."""
    known = {**tree.titles(found.before.files), **tree.titles(found.after.files)}
    return {path: gettext(title) if ours else named(title) for path, (title, ours) in known.items()}


def half_words(half: Half) -> str:
    """What a half is called."""
    if half.number is not None:
        return gettext("Release %(number)s", number=half.number)
    return gettext("Draft “%(title)s”", title=half.title)


def _count(found: FileDiff) -> int:
    return len(found.changes) or len(found.lines)


def _shown(found: Comparison, chosen: FileDiff) -> dict[str, Any]:
    path = chosen.file
    old, new = found.before.files.get(path), found.after.files.get(path)
    settings = path == "package.toml"
    shown: dict[str, Any] = {"changes": [_change(each, settings=settings) for each in chosen.changes]}
    if path.endswith(".bpmn"):
        shown["canvases"] = _canvases(found, chosen)
    elif not chosen.changes and not chosen.sizes:
        shown["rows"] = comparing.side_by_side(old, new)
    return shown


def _canvases(found: Comparison, chosen: FileDiff) -> list[dict[str, str]]:
    """For each side that has the diagram where it is and what frontend/diagram.js marks: done is what came, failed what
    went, open what is otherwise."""
    base = f"/designer/compare/{found.package_id}/{found.before.ref}/{found.after.ref}"
    old, new = comparing.marks(chosen)
    details = {name: _detail(each) for name, each in comparing.changes_of(chosen).items() if name}
    canvases = []
    for side, of, marks in (("before", found.before, old), ("after", found.after, new)):
        if chosen.file not in of.files:
            continue
        state = {
            "done": marks.get("added", []), "failed": marks.get("removed", []), "open": marks["changed"],
            "flows": [], "details": details,
        }  # fmt: skip
        canvases.append({"title": half_words(of), "source": f"{base}/{side}/{chosen.file}", "state": json.dumps(state)})
    return canvases


def _detail(changes: list[Change]) -> dict[str, Any]:
    thing = changes[0].thing
    lines = [{"label": _where(each), "value": _value(each)} for each in changes]
    return {"title": named(thing.name or thing.id) if thing is not None else "", "lines": lines}


def _change(change: Change, *, settings: bool = False) -> dict[str, str]:
    thing = change.thing.said(lambda message: named(gettext(message))) if change.thing is not None else ""
    old, new = ((value_said(each, gettext) if settings else each) for each in (change.before, change.after))
    return {"kind": change.kind, "thing": thing, "where": _where(change, settings=settings), "old": old, "new": new}


def _where(change: Change, *, settings: bool = False) -> str:
    if settings:
        return gettext(", ").join(key_said(part.removeprefix("key:"), gettext) for part in change.parts)
    return gettext(", ").join(part_said(part, gettext) for part in change.parts) or gettext("the whole")


def _value(change: Change) -> str:
    return " → ".join(each or "—" for each in (change.before, change.after)) if change.before or change.after else "—"
