"""What stands between a running case and another version of its diagrams, as facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.errors import Problem

STAYS, DECIDE, SAFE, LATER = "stays", "decide", "safe", "later"

# What may be decided.
NEXT: Final = "next"  # an event that is new is armed from the next time on
NOW: Final = "now"  # … at once, its time counted from the move
TO: Final = "to:"  # the token goes on at another step, whose id follows: the same one, drawn anew
ANEW: Final = "anew:"  # the token comes to a step as if for the first time; its id follows
BY: Final = "by:"  # at a join the token counts as come by another way, whose place follows
VALUE: Final = "value"  # a routing value is given; what is decided is the value itself, as {"value": …}

Decisions = Mapping[str, Any]  # by `Finding.key`


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing. `kind`: gone, came, event, gate, lost, stuck, name, process, letter, entry; `element` and
    `process` as the case's own version has them; `name`: of an event or a routing value. `choices`: what may be
    decided, none where the case has to stay; `later`: what is under way has to be done first. One that is only `told`
    asks for nothing: it says what the move does.
    """

    kind: str
    process: str
    element: str
    problem: Problem
    name: str = ""
    choices: tuple[str, ...] = ()
    later: bool = False
    told: bool = False

    @property
    def key(self) -> str:
        """By which it is decided: the same for all cases that stand at the same place."""
        return ":".join((self.kind, self.process, self.element, self.name))

    def decided(self, decisions: Decisions) -> Any:
        """What was decided, if it is one of the choices; None otherwise."""
        found = decisions.get(self.key)
        if isinstance(found, dict):
            return found if VALUE in self.choices and set(found) == {VALUE} else None
        return found if found in self.choices and found != VALUE else None


class Unmovable(Exception):
    """The case cannot move as things stand; nothing was changed."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("; ".join(str(each.problem) for each in findings))
        self.findings = findings


def verdict(findings: Iterable[Finding]) -> str:
    """safe, decide, stays or later."""
    asking = [each for each in findings if not each.told]
    if any(not each.choices and not each.later for each in asking):
        return STAYS
    if any(each.later for each in asking):
        return LATER
    return DECIDE if asking else SAFE
