"""A value that one person changes alone: at once, or from a day on; and what is planned is stopped before its day."""

from __future__ import annotations

from datetime import date

from app.errors import Refused
from app.services.base import trail
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.packages import filling
from app.services.settings import values
from app.services.settings.checking import Unfit
from app.states import Act, ProposalState, Right, Thing
from app.store import database
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
        known = filling.known(portal.releases.current(package_id).package)
        if value.kind.widget == "area" and (lost := [each for each in filling.names(new) if each not in known]):
            raise Unfit({name: Refused("There is no setting {%(name)s} that this text could name", name=lost[0])})
        from_day = day if day is not None and value.dated else portal.today()
        if new == value.value and from_day == portal.today() and not value.sample:
            return
        store.put(package_id, {name: new}, from_day, portal.now(), actor.name, reason=reason.strip()[:LONGEST])
        later = from_day.isoformat() if from_day > portal.today() else ""
        note(portal, Act.SETTING_CHANGED, value, value.value, new, actor, why=reason.strip()[:LONGEST], day=later)


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
        owned = values.of_package(portal, package_id, actor)
        for row in together.values():
            planned = f"{row.value} ({day.isoformat()})"
            note(portal, Act.SETTING_STOPPED, owned.value(row.key), planned, "", actor)


def subject_of(value: values.Value) -> str:
    """By what the audit record knows the value."""
    return f"{value.package_id} {value.name}"[:80]


def note(
    portal: Portal,
    act: Act,
    value: values.Value,
    before: str,
    after: str,
    actor: Actor,
    *,
    why: str = "",
    day: str = "",
) -> None:
    """Put it on record. `day`: from which on, where that is not today."""
    said = {"value": after} | ({"from": day} if day else {})
    subject = trail.about(Thing.SETTING, subject_of(value), value.full)
    trail.note(portal.now(), actor, act, subject, before={"value": before}, after=said, why=why)
