"""What the staff do about cards that are out: ask for them, and take them back."""

from __future__ import annotations

from app.errors import NotFound, Refused
from app.services.base import jobqueue
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.cards import ledger, stock, wiping
from app.states import CardState, Phase, Right
from app.store import cards, cases, database


def remind(portal: Portal, number: str, actor: Actor) -> bool:
    """Ask the vendor for the cards of a case that are overdue, now; false when that mail went out today already."""
    actor.require(Right.CARDS)
    now, today = portal.now(), portal.today()
    with database.transaction():
        case = cases.get(number)
        if case is None:
            raise NotFound("There is no such case")
        if not any(
            row.due_back and row.due_back < today for row in cards.of_case(case.id) if row.state == CardState.LENT
        ):
            raise Refused("No cards of this case are overdue")
        mail = portal.releases.loaded(case.release_id).package.mail_for("cards_overdue")
        if not mail:
            raise Refused("The process has no mail about overdue cards")
        sent = jobqueue.queue(case, "mail", {"mail": mail}, "", f"cards-overdue:{today.isoformat()}", now)
        if sent:
            for row in cards.of_case(case.id):
                if row.state == CardState.LENT and row.due_back and row.due_back < today:
                    ledger.write(row, now, "remind", Phase.CONFIRMED, by=actor.name)
    portal.poke()
    return sent


def take_back(portal: Portal, serial: str, actor: Actor) -> None:
    """A lent card is in somebody's hand: it came back, and is checked and wiped as soon as it lies on a reader."""
    with database.transaction():
        stock.mark(portal, serial, "returned", actor)
        wiping.wipe(portal, serial, actor)


def take_back_all(portal: Portal, number: str, actor: Actor) -> int:
    """A parcel with all cards that a case has out is here: each is taken back. Gives how many."""
    actor.require(Right.CARDS)
    with database.transaction():
        case = cases.get(number)
        if case is None:
            raise NotFound("There is no such case")
        out = stock.out(case.id)
        if not out:
            raise Refused("No cards of this case are out")
        for card in out:
            take_back(portal, card.serial, actor)
    return len(out)
