"""Workspaces as pages and editors read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.states import VersionKind, WorkspaceAct, WorkspaceState


@dataclass(frozen=True, slots=True)
class WorkspaceView:
    """One workspace. `base`: the number of its release, none where all files are its own; `current`: the number that is
    in force (none: nothing is); `changed`: files that differ from the base."""

    id: int
    package_id: str
    title: str
    base: int | None
    base_release: int | None  # row id
    current: int | None
    owner: int | None
    owner_name: str
    state: WorkspaceState
    revision: int
    submitted_digest: str
    changed: int
    created_at: datetime
    changed_at: datetime

    @property
    def behind(self) -> bool:
        """Whether another release is in force than its base; one that is restored as it was may be older."""
        return self.base is not None and self.current is not None and self.current != self.base and self.changed > 0

    @property
    def writable(self) -> bool:
        """Whether its files may be changed now."""
        return self.state is WorkspaceState.DRAFT


@dataclass(frozen=True, slots=True)
class FileView:
    """A file's place in the tree. `changed`: "" (as in the base), new, changed or removed."""

    path: str
    revision: int
    size: int  # bytes
    changed: str
    saved_at: datetime | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """A file as it stands. `data` is none where it was removed, and `base` where the release has none."""

    path: str
    data: bytes | None
    revision: int
    base: bytes | None
    by: str = ""
    by_id: int | None = None
    saved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """A file after it was saved. `changed`: whether the content is another one now."""

    path: str
    revision: int
    digest: str
    at: datetime
    changed: bool
    workspace: int  # the workspace's revision


@dataclass(frozen=True, slots=True)
class Clash:
    """Somebody (or another window of one's own) was first: the file stays as they saved it. `theirs` is none where they
    removed it; `mine` is kept as the version of the id `kept`."""

    path: str
    revision: int
    by: str
    by_id: int | None
    at: datetime
    theirs: bytes | None
    mine: bytes | None
    kept: int


@dataclass(frozen=True, slots=True)
class Version:
    """A content that is kept of a file."""

    id: int
    path: str
    revision: int
    kind: VersionKind
    at: datetime
    by: str
    by_id: int | None
    removed: bool


@dataclass(frozen=True, slots=True)
class Event:
    """What somebody did with a workspace."""

    at: datetime
    kind: WorkspaceAct
    by: str
    by_id: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who has the workspace open, and the file that they look at."""

    name: str
    user: int
    path: str
    page: str
