"""What the parts of one step of a case share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from app.engine import Step
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.store.models import Answer, Case, Task


@dataclass(frozen=True, slots=True)
class Closing:
    """Who finished the task that this step completes, and with which answer."""

    actor: Actor
    answer: Answer | None = None
    on_behalf_of: str = ""
    kept: bool = False  # how the case stood before is kept with it, in place of what was kept of the step before


@dataclass(slots=True)
class Moment:
    """What the parts of one step share; `rows` are the case's open tasks, kept up as they close and open."""

    portal: Portal
    case: Case
    loaded: Loaded
    step: Step
    now: datetime
    today: date
    closing: frozenset[date]
    closed: Mapping[str, Closing] = field(default_factory=dict)
    rows: list[Task] = field(default_factory=list)
    before: frozenset[str] = frozenset()  # service tasks that ran before the step
