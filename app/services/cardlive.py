"""What the card page shows of the desks: who is there, which card lies on the reader, how far it is; a task's batch;
and how many cards the coming exams need."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from app.errors import NotFound, Refused
from app.services import carddesk, cardledger, cardstock, desk, effects
from app.services.actors import Actor
from app.services.cardnews import HERE
from app.services.portal import Portal
from app.store import cards, cases, database, records, work
from app.store.models import Card, CardDeskRow

FORECAST_DAYS = 90


@dataclass(frozen=True, slots=True)
class DeskView:
    """A desk as the page shows it."""

    name: str
    here: bool
    last_seen: datetime | None
    reader: str
    code: str  # why no card is seen; "" when one lies there
    uid: str
    serial: str
    state: str  # the ledger's word for that card; "" when it does not know it
    case_number: str
    company_name: str
    wants: str  # personalise | wipe | "" : what is waited for with this very card
    doing: str  # serial of the card that is at work
    step: int
    steps: int
    unsent: int

    @property
    def signal(self) -> str:
        """wait, busy, done, wrong or away: colour, word and sound follow it."""
        if not self.here:
            return "away"
        if self.doing:
            return "busy"
        if self.code not in ("", "no_card") or (self.uid and self.state in {"quarantined", "damaged", "lost"}):
            return "wrong"
        return "done" if self.uid and not self.wants and self.state in {"ready", "wiped"} else "wait"


@dataclass(frozen=True, slots=True)
class Batch:
    """The cards of a task, one after the other."""

    task_id: str
    title: str
    case_number: str
    company_name: str
    cards: cardstock.SetView
    waiting: tuple[str, ...]  # serials that have their chip, begun or wiped: that very card is to be laid on
    desks: tuple[DeskView, ...]


@dataclass(frozen=True, slots=True)
class Coming:
    """An exam that is booked, and how many of its cards are not there yet."""

    day: date
    case_number: str
    company_name: str
    title: str
    missing: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """The coming exams' cards against the stock."""

    coming: tuple[Coming, ...]
    stock: int  # wiped cards, which are made anew first

    @property
    def needed(self) -> int:
        """Cards that are still to be made."""
        return sum(each.missing for each in self.coming)

    @property
    def blanks(self) -> int:
        """Blank cards that have to be at hand besides the wiped ones."""
        return max(0, self.needed - self.stock)


def desks(portal: Portal, actor: Actor) -> tuple[DeskView, ...]:
    """Every desk that has a token."""
    actor.require("operator", "analyst", "administrator")
    with database.connection():
        runs = {
            str(job.params.get("serial")): str(job.params.get("run") or "")
            for job in work.jobs_like("card", ("queued", "running"))
        }
        return tuple(_desk(row, portal.now(), runs) for row in cards.desks())


def _desk(row: CardDeskRow, now: datetime, runs: dict[str, str]) -> DeskView:
    seen: dict[str, Any] = row.seen or {}
    lying: dict[str, Any] = seen.get("card") or {}
    doing: dict[str, Any] = seen.get("doing") or {}
    known: Card | None = cards.by_uid(str(lying.get("uid") or ""))
    serial = known.serial if known else str(lying.get("serial") or "")
    return DeskView(
        name=row.name,
        here=row.last_seen is not None and now - row.last_seen <= HERE,
        last_seen=row.last_seen,
        reader=str(seen.get("reader") or ""),
        code=str(seen.get("code") or ""),
        uid=str(lying.get("uid") or ""),
        serial=serial,
        state=known.state if known else "",
        case_number=known.case.number if known and known.case_id else "",
        company_name=known.case.company_name if known and known.case_id else "",
        wants=runs.get(serial, ""),
        doing=str(doing.get("serial") or ""),
        step=int(doing.get("done") or 0),
        steps=int(doing.get("total") or 0),
        unsent=int(seen.get("unsent") or 0),
    )


def batch(portal: Portal, task_id: str, actor: Actor) -> Batch:
    """The batch page of a task that wants cards."""
    actor.require("operator", "analyst", "administrator")
    with database.connection():
        setting = desk.find(portal, task_id, actor)
        need = cardstock.wanted(setting)
        if need is None:
            raise NotFound("This task asks for no cards")
        begun = tuple(card.serial for card in need.cards if card.state == "making" and card.uid)
        return Batch(
            task_id,
            setting.task.title,
            setting.case.number,
            setting.case.company_name,
            need,
            begun,
            desks(portal, actor),
        )


def forecast(portal: Portal, actor: Actor) -> Forecast:
    """Bookings of the next three months whose calendar has a card set of the same id, less the cards that are there."""
    actor.require("operator", "analyst", "administrator")
    today = portal.today()
    with database.connection():
        found = []
        for row in records.bookings_between(today, today + timedelta(days=FORECAST_DAYS)):
            case = cases.by_id(row.case_id)
            if row.state not in {"held", "confirmed"} or case is None:
                continue
            spec = portal.releases.loaded(case.release_id).package.cards.get(row.calendar)
            if spec is None:
                continue
            there = sum(1 for card in cards.of_case(case.id, row.calendar) if card.state in {"making", "ready", "lent"})
            found.append(Coming(row.day, case.number, case.company_name, spec.title, max(0, spec.count - there)))
        return Forecast(tuple(sorted(found, key=lambda each: each.day)), cards.counts().get("wiped", 0))


def remind(portal: Portal, number: str, actor: Actor) -> bool:
    """Ask the vendor for the cards of a case that are overdue, now; false when that mail went out today already."""
    actor.require("operator", "administrator")
    now, today = portal.now(), portal.today()
    with database.transaction():
        case = cases.get(number)
        if case is None:
            raise NotFound("There is no such case")
        if not any(row.due_back and row.due_back < today for row in cards.of_case(case.id) if row.state == "lent"):
            raise Refused("No card of this case is overdue")
        if "cards-overdue" not in portal.releases.loaded(case.release_id).package.mails:
            raise Refused("The process has no mail about overdue cards")
        sent = effects.queue(case, "mail", {"mail": "cards-overdue"}, "", f"cards-overdue:{today.isoformat()}", now)
        if sent:
            for row in cards.of_case(case.id):
                if row.state == "lent" and row.due_back and row.due_back < today:
                    cardledger.write(row, now, "remind", "confirmed", by=actor.name)
    portal.poke()
    return sent


def take_back(portal: Portal, serial: str, actor: Actor) -> None:
    """A lent card is in somebody's hand: it came back, and is checked and wiped as soon as it lies on a reader."""
    with database.transaction():
        cardstock.mark(portal, serial, "returned", actor)
        carddesk.wipe(portal, serial, actor)


def take_back_all(portal: Portal, number: str, actor: Actor) -> int:
    """A parcel with all cards that a case has out is here: each is taken back. Gives how many."""
    actor.require("operator", "administrator")
    with database.transaction():
        case = cases.get(number)
        if case is None:
            raise NotFound("There is no such case")
        out = cardstock.out(case.id)
        if not out:
            raise Refused("This case has no card out")
        for card in out:
            take_back(portal, card.serial, actor)
    return len(out)


def named(portal: Portal, actor: Actor) -> list[str]:
    """The desks' names, for a choice."""
    return [each.name for each in desks(portal, actor)]
