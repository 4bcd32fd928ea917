"""A view for each kind of record."""

from __future__ import annotations

from typing import Any

from admin.closing import Absences, ClosingDays
from admin.nouns import GROUPS
from admin.people import Accounts
from admin.savedviews import Views
from admin.view import Records
from app.services.base.portal import Portal
from app.store import models as m

CHANGED: dict[Any, type[Records]] = {
    m.User: Accounts, m.Absence: Absences, m.SavedView: Views, m.ClosingDay: ClosingDays
}  # fmt: skip


def build(portal: Portal, prefix: str) -> list[Records]:
    """The pages of all kinds."""
    found: list[Records] = []
    for label, kinds in GROUPS:
        for kind in kinds:
            view = CHANGED.get(kind.model, Records)
            found.append(view(kind, portal, f"{prefix}{kind.name}", label))
    return found
