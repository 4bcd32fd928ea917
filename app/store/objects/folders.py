"""Small folders that every machine needs alike (keys), in a bucket: `folders/<name>/<path>`, each file sealed.

The bucket is the truth. A machine has a copy in its data folder, brought up before each use; what was changed there
goes back when the use ends, in the order in which it was written. Nobody else uses the folder meanwhile.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from app.errors import Permanent, Refused
from app.store.objects.bucket import Bucket, Item
from app.store.objects.sealing import Sealing
from hardware.files import private_folder, write_whole

STATE = ".shared"  # in the data folder: of each folder, which objects the copy is of


class Folders:
    """`root`: the data folder. `alone`: holds a name among all machines, waiting for it a while."""

    def __init__(
        self, bucket: Bucket, root: Path, sealing: Sealing, alone: Callable[[str], AbstractContextManager[None]]
    ) -> None:
        self._bucket = bucket
        self._root = root
        self._sealing = sealing
        self._alone = alone
        self._held = threading.local()

    @contextmanager
    def opened(self, name: str) -> Iterator[Path]:
        """The folder as all have it; what the block changes in it is everybody's when it ends."""
        held: set[str] = self._held.__dict__.setdefault("names", set())
        if name in held:
            yield self._root / name
            return
        with self._alone(f"folder {name}"):
            held.add(name)
            try:
                self._pull(name)
                before = _digests(self._root / name)
                try:
                    yield self._root / name
                finally:
                    self._push(name, before)
            finally:
                held.discard(name)

    def send(self, name: str) -> int:
        """Put the files of this machine's folder there; gives how many. Raises Refused where the bucket has others that
        did not come from here: which of them hold, a person knows."""
        folder, known, there = self._root / name, self._known(name), self._there(name)
        for path in _files(folder):
            relative = path.relative_to(folder).as_posix()
            item = there.get(relative)
            if item is None or known.get(relative) == item.etag:
                continue
            if self._content(item.name) != path.read_bytes():
                raise Refused(
                    "%(file)s is another one in the storage than in this data folder: move away the one that is not "
                    "right, and run this again",
                    file=f"{name}/{relative}",
                )
        for path in _files(folder):
            self._bucket.put(self._object(name, path.relative_to(folder)), self._sealing.seal(path.read_bytes()))
        if _files(folder):
            self._note(name)
        return len(_files(folder))

    def bring(self, name: str) -> int:
        """Write the files there into this machine's folder; gives how many."""
        there = self._there(name)
        for relative, item in there.items():
            path = self._root / name / relative
            private_folder(path.parent)
            write_whole(path, self._content(item.name))
        if there:
            self._note(name)
        return len(there)

    def reseal(self, names: Sequence[str]) -> int:
        """Seal all of it anew under the first key; gives how many files."""
        count = 0
        for name in names:
            with self._alone(f"folder {name}"):
                for item in list(self._bucket.listed(f"folders/{name}/")):
                    self._bucket.put(item.name, self._sealing.seal(self._content(item.name)))
                    count += 1
        return count

    def _pull(self, name: str) -> None:
        folder, known = self._root / name, self._known(name)
        if not known and _files(folder):
            raise Refused(
                "%(folder)s holds files that were never taken to the storage of NINTEI_FILES: run "
                "`nintei files move --to storage`, or move the folder away",
                folder=str(folder),
            )
        there = self._there(name)
        for path in _files(folder):
            if path.relative_to(folder).as_posix() not in there:
                path.unlink()
        for relative, item in there.items():
            path = folder / relative
            if known.get(relative) != item.etag or not path.exists():
                private_folder(path.parent)
                write_whole(path, self._content(item.name))
        if known != {relative: item.etag for relative, item in there.items()}:
            self._note(name)

    def _push(self, name: str, before: dict[str, str]) -> None:
        folder = self._root / name
        after = _digests(folder)
        for path in _files(folder):
            relative = path.relative_to(folder)
            if before.get(relative.as_posix()) != after.get(relative.as_posix()):
                self._bucket.put(self._object(name, relative), self._sealing.seal(path.read_bytes()))
        for gone in before.keys() - after.keys():
            self._bucket.delete(self._object(name, Path(gone)))
        if before != after:
            self._note(name)

    def _there(self, name: str) -> dict[str, Item]:
        found = self._bucket.listed(f"folders/{name}/")
        return {item.name.removeprefix(f"folders/{name}/"): item for item in found}

    def _known(self, name: str) -> dict[str, str]:
        """Of which objects the copy here is."""
        state = self._root / STATE / f"{name}.json"
        found: dict[str, str] = json.loads(state.read_text(encoding="utf-8")) if state.exists() else {}
        return found

    def _note(self, name: str) -> None:
        etags = {relative: item.etag for relative, item in self._there(name).items()}
        private_folder(self._root / STATE)
        write_whole(self._root / STATE / f"{name}.json", json.dumps(etags).encode(), durable=False)

    def _content(self, name: str) -> bytes:
        content = self._bucket.get(name)
        opened = self._sealing.open(content) if content is not None else None
        if opened is None:
            raise Permanent(
                "%(name)s in the file storage opens under no key of the settings: NINTEI_SEALING_KEYS and "
                "NINTEI_SECRET_KEY are the same on every machine",
                name=name,
            )
        return opened

    @staticmethod
    def _object(name: str, relative: Path) -> str:
        return f"folders/{name}/{relative.as_posix()}"


def _files(folder: Path) -> list[Path]:
    """Those that count, in the order in which they were written; neither locks nor what is half written."""
    found = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()] if folder.exists() else []
    kept = [path for path in found if path.suffix != ".lock" and not path.name.startswith(".")]
    return sorted(kept, key=lambda path: (path.stat().st_mtime_ns, path.as_posix()))


def _digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in _files(folder)
    }
