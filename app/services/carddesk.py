"""The card desk's page: stock, loans, a card's life, what open tasks want, and wiping what came back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.errors import NinteiError, NotFound, Refused
from app.services import cardstock, desk, effects, taskview
from app.services.actors import Actor
from app.services.cardledger import WIPEABLE
from app.services.portal import Portal
from app.store import accounts, cards, cases, database, work
from app.store.models import Card, CardEvent, Job

STATES = ("making", "ready", "lent", "returned", "wiped", "damaged", "lost", "quarantined")


@dataclass(frozen=True, slots=True)
class Trouble:
    """A card job that needs a person, or waits for the card."""

    job_id: int
    serial: str
    run: str
    state: str  # queued | running | incident
    error: str
    case_number: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A card in a list."""

    card: cardstock.CardView
    company_name: str
    changed_at: datetime
    pending: str  # the act that is intended and not done yet


@dataclass(frozen=True, slots=True)
class Wanted:
    """An open task that wants cards."""

    task: taskview.TaskView
    cards: cardstock.SetView
    refusal: NinteiError | None


@dataclass(frozen=True)
class Page:
    """Everything on the desk."""

    counts: dict[str, int]
    lent: list[Listed]
    found: list[Listed]
    wanted: list[Wanted]
    work: list[Trouble]  # card jobs that are not done

    @property
    def overdue(self) -> int:
        """Loans that should be back."""
        return sum(1 for each in self.lent if each.card.overdue)


@dataclass(frozen=True, slots=True)
class Event:
    """One act in a card's life."""

    at: datetime
    act: str
    phase: str  # intended | confirmed | failed
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
    marks: tuple[str, ...]  # what a person may say of it now
    wipeable: bool
    troubles: list[Trouble]


def page(portal: Portal, actor: Actor, *, text: str = "", state: str = "") -> Page:
    """The desk; `text` and `state` narrow the list of cards."""
    actor.require("operator", "analyst", "administrator")
    with database.connection():
        pending = cards.unfinished()
        wanted = cards.search(text.strip(), [state] if state in STATES else [])
        return Page(
            counts=cards.counts(),
            lent=[_listed(portal, row, pending) for row in cards.lent()],
            found=[_listed(portal, row, pending) for row in wanted],
            wanted=_wanted(portal, actor),
            work=_troubles(),
        )


def _listed(portal: Portal, row: Card, pending: dict[str, str]) -> Listed:
    return Listed(
        cardstock.view(row, portal.today()),
        row.case.company_name if row.case_id else "",
        row.changed_at,
        pending.get(row.serial, ""),
    )


def _wanted(portal: Portal, actor: Actor) -> list[Wanted]:
    elements = {
        element
        for element, release in work.open_kinds("operator")
        if (found := portal.releases.loaded(release).package.elements.get(element)) and found.properties.get("cards")
    }
    names = {user.id: user.name for user in accounts.staff()}
    today, closing = portal.today(), portal.closing()
    found_tasks = []
    for row in work.open_of_elements(sorted(elements), "operator"):
        setting = desk.find(portal, row.id, actor)
        need = cardstock.wanted(setting)
        if need is None:
            continue
        refusal = None
        try:
            desk.may_do(setting, actor)
        except NinteiError as error:
            refusal = error
        found_tasks.append(Wanted(taskview.view(row, today, closing, None, names), need, refusal))
    return found_tasks


def _troubles(serial: str = "") -> list[Trouble]:
    jobs = work.jobs_like("card", ("queued", "running", "incident"))
    return [_trouble(job) for job in jobs if not serial or job.params.get("serial") == serial]


def _trouble(job: Job) -> Trouble:
    return Trouble(
        job.id,
        str(job.params.get("serial") or ""),
        str(job.params.get("run") or ""),
        job.state,
        job.error,
        job.case.number if job.case_id else "",
    )


def life(portal: Portal, serial: str, actor: Actor) -> Life:
    """One card's life."""
    actor.require("operator", "analyst", "administrator")
    with database.connection():
        row = cards.by_serial(serial)
        if row is None:
            raise NotFound("The ledger has no card %(serial)s", serial=serial)
        troubles = _troubles(serial)
        acts = actor.has("operator", "administrator")
        return Life(
            _listed(portal, row, cards.unfinished()),
            row.profile,
            row.key_version,
            row.case.system_name if row.case_id else "",
            [Event(each.at, each.act, each.phase, each.desk, each.by_name, each.text) for each in _events(row)],
            tuple(mark for mark, states in cardstock.MARKS.items() if row.state in states) if acts else (),
            acts and row.state in WIPEABLE and not any(each.run == "wipe" for each in troubles),
            troubles,
        )


def _events(row: Card) -> list[CardEvent]:
    return sorted(cards.events(row.id), key=lambda each: (each.at, each.id), reverse=True)


def wipe(portal: Portal, serial: str, actor: Actor) -> None:
    """Queue the check and wiping of a card that came back: intended in the ledger first, done by the desk's reader."""
    actor.require("operator", "administrator")
    now = portal.now()
    with database.transaction():
        row = cards.by_serial(serial, lock=True)
        if row is None:
            raise NotFound("The ledger has no card %(serial)s", serial=serial)
        if row.state not in WIPEABLE:
            raise Refused("Only a card that came back can be wiped")
        if any(each.run == "wipe" for each in _troubles(serial)):
            raise Refused("Card %(serial)s is being wiped already", serial=serial)
        case = cases.by_id(row.case_id) if row.case_id else None
        if case is None:
            raise Refused("Card %(serial)s belongs to no case; wipe it with the command line", serial=serial)
        attempt = len(cards.events(row.id))
        CardEvent.create(card=row, at=now, act="wipe", phase="intended", by_name=actor.name)
        effects.queue(
            case, "card", {"run": "wipe", "serial": serial}, effects.Entered("", row.origin, {}),
            f"card:{serial}:wipe:{attempt}", now,
        )  # fmt: skip
    portal.poke()
