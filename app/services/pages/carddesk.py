"""The card desk's page: stock, loans, a card's life, what open tasks want, and wiping what came back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.errors import NinteiError, NotFound
from app.services.base import permit
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.cards import stock
from app.services.cards.ledger import WIPEABLE
from app.services.cards.wiping import CardJob, open_jobs
from app.services.tasks import view
from app.states import CardState, Phase, Right, Side
from app.store import accounts, ahead, cards, database, work
from app.store.models import Card, CardEvent

LENT = 300  # loans that the page lists


@dataclass(frozen=True, slots=True)
class Listed:
    """A card in a list."""

    card: stock.CardView
    company_name: str
    changed_at: datetime
    pending: str  # the act that is intended and not done yet


@dataclass(frozen=True, slots=True)
class Wanted:
    """An open task that wants cards."""

    task: view.TaskView
    cards: stock.SetView
    refusal: NinteiError | None


@dataclass(frozen=True)
class Page:
    """Everything on the desk."""

    counts: dict[CardState, int]
    lent: list[Listed]  # those that are due back first, at most LENT
    overdue: int  # loans that should be back
    found: list[Listed]
    wanted: list[Wanted]
    work: list[CardJob]  # card jobs that are not done


@dataclass(frozen=True, slots=True)
class Event:
    """One act in a card's life."""

    at: datetime
    act: str
    phase: Phase  # intended | confirmed | failed
    desk: str
    by: str
    text: str


@dataclass(frozen=True)
class Life:
    """A card, for life."""

    listed: Listed
    profile: str
    key_version: int
    system_name: str
    events: list[Event]  # newest first
    marks: tuple[CardState, ...]  # what a person may say of it now
    wipeable: bool
    troubles: list[CardJob]


def page(portal: Portal, actor: Actor, *, text: str = "", state: str = "") -> Page:
    """The desk; `text` and `state` narrow the list of cards."""
    actor.require(Right.SEE_DESKS)
    wanted_state = CardState.of(state)
    with database.reading_once():
        wanted = cards.search(text.strip(), [wanted_state] if wanted_state else [])
        lent = cards.lent(LENT)
        pending = cards.unfinished([*wanted, *lent])
        return Page(
            counts=cards.counts(),
            lent=[_listed(portal, row, pending) for row in lent],
            overdue=cards.overdue_count(portal.today()),
            found=[_listed(portal, row, pending) for row in wanted],
            wanted=_wanted(portal, actor),
            work=open_jobs(),
        )


def _listed(portal: Portal, row: Card, pending: dict[str, str]) -> Listed:
    return Listed(
        stock.view(row, portal.today()),
        row.case.company_name if row.case else "",
        row.changed_at,
        pending.get(row.serial, ""),
    )


def _wanted(portal: Portal, actor: Actor) -> list[Wanted]:
    elements = sorted(portal.releases.spoken().carded)
    names = {user.id: user.name for user in accounts.staff()}
    today, closing = portal.today(), portal.closing()
    found_tasks = []
    rows = work.open_of_elements(elements, Side.OPERATOR)
    ahead.tasks(rows)
    settings = [permit.find(portal, row.id, actor) for row in rows]
    permit.ahead(settings)
    for row, setting in zip(rows, settings, strict=True):
        need = stock.wanted(setting)
        if need is None:
            continue
        refusal = None
        try:
            permit.may_do(setting, actor)
        except NinteiError as error:
            refusal = error
        found_tasks.append(Wanted(view.view(row, today, closing, None, names), need, refusal))
    return found_tasks


def life(portal: Portal, serial: str, actor: Actor) -> Life:
    """What has happened to one card."""
    actor.require(Right.SEE_DESKS)
    with database.connection():
        row = cards.by_serial(serial)
        if row is None:
            raise NotFound("The ledger has no card %(serial)s", serial=serial)
        troubles = open_jobs(serial)
        acts = actor.has(Right.CARDS)
        return Life(
            _listed(portal, row, cards.unfinished([row])),
            row.profile,
            row.key_version,
            row.case.system_name if row.case else "",
            [Event(each.at, each.act, each.phase, each.desk, each.by_name, each.text) for each in _events(row)],
            tuple(mark for mark, states in stock.MARKS.items() if row.state in states) if acts else (),
            acts and row.state in WIPEABLE and not any(each.run == "wipe" for each in troubles),
            troubles,
        )


def _events(row: Card) -> list[CardEvent]:
    return sorted(cards.events(row.id), key=lambda each: (each.at, each.id), reverse=True)
