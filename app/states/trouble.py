"""What goes wrong and waits for somebody."""

from __future__ import annotations

from app.states.word import Word


class IncidentKind(Word):
    """What did not work."""

    STEP = "step"  # of a case
    START = "start"  # a case could not begin
    TIMER = "timer"  # of a case
    DEADLOCK = "deadlock"  # of a case: nothing is open, and nothing goes on by itself
    UPKEEP = "upkeep"  # what the portal does by itself
    OUTAGE = "outage"  # a server is away
    CARDS = "cards"  # of a case: what was lent has not come back, and is not asked for by mail any more
    NOBODY = "nobody"  # of a case: nobody of the applicant can sign in any more
    DAY = "day"  # a settled day of a case went by, and nothing was recorded
