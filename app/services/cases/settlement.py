"""What the body settles when a case ends early: invoices and payments, days that are held, cards that are out."""

from __future__ import annotations

from dataclasses import dataclass

from app.services.base import permit
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.services.cards import stock
from app.services.days import bookings as dates
from app.services.money import invoices as money
from app.states import BookingState, CardState, InvoiceState
from app.store import bookings, cards, cases, database, invoices, visitrows
from app.store.models import Case

HERE = frozenset({CardState.MAKING, CardState.READY})  # made for the case, and never sent


@dataclass(frozen=True)
class Settlement:
    """What has to be settled when a case ends early."""

    cards: list[stock.CardView]  # that the vendor has
    here: int  # cards that were made for the case and not sent
    booking: dates.BookingView | None
    invoices: list[money.InvoiceView]
    signed: bool  # contracts were countersigned

    @property
    def clean(self) -> bool:
        """Nothing is out, held, owed or paid: the process is told so with the message that ends the case
        (`left_to_settle`), and need not ask anybody to settle it."""
        return not (self.cards or self.here or self.booking or self.invoices or self.signed)


def settlement(portal: Portal, number: str, actor: Actor) -> Settlement:
    """Cards out, dates held, fees paid or owed, contracts signed."""
    with database.connection():
        case = permit.visible_case(cases.get(number), actor)
        return of(portal, case, portal.releases.loaded(case.release_id))


def of(portal: Portal, case: Case, loaded: Loaded) -> Settlement:
    """The same for whoever ends the case, before anything is given up or cancelled. Inside a connection."""
    booking, contract = bookings.latest(case.id), loaded.package.declared.contract
    held = (
        booking is not None
        and booking.state in {BookingState.HELD, BookingState.CONFIRMED}
        and booking.day >= portal.today()
    )
    rows = [money.view(row) for row in invoices.of_case(case.id)]
    return Settlement(
        stock.out(case.id),
        sum(1 for row in cards.of_case(case.id) if row.state in HERE),
        dates.view(booking, loaded) if held and booking else None,
        [row for row in rows if row.state != InvoiceState.CANCELLED and (row.paid or row.balance > 0)],
        bool(contract and contract in loaded.package.elements and visitrows.completed_count(case.id, contract)),
    )
