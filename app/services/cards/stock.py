"""Cards that a case wants and has out: the ledger's side of the steps that make and post them.

A card is a physical effect: it is intended in the ledger, made by a job, read back, and only then confirmed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.errors import NotFound, Refused
from app.services.base import businessdays, history, jobqueue, permit
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.cards import keys, ledger
from app.states import CARD_MOVERS, CardState, EntryKind, Mover, Phase
from app.store import cards, cases, database
from app.store.models import Card, Case
from hardware.profiles.layout import PROFILE


@dataclass(frozen=True, slots=True)
class CardView:
    """A card for lists."""

    serial: str
    uid: str
    state: CardState
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
        return sum(1 for card in self.cards if card.state == CardState.READY)


def view(row: Card, today: date) -> CardView:
    """The card's facts as of today."""
    return CardView(
        row.serial,
        row.uid,
        row.state,
        row.set_id,
        row.case.number if row.case else "",
        row.lent_on,
        row.due_back,
        bool(row.state == CardState.LENT and row.due_back and row.due_back < today),
    )


def wanted(setting: permit.Setting) -> SetView | None:
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
        sum(1 for row in rows if row.state == CardState.MAKING),
    )


def make(portal: Portal, task_id: str, actor: Actor, at_desk: str = "") -> int:
    """Queue the cards that the task still lacks, wiped ones first; gives how many. `at_desk` names the desk whose agent
    shall make them (any, when empty)."""
    now = portal.now()
    keys.version_for_new_cards(portal.settings, keys.store(portal.settings))
    with database.transaction():
        setting = permit.find(portal, task_id, actor)
        permit.may_do(setting, actor)
        case = cases.lock(setting.case.id)
        need = wanted(setting)
        if need is None:
            raise NotFound("This task asks for no cards")
        if at_desk and at_desk not in {row.name for row in cards.desks()}:
            raise Refused("There is no desk %(name)s", name=at_desk)
        missing = need.count - need.ready - need.making
        stock = cards.free(missing)
        for number in range(missing):
            row = stock[number] if number < len(stock) else _new(now)
            again = len(cards.events(row.id))
            _assign(row, need.set_id, case, task_id, now)
            ledger.write(row, now, "personalise", Phase.INTENDED, by=actor.name, text=case.number)
            jobqueue.queue(
                case,
                "card",
                {"run": "personalise", "serial": row.serial, "desk": at_desk},
                jobqueue.Entered(setting.element.id, task_id, setting.task.data or {}),
                f"card:{row.serial}:{again}" if again else f"card:{row.serial}",
                now,
            )
    portal.poke()
    return missing


def _new(now: datetime) -> Card:
    serial = f"NT{businessdays.today(now):%y}{cases.next_number('card'):06d}"
    batch = f"{businessdays.today(now):%y%m%d}"  # the day on which a blank became a card of ours
    return Card.create(serial=serial, batch=batch, state=CardState.MAKING, profile=PROFILE, changed_at=now)


def _assign(row: Card, set_id: str, case: Case, task_id: str, now: datetime) -> None:
    row.set_id, row.case, row.origin = set_id, case, task_id
    row.lent_on, row.due_back = None, None
    if row.state == CardState.MAKING:
        row.save()
    else:
        ledger.move(row, CardState.MAKING, Mover.FLOW, now)


def require(setting: permit.Setting) -> None:
    """Refuse to finish a task whose cards are not made."""
    need = wanted(setting)
    if need is not None and need.ready < need.count:
        raise Refused(
            "%(ready)s of %(count)s cards are ready; make the cards before sending them",
            ready=need.ready,
            count=need.count,
        )


def completed(setting: permit.Setting, actor: Actor, now: datetime) -> None:
    """Cards that were posted are lent from now on."""
    need = wanted(setting)
    today = businessdays.today(now)
    if need is not None:
        days = setting.loaded.package.cards[need.set_id].loan_days
        for row in cards.of_origin(setting.task.id):
            if row.state != CardState.READY:
                continue  # one that was set apart while they were made stays here
            row.lent_on, row.due_back = today, today + timedelta(days=days)
            ledger.move(row, CardState.LENT, Mover.FLOW, now)
            ledger.write(row, now, "lend", Phase.CONFIRMED, by=actor.name, text=setting.case.number)
        history.note(
            setting.case.id, now, EntryKind.CARD, by=actor, title=need.title, text="lent", data={"count": need.count}
        )


# What a person may say of a card at the desk, and of cards in which states.
MARKS: dict[CardState, frozenset[CardState]] = {
    to: frozenset(state for (state, into), movers in CARD_MOVERS.items() if into == to and Mover.PERSON in movers)
    for to in (CardState.RETURNED, CardState.DAMAGED, CardState.LOST)
}


def mark(portal: Portal, serial: str, state: str, actor: Actor, reason: str = "") -> None:
    """Returned, damaged or lost: said by a person at the card desk."""
    to = CardState.of(state)
    if to not in MARKS:
        raise Refused("A card cannot be marked %(state)s by hand", state=state)
    if to in {CardState.DAMAGED, CardState.LOST} and not reason.strip():
        raise Refused("Say what happened to card %(serial)s; this goes on its record", serial=serial)
    now = portal.now()
    with database.transaction():
        permit.may_work(portal, actor, "cards", "returns_cards")
        row = cards.by_serial(serial, lock=True)
        if row is None:
            raise NotFound("The ledger has no card %(serial)s", serial=serial)
        ledger.move(row, to, Mover.PERSON, now)
        act = {"returned": "return"}.get(state, state)
        ledger.write(row, now, act, Phase.CONFIRMED, by=actor.name, text=reason.strip()[:500])


def out(case_id: int) -> list[CardView]:
    """The cards that a case still has."""
    return [view(row, date.max) for row in cards.of_case(case_id) if row.state == CardState.LENT]
