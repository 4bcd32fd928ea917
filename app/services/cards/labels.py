"""Labels for cards: what may be read by anybody who holds one — its number, its case, its batch. No key, no data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.connectors import pdf
from app.errors import NotFound, Refused
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.base.releases import Loaded, settings_of
from app.services.papers.documents import Content
from app.states import CardState, Right
from app.store import cards, cases, database
from app.store.models import Card

PURPOSE = "card_labels"
MOST = 240
MOST_SKIPPED = 23  # of a sheet's labels


@dataclass(frozen=True, slots=True)
class Label:
    """What stands on a label."""

    serial: str
    case_number: str
    set_title: str
    batch: str


@dataclass(frozen=True, slots=True)
class _Template:
    title: str
    filename: str
    body: str


def sheet(portal: Portal, serials: Sequence[str], actor: Actor, skip: int = 0) -> Content:
    """The labels as a PDF for the printer, in the order given. `skip`: labels that a begun sheet lacks."""
    actor.require(Right.CARDS)
    wanted = list(dict.fromkeys(serials))
    if not wanted:
        raise Refused("Choose cards first")
    if len(wanted) > MOST:
        raise Refused("At most %(most)s labels go into one file", most=MOST)
    with database.connection():
        rows = [_known(serial) for serial in wanted]
        loaded = _package(portal, rows)
        facts = {
            **settings_of(loaded.package),
            "settings": settings_of(loaded.package),
            "today": portal.today(),
            "labels": [None] * max(0, min(skip, MOST_SKIPPED)) + [_label(portal, row) for row in rows],
        }
    source = loaded.package.documents[loaded.package.document_for(PURPOSE)]
    template = _Template(source.title, source.filename, source.html)
    page = pdf.compose(template, facts, loaded.package.files, document_id=source.id)
    return Content(page.filename, "application/pdf", portal.print(page.html, loaded.package.files))


def _known(serial: str) -> Card:
    row = cards.by_serial(serial)
    if row is None:
        raise NotFound("The ledger has no card %(serial)s", serial=serial)
    return row


def _package(portal: Portal, rows: Sequence[Card]) -> Loaded:
    """The package whose labels they are: of the first card with a case, else the first that has labels at all."""
    of_cases: list[Loaded] = [
        portal.releases.loaded(case.release_id)
        for row in rows
        if row.case_id and (case := cases.by_id(row.case_id)) is not None
    ]
    for loaded in (*of_cases, *portal.releases.all_current()):
        if loaded.package.document_for(PURPOSE):
            return loaded
    raise NotFound("No process package has labels for cards")


def _label(portal: Portal, row: Card) -> Label:
    case: Any = cases.by_id(row.case_id) if row.case_id and row.state != CardState.WIPED else None
    if case is None:
        return Label(row.serial, "", "", row.batch)
    sets = portal.releases.loaded(case.release_id).package.cards
    return Label(row.serial, case.number, sets[row.set_id].title if row.set_id in sets else "", row.batch)
