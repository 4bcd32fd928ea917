"""What money or law hangs on: somebody proposes new values, somebody else approves them, and they hold from a day on.

The values of one section belong together (bank, branch, number and holder of an account): they are proposed and
approved as one. Papers that were issued keep what they were issued with.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.connectors import markdown
from app.errors import N_, Forbidden, Refused
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.mails import portalmails
from app.services.settings import changing, values
from app.services.settings.changing import LONGEST
from app.services.settings.checking import Unfit
from app.services.settings.proposalviews import deciders, needs_second, open_one
from app.states import Act, ProposalState, Right
from app.store import accounts, database
from app.store import settings as store
from app.store.models import SettingProposal

ASKED = N_("For approval: %(title)s")
ASKED_TEXT = N_("%(name)s proposes new values of a setting, from %(day)s on: %(title)s. Reason: %(reason)s")
DECIDED = N_("Decided: %(title)s")
APPROVED_TEXT = N_("%(name)s has approved the new values. They hold from %(day)s on: %(title)s")
REFUSED_TEXT = N_("%(name)s has refused the new values: %(title)s. Reason: %(reason)s")
LOOK = N_("Look at the proposal")


def propose(
    portal: Portal, package_id: str, section: str, typed: Mapping[str, str], day: date | None, reason: str, actor: Actor
) -> int:
    """Ask for new values of one section, from a day on; those that are as they stand are left out. Gives the
    proposal's number. Raises Unfit, Refused, NotFound, Forbidden."""
    actor.require(Right.PROPOSE_SETTINGS, Right.SETTINGS)
    with database.transaction():
        database.lock_name(f"settings:{package_id}")
        now, owned = portal.now(), values.of_package(portal, package_id, actor)
        known = {each.name: each for each in owned.section(section).second}
        wanted, wrong = _taken(known, typed)
        if not reason.strip():
            wrong["reason"] = Refused("Say why: who approves reads it")
        if day is None or day < portal.today():
            wrong["day"] = Refused("Choose today or a later day: a value never holds for days that are past")
        if wrong:
            raise Unfit(wrong)
        if not wanted:
            raise Refused("Nothing differs from what holds now: there is nothing to propose")
        if any(each.section == section for each in store.proposals(package_id, ProposalState.OPEN)):
            raise Refused("A proposal for these values waits already: it is decided or taken back first")
        assert day is not None  # noqa: S101 - looked at above
        row = SettingProposal.create(
            package_id=package_id, section=section, values=wanted, from_day=day, reason=reason.strip()[:LONGEST],
            before={name: known[name].value for name in wanted}, at=now, by=actor.user_id, by_name=actor.name,
        )  # fmt: skip
        for name, value in wanted.items():
            changing.note(
                portal, Act.SETTING_PROPOSED, known[name], known[name].value, value, actor, why=row.reason,
                day=day.isoformat(),
            )  # fmt: skip
        title = "・".join(known[name].title for name in wanted)
        for user in deciders(row):
            _tell(portal, row, user, ASKED, ASKED_TEXT, title, actor.name, row.reason)
    portal.poke()
    return int(row.id)


def _taken(known: Mapping[str, values.Value], typed: Mapping[str, str]) -> tuple[dict[str, str], dict[str, Refused]]:
    """(what differs from what holds, what cannot be taken), by name. A sample that is left as it is stays one."""
    wanted: dict[str, str] = {}
    wrong: dict[str, Refused] = {}
    for name, text in typed.items():
        value = known.get(name)
        if value is None or text.strip() == value.value.strip():
            continue
        try:
            new = value.check(text)
        except Refused as why:
            wrong[name] = why
            continue
        if new != value.value:
            wanted[name] = new
    return wanted, wrong


def approve(portal: Portal, proposal_id: int, actor: Actor) -> None:
    """Have the values hold from their day on, or from today where it has gone by meanwhile. Raises Forbidden where the
    asker proposed them, Refused where they are decided on."""
    actor.require(Right.APPROVE_SETTINGS)
    with database.transaction():
        row = open_one(proposal_id)
        alone = needs_second(portal, row, actor)
        day = max(row.from_day, portal.today())
        owned = values.of_package(portal, row.package_id, actor)
        standing = {name: owned.value(name).value for name in row.values}
        if standing != {name: row.before[name] for name in row.values}:
            raise Refused("The values have changed since this was proposed: refuse it, and have it proposed anew")
        reason = row.reason
        store.put(
            row.package_id, row.values, day, portal.now(), row.by_name, approved_by=actor.name, reason=reason,
            proposal=row.id,
        )  # fmt: skip
        _decide(portal, row, ProposalState.APPROVED, actor, "")
        row.from_day, row.alone = day, alone
        row.save()
        for name, value in row.values.items():
            changing.note(
                portal, Act.SETTING_CHANGED, owned.value(name), row.before[name], value, actor,
                why=f"{row.by_name}: {reason}", day=day.isoformat(),
            )  # fmt: skip
        _answer(portal, row, owned, APPROVED_TEXT, actor)
    portal.poke()


def refuse(portal: Portal, proposal_id: int, why: str, actor: Actor) -> None:
    """Not to hold. Raises Refused without a reason, Forbidden."""
    actor.require(Right.APPROVE_SETTINGS)
    if not why.strip():
        raise Refused("Say why you refuse it")
    with database.transaction():
        row = open_one(proposal_id)
        needs_second(portal, row, actor)
        _decide(portal, row, ProposalState.REFUSED, actor, why)
        owned = values.of_package(portal, row.package_id, actor)
        for name, value in row.values.items():
            changing.note(portal, Act.SETTING_REFUSED, owned.value(name), value, "", actor, why=row.decided_why)
        _answer(portal, row, owned, REFUSED_TEXT, actor)
    portal.poke()


def take_back(portal: Portal, proposal_id: int, actor: Actor) -> None:
    """By who proposed it, before anybody has decided."""
    actor.require(Right.PROPOSE_SETTINGS, Right.SETTINGS)
    with database.transaction():
        row = open_one(proposal_id)
        if row.by_id != actor.user_id:
            raise Forbidden("Only who proposed it takes it back")
        _decide(portal, row, ProposalState.TAKEN_BACK, actor, "")
        owned = values.of_package(portal, row.package_id, actor)
        for name, value in row.values.items():
            changing.note(portal, Act.SETTING_TAKEN_BACK, owned.value(name), value, "", actor)


def _decide(portal: Portal, row: SettingProposal, state: ProposalState, actor: Actor, why: str) -> None:
    row.state, row.decided_at, row.decided_by_name = state, portal.now(), actor.name
    row.decided_why = why.strip()[:LONGEST]
    row.save()


def _answer(portal: Portal, row: SettingProposal, owned: values.Owned, text: str, actor: Actor) -> None:
    """Who proposed it, and whoever else may decide, read what came of it."""
    known = {each.name: each.title for section in owned.sections for each in section.values}
    title = "・".join(known.get(name, name) for name in row.values)
    told = {user.id: user for user in deciders(row)}
    if row.by_id is not None and (own := accounts.user(row.by_id)) is not None and own.active:
        told[own.id] = own
    for user in told.values():
        if user.id != actor.user_id:
            _tell(portal, row, user, DECIDED, text, title, actor.name, row.decided_why)


def _tell(
    portal: Portal, row: SettingProposal, user: Any, subject: str, text: str, title: str, name: str, reason: str
) -> None:
    say = portal.say(user.language)
    facts = {"title": title, "name": name, "day": row.from_day.isoformat(), "reason": reason}
    body = f"{markdown.literal(say(text) % facts)}\n\n[{say(LOOK)}](%(url)s)\n"
    words = portalmails.Wording((say(subject) % facts)[:300], body)
    key = f"setting:{row.id}:{row.state.value}:{user.id}"
    portalmails.queue(portal, key, "setting-proposal", user.email, words, {"page": f"/settings/proposals/{row.id}"})
