"""What an element's properties ask for when a token enters it: claims, documents, downloads, extra mails.

Each is a row in our own tables or a queued job, stored with the step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.services import dates, money
from app.services.releases import Loaded
from app.store import cases, records, work
from app.store.models import Case


@dataclass(frozen=True, slots=True)
class Entered:
    """An element that a token entered: its id, the engine's task id, the routing values there."""

    element: str
    task_id: str
    data: Mapping[str, Any]


def entered(case: Case, loaded: Loaded, place: Entered, now: datetime) -> None:
    """Do what the entered element's properties say."""
    element = loaded.element(place.element)
    fee = element.properties.get("invoice", "")
    if fee:
        money.raise_invoice(case, loaded, fee, place.data, origin=place.task_id, now=now)
    for calendar_id in element.listed("firm"):
        dates.confirm(case, calendar_id)
    for group in element.listed("releases"):
        release_downloads(case, loaded, group, now)
    # Papers that list cards wait until the cards are made (cardmaking).
    for document in () if element.properties.get("cards") else element.listed("makes"):
        queue(case, "pdf", {"document": document}, place, f"{place.task_id}:{document}", now)
    for mail in element.listed("sends"):
        queue(case, "mail", {"mail": mail}, place, f"{place.task_id}:{mail}", now)


def release_downloads(case: Case, loaded: Loaded, group: str, now: datetime) -> None:
    """Open a download group to the vendor."""
    records.open_group(case.id, group, now)
    cases.log(case.id, now, "released", title=loaded.package.downloads[group].title)


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
    return work.add_job(
        key=f"{case.number}:{key}",
        case=case.id,
        element=at.element,
        operator=operator,
        params={"origin": at.task_id, **params},
        data=dict(at.data),
        run_at=now,
        created_at=now,
    )
