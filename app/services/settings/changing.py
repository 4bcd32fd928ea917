"""A value that one person changes alone: at once, or from a day on; and what is planned is stopped before its day."""

from __future__ import annotations

from datetime import date

from app.errors import Refused
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.settings import values
from app.services.settings.checking import Unfit
from app.states import ChangeKind, ProposalState, Right
from app.store import changes, database
from app.store import settings as store

LONGEST = 500  # characters of a reason


def change(
    portal: Portal, package_id: str, name: str, typed: str, actor: Actor, *, day: date | None = None, reason: str = ""
) -> None:
    """Give one its value, from today on or from a later day. Raises Refused, Unfit, NotFound, Forbidden."""
    actor.require(Right.SETTINGS)
    with database.transaction():
        database.lock_name(f"settings:{package_id}")
        value = values.of_package(portal, package_id, actor).value(name)
        if value.second:
            raise Refused("This value needs a second person: propose the change")
        if day is not None and day < portal.today():
            raise Refused("The day is past: a value holds from today on at the earliest")
        new = _checked(value, typed)
        from_day = day if day is not None and value.dated else portal.today()
        if new == value.value and from_day == portal.today() and not value.sample:
            return
        store.put(package_id, {name: new}, from_day, portal.now(), actor.name, reason=reason.strip()[:LONGEST])
        note(portal, package_id, name, value.value, new, actor)


def _checked(value: values.Value, typed: str) -> str:
    try:
        return value.check(typed)
    except Refused as why:
        raise Unfit({value.name: why}) from None


def stop(portal: Portal, package_id: str, name: str, day: date, actor: Actor) -> None:
    """Have a planned value never hold; with it all that was approved with it."""
    actor.require(Right.SETTINGS, Right.APPROVE_SETTINGS)
    with database.transaction():
        database.lock_name(f"settings:{package_id}")
        rows = [
            row for row in store.history(package_id)
            if row.key == name and row.from_day == day and row.stopped_at is None and day > portal.today()
        ]  # fmt: skip
        if not rows:
            raise Refused("Nothing is planned for this day any more")
        together = {row.id: row for row in rows}
        for row in rows:
            if row.proposal is not None:
                together |= {each.id: each for each in store.of_proposal(row.proposal) if each.stopped_at is None}
                asked = store.proposal(row.proposal)
                if asked is not None and asked.state is ProposalState.APPROVED:
                    asked.state = ProposalState.STOPPED
                    asked.save()
        store.stop(together.values(), portal.now(), actor.name)
        for row in together.values():
            note(portal, package_id, row.key, f"{row.value} ({day.isoformat()})", "", actor)


def note(portal: Portal, package_id: str, name: str, before: str, after: str, actor: Actor) -> None:
    """Put it on record."""
    subject = f"{package_id} {name}"
    changes.add(portal.now(), actor.user_id, actor.name, ChangeKind.SETTING, subject, name, before, after)
