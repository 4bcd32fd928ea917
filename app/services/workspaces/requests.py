"""A draft that waits for approval: what is asked for, what its gate has found so far, and who may not approve it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.workspaces import content
from app.states import Right, WorkspaceAct, WorkspaceState, holders
from app.store import accounts, database, terms
from app.store import workspaces as store
from app.store.models import Workspace, WorkspaceEvent

WAITS, RUNS, GREEN, RED = "waits", "runs", "green", "red"  # how the gate stands


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for. `gate`: waits, runs, green or red; `done` of `of` scenarios are walked; `facts`: what the gate
    found, for the record; `said`: each error, in Japanese and English, with
    its file and the place in it ("" where it is of none). `from_at`: none for at once."""

    digest: str
    by: str
    by_id: int | None
    at: datetime
    note: str
    from_at: datetime | None
    gate: str
    done: int
    of: int
    facts: Mapping[str, Any]
    said: tuple[tuple[str, str, str, str], ...]


def of_event(event: WorkspaceEvent) -> Request:
    """The request that an event of the kind `submitted` holds."""
    data = event.data
    gate: Mapping[str, Any] = data.get("gate") or {}
    from_at = data.get("from_at")
    return Request(
        digest=str(data.get("digest", "")),
        by=event.by_name,
        by_id=event.by_id,
        at=event.at,
        note=event.text,
        from_at=datetime.fromisoformat(from_at) if from_at else None,
        gate=str(gate.get("state", WAITS)),
        done=int(gate.get("done", 0)),
        of=int(gate.get("of", 0)),
        facts=gate.get("facts") or {},
        said=tuple(_told(*each) for each in gate.get("said", ())),
    )


def last(portal: Portal, workspace_id: int, who: Actor) -> Request | None:
    """What was last asked for; none where nothing ever was. Raises NotFound."""
    who.require(Right.SEE_DESIGN)
    with portal.connection():
        content.row_of(workspace_id)
        event = store.last_of(workspace_id, WorkspaceAct.SUBMITTED)
        return of_event(event) if event is not None else None


def waiting(portal: Portal, who: Actor) -> int:
    """How many drafts wait for this person's approval."""
    if not who.has(Right.APPROVE_DESIGN):
        return 0
    with portal.connection():
        rows = [row for row in store.listed() if row.state is WorkspaceState.SUBMITTED]
        return sum(1 for row in rows if who.user_id not in concerned(row))


def concerned(row: Workspace) -> frozenset[int]:
    """Accounts that may not approve a draft: its owner, whoever asks, and everybody who wrote any of it or took a newer
    release in. Inside the transaction that approves, with the row held."""
    event = store.last_of(row.id, WorkspaceAct.SUBMITTED)
    found = {row.owner_id, event.by_id if event is not None else None} | store.writers(row.id)
    return frozenset(number for number in found if number is not None)


def others(row: Workspace) -> list[Any]:
    """Accounts that may approve it, by name."""
    not_these = concerned(row)
    found = {user.id: user for user in accounts.having(holders(Right.APPROVE_DESIGN))}
    return [user for number, user in found.items() if number not in not_these]


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person may do with a draft's release. `may_approve`: as a second person; `alone`: as the only one, where
    the body allows that; `approvers`: names of those who may; `behind`: another release is in force than its base."""

    may_approve: bool
    alone: bool
    approvers: tuple[str, ...]
    behind: bool
    restores: bool


def standing(portal: Portal, workspace_id: int, who: Actor) -> Standing:
    """The same for a page."""
    who.require(Right.SEE_DESIGN)
    with database.connection():
        row = content.row_of(workspace_id)
        able = others(row)
        mine = who.user_id is not None and who.user_id in {user.id for user in able}
        alone = not mine and portal.settings.single_approval and who.has(Right.APPROVE_DESIGN)
        names = tuple(user.name or user.email for user in able)
        return Standing(mine, alone, names, is_behind(portal, row), restores(row))


def restores(row: Workspace) -> bool:
    """Whether the draft is an earlier release as it was: nothing differs from it."""
    return row.base_release_id is not None and not store.changed_paths([row.id]).get(row.id, 0)


def is_in_force(portal: Portal, row: Workspace, digest: str) -> bool:
    """Whether this content is what new cases start on now."""
    term = terms.current(row.package_id, portal.now())
    return term is not None and bool(term.release.digest == digest)


def is_behind(portal: Portal, row: Workspace) -> bool:
    """Whether another release is in force than the one that the draft is made from; a restored one may be older."""
    term = terms.current(row.package_id, portal.now())
    return term is not None and term.release_id != row.base_release_id and not restores(row)


def _told(ja: str, en: str, file: str = "", at: str = "") -> tuple[str, str, str, str]:
    """One error; rows of an earlier edition say no place."""
    return str(ja), str(en), str(file), str(at)
