"""When the process fails in what somebody sent: which step, what is kept, who knows of it.

Staff read the reason, too.
"""

from __future__ import annotations

from typing import Any

from flask import jsonify, render_template, request
from flask_babel import gettext

from app.errors import StepFailed
from app.states import Side
from app.web.frame import again
from app.web.frame.current import actor, named


def page(error: StepFailed, reason: str) -> Any:
    """500, instead of what was asked for. `reason`: its cause in the reader's language."""
    who = actor()
    title = named(error.title) or gettext("the next step")
    words = [gettext("“%(title)s” could not be carried out: there is an error in the process itself.", title=title)]
    if error.kind == "start":
        words = [gettext("The application could not be accepted: there is an error in the process itself.")]
    if request.view_args and "task_id" in request.view_args:
        words.append(gettext("Your answer is not lost: it is saved as a draft, and you can send it again later."))
    else:
        words.append(gettext("Nothing was changed."))
    if who is not None and who.side == Side.OPERATOR:
        words.append(gettext("It is listed under “Needs attention”, and the administrators have been notified."))
        words.append(gettext("Reason: %(reason)s", reason=reason))
    else:
        words.append(gettext("The certifying body has been notified and is looking into it."))
    if again.wants_json():
        return jsonify(error=" ".join(words)), 500
    heading = gettext("This step could not be carried out")
    return render_template("pages/problem.html", status=500, title=heading, text=words, back=_back_to()), 500


def _back_to() -> tuple[str, str] | None:
    """(address, words) of where the person can go on."""
    given = request.view_args or {}
    if "task_id" in given:
        return f"/tasks/{given['task_id']}", gettext("Back to the draft")
    return (f"/cases/{given['number']}", gettext("Back to the case")) if "number" in given else None
