"""Properties of events that wait for a time: whose turn it has to be, and what begins anew."""

from __future__ import annotations

from app.declarations.kinds import Kind
from app.declarations.package import SIDES
from app.declarations.property import WAITS, Group, Property
from app.errors import N_

TIMED: tuple[Property, ...] = (
    Property(
        "turn",
        N_("Only in whose turn"),
        N_(
            "when its time has come it fires only if it is this side's turn and no other's; else it waits until "
            "the turn comes back. Steps that run beside the rest are nobody's turn. A deadline so asks who is "
            "late"
        ),
        Kind.ONE_OF,
        Group.DAYS,
        WAITS,
        choices=SIDES,
    ),
    Property(
        "grace_bd",
        N_("Days once it is their turn"),
        N_(
            "business days that this side has at least from when the turn came to it: a number, or a setting. It "
            "does not fire before they are over"
        ),
        Kind.DAYS,
        Group.DAYS,
        WAITS,
    ),
    Property(
        "spares",
        N_("Steps that it does not count"),
        N_("while nothing but these steps is open, it waits: what comes before them was done in time"),
        Kind.USER_TASK,
        Group.DAYS,
        WAITS,
        many=True,
    ),
    Property(
        "renews",
        N_("Goes on with the release in force"),
        N_(
            "when the time has come, the case goes on with the release that is in force then (its diagrams, "
            "forms, mails, documents, fees), if it can be moved there safely; else on its own, and staff are told"
            " why. For where a new round begins, a year's audit for instance"
        ),
        Kind.FLAG,
        Group.DAYS,
        ("intermediateCatchEvent",),
    ),
)
