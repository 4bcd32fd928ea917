"""Making a backup while people work: database first, then files; counted only when it was opened and read again."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from app import __version__
from app.connectors import age, scratch
from app.errors import NotFound, Permanent, Refused, Unready
from app.services.backup import contents, reading
from app.services.backup.contents import Begin, End, Entry
from app.services.base import versions
from app.store import copies, database, dumps, places
from config.settings import Settings

KEY, SEALED = "key.age", "backup.tar.age"  # in the tar of a backup under a passphrase


@dataclass(frozen=True)
class Sealing:
    """How a backup is encrypted: for keys of age (age1…), or under a passphrase; not at all when both are empty."""

    recipients: Sequence[str] = ()
    passphrase: str = ""


@dataclass(frozen=True)
class Report:
    """What was made. `damaged`: files whose content is not what their name says, here in the data folder."""

    place: Path
    size: int  # bytes
    begin: Begin
    end: End
    damaged: tuple[str, ...] = field(default=())


class _Into(Protocol):
    """Where the files of a backup go."""

    def add(self, name: str, source: BinaryIO, size: int) -> None:
        """Take one file in."""


def backup(
    settings: Settings, place: Path, now: datetime, sealing: Sealing = Sealing(), *, secrets: bool = False
) -> Report:
    """Write a backup to a new file, or to a new folder where the name ends in / or has no suffix.

    What is at `place` in the end was opened and read again. Raises Refused, Unready, Permanent, OSError.
    """
    as_folder = not place.suffix
    if place.exists() and not (as_folder and place.is_dir() and not any(place.iterdir())):
        raise Refused("%(place)s is there already; nothing was written", place=str(place))
    if as_folder and (sealing.recipients or sealing.passphrase):
        raise Refused("A folder is not encrypted: name a file, for instance %(place)s.tar", place=str(place))
    found = versions.status(settings)
    if found.found <= 0:
        raise Unready("There is no database to make a backup of; look at NINTEI_DATA_DIR and NINTEI_DATABASE_URL")
    place.parent.mkdir(parents=True, exist_ok=True)
    unfinished = place.with_name(place.name + ".unfinished")
    _remove(unfinished)
    begin = Begin(
        now.isoformat(timespec="seconds"),
        __version__,
        "sqlite" if database.sqlite_path(settings.database_url) else "postgresql",
        found.found,
        secrets,
        contents.checks(settings),
    )
    try:
        opening = age.Identity()  # of this process alone: to look whether it can be read
        if as_folder:
            unfinished.mkdir(mode=0o700)
            written = _write(_Folder(unfinished), settings, begin)
            read = reading.verify(unfinished)
        else:
            with _file(unfinished, sealing, opening) as tar:
                written = _write(_Tar(tar), settings, begin)
            with unfinished.open("rb+") as file:
                os.fsync(file.fileno())
            read = reading.verify(unfinished, reading.Keys((opening,)))
        if read.end != written:
            raise Permanent("What was written is not what is read again; the backup was not kept")
        size = sum(entry.size for entry in written.files.values()) if as_folder else unfinished.stat().st_size
        if as_folder and place.exists():
            place.rmdir()
        unfinished.rename(place)
    except BaseException:
        _remove(unfinished)
        raise
    return Report(place, size, begin, written, written.damaged)


def _write(into: _Into, settings: Settings, begin: Begin) -> End:
    """All of it, in the order in which it is safe; gives what was written."""
    files: dict[str, Entry] = {}
    damaged: list[str] = []

    def add(name: str, source: BinaryIO, size: int) -> Entry:
        counting = _Counting(source)
        into.add(name, cast("BinaryIO", counting), size)
        files[name] = Entry(size, counting.digest.hexdigest())
        return files[name]

    def add_bytes(name: str, content: bytes) -> None:
        add(name, io.BytesIO(content), len(content))

    into.add(contents.BEGIN, io.BytesIO(contents.as_json(begin)), len(contents.as_json(begin)))
    add_bytes(contents.SETTINGS, contents.settings_file(settings, secrets=begin.secrets))
    with scratch.Scratch("backup", settings.data_dir / scratch.FOLDER) as folder:
        copy, rows = _database(settings, folder)
        with copy.open("rb") as source:
            add(contents.DATABASES[begin.database], source, copy.stat().st_size)
    for name, path in _data(settings, secrets=begin.secrets):
        if (content := _read(path)) is not None:
            add_bytes(name, content)
    blobs = places.files(settings)
    for digest in blobs.all():
        name = contents.blob_name(digest)
        try:
            with blobs.open(digest) as kept:
                if add(name, kept, kept.seek(0, os.SEEK_END)).sha256 != digest:
                    damaged.append(name)
        except NotFound:
            continue  # destroyed on purpose since we looked
    end = End(files, rows, tuple(damaged))
    into.add(contents.END, io.BytesIO(contents.as_json(end)), len(contents.as_json(end)))
    return end


def _database(settings: Settings, folder: Path) -> tuple[Path, dict[str, int]]:
    """A copy of the database as it is at one moment, and its {table: rows}."""
    path = database.sqlite_path(settings.database_url)
    if path is None:
        file = folder / "nintei.pgdump"
        dumps.write(settings.database_url, file)
        return file, dumps.counts(file)
    file = folder / "nintei.db"
    bound = database.connect(settings.database_url)
    return file, copies.sqlite_copy(bound, file)


def _data(settings: Settings, *, secrets: bool) -> Iterator[tuple[str, Path]]:
    """Keys, and what else lies beside the database."""
    for each in contents.FOLDERS:
        with places.folders(settings).opened(each) if each in places.SHARED else _own(settings, each) as folder:
            for path in sorted(folder.rglob("*")):
                name = f"data/{path.relative_to(settings.data_dir).as_posix()}"
                if path.is_file() and not path.is_symlink() and contents.is_known(name):
                    yield name, path
    if secrets and (settings.data_dir / contents.SECRETS).exists():
        yield f"data/{contents.SECRETS}", settings.data_dir / contents.SECRETS


@contextmanager
def _own(settings: Settings, name: str) -> Iterator[Path]:
    """A folder that each machine has for itself."""
    yield settings.data_dir / name


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


@contextmanager
def _file(path: Path, sealing: Sealing, opening: age.Identity) -> Iterator[BinaryIO]:
    """A new file, readable by its owner alone; what is written to the stream lands in it, encrypted if wanted."""
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    with os.fdopen(handle, "w+b") as out:
        if sealing.passphrase:
            under = age.under_passphrase(opening.secret.encode(), sealing.passphrase)
            with _Outer(out, under) as stream, age.encrypting(stream, [opening.recipient]) as tar:
                yield tar
        elif sealing.recipients:
            with age.encrypting(out, [*sealing.recipients, opening.recipient]) as tar:
                yield tar
        else:
            yield out


class _Outer:
    """The tar of a backup under a passphrase: the key, encrypted, then the rest, whose size is known at its end."""

    def __init__(self, out: BinaryIO, key: bytes) -> None:
        self._out, self._key, self._at = out, key, 0

    def __enter__(self) -> BinaryIO:
        self._out.write(_header(KEY, len(self._key)) + self._key + bytes(-len(self._key) % tarfile.BLOCKSIZE))
        self._at = self._out.tell()
        self._out.write(_header(SEALED, 0))
        return self._out

    def __exit__(self, *error: object) -> None:
        if error[0] is not None:
            return
        size = self._out.tell() - self._at - tarfile.BLOCKSIZE
        self._out.write(bytes(-size % tarfile.BLOCKSIZE) + bytes(2 * tarfile.BLOCKSIZE))
        self._out.seek(self._at)
        self._out.write(_header(SEALED, size))
        self._out.seek(0, os.SEEK_END)


def _header(name: str, size: int) -> bytes:
    return _info(name, size).tobuf(tarfile.GNU_FORMAT)


def _info(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info


class _Tar:
    def __init__(self, out: BinaryIO) -> None:
        self._out = out

    def add(self, name: str, source: BinaryIO, size: int) -> None:
        """As `tarfile` would, but for its buffer: after a failure nothing is left that writes once more."""
        self._out.write(_header(name, size))
        left = size
        while left and (chunk := source.read(min(left, 1 << 20))):
            self._out.write(chunk)
            left -= len(chunk)
        if left:
            raise Permanent("%(name)s changed while it was copied", name=name)
        self._out.write(bytes(-size % tarfile.BLOCKSIZE))
        if name == contents.END:
            self._out.write(bytes(2 * tarfile.BLOCKSIZE))


class _Folder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, name: str, source: BinaryIO, size: int) -> None:
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "wb") as out:
            shutil.copyfileobj(source, out, 1 << 20)
            out.flush()
            os.fsync(out.fileno())
        if path.stat().st_size != size:
            raise Permanent("%(name)s changed while it was copied", name=name)


class _Counting:
    """A source that knows the digest of what was read of it."""

    def __init__(self, source: BinaryIO) -> None:
        source.seek(0)
        self._source, self.digest = source, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size)
        self.digest.update(data)
        return data


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
