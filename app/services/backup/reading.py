"""Reading a backup: what it is, and whether it is whole. Nothing is believed that was not read to its last byte."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import tarfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from app.connectors import age, scratch
from app.errors import Permanent, Refused
from app.services.backup import contents
from app.services.backup.contents import Begin, End, Entry
from app.store import copies, dumps

CHUNK = 1 << 20
_DAY = 24 * 3600  # seconds


@dataclass(frozen=True)
class Keys:
    """What opens an encrypted backup."""

    identities: Sequence[age.Identity] = ()
    passphrase: str = ""


@dataclass(frozen=True)
class Found:
    """A backup that is whole."""

    begin: Begin
    end: End


def verify(place: Path, keys: Keys = Keys()) -> Found:
    """Read all of it: every file against its digest, the database by opening it. Raises Refused, Permanent."""
    base = place.parent / scratch.FOLDER  # on the same disk: a database is larger than a machine's temporary place
    scratch.sweep(base)  # whoever was killed meanwhile left the whole database there
    _forget_old(place.parent)
    with scratch.Scratch("verify", base) as folder:
        found = extract(place, folder, keys, only=lambda name: name in contents.DATABASES.values())
        require_database(folder, found)
    return found


def _forget_old(folder: Path) -> None:
    """Folders of backups that were killed before folders said whether they still serve somebody: those of yesterday."""
    for each in folder.glob(".verify-*"):
        with contextlib.suppress(OSError):
            if each.is_dir() and not each.is_symlink() and time.time() - each.lstat().st_mtime > _DAY:
                shutil.rmtree(each, ignore_errors=True)


def require_database(folder: Path, found: Found) -> None:
    """The database among extracted files can be opened, and holds as many rows as the backup says."""
    name = contents.DATABASES[found.begin.database]
    count = copies.sqlite_counts if found.begin.database == "sqlite" else dumps.counts
    if count(folder / name) != dict(found.end.rows):
        raise Permanent("The backup is damaged: %(what)s", what=name)


def extract(place: Path, target: Path, keys: Keys, only: Callable[[str], bool] = lambda _name: True) -> Found:
    """Read all of it, and write what `only` wants to `target`, readable by the owner alone.

    Raises Refused for what is no backup, was not finished, or holds other than it says.
    """
    seen: dict[str, Entry] = {}
    begin: Begin | None = None
    end: End | None = None
    with _files(place, keys) as files:
        for name, source in files:
            if begin is None and name != contents.BEGIN:
                raise Refused("This is no backup of Nintei")
            if name in (contents.BEGIN, contents.END):
                data = source.read(contents.LONGEST + 1)
                if name == contents.BEGIN:
                    begin = contents.begin_from(data)
                else:
                    end = contents.end_from(data)
                continue
            if not contents.is_known(name) or name in seen:
                raise Refused("The backup is damaged: %(what)s", what=name)
            seen[name] = _copy(source, target / name if only(name) else None)
    if begin is None:
        raise Refused("This is no backup of Nintei")
    if end is None:
        raise Refused("The backup was not finished: its list of contents is missing")
    wrong = [name for name in {*seen, *end.files} if seen.get(name) != end.files.get(name)]
    wrong += [
        name
        for name, entry in seen.items()
        if (digest := contents.blob_of(name)) and digest != entry.sha256 and name not in end.damaged
    ]
    if wrong or contents.DATABASES.get(begin.database) not in seen:
        raise Refused("The backup is damaged: %(what)s", what=", ".join(sorted(set(wrong))[:5]) or begin.database)
    return Found(begin, end)


def _copy(source: BinaryIO, target: Path | None) -> Entry:
    digest, size = hashlib.sha256(), 0
    with ExitStack() as stack:
        out = None
        if target is not None:
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            out = stack.enter_context(target.open("xb"))
            target.chmod(0o600)
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            if out is not None:
                out.write(chunk)
    return Entry(size, digest.hexdigest())


@contextmanager
def _files(place: Path, keys: Keys) -> Iterator[Iterator[tuple[str, BinaryIO]]]:
    """The files of a backup in their order, each to be read before the next."""
    if place.is_dir():
        yield _of_folder(place)
        return
    with ExitStack() as stack:
        try:
            stream = stack.enter_context(place.open("rb"))
        except OSError as error:
            raise Refused("%(place)s cannot be read: %(why)s", place=str(place), why=str(error.strerror)) from error
        try:
            yield _of_tar(stack, _opened(stack, stream, keys))
        except tarfile.TarError as error:  # met in the middle of a file
            raise Refused("This is no backup of Nintei, or it is damaged: %(why)s", why=str(error)) from error


def _of_folder(place: Path) -> Iterator[tuple[str, BinaryIO]]:
    names = sorted(path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file())
    rest = [name for name in names if name not in (contents.BEGIN, contents.END)]
    for name in [contents.BEGIN, *rest, contents.END]:
        path = place / name
        if not path.is_file() or path.is_symlink():
            continue
        with path.open("rb") as source:
            yield name, source


def _of_tar(stack: ExitStack, stream: BinaryIO) -> Iterator[tuple[str, BinaryIO]]:
    tar = stack.enter_context(tarfile.open(fileobj=stream, mode="r|"))  # noqa: SIM115 - the stack closes it
    for member in tar:
        source = tar.extractfile(member) if member.isreg() else None
        if source is None:
            raise Refused("The backup is damaged: %(what)s", what=member.name)
        yield member.name, cast("BinaryIO", source)
    while stream.read(CHUNK):  # what is encrypted is whole only when its last byte was read
        pass


def _opened(stack: ExitStack, stream: BinaryIO, keys: Keys) -> BinaryIO:
    """The tar itself, decrypted where it is encrypted."""
    start = stream.read(tarfile.BLOCKSIZE)
    stream.seek(0)
    if start.startswith(age.MAGIC):
        if not keys.identities:
            raise Refused("The backup is encrypted: name the file with its private key (--identity)")
        return stack.enter_context(age.decrypting(stream, keys.identities))
    if not start.startswith(b"key.age\0"):
        return stream
    inner = stack.enter_context(tarfile.open(fileobj=stream, mode="r:"))  # noqa: SIM115 - the stack closes it
    try:
        key, sealed = (inner.extractfile(name) for name in ("key.age", "backup.tar.age"))
    except KeyError as error:
        raise Refused("The backup is damaged: %(what)s", what=str(error)) from error
    if key is None or sealed is None:
        raise Refused("This is no backup of Nintei")
    found: Sequence[age.Identity] = keys.identities
    if keys.passphrase:
        found = age.identities(age.by_passphrase(key.read(), keys.passphrase).decode())
    if not found:
        raise Refused("The backup is encrypted: give its passphrase (--passphrase)")
    return stack.enter_context(age.decrypting(cast("BinaryIO", sealed), found))
