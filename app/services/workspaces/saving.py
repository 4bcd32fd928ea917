"""Files of a workspace, saved. Whoever saves says on which revision they wrote; who comes too late changes nothing, and
what they wrote is kept beside the file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from app.catalogue import archive, canonical
from app.errors import N_, BadPackage, NotFound, Problem, Refused, Stale
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.workspaces import content
from app.services.workspaces.content import digest_of
from app.services.workspaces.views import Clash, Content, Saved, Version
from app.states import Right, VersionKind, WorkspaceAct, WorkspaceState
from app.store import database
from app.store import workspaces as store
from app.store.models import Workspace, WorkspaceFile
from app.text.typed import composed

SESSION = timedelta(minutes=10)  # saves within it are one line of what happened
_NOT_WRITABLE = N_("This draft is not being written at the moment: it waits for approval, is released or was dropped")


def save(
    portal: Portal, workspace_id: int, path: str, data: bytes, revision: int, who: Actor, page: str = ""
) -> Saved | Clash:
    """Save a file that was read at this revision (0: as the release has it, or it is new).

    `page` is the opened page: its own saves never clash, whatever answer it lost. Raises NotFound, Refused (XML that no
    reader may be given, a draft that nobody may write), BadPackage (a path or size that no package has).
    """
    who.require(Right.DESIGN)
    path = composed(path)
    with database.connection():
        before = _before(portal, content.row_of(workspace_id), path)
    kept = canonical.canonical(path, data, before.data if before.data is not None else before.base)
    return _write(portal, workspace_id, path, kept, revision, who, page, VersionKind.SAVED)


def remove(portal: Portal, workspace_id: int, path: str, revision: int, who: Actor, page: str = "") -> Saved | Clash:
    """Take a file out. What it held is kept."""
    who.require(Right.DESIGN)
    return _write(portal, workspace_id, composed(path), None, revision, who, page, VersionKind.REMOVED)


def restore(portal: Portal, workspace_id: int, path: str, revision: int, who: Actor, page: str = "") -> Saved | Clash:
    """One file as the release has it again; without one there, the file is taken out."""
    who.require(Right.DESIGN)
    path = composed(path)
    with database.connection():
        base = content.base_files(portal, content.row_of(workspace_id).base_release_id).get(path)
    return _write(portal, workspace_id, path, base, revision, who, page, VersionKind.RESTORED)


def change(
    portal: Portal, workspace_id: int, files: Mapping[str, bytes | None], revision: int, who: Actor, page: str = ""
) -> int:
    """Several files as one, or none of them; None: taken out. `revision` is the workspace's, as it was read; the one
    that it has then comes back. Raises Stale where somebody has saved meanwhile, and what `save` raises."""
    who.require(Right.DESIGN)
    now = portal.now()
    with database.transaction():
        row = content.row_of(workspace_id, hold=True)
        if row.state is not WorkspaceState.DRAFT:
            raise Refused(_NOT_WRITABLE)
        if row.revision != revision:
            raise Stale(N_("The draft was saved by somebody meanwhile: look at it again."))
        base = content.base_files(portal, row.base_release_id)
        for path, data in sorted(files.items(), key=lambda each: each[1] is not None):  # room for a new name first
            mine, was = store.file(row.id, path), base.get(path)
            if (mine.digest if mine is not None else digest_of(was)) == digest_of(data):
                continue
            if data is not None:
                _allowed(portal, row, path, data)
            kind = VersionKind.REMOVED if data is None else VersionKind.SAVED
            _put(row, mine, path, data, digest_of(was), now, who, page, kind)
        return int(row.revision)


def versions(portal: Portal, workspace_id: int, path: str) -> list[Version]:
    """What is kept of a file, the newest first."""
    with portal.connection():
        content.row_of(workspace_id)
        return [
            Version(
                row.id, row.path, row.revision, row.kind, row.saved_at, row.by_name, row.saved_by_id, not row.digest
            )
            for row in store.versions(workspace_id, composed(path))
        ]


def version(portal: Portal, workspace_id: int, version_id: int) -> bytes | None:
    """The content of a version; none where the file was removed. Raises NotFound."""
    with portal.connection():
        row = store.version(workspace_id, version_id)
        if row is None:
            raise NotFound("There is no such version")
        return store.plain(row)


def revision_of(portal: Portal, row: Workspace, path: str) -> int:
    """On which revision who saves now writes; 0 for a file that was never there."""
    return _before(portal, row, path).revision


def _before(portal: Portal, row: Workspace, path: str) -> Content:
    try:
        return content.content(portal, row, path)
    except NotFound:
        return Content(path, None, 0, None)


def _write(
    portal: Portal, workspace_id: int, path: str, data: bytes | None, revision: int, who: Actor, page: str,
    kind: VersionKind,
) -> Saved | Clash:  # fmt: skip
    now, digest = portal.now(), digest_of(data)
    with database.transaction():
        row = content.row_of(workspace_id, hold=True)
        if data is not None:
            _allowed(portal, row, path, data)
        mine = store.file(row.id, path)
        base = content.base_files(portal, row.base_release_id).get(path)
        here = mine.digest if mine is not None else digest_of(base)
        at = mine.revision if mine is not None else 0
        if here == digest:  # it says so already: saved twice, or by two who mean the same
            saved_at = mine.saved_at if mine is not None else now
            return Saved(path, at, digest, saved_at, False, row.revision)
        own = mine is not None and page != "" and mine.page == page and revision <= at
        if row.state is not WorkspaceState.DRAFT or (revision != at and not own):
            aside = store.keep(
                row, path, revision, VersionKind.ASIDE, data, digest, now, who.user_id, who.name
            )  # fmt: skip
            if row.state is WorkspaceState.DRAFT:
                return _clash(mine, base, path, row, data, aside.id)
        else:
            file = _put(row, mine, path, data, digest_of(base), now, who, page, kind)
            return Saved(path, file.revision, digest, now, True, row.revision)
    raise Refused(_NOT_WRITABLE)


def _clash(
    mine: WorkspaceFile | None, base: bytes | None, path: str, row: Workspace, data: bytes | None, kept: int
) -> Clash:
    if mine is None:
        return Clash(path, 0, "", None, row.changed_at, base, data, kept)
    theirs = None if mine.content is None else bytes(mine.content)
    return Clash(path, mine.revision, mine.by_name, mine.saved_by_id, mine.saved_at, theirs, data, kept)


def _put(
    row: Workspace, mine: WorkspaceFile | None, path: str, data: bytes | None, base_digest: str, now: datetime,
    who: Actor, page: str, kind: VersionKind,
) -> WorkspaceFile:  # fmt: skip
    digest = digest_of(data)
    file = store.put(
        mine, row, path, content=data, digest=digest, base_digest=base_digest, saved_at=now, saved_by=who.user_id,
        by_name=who.name[:120], page=page,
    )  # fmt: skip
    store.keep(row, path, file.revision, kind, data, digest, now, who.user_id, who.name)
    row.revision += 1
    row.changed_at = now
    row.save()
    _note(row, path, now, who)
    return file


def _note(row: Workspace, path: str, now: datetime, who: Actor) -> None:
    """One line for what somebody saves in one go."""
    last = store.last_event(row.id)
    if last is not None and last.kind is WorkspaceAct.SAVED and last.by_id == who.user_id and now - last.at < SESSION:
        paths = list(last.data.get("paths", ()))
        last.data = {"paths": paths if path in paths else [*paths, path]}
        last.save()
        return
    store.note(row, WorkspaceAct.SAVED, now, who.user_id, who.name, paths=[path])


def _allowed(portal: Portal, row: Workspace, path: str, data: bytes) -> None:
    """Raise BadPackage where the path or a size is not one of a package's."""
    files = {**content.files_of(portal, row), path: data}
    if path not in archive.checked(files):
        raise BadPackage([Problem(path, "A file of this name is no part of a package.")])
    folder = next((each for each in files if each.startswith(f"{path}/") or path.startswith(f"{each}/")), None)
    if folder is not None:
        message = N_("There is a folder or file of this name: %(other)s")
        raise BadPackage([Problem(path, message, params={"other": folder})])
