"""How many cards the coming exams need, against what is in stock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.states import BookingState, CardState, Right
from app.store import bookings, cards, cases, database

FORECAST_DAYS = 90


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


def forecast(portal: Portal, actor: Actor) -> Forecast:
    """Bookings of the next three months whose calendar has a card set of the same id, less the cards that are there."""
    actor.require(Right.SEE_DESKS)
    today = portal.today()
    with database.connection():
        found = []
        for row in bookings.between(today, today + timedelta(days=FORECAST_DAYS)):
            case = cases.by_id(row.case_id)
            if row.state not in {BookingState.HELD, BookingState.CONFIRMED} or case is None:
                continue
            spec = portal.releases.loaded(case.release_id).package.cards.get(row.calendar)
            if spec is None:
                continue
            there = sum(
                1
                for card in cards.of_case(case.id, row.calendar)
                if card.state in {CardState.MAKING, CardState.READY, CardState.LENT}
            )
            found.append(Coming(row.day, case.number, case.company_name, spec.title, max(0, spec.count - there)))
        return Forecast(tuple(sorted(found, key=lambda each: each.day)), cards.counts().get(CardState.WIPED, 0))
