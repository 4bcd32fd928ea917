"""Where the portal's files lie, as its settings say: in the data folder, or in a bucket that several machines share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from pathlib import Path

from app.store import alone, blobs, spool
from app.store.keeping import Files, Folders, Pieces
from app.store.objects import blobs as objectblobs
from app.store.objects import folders as objectfolders
from app.store.objects import spool as objectspool
from app.store.objects.bucket import Access, Bucket
from app.store.objects.sealing import Sealing
from config.settings import Settings

SHARED = ("signing", "cards")  # folders of the data folder that every machine needs alike
WAIT = 60.0  # seconds for such a folder that another one uses


class HereFolders:
    """The folders of one machine are everybody's by themselves."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @contextmanager
    def opened(self, name: str) -> Iterator[Path]:
        """The folder of this name."""
        yield self._root / name


def files(settings: Settings) -> Files:
    """What is kept under its digest."""
    if not settings.files:
        return blobs.Blobs(settings.data_dir / "blobs")
    return objectblobs.Blobs(bucket(settings), settings.data_dir / "blobs")


def pieces(settings: Settings) -> Pieces:
    """What is on its way."""
    if not settings.files:
        return spool.Spool(settings.data_dir / "parts")
    return objectspool.Spool(bucket(settings), lambda name: alone.alone(name, _locks(settings)))


def folders(settings: Settings) -> Folders:
    """What every machine needs alike."""
    return stored_folders(settings) if settings.files else HereFolders(settings.data_dir)


def stored_folders(settings: Settings) -> objectfolders.Folders:
    """The same, of a bucket."""
    secrets = (*settings.sealing_keys, settings.secret_key)
    return _folders(_access(settings), settings.data_dir, secrets)


def bucket(settings: Settings) -> Bucket:
    """The bucket of the settings."""
    return Bucket(_access(settings))


def _access(settings: Settings) -> Access:
    return Access(
        settings.files, settings.files_endpoint, settings.files_region, settings.files_key_id, settings.files_secret
    )


@lru_cache(maxsize=8)
def _folders(access: Access, root: Path, secrets: tuple[str, ...]) -> objectfolders.Folders:
    """One for each process: it knows which of its threads holds a folder."""
    wait = partial(alone.alone, folder=root / ".locks", wait=WAIT)
    return objectfolders.Folders(Bucket(access), root, Sealing(secrets), lambda name: wait(name))


def _locks(settings: Settings) -> Path:
    return settings.data_dir / ".locks"
