"""What an element's properties ask for when a token enters it: claims, documents, downloads, extra mails.

Each is a row in our own tables or a queued job, stored with the step.
"""

from __future__ import annotations

from datetime import date, datetime

from app.services.base import businessdays, history
from app.services.base.jobqueue import Entered, queue
from app.services.base.releases import Loaded
from app.services.days import bookings, lastday
from app.services.money import invoices
from app.states import EntryKind
from app.store import records
from app.store.models import Case


def entered(case: Case, loaded: Loaded, place: Entered, now: datetime, closing: frozenset[date]) -> None:
    """Do what the entered element's properties say."""
    element = loaded.element(place.element)
    fee = element.properties.get("invoice", "")
    if fee:
        due = lastday.of_invoice(case, loaded.package, fee, businessdays.today(now), closing)
        invoices.raise_invoice(case, loaded, fee, place.data, due, origin=place.task_id, now=now)
    for calendar_id in element.listed("firm"):
        bookings.confirm(case, calendar_id)
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
    history.note(case.id, now, EntryKind.RELEASED, title=loaded.package.downloads[group].title)
