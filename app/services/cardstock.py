"""Cards that a case wants, has out and gives back: the ledger's side of the flow's card tasks.

A card is a physical effect: it is intended in the ledger, made by a job, read back, and only then confirmed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.errors import NotFound, Refused
from app.services import calendar, desk, effects
from app.services.actors import Actor
from app.services.portal import Portal
from app.store import cards, cases, database
from app.store.models import Card, CardEvent


@dataclass(frozen=True, slots=True)
class CardView:
    """A card for lists."""

    serial: str
    uid: str
    state: str
    set_id: str
    case_number: str
    lent_on: date | None
    due_back: date | None
    overdue: bool


@dataclass(frozen=True)
class SetView:
    """The cards that a task wants."""

    set_id: str
    title: str
    count: int
    cards: list[CardView]
    making: int

    @property
    def ready(self) -> int:
        """How many are made and checked."""
        return sum(1 for card in self.cards if card.state == "ready")


def view(row: Card, today: date) -> CardView:
    """The card's facts as of today."""
    return CardView(
        row.serial,
        row.uid,
        row.state,
        row.set_id,
        row.case.number if row.case_id else "",
        row.lent_on,
        row.due_back,
        bool(row.state == "lent" and row.due_back and row.due_back < today),
    )


def wanted(setting: desk.Setting) -> SetView | None:
    """The set that the task's property `cards` asks for; none when it asks for none."""
    set_id = setting.element.properties.get("cards")
    if not set_id:
        return None
    spec = setting.loaded.package.cards[set_id]
    rows = cards.of_origin(setting.task.id)
    return SetView(
        set_id,
        spec.title,
        spec.count,
        [view(row, date.min) for row in rows],
        sum(1 for row in rows if row.state == "making"),
    )


def make(portal: Portal, task_id: str, actor: Actor) -> int:
    """Queue the cards that the task still lacks; gives how many."""
    now = portal.now()
    with database.transaction():
        setting = desk.find(portal, task_id, actor)
        desk.may_do(setting, actor)
        case = cases.lock(setting.case.id)
        need = wanted(setting)
        if need is None:
            raise NotFound("This task asks for no cards")
        missing = need.count - need.ready - need.making
        for _ in range(missing):
            serial = f"NT{calendar.today(now):%y}{cases.next_number('card'):06d}"
            card = Card.create(
                serial=serial,
                set_id=need.set_id,
                state="making",
                case=case,
                origin=task_id,
                profile="CCUS-TEST v1",
                changed_at=now,
            )
            CardEvent.create(card=card, at=now, act="personalise", phase="intended", by_name=actor.name)
            effects.queue(
                case,
                "card",
                {"run": "personalise", "serial": serial},
                effects.Entered(setting.element.id, task_id, setting.task.data or {}),
                f"card:{serial}",
                now,
            )
    portal.poke()
    return missing


def require(setting: desk.Setting) -> None:
    """Refuse to finish a task whose cards are not made."""
    need = wanted(setting)
    if need is not None and need.ready < need.count:
        raise Refused(
            "%(ready)s of %(count)s cards are ready; make the cards before sending them",
            ready=need.ready,
            count=need.count,
        )


def completed(setting: desk.Setting, actor: Actor, now: datetime) -> None:
    """Cards that were posted are lent from now on; cards that came back are returned."""
    need = wanted(setting)
    today = calendar.today(now)
    if need is not None:
        days = setting.loaded.package.cards[need.set_id].loan_days
        for row in cards.of_origin(setting.task.id):
            row.state, row.lent_on, row.due_back = "lent", today, today + timedelta(days=days)
            row.changed_at = now
            row.save()
            _event(row, now, "lend", actor)
        cases.log(
            setting.case.id,
            now,
            "card",
            title=need.title,
            text="lent",
            actor=actor.user_id,
            actor_name=actor.name,
            actor_side=actor.side,
            data={"count": need.count},
        )
    back = setting.element.properties.get("returns_cards")
    for row in cards.of_case(setting.case.id, back) if back else []:
        if row.state == "lent":
            receive(row, actor, now)


def receive(row: Card, actor: Actor, now: datetime) -> None:
    """The card is back; it waits to be checked and wiped."""
    row.state, row.changed_at = "returned", now
    row.save()
    _event(row, now, "return", actor)


# What a person may say of a card at the desk, and of cards in which states.
MARKS: dict[str, frozenset[str]] = {
    "returned": frozenset({"lent"}),
    "damaged": frozenset({"ready", "lent", "returned", "wiped", "quarantined"}),
    "lost": frozenset({"ready", "lent", "returned", "wiped", "quarantined"}),
}


def mark(portal: Portal, serial: str, state: str, actor: Actor, reason: str = "") -> None:
    """Returned, damaged or lost: said by a person at the card desk."""
    actor.require("operator", "administrator")
    if state not in MARKS:
        raise Refused("A card cannot be marked %(state)s by hand", state=state)
    with database.transaction():
        row = cards.by_serial(serial, lock=True)
        if row is None:
            raise NotFound("The ledger has no card %(serial)s", serial=serial)
        if row.state not in MARKS[state]:
            raise Refused("Card %(serial)s cannot be marked so now: look at where it is", serial=serial)
        row.state, row.changed_at = state, portal.now()
        row.save()
        _event(row, portal.now(), {"returned": "return"}.get(state, state), actor, reason.strip()[:500])


def out(case_id: int) -> list[CardView]:
    """The cards that a case still has."""
    return [view(row, date.max) for row in cards.of_case(case_id) if row.state == "lent"]


def _event(row: Card, now: datetime, act: str, actor: Actor, text: str = "") -> None:
    CardEvent.create(card=row, at=now, act=act, phase="confirmed", by_name=actor.name, text=text)
