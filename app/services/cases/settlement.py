"""What the body settles when a case ends early: invoices and payments, days that are held, cards that are out."""

from __future__ import annotations

from dataclasses import dataclass

from app.services.base import permit
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.cards import stock
from app.services.days import bookings as dates
from app.services.money import invoices as money
from app.states import BookingState, InvoiceState
from app.store import bookings, cases, database, invoices


@dataclass(frozen=True)
class Settlement:
    """What has to be settled when a case ends early."""

    cards: list[stock.CardView]
    booking: dates.BookingView | None
    invoices: list[money.InvoiceView]
    signed: bool  # contracts were countersigned

    @property
    def clean(self) -> bool:
        """Nothing is out, held, owed or paid."""
        return not (self.cards or self.booking or self.invoices or self.signed)


def settlement(portal: Portal, number: str, actor: Actor) -> Settlement:
    """Cards out, dates held, fees paid or owed, contracts signed."""
    with database.connection():
        case = permit.visible_case(cases.get(number), actor)
        loaded = portal.releases.loaded(case.release_id)
        booking, contract = bookings.latest(case.id), loaded.package.declared.contract
        held = (
            booking is not None
            and booking.state in {BookingState.HELD, BookingState.CONFIRMED}
            and booking.day >= portal.today()
        )
        rows = [money.view(row) for row in invoices.of_case(case.id)]
        return Settlement(
            stock.out(case.id),
            dates.view(booking, loaded) if held and booking else None,
            [row for row in rows if row.state != InvoiceState.CANCELLED and (row.paid or row.balance > 0)],
            bool(contract and contract in loaded.package.elements and cases.completed_count(case.id, contract)),
        )
