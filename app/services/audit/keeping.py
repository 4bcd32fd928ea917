"""Keeping and forgetting: what goes when its time is over, what is held, and one person's data.

The audit record holds all the same: details give way to their digests, which the chain knows, and every run is an entry
that names the entries it erased; `nintei audit verify` finds details that are gone without one.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from app.errors import NotFound, Refused
from app.services.audit import chaining
from app.services.base import chain, trail
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.papers import collecting
from app.states import DEEDS, PERIODS, Act, Ground, Kept, Right, Thing
from app.store import accounts, cases, database, retaining
from app.store.models import TrailEntry

AT_ONCE = 2000  # rows of one transaction


@dataclass(frozen=True, slots=True)
class Due:
    """What of a kind would go now."""

    kind: Kept
    days: int
    before: datetime
    count: int


def show(portal: Portal, actor: Actor) -> list[Due]:
    """What would go now, kind by kind; nothing is touched."""
    actor.require(Right.KEEPING, Right.SEE_TRAIL)
    with database.connection():
        return [_due(portal, kind) for kind in Kept]


def set_days(portal: Portal, kind: Kept, days: int, actor: Actor) -> None:
    """Keep a kind for so long. Refused below what law asks for."""
    actor.require(Right.KEEPING)
    least = PERIODS[kind].least
    if days < least:
        raise Refused("This is kept for %(days)s days at least", days=least)
    with database.transaction():
        before = retaining.days().get(kind, PERIODS[kind].days)
        retaining.set_days(kind, days)
        about = trail.about(Thing.SETTING, f"retention:{kind.value}", PERIODS[kind].words)
        trail.note(portal.now(), actor, Act.SETTING_CHANGED, about, before={"days": before}, after={"days": days})


def run(portal: Portal, actor: Actor) -> dict[Kept, int]:
    """Let go what is due; each piece is on record with what it was. Gives how many of each kind."""
    actor.require(Right.KEEPING)
    chaining.draw()  # an entry is in the chain before anything of it goes
    return {kind: _run(portal, kind, actor) for kind in Kept}


def _due(portal: Portal, kind: Kept) -> Due:
    days = retaining.days().get(kind, PERIODS[kind].days)
    before = portal.now() - timedelta(days=days)
    return Due(kind, days, before, int(_rows(kind, before).count()))


def _rows(kind: Kept, before: datetime) -> Any:
    ground = PERIODS[kind].ground
    if ground is None:
        return retaining.mails(before)
    return retaining.details([act for act, deed in DEEDS.items() if deed.ground is ground], before)


def _run(portal: Portal, kind: Kept, actor: Actor) -> int:
    done = 0
    while True:
        with database.transaction():
            rows = list(islice(_rows(kind, _due(portal, kind).before).limit(AT_ONCE), AT_ONCE))
            gone: set[str] = set()
            for row in rows:
                if isinstance(row, TrailEntry):
                    _erase(row)
                else:
                    gone |= {each["digest"] for each in row.attachments}
                    row.text, row.html, row.attachments = "", "", []
                    row.save()
            if rows:
                ids = [row.id for row in rows]
                about = trail.about(Thing.RECORD, kind.value, PERIODS[kind].words)
                trail.note(portal.now(), actor, Act.RETENTION_RUN, about, after=_told(ids, kind is not Kept.MAILS))
        collecting.drop(portal, gone)
        done += len(rows)
        if len(rows) < AT_ONCE:
            return done


def _erase(row: TrailEntry, *, who: bool = True, what: bool = True) -> None:
    if who:
        row.who = chain.ERASED + chain.digest(row.who)
    if what:
        row.what = chain.ERASED + chain.digest(row.what)
    row.save()


def _told(ids: Sequence[int], entries: bool) -> dict[str, Any]:
    """What went: how many, a digest of their numbers, and of the record's own entries the numbers, as ranges."""
    ranges: list[list[int]] = []
    for each in sorted(ids):
        if ranges and ranges[-1][1] == each - 1:
            ranges[-1][1] = each
        else:
            ranges.append([each, each])
    digest = hashlib.sha256(",".join(str(each) for each in sorted(ids)).encode()).hexdigest()
    return {"count": len(ids), "digest": digest, **({"entries": ranges} if entries else {"rows": ranges})}


# What may not go


@dataclass(frozen=True, slots=True)
class Held:
    """A case of which nothing goes."""

    number: str
    reason: str
    by_name: str
    at: datetime


def held(actor: Actor) -> list[Held]:
    """What is held, the newest first."""
    actor.require(Right.KEEPING, Right.SEE_TRAIL)
    with database.connection():
        return [Held(row.case.number, row.reason, row.by_name, row.at) for row in retaining.holds()]


def hold(portal: Portal, number: str, reason: str, actor: Actor) -> None:
    """Nothing of the case goes until somebody ends this."""
    _change_hold(portal, number, actor, reason, Act.HOLD_SET)


def end_hold(portal: Portal, number: str, reason: str, actor: Actor) -> None:
    """What is old enough goes with the next run."""
    _change_hold(portal, number, actor, reason, Act.HOLD_ENDED)


def _change_hold(portal: Portal, number: str, actor: Actor, reason: str, act: Act) -> None:
    actor.require(Right.KEEPING)
    if not reason.strip():
        raise Refused("Say why")
    with database.transaction():
        case = cases.get(number)
        if case is None:
            raise NotFound("There is no such case")
        row = retaining.hold_of(case.id)
        if (row is None) is (act is Act.HOLD_ENDED):
            raise Refused("It is so already")
        retaining.change_hold(case.id, row, reason.strip(), portal.now(), actor.name)
        trail.note(portal.now(), actor, act, trail.about(Thing.CASE, number, number, case.id), why=reason.strip())


# One person


def export(portal: Portal, email: str, actor: Actor) -> dict[str, Any]:
    """Everything that is kept of a person, for them. NotFound for an address without an account."""
    actor.require(Right.KEEPING)
    with database.transaction():
        user = accounts.by_email(email)
        if user is None:
            raise NotFound("There is no such account")
        entries = retaining.of_person(user.id)
        found = {
            "account": {
                name: getattr(user, name)
                for name in ("id", "email", "name", "side", "groups", "language", "active", "last_login_at")
            },
            "roles": sorted(accounts.role_names(user.id)),
            "cases": [case.number for case in retaining.cases_of(user.id)],
            "answers": [
                {"case": row.case.number, "element": row.element, "at": row.at, "values": row.values}
                for row in retaining.answers_of(user.id)
            ],
            "record": [
                {"at": row.at, "act": row.act.value, "who": row.who, "what": row.what, "case": row.case_id}
                for row in entries
            ],
        }
        about = trail.about(Thing.ACCOUNT, user.id, user.name or user.email)
        trail.note(portal.now(), actor, Act.PERSON_EXPORTED, about)
    return found


def erase(portal: Portal, email: str, reason: str, actor: Actor) -> None:
    """Forget who a person is: the account's name and address, sign-ins, their name beside what they did. What they did
    stays, by an account without a name. Refused while they have running cases or open tasks, or a case of theirs is
    held."""
    actor.require(Right.KEEPING)
    if not reason.strip():
        raise Refused("Say why")
    chaining.draw()
    with database.transaction():
        user = accounts.by_email(email)
        if user is None:
            raise NotFound("There is no such account")
        if user.id == actor.user_id:
            raise Refused("Nobody erases themself")
        theirs = retaining.cases_of(user.id)
        if any(not case.ended for case in theirs) or retaining.open_tasks_of(user.id):
            raise Refused("This person has cases that run, or open tasks; end them or hand them over first")
        if any(retaining.hold_of(case.id) is not None for case in theirs):
            raise Refused("A case of this person is held; nothing of it may be removed")
        ids = []
        for row in retaining.of_person(user.id):
            own = row.person == user.id or row.behalf == user.id
            about = row.thing is Thing.ACCOUNT and row.subject == str(user.id)
            if DEEDS[row.act].ground is not Ground.KEEPING:
                _erase(row, who=own, what=about)
                ids.append(row.id)
        retaining.forget_names(user.id)
        retaining.forget_sign_ins(user.id)
        for case in retaining.contact_of(user.email):
            case.email, case.contact_name = f"erased-{user.id}@erased.invalid", ""
            case.save()
        user.email, user.name, user.password = f"erased-{user.id}@erased.invalid", "", None
        user.active, user.feed_token, user.last_login_ip, user.current_login_ip = False, None, None, None
        user.fs_uniquifier = secrets.token_hex(32)
        user.save()
        whom = trail.about(Thing.ACCOUNT, user.id, f"#{user.id}")
        trail.note(portal.now(), actor, Act.PERSON_ERASED, whom, after=_told(ids, entries=True), why=reason.strip())
