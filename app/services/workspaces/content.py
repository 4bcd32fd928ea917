"""What a workspace holds: the files of its release under its own; the same as a package."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock
from typing import Generic, TypeVar

from app import catalogue
from app.catalogue import Package, archive
from app.errors import NotFound
from app.services.base.portal import Portal
from app.services.workspaces.views import Content
from app.store import database, releases
from app.store import workspaces as store
from app.store.models import Workspace
from app.text.memo import Memo
from app.text.typed import composed

K = TypeVar("K")
T = TypeVar("T")


class _Kept(Generic[K, T]):
    """The last few of what takes a while to read and never changes."""

    def __init__(self, room: int) -> None:
        self._room, self._lock = room, Lock()
        self._found: OrderedDict[K, T] = OrderedDict()

    def get(self, key: K) -> T | None:
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
            return self._found.get(key)

    def put(self, key: K, value: T) -> T:
        with self._lock:
            self._found[key] = value
            while len(self._found) > self._room:
                self._found.popitem(last=False)
        return value


_bases: _Kept[tuple[str, int], Mapping[str, bytes]] = _Kept(4)  # a megabyte each
_packages: _Kept[str, Package] = _Kept(6)
READING = Memo(8_000_000)  # bytes of files whose reading is kept: four contents of the largest package


def digest_of(data: bytes | None) -> str:
    """SHA-256 in hex; empty for no file."""
    return "" if data is None else hashlib.sha256(data).hexdigest()


def base_files(portal: Portal, release_id: int | None) -> Mapping[str, bytes]:
    """The files of a release, by path; none without one."""
    if release_id is None:
        return {}
    key = (portal.settings.database_url, release_id)
    found = _bases.get(key)
    if found is None:
        with database.connection():
            row = releases.by_id(release_id)
        if row is None:
            raise NotFound("There is no release %(release)s", release=release_id)
        found = _bases.put(key, archive.from_zip(bytes(row.archive)))
    return found


def row_of(workspace_id: int, *, hold: bool = False) -> Workspace:
    """The workspace's row; inside a transaction with `hold` nobody else changes it. Raises NotFound."""
    row = store.hold(workspace_id) if hold else store.one(workspace_id)
    if row is None:
        raise NotFound("There is no such draft of a process")
    return row


def files_of(portal: Portal, row: Workspace) -> dict[str, bytes]:
    """Path to content, as things stand."""
    found = dict(base_files(portal, row.base_release_id))
    for each in store.files(row.id):
        if each.content is None:
            found.pop(each.path, None)
        else:
            found[each.path] = bytes(each.content)
    return found


def files(portal: Portal, workspace_id: int) -> dict[str, bytes]:
    """The same by the workspace's id. Raises NotFound."""
    with database.connection():
        return files_of(portal, row_of(workspace_id))


def package(portal: Portal, workspace_id: int) -> Package:
    """The workspace as a package; read once for each content. Raises NotFound, and BadPackage where it is none (it has
    no package.toml, say)."""
    return package_of(files(portal, workspace_id))


def package_of(found: Mapping[str, bytes]) -> Package:
    """Files as a package; read once for each content."""
    key = archive.digest(found)
    with READING.used():  # of what was saved, one file is another
        return _packages.get(key) or _packages.put(key, catalogue.from_files(found))


def digest(portal: Portal, workspace_id: int) -> str:
    """Of the whole content, as a release of it has it."""
    return archive.digest(files(portal, workspace_id))


def read(portal: Portal, workspace_id: int, path: str) -> Content:
    """One file. Raises NotFound where there is none and never was."""
    with database.connection():
        row = row_of(workspace_id)
        return content(portal, row, path)


def content(portal: Portal, row: Workspace, path: str) -> Content:
    """The same by the workspace's row."""
    path = composed(path)
    base = base_files(portal, row.base_release_id).get(path)
    mine = store.file(row.id, path)
    if mine is None:
        if base is None:
            raise NotFound("The draft holds no file %(file)s", file=path)
        return Content(path, base, 0, base)
    data = None if mine.content is None else bytes(mine.content)
    return Content(path, data, mine.revision, base, mine.by_name, mine.saved_by_id, mine.saved_at)
