"""A newer release is taken into a draft, file by file. What only the release changed is taken, what only the draft did
stays, what both changed is put together; only where both say otherwise a person is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.catalogue import merge
from app.errors import NotFound, Refused
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.workspaces import content
from app.services.workspaces.content import digest_of
from app.states import Right, VersionKind, WorkspaceAct, WorkspaceState
from app.store import database, releases, terms
from app.store import workspaces as store
from app.store.models import Release, Workspace, WorkspaceFile
from app.text.threeway import Conflict

Choices = Mapping[str, Mapping[str, str]]  # path to clash to "mine" or "theirs"


@dataclass(frozen=True, slots=True)
class FilePlan:
    """What becomes of a file. `act`: taken (only the release changed it), kept (only the draft did), merged (both);
    `clashes`: what a person has to say first; `contents`: then of base, draft and release."""

    path: str
    act: str
    clashes: tuple[Conflict, ...] = ()
    contents: tuple[bytes | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What taking in would do; done where nothing is open. `coming`: the files of the release."""

    number: int
    files: tuple[FilePlan, ...]
    done: bool = False
    coming: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def open(self) -> int:
        """How many clashes wait for somebody's word."""
        return sum(len(each.clashes) for each in self.files)


def plan(portal: Portal, workspace_id: int, who: Actor, choices: Choices | None = None) -> Plan:
    """What would happen; nothing does. Raises NotFound, Refused where nothing newer is in force."""
    who.require(Right.SEE_DESIGN)
    with portal.connection():
        row = content.row_of(workspace_id)
        release = _newer(portal, row)
        return _Taking(portal, row, release, choices or {}).plan()


def take_in(portal: Portal, workspace_id: int, who: Actor, choices: Choices) -> Plan:
    """Do it, all of it or nothing: `done` is false while a clash is open. What the files held before is kept."""
    who.require(Right.DESIGN)
    with database.transaction():
        row = content.row_of(workspace_id, hold=True)
        if row.state is not WorkspaceState.DRAFT:
            raise Refused("Only a draft that is being written can take in a newer release")
        release = _newer(portal, row)
        taking = _Taking(portal, row, release, choices)
        found = taking.plan()
        if found.open:
            return found
        now = portal.now()
        before = row.base_release.number if row.base_release is not None else None
        taking.write(now, who)
        row.base_release = release
        row.revision += 1
        row.changed_at = now
        row.save()
        store.note(
            row, WorkspaceAct.MERGED, now, who.user_id, who.name, before=before, after=release.number,
            paths=[each.path for each in found.files if each.act == "merged"],
        )  # fmt: skip
        return Plan(found.number, found.files, True)


def _newer(portal: Portal, row: Workspace) -> Release:
    if row.base_release_id is None:
        raise Refused("This draft is of a new process: there is no release that it could take in")
    term = terms.current(row.package_id, portal.now())
    if term is None:
        raise NotFound("There is no process package %(package)s", package=row.package_id)
    if term.release_id == row.base_release_id:
        raise Refused("The draft is made from the release that is in force: there is nothing to take in")
    release = releases.by_number(row.package_id, term.release.number)
    if release is None:
        raise NotFound("There is no process package %(package)s", package=row.package_id)
    return release


class _Taking:
    """One draft, one release."""

    def __init__(self, portal: Portal, row: Workspace, release: Release, choices: Choices) -> None:
        self.row, self.release, self.choices = row, release, choices
        self.base = content.base_files(portal, row.base_release_id)
        self.newer = content.base_files(portal, release.id)
        self.mine = {each.path: each for each in store.files(row.id)}
        self.found: dict[str, merge.Merged] = {}

    def plan(self) -> Plan:
        files = []
        for path in sorted({*self.base, *self.newer, *self.mine}):
            base, mine, theirs = self.base.get(path), self.of(path), self.newer.get(path)
            self.found[path] = merged = merge.merge(path, base, mine, theirs, self.choices.get(path))
            if base == theirs:
                act = "kept" if mine != base else ""
            elif mine in (base, theirs):
                act = "taken"
            else:
                act = "merged"
            if act:
                contents = (base, mine, theirs) if merged.clashes else ()
                files.append(FilePlan(path, act, merged.clashes, contents))
        return Plan(self.release.number, tuple(files), coming=self.newer)

    def of(self, path: str) -> bytes | None:
        row = self.mine.get(path)
        if row is None:
            return self.base.get(path)
        return None if row.content is None else bytes(row.content)

    def write(self, now: datetime, who: Actor) -> None:
        for path, merged in self.found.items():
            row, theirs = self.mine.get(path), digest_of(self.newer.get(path))
            if merged.data == self.of(path):
                self._rebase(row, path, theirs, now, who)
                continue
            if row is None:
                self._keep(path, 0, self.base.get(path), now, who)  # so that the draft's history has it
            file = store.put(
                row, self.row, path, content=merged.data, digest=digest_of(merged.data), base_digest=theirs,
                saved_at=now, saved_by=who.user_id, by_name=who.name[:120], page="",
            )  # fmt: skip
            self._keep(path, file.revision, merged.data, now, who)

    def _rebase(self, row: WorkspaceFile | None, path: str, theirs: str, now: datetime, who: Actor) -> None:
        """The content stays; what it differs from does not. A file that had no row and is another one in the newer
        release is the draft's own now."""
        if row is not None:
            row.base_digest = theirs
            row.save()
        elif digest_of(self.base.get(path)) != theirs:
            data = self.base.get(path)
            store.put(
                None, self.row, path, content=data, digest=digest_of(data), base_digest=theirs, saved_at=now,
                saved_by=who.user_id, by_name=who.name[:120],
            )  # fmt: skip

    def _keep(self, path: str, revision: int, data: bytes | None, now: datetime, who: Actor) -> None:
        store.keep(
            self.row, path, revision, VersionKind.TAKEN, data, digest_of(data), now, who.user_id, who.name
        )  # fmt: skip
