"""A round of upkeep: each part of it, and each case in a part, in a net of its own: one that fails skips no other.

What passes by itself (a busy database) is left to the next round. Anything else is an incident, one while it lasts.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from app.errors import StepFailed, Temporary, defect
from app.services.base.portal import Portal
from app.services.trouble import incidents
from app.states import IncidentKind
from app.store import cases, database
from app.store import incidents as rows
from app.store.models import Case

log = logging.getLogger("nintei.upkeep")

KIND = IncidentKind.UPKEEP


class Round:
    """One round; it knows which of its incidents are open, to end those that go well now."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        with database.connection():
            self._open = rows.open_of_kind(KIND)

    def part(self, name: str, work: Callable[[Round], int | None]) -> int:
        """Do a part; gives what it gives, 0 when it fails."""
        try:
            count = work(self) or 0
            self._well(None, name)
        except Exception as error:
            self._fails(0, name, error)
            return 0
        return count

    def case(self, name: str, case_id: int, work: Callable[[Case], int]) -> int:
        """Do what the part does for a case, which is locked in a transaction; gives what it gives, 0 when it fails."""
        try:
            with database.transaction():
                count = work(cases.lock(case_id))
            self._well(case_id, name)
        except Exception as error:
            self._fails(case_id, name, error)
            return 0
        return count

    def _well(self, case: int | None, name: str) -> None:
        if (case, name) in self._open:
            with database.transaction():
                incidents.over(case, self._portal.now(), kinds=(KIND,), element=name)

    def _fails(self, case: int, name: str, error: Exception) -> None:
        if isinstance(error, Temporary) or database.passes(error):
            log.warning("%s waits for the next round: %s", name, " ".join(str(error).split()))
            return
        failed = StepFailed(defect(error), case, element=name, title=name, kind=KIND.value)
        failed.__cause__ = error
        try:
            incidents.note(self._portal, failed)
        except Exception as trouble:  # then the log says it, and the next round tries again
            log.exception("an incident of %s could not be put on record: %s", name, trouble)
