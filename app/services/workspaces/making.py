"""Workspaces made, listed, handed over, dropped and fetched back."""

from __future__ import annotations

from collections.abc import Mapping

from app.errors import NotFound, Refused
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.workspaces import content
from app.services.workspaces.views import Event, WorkspaceView
from app.states import WORKSPACE_MOVES, Right, WorkspaceAct, WorkspaceState, holders
from app.states.word import may_follow
from app.store import accounts, database, releases, terms
from app.store import workspaces as store
from app.store.models import Workspace

MAX_TITLE = 200


def make(portal: Portal, package_id: str, number: int | None, title: str, who: Actor) -> int:
    """A workspace over a release (over the one in force without a number); gives its id. Raises NotFound."""
    who.require(Right.DESIGN)
    with database.transaction():
        now = portal.now()
        term = terms.current(package_id, now)
        release = releases.by_number(package_id, number) if number is not None else term.release if term else None
        if release is None:
            raise NotFound("There is no process package %(package)s", package=package_id)
        row = store.add(package_id, _title(title) or release.title, release.id, who.user_id, now)
        store.note(row, WorkspaceAct.MADE, now, who.user_id, who.name, number=release.number)
        return int(row.id)


def make_of(
    portal: Portal, package_id: str, files: Mapping[str, bytes], title: str, who: Actor, base: int | None = None
) -> int:
    """A workspace that holds these files: over nothing, or as changes of the release of the number `base`. Raises
    NotFound where there is no such base."""
    if who.user_id is not None:
        who.require(Right.DESIGN)
    with database.transaction():
        now = portal.now()
        release = releases.by_number(package_id, base) if base is not None else None
        if base is not None and release is None:
            raise NotFound("%(package)s has no number %(number)s", package=package_id, number=base)
        row = store.add(package_id, _title(title), release.id if release else None, who.user_id, now)
        under = content.base_files(portal, release.id if release else None)
        for path in sorted({*files, *under}):
            data = files.get(path)
            if data != under.get(path):
                store.put(
                    None, row, path, content=data, digest=content.digest_of(data),
                    base_digest=content.digest_of(under.get(path)), saved_at=now, saved_by=who.user_id,
                    by_name=who.name[:120],
                )  # fmt: skip
        store.note(row, WorkspaceAct.MADE, now, who.user_id, who.name, number=base)
        return int(row.id)


def listed(portal: Portal, who: Actor, package_id: str | None = None, *, over: bool = False) -> list[WorkspaceView]:
    """The workspaces of a package, or of all; the one changed last first. With `over` also what is
    released or dropped."""
    who.require(Right.SEE_DESIGN)
    with portal.connection():
        rows = store.listed(package_id, over=over)
        changed = store.changed_paths(row.id for row in rows)
        current = {term.package_id: term.release.number for term in terms.current_all(portal.now())}
        return [_view(row, changed.get(row.id, 0), current.get(row.package_id)) for row in rows]


def one(portal: Portal, workspace_id: int, who: Actor) -> WorkspaceView:
    """One of them. Raises NotFound."""
    who.require(Right.SEE_DESIGN)
    with portal.connection():
        row = content.row_of(workspace_id)
        term = terms.current(row.package_id, portal.now())
        changed = store.changed_paths([row.id]).get(row.id, 0)
        return _view(row, changed, term.release.number if term else None)


def events(portal: Portal, workspace_id: int, who: Actor) -> list[Event]:
    """What was done with a workspace, the newest first."""
    who.require(Right.SEE_DESIGN)
    with portal.connection():
        content.row_of(workspace_id)
        return [Event(row.at, row.kind, row.by_name, row.by_id, row.text) for row in store.events(workspace_id)]


def rename(portal: Portal, workspace_id: int, title: str, who: Actor) -> None:
    """Call the workspace otherwise. Raises Refused for no name."""
    who.require(Right.DESIGN)
    if not _title(title):
        raise Refused("Give the draft a name")
    with database.transaction():
        row = content.row_of(workspace_id, hold=True)
        row.title, row.changed_at = _title(title), portal.now()
        row.save()


def colleagues(portal: Portal, who: Actor) -> list[tuple[int, str]]:
    """Who else may write drafts: (id, name), by name."""
    who.require(Right.SEE_DESIGN)
    with portal.connection():
        found = {row.id: row.name or row.email for row in accounts.having(holders(Right.DESIGN))}
        others = ((number, name) for number, name in found.items() if number != who.user_id)
        return sorted(others, key=lambda each: each[1])


def hand_over(portal: Portal, workspace_id: int, to: int, why: str, who: Actor) -> None:
    """Another colleague is the owner from now on. Raises NotFound, Refused."""
    who.require(Right.DESIGN)
    if to not in dict(colleagues(portal, who)) and to != who.user_id:
        raise Refused("This colleague may not write drafts: choose another")
    with database.transaction():
        row, now = content.row_of(workspace_id, hold=True), portal.now()
        account = accounts.user(to)
        if account is None or row.owner_id == to:
            return
        before, row.owner = (row.owner.name if row.owner else ""), account
        row.save()
        store.note(row, WorkspaceAct.HANDED, now, who.user_id, who.name, why, before=before, to=account.name, to_id=to)


def drop(portal: Portal, workspace_id: int, why: str, who: Actor) -> None:
    """Nobody goes on with it. Nothing is deleted: `revive` fetches it back."""
    _move(portal, workspace_id, WorkspaceState.DROPPED, WorkspaceAct.DROPPED, why, who)


def revive(portal: Portal, workspace_id: int, who: Actor) -> None:
    """A dropped workspace is a draft again."""
    with portal.connection():
        if content.row_of(workspace_id).state is WorkspaceState.DRAFT:
            return
    _move(portal, workspace_id, WorkspaceState.DRAFT, WorkspaceAct.REVIVED, "", who, WorkspaceState.DROPPED)


def _move(
    portal: Portal, workspace_id: int, to: WorkspaceState, act: WorkspaceAct, why: str, who: Actor,
    only_from: WorkspaceState | None = None,
) -> None:  # fmt: skip
    who.require(Right.DESIGN)
    with database.transaction():
        row, now = content.row_of(workspace_id, hold=True), portal.now()
        if row.state is to:
            return
        if not may_follow(WORKSPACE_MOVES, row.state, to) or (only_from is not None and row.state is not only_from):
            raise Refused("This cannot be done with a draft that stands as this one does")
        row.state, row.changed_at = to, now
        row.save()
        store.note(row, act, now, who.user_id, who.name, why)


def _title(title: str) -> str:
    return " ".join(title.split())[:MAX_TITLE]


def _view(row: Workspace, changed: int, current: int | None) -> WorkspaceView:
    base = row.base_release if row.base_release_id is not None else None
    return WorkspaceView(
        id=row.id,
        package_id=row.package_id,
        title=row.title,
        base=base.number if base is not None else None,
        base_release=row.base_release_id,
        current=current,
        owner=row.owner_id,
        owner_name=(row.owner.name or row.owner.email) if row.owner is not None else "",
        state=row.state,
        revision=row.revision,
        submitted_digest=row.submitted_digest,
        changed=changed,
        created_at=row.created_at,
        changed_at=row.changed_at,
    )
