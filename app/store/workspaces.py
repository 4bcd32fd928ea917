"""Workspaces (案): their files, every content that was written, who did what, and who is looking."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from peewee import JOIN, fn

from app.states import VersionKind, WorkspaceAct, WorkspaceState
from app.store.database import locked
from app.store.models import Release, User, Workspace, WorkspaceEvent, WorkspaceFile, WorkspaceVersion, WorkspaceVisit

_RELEASE = (Release.id, Release.package_id, Release.number, Release.digest, Release.title)  # without its archive
_FILE = tuple(field for field in WorkspaceFile._meta.sorted_fields if field.name != "content")
_VERSION = tuple(field for field in WorkspaceVersion._meta.sorted_fields if field.name != "content")


def _query() -> Any:
    query: Any = Workspace.select(Workspace, *_RELEASE, User)
    return query.join(Release, JOIN.LEFT_OUTER).switch(Workspace).join(User, JOIN.LEFT_OUTER)


def one(workspace_id: int) -> Workspace | None:
    """The workspace with its release and owner."""
    found: Workspace | None = _query().where(Workspace.id == workspace_id).first()
    return found


def hold(workspace_id: int) -> Workspace | None:
    """The same, and nobody else changes it until this transaction ends."""
    if locked(Workspace.select(Workspace.id).where(Workspace.id == workspace_id)).first() is None:
        return None
    return one(workspace_id)


def listed(package_id: str | None = None, *, over: bool = False) -> list[Workspace]:
    """Workspaces, the one changed last first; with `over` those that are released or dropped, too."""
    query = _query()
    if package_id is not None:
        query = query.where(Workspace.package_id == package_id)
    if not over:
        query = query.where(Workspace.state.in_([WorkspaceState.DRAFT, WorkspaceState.SUBMITTED]))
    return list(query.order_by(Workspace.changed_at.desc(), Workspace.id.desc()))


def changed_paths(ids: Iterable[int]) -> dict[int, int]:
    """How many files of each workspace differ from its release."""
    query: Any = WorkspaceFile.select(WorkspaceFile.workspace, fn.COUNT(WorkspaceFile.id))
    differs = WorkspaceFile.digest != WorkspaceFile.base_digest
    query = query.where(WorkspaceFile.workspace.in_(list(ids)) & differs).group_by(WorkspaceFile.workspace)
    return dict(query.tuples())


def add(package_id: str, title: str, release_id: int | None, owner: int | None, now: datetime) -> Workspace:
    """A new workspace over a release, or over nothing."""
    return Workspace.create(
        package_id=package_id, title=title, base_release=release_id, owner=owner, created_at=now, changed_at=now
    )


def file(workspace_id: int, path: str) -> WorkspaceFile | None:
    """The workspace's own file."""
    mine = (WorkspaceFile.workspace == workspace_id) & (WorkspaceFile.path == path)
    return WorkspaceFile.get_or_none(mine)


def files(workspace_id: int) -> list[WorkspaceFile]:
    """All of its own files, with contents, by path."""
    return list(WorkspaceFile.select().where(WorkspaceFile.workspace == workspace_id).order_by(WorkspaceFile.path))


def file_facts(workspace_id: int) -> list[WorkspaceFile]:
    """The same without contents, with who saved each."""
    query: Any = WorkspaceFile.select(*_FILE).where(WorkspaceFile.workspace == workspace_id)
    return list(query.order_by(WorkspaceFile.path))


def put(row: WorkspaceFile | None, workspace: Workspace, path: str, **values: Any) -> WorkspaceFile:
    """The file as it is from now on, one revision higher."""
    if row is None:
        return WorkspaceFile.create(workspace=workspace.id, path=path, revision=1, **values)
    for name, value in values.items():
        setattr(row, name, value)
    row.revision += 1
    row.save()
    return row


def keep(
    workspace: Workspace, path: str, revision: int, kind: VersionKind, content: bytes | None, digest: str,
    now: datetime, by: int | None, name: str,
) -> WorkspaceVersion:  # fmt: skip
    """Keep a content. What was kept aside already, by the same person on the same revision, is not kept twice."""
    if kind is VersionKind.ASIDE:
        same = WorkspaceVersion.select(*_VERSION).where(
            (WorkspaceVersion.workspace == workspace.id)
            & (WorkspaceVersion.path == path)
            & (WorkspaceVersion.kind == kind)
            & (WorkspaceVersion.digest == digest)
        )
        found: WorkspaceVersion | None = same.first()
        if found is not None:
            return found
    return WorkspaceVersion.create(
        workspace=workspace.id, path=path, revision=revision, kind=kind, digest=digest,
        content=None if content is None else zlib.compress(content, 6),
        saved_at=now, saved_by=by, by_name=name[:120],
    )  # fmt: skip


def versions(workspace_id: int, path: str) -> list[WorkspaceVersion]:
    """What is kept of a file, the newest first, without contents."""
    query: Any = WorkspaceVersion.select(*_VERSION).where(
        (WorkspaceVersion.workspace == workspace_id) & (WorkspaceVersion.path == path)
    )
    return list(query.order_by(WorkspaceVersion.id.desc()))


def version(workspace_id: int, version_id: int) -> WorkspaceVersion | None:
    """One of them, with its content (`plain` reads it)."""
    mine = (WorkspaceVersion.workspace == workspace_id) & (WorkspaceVersion.id == version_id)
    return WorkspaceVersion.get_or_none(mine)


def plain(row: WorkspaceVersion) -> bytes | None:
    """The content of a version; none where the file was removed."""
    return None if row.content is None else zlib.decompress(bytes(row.content))


def kept_before(moment: datetime) -> list[WorkspaceVersion]:
    """What files of all workspaces held before then, in order, without contents; not what was kept aside."""
    before = (WorkspaceVersion.kind != VersionKind.ASIDE) & (WorkspaceVersion.saved_at < moment)
    return list(WorkspaceVersion.select(*_VERSION).where(before).order_by(WorkspaceVersion.id))


def forget(ids: Iterable[int]) -> None:
    """Delete these versions of files."""
    WorkspaceVersion.delete().where(WorkspaceVersion.id.in_(list(ids))).execute()


def aside(workspace_id: int) -> list[WorkspaceVersion]:
    """What came too late and is kept beside its file, the newest first, without contents."""
    query: Any = WorkspaceVersion.select(*_VERSION).where(
        (WorkspaceVersion.workspace == workspace_id) & (WorkspaceVersion.kind == VersionKind.ASIDE)
    )
    return list(query.order_by(WorkspaceVersion.id.desc()))


def note(
    workspace: Workspace, kind: WorkspaceAct, now: datetime, by: int | None, name: str, text: str = "", **data: Any
) -> WorkspaceEvent:
    """Note what somebody did."""
    return WorkspaceEvent.create(
        workspace=workspace.id, at=now, kind=kind, by=by, by_name=name[:120], text=text, data=data
    )


def events(workspace_id: int) -> list[WorkspaceEvent]:
    """All that was done, the newest first."""
    query: Any = WorkspaceEvent.select().where(WorkspaceEvent.workspace == workspace_id)
    return list(query.order_by(WorkspaceEvent.id.desc()))


def writers(workspace_id: int) -> set[int]:
    """Accounts that wrote a file of the workspace, or took a newer release in."""
    acts = (WorkspaceAct.SAVED, WorkspaceAct.MERGED)
    of_event = (WorkspaceEvent.workspace == workspace_id) & WorkspaceEvent.kind.in_(acts)
    kept = (WorkspaceVersion.workspace == workspace_id) & (WorkspaceVersion.kind != VersionKind.ASIDE)
    queries: tuple[Any, ...] = (
        WorkspaceEvent.select(WorkspaceEvent.by).where(of_event),
        WorkspaceVersion.select(WorkspaceVersion.saved_by).where(kept),
        WorkspaceFile.select(WorkspaceFile.saved_by).where(WorkspaceFile.workspace == workspace_id),
    )
    return {number for query in queries for (number,) in query.distinct().tuples() if number is not None}


def last_of(workspace_id: int, kind: WorkspaceAct) -> WorkspaceEvent | None:
    """The newest event of a kind."""
    query: Any = WorkspaceEvent.select().where(
        (WorkspaceEvent.workspace == workspace_id) & (WorkspaceEvent.kind == kind)
    )
    found: WorkspaceEvent | None = query.order_by(WorkspaceEvent.id.desc()).first()
    return found


def last_event(workspace_id: int) -> WorkspaceEvent | None:
    """The newest of them."""
    query: Any = WorkspaceEvent.select().where(WorkspaceEvent.workspace == workspace_id)
    found: WorkspaceEvent | None = query.order_by(WorkspaceEvent.id.desc()).first()
    return found


def seen(workspace_id: int, page: str, user: int, path: str, now: datetime, since: datetime) -> None:
    """A page is open on this file; pages that said nothing since are forgotten."""
    said = {"user": user, "path": path, "seen_at": now}
    row = WorkspaceVisit.insert(workspace=workspace_id, page=page, **said)
    row.on_conflict(conflict_target=[WorkspaceVisit.workspace, WorkspaceVisit.page], update=said).execute()
    WorkspaceVisit.delete().where(WorkspaceVisit.seen_at < since).execute()


def left(workspace_id: int, page: str) -> None:
    """The page was closed."""
    mine = (WorkspaceVisit.workspace == workspace_id) & (WorkspaceVisit.page == page)
    WorkspaceVisit.delete().where(mine).execute()


def visits(workspace_id: int, since: datetime) -> list[WorkspaceVisit]:
    """Pages that were open since, with who looks at them."""
    query: Any = WorkspaceVisit.select(WorkspaceVisit, User).join(User)
    here = (WorkspaceVisit.workspace == workspace_id) & (WorkspaceVisit.seen_at >= since)
    return list(query.where(here).order_by(WorkspaceVisit.id))
