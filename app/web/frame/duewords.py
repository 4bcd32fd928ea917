"""The words of a due day: how long is left, or how long it is over."""

from __future__ import annotations

from flask_babel import gettext

from app.services.tasks import view
from app.web.frame.current import portal


def due_words(row: view.TaskView, brief: bool = True) -> tuple[str, str]:
    """(state, how long is left) of a task's due day, in business days; `brief` where staff know that they are."""
    if row.due_on is None or row.days_left is None:
        return "normal", ""
    today = portal().today()
    if row.due_on < today:
        over = max(1, -row.days_left)
        if brief:
            return "overdue", gettext("%(count)s days over", count=over)
        return "overdue", gettext("%(count)s business days over", count=over)
    if row.due_on == today:
        return "today", gettext("Today")
    left = max(1, row.days_left)
    state = "soon" if left <= 3 else "normal"
    if brief:
        return state, gettext("%(count)s days left", count=left)
    return state, gettext("%(count)s business days left", count=left)
