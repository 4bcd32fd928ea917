"""What is changed after it was decided: a decision is taken back, a day is moved, people and places are set."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect
from flask_babel import gettext

from app.errors import Refused
from app.services import recall
from app.web import problems
from app.web.access import needs
from app.web.current import portal, signed_in

pages = Blueprint("afterwards", __name__)


@pages.post("/tasks/<task_id>/recall")
@needs("operator", "administrator")
def take_back(task_id: str) -> Any:
    """引戻し: the task is open again, with what was sent as its draft."""
    try:
        recall.take_back(portal(), task_id, signed_in())
    except Refused as error:
        return problems.back(error, f"/tasks/{task_id}/done")
    flash(gettext("The decision has been taken back. What you had written is below as a draft."), "success")
    return redirect(f"/tasks/{task_id}", 303)
