"""The words of a due day: how long is left, or how long it is over."""

from __future__ import annotations

from flask_babel import gettext, ngettext

from app.services.tasks import view
from app.web.frame.current import portal


def due_words(row: view.TaskView) -> tuple[str, str]:
    """(state, how long is left) of a task's due day, in business days, as it says."""
    if row.due_on is None or row.days_left is None:
        return "normal", ""
    today = portal().today()
    if row.due_on < today:
        over = max(1, -row.days_left)
        return "overdue", ngettext("%(num)s business day overdue", "%(num)s business days overdue", over)
    if row.due_on == today:
        return "today", gettext("Today")
    left = max(1, row.days_left)
    return "soon" if left <= 3 else "normal", ngettext("%(num)s business day left", "%(num)s business days left", left)
