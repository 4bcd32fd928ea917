"""What was proposed for a setting, as pages show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.errors import Forbidden, NotFound, Refused
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.settings import values
from app.states import ProposalState, Right, holders
from app.store import accounts, database
from app.store import settings as store
from app.store.models import SettingProposal


@dataclass(frozen=True, slots=True)
class Line:
    """One value of a proposal: what held when it was proposed, and what is to hold."""

    name: str
    title: str
    kind: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal as its page shows it. `may_approve`: the asker may decide on it; `alone`: as the only one, where the
    installation allows that; `may_take_back`: as who proposed it."""

    id: int
    package_id: str
    section: str
    lines: tuple[Line, ...]
    from_day: date
    reason: str
    state: ProposalState
    at: datetime
    by: str
    decided_at: datetime | None
    decided_by: str
    why: str
    self_approved: bool
    may_approve: bool
    alone: bool
    may_take_back: bool
    approvers: tuple[str, ...]


def one(portal: Portal, proposal_id: int, actor: Actor) -> Proposal:
    """The proposal of this number. Raises NotFound."""
    actor.require(Right.SEE_SETTINGS)
    with database.connection():
        row = store.proposal(proposal_id)
        if row is None:
            raise NotFound("There is no such proposal")
        return _view(portal, row, values.of_package(portal, row.package_id, actor), actor)


def of_package(portal: Portal, package_id: str, actor: Actor, limit: int = 30) -> list[Proposal]:
    """Those of a package, the newest first."""
    actor.require(Right.SEE_SETTINGS)
    with database.connection():
        owned = values.of_package(portal, package_id, actor)
        return [_view(portal, row, owned, actor) for row in store.proposals(package_id, limit=limit)]


def waiting(actor: Actor) -> int:
    """How many wait for somebody who may decide, the asker among them; 0 for whoever may not."""
    if not actor.has(Right.APPROVE_SETTINGS):
        return 0
    with database.connection():
        return store.waiting()


def _view(portal: Portal, row: SettingProposal, owned: values.Owned, actor: Actor) -> Proposal:
    known = {each.name: each for section in owned.sections for each in section.values}
    lines = tuple(
        Line(
            name,
            known[name].title if name in known else name,
            known[name].kind.widget if name in known else "line",
            str(row.before.get(name, "")),
            value,
        )
        for name, value in row.values.items()
    )
    is_open, own = row.state is ProposalState.OPEN, row.by_id is not None and row.by_id == actor.user_id
    may = is_open and actor.has(Right.APPROVE_SETTINGS)
    alone = may and own and portal.settings.single_approval
    return Proposal(
        id=row.id,
        package_id=row.package_id,
        section=row.section,
        lines=lines,
        from_day=row.from_day,
        reason=row.reason,
        state=row.state,
        at=row.at,
        by=row.by_name,
        decided_at=row.decided_at,
        decided_by=row.decided_by_name,
        why=row.decided_why,
        self_approved=row.alone,
        may_approve=may and (not own or alone),
        alone=alone,
        may_take_back=is_open and own,
        approvers=tuple(user.name or user.email for user in deciders(row)) if is_open else (),
    )


def open_one(proposal_id: int) -> SettingProposal:
    found = store.proposal(proposal_id)
    if found is None:
        raise NotFound("There is no such proposal")
    database.lock_name(f"settings:{found.package_id}")
    row = store.proposal(proposal_id)
    assert row is not None  # noqa: S101 - nothing takes one away
    if row.state is not ProposalState.OPEN:
        raise Refused("This proposal has been decided already")
    return row


def needs_second(portal: Portal, row: SettingProposal, actor: Actor) -> bool:
    """Whether the asker decides as the only one. Raises Forbidden where a second person is needed and it is none."""
    if actor.user_id is not None and row.by_id != actor.user_id:
        return False
    if not portal.settings.single_approval:
        raise Forbidden("Somebody else has to decide: whoever proposed it may not")
    return True


def deciders(row: SettingProposal) -> list[Any]:
    """Accounts that may decide on it, by name: never who proposed it."""
    roles = sorted(role.value for role in holders(Right.APPROVE_SETTINGS))
    found = {user.id: user for role in roles for user in accounts.staff(role=role)}
    return sorted((user for number, user in found.items() if number != row.by_id), key=lambda user: str(user.name))
