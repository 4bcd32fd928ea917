"""When administrators are told of trouble, as they set it by kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.errors import NotFound, Refused
from app.services.base import trail
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.trouble import alarms
from app.services.trouble.alarms import Rule
from app.states import Act, Right, Thing
from app.store import alarms as stored
from app.store import database
from app.text.numbers import whole

MOST_MINUTES: Final = 7 * 24 * 60
MOST_HOURS: Final = 30 * 24


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person typed for a kind."""

    tells: bool
    after_minutes: str
    again_hours: str


def listed(actor: Actor) -> list[Rule]:
    """Every rule, in the order in which they are shown."""
    actor.require(Right.SEE_PORTAL)
    with database.connection():
        found = alarms.rules()
    return [found[kind] for kind in alarms.KINDS]


def change(portal: Portal, wishes: Mapping[str, Wish], actor: Actor) -> int:
    """Set what differs, on record; gives how many rules changed. Raises Refused, and then nothing is changed."""
    actor.require(Right.PORTAL)
    now, changed = portal.now(), 0
    with database.transaction():
        before = alarms.rules()
        for kind, wish in wishes.items():
            if kind not in before:
                raise NotFound("There is no such choice")
            old, new = before[kind], Rule(kind, wish.tells, *_numbers(wish))
            if (old.tells, old.after_minutes, old.again_hours) == (new.tells, new.after_minutes, new.again_hours):
                continue
            stored.set_rule(
                kind, tells=new.tells, after_minutes=new.after_minutes, again_hours=new.again_hours, changed_at=now,
                changed_by=actor.name,
            )  # fmt: skip
            subject = trail.about(Thing.SETTING, f"alarm:{kind}", kind)
            trail.note(now, actor, Act.SETTING_CHANGED, subject, before=_facts(old), after=_facts(new))
            changed += 1
    return changed


def _numbers(wish: Wish) -> tuple[int, int]:
    minutes, hours = whole(wish.after_minutes.strip(), MOST_MINUTES), whole(wish.again_hours.strip(), MOST_HOURS)
    if minutes is None:
        raise Refused("Enter minutes as a whole number from 0 to %(most)s", most=MOST_MINUTES)
    if hours is None:
        raise Refused("Enter hours as a whole number from 0 to %(most)s", most=MOST_HOURS)
    return minutes, hours


def _facts(rule: Rule) -> dict[str, Any]:
    return {"tells": rule.tells, "after_minutes": rule.after_minutes, "again_hours": rule.again_hours}
