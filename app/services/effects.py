"""What an element's properties ask for when a token enters it: claims, documents, downloads, extra mails.

Each is a row in our own tables or a queued job, stored with the step.
"""

from __future__ import annotations

from datetime import datetime

from app.services import money
from app.services.portal import Portal
from app.services.releases import Loaded
from app.store import cases, records, work
from app.store.models import Case


def entered(portal: Portal, case: Case, loaded: Loaded, element_id: str, task_id: str, now: datetime) -> None:
    """Do what the entered element's properties say."""
    element = loaded.element(element_id)
    fee = element.properties.get("invoice", "")
    if fee:
        money.raise_invoice(portal, case, loaded, fee, origin=task_id, now=now)
    for group in element.listed("releases"):
        release_downloads(case, loaded, group, now)
    # Papers that list cards wait until the cards are made (cardmaking).
    for document in () if element.properties.get("cards") else element.listed("makes"):
        queue(case, "pdf", {"document": document}, element_id, f"{task_id}:{document}", now, origin=task_id)
    for mail in element.listed("sends"):
        queue(case, "mail", {"mail": mail}, element_id, f"{task_id}:{mail}", now, origin=task_id)


def release_downloads(case: Case, loaded: Loaded, group: str, now: datetime) -> None:
    """Open a download group to the vendor."""
    records.open_group(case.id, group, now)
    cases.log(case.id, now, "released", title=loaded.package.downloads[group].title)


def queue(
    case: Case,
    operator: str,
    params: dict[str, object],
    element: str,
    key: str,
    now: datetime,
    *,
    origin: str = "",
    later: datetime | None = None,
) -> bool:
    """Queue a job for which no token waits; false when one of this key exists."""
    return work.add_job(
        key=f"{case.number}:{key}",
        case=case.id,
        element=element,
        operator=operator,
        params={**params, "origin": origin},
        run_at=later or now,
        created_at=now,
    )
