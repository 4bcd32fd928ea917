"""Days for exams and audits, and requests for another one."""

from __future__ import annotations

from typing import Final

from app.states.word import Moves, Word


class BookingState(Word):
    """How a day stands."""

    HELD = "held"  # until it is paid for
    CONFIRMED = "confirmed"
    LAPSED = "lapsed"  # not paid for in time
    RELEASED = "released"  # another day came in its place, or the case ended
    CANCELLED = "cancelled"  # the vendor gave it up
    DONE = "done"  # it came, and what was to be done was done
    MISSED = "missed"  # it went by, and nothing was recorded: somebody of the body decides


BOOKING_MOVES: Final[Moves[BookingState]] = {
    BookingState.HELD: {BookingState.CONFIRMED, BookingState.LAPSED, BookingState.RELEASED, BookingState.CANCELLED},
    BookingState.CONFIRMED: {
        BookingState.RELEASED,
        BookingState.CANCELLED,
        BookingState.DONE,
        BookingState.MISSED,
    },
    BookingState.MISSED: {BookingState.DONE, BookingState.RELEASED},  # recorded after all, or another day instead
    BookingState.LAPSED: {BookingState.CONFIRMED, BookingState.RELEASED},  # paid too late, and still free
}
# The case has the day.
STANDING: Final = frozenset({BookingState.HELD, BookingState.CONFIRMED})
# It is, or was, the case's day: what is filled in with it, and what the calendar shows of months that are over.
KEPT: Final = STANDING | {BookingState.DONE, BookingState.MISSED}


class RequestState(Word):
    """How a vendor's request for another day stands."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    LAPSED = "lapsed"  # the day came, or is no longer the case's


REQUEST_MOVES: Final[Moves[RequestState]] = {
    RequestState.ASKED: {RequestState.ACCEPTED, RequestState.REFUSED, RequestState.LAPSED},
}


class RequestKind(Word):
    """What is asked for."""

    CHANGE = "change"  # another day
    CANCEL = "cancel"  # none
