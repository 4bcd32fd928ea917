"""The pages of a file, where points are pinned and answered. The bytes come from the case's own address."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request

from app.errors import NinteiError, Refused
from app.services.pages import viewer
from app.services.tasks import comments
from app.states import Right, Side
from app.text.numbers import whole
from app.web.frame.access import needs
from app.web.frame.current import portal, signed_in
from app.web.frame.problems import sentence, status_of
from app.web.tasks import drafts, views

pages = Blueprint("viewer", __name__)


@pages.get("/tasks/<task_id>/pages/<document_id>")
@needs(Right.SEE_CASES)
def show(task_id: str, document_id: str) -> Any:
    """The file, its points beside it."""
    return _draw(task_id, document_id)


@pages.post("/tasks/<task_id>/pages/<document_id>")
@needs(Right.ANSWER)
def keep(task_id: str, document_id: str) -> Any:
    """Pin a point to a page, take one back, or keep the vendor's answers."""
    try:
        place = _keep(task_id, document_id)
    except Refused as error:
        return _draw(task_id, document_id, error)
    return redirect(f"{views.here(task_id, f'/pages/{document_id}')}{place}", 303)


def _keep(task_id: str, document_id: str) -> str:
    """Do what the press says; gives the place to return to."""
    posted, who = request.form, signed_in()
    seen = viewer.page(portal(), task_id, document_id, who)
    replies = drafts.replies(posted)
    if replies:
        comments.reply_all(portal(), task_id, replies, who)
        return "#points"
    if (taken := whole(posted.get("take_back", ""))) is not None:
        comments.unpin(portal(), task_id, taken, who)
        return "#points"
    page, spot = drafts.page_of(posted.get("page", "")), (_part(posted.get("x", "")), _part(posted.get("y", "")))
    x, y = spot if None not in spot else (None, None)
    where = comments.Place(seen.element, seen.field, document_id, page, x, y)
    point = comments.pin(portal(), task_id, where, posted.get("text", ""), who)
    return f"#point-{point}"


def _part(text: str) -> float | None:
    """A place on the page, from 0 to 1; none for anything else."""
    try:
        found = float(text)
    except ValueError:
        return None
    return found if 0 <= found <= 1 else None


def _draw(task_id: str, document_id: str, alert: NinteiError | None = None) -> Any:
    seen = viewer.page(portal(), task_id, document_id, signed_in())
    address = f"/cases/{seen.task.case_number}/documents/{document_id}"
    anchor = f"r-{seen.element}-{seen.field}" if seen.task.side == Side.OPERATOR else f"f-{seen.field}"
    return render_template(
        "pages/task/pages.html",
        seen=seen,
        task=seen.task,
        file=address,
        here=views.here(task_id, f"/pages/{document_id}"),
        back=f"{views.beside(task_id) if 'beside' in request.args else views.here(task_id)}#{anchor}",
        query=views.query(),
        alert=sentence(alert) if alert else "",
        typed=request.form if alert else {},
    ), status_of(alert) if alert else 200
