"""What the RECORD operators do (app.declarations), inside the step's transaction; what they give is the case's data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.services.cards import loans
from app.services.process import resting
from app.services.register import acts
from app.store.models import Case

Operation = Callable[[Portal, Case, Loaded, Mapping[str, Any], datetime], Any]


def _rested(portal: Portal, case: Case, loaded: Loaded, params: Mapping[str, Any], now: datetime) -> None:
    """What it waited for has come: the token goes on."""


def _days_passed(portal: Portal, case: Case, loaded: Loaded, params: Mapping[str, Any], now: datetime) -> None:
    """Its days have passed: the token goes on. Raises Permanent where they are no number of days."""
    resting.days(params)


OPERATIONS: dict[str, Operation] = {
    "notice": acts.notice,
    "milestone": acts.milestone,
    "wait_for": _rested,
    "wait_days": _days_passed,
    "cards_out": loans.count_out,
    "certificate_issue": acts.issue,
    "certificate_list": acts.publish,
    "certificate_read": acts.read,
    "certificate_extend": acts.extend,
    "certificate_suspend": acts.suspend,
    "certificate_withdraw": acts.withdraw,
    "certificate_end": acts.give_up,
}
