"""Work for outside, put down inside the transaction that decided it; a worker does it afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.store import jobrows
from app.store.models import Case


@dataclass(frozen=True, slots=True)
class Entered:
    """An element that a token entered: its id, the engine's task id, the routing values there."""

    element: str
    task_id: str
    data: Mapping[str, Any]


def queue(
    case: Case,
    operator: str,
    params: Mapping[str, Any],
    place: Entered | str,
    key: str,
    now: datetime,
) -> bool:
    """Queue a job for which no token waits; false when one of this key exists. `place` may be an element's id alone."""
    at = place if isinstance(place, Entered) else Entered(place, "", case.data or {})
    return jobrows.add_job(
        key=f"{case.number}:{key}",
        case=case.id,
        element=at.element,
        operator=operator,
        params={"origin": at.task_id, **params},
        data=dict(at.data),
        run_at=now,
        created_at=now,
    )
