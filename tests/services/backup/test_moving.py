"""Files and keys from the data folder into a bucket and back; a backup of one becomes the other."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.engine import Engine
from app.errors import Refused
from app.services.backup import moving, reading, restoring, writing
from app.services.cards import keys as cardkeys
from app.store import database, places
from config.settings import Settings
from tests.services.conftest import Bench
from tests.support import bucket

NOW = datetime(2027, 1, 4, tzinfo=UTC)


def elsewhere(settings: Settings, folder: Path) -> Settings:
    """Another machine with a bucket and an empty data folder; the same secrets."""
    return replace(settings, data_dir=folder, **bucket.settings_of_new())


@pytest.fixture
def kept(bench: Bench) -> tuple[Settings, str]:
    """A portal with a file and keys in its data folder."""
    settings = bench.portal.settings
    digest = bench.portal.blobs.put(b"%PDF of a case")
    assert cardkeys.store(settings).current_version >= 0
    (settings.data_dir / "signing").mkdir(exist_ok=True)
    (settings.data_dir / "signing" / "key.pem").write_bytes(b"a private key")
    return settings, digest


def test_files_go_there_and_back_and_nothing_is_taken_away(kept: tuple[Settings, str], tmp_path: Path) -> None:
    settings, digest = kept
    there = replace(settings, **bucket.settings_of_new())
    first, second = moving.to_storage(there), moving.to_storage(there)
    assert (first.files, first.known, second.files, second.known) == (1, 0, 0, 1)
    assert first.keys >= 2
    assert places.files(there).get(digest) == b"%PDF of a case"
    assert places.files(settings).get(digest) == b"%PDF of a case"
    back = replace(there, data_dir=tmp_path / "back")
    assert moving.to_folder(back).files == 1
    assert places.files(replace(back, files="")).get(digest) == b"%PDF of a case"
    assert (tmp_path / "back" / "signing" / "key.pem").read_bytes() == b"a private key"
    assert cardkeys.store(back).current_version == cardkeys.store(settings).current_version


def test_without_a_bucket_nothing_is_moved(kept: tuple[Settings, str]) -> None:
    with pytest.raises(Refused, match="NINTEI_FILES"):
        moving.to_storage(kept[0])


def test_what_is_damaged_is_named_and_not_carried_on(kept: tuple[Settings, str]) -> None:
    settings, digest = kept
    (settings.data_dir / "blobs" / digest[:2] / digest).write_bytes(b"others")
    with pytest.raises(Refused, match=digest):
        moving.to_storage(replace(settings, **bucket.settings_of_new()))


def test_a_backup_of_a_folder_becomes_a_portal_with_a_bucket_and_that_ones_backup_a_folder_again(
    kept: tuple[Settings, str], tmp_path: Path, engine: Engine
) -> None:
    settings, digest = kept
    writing.backup(settings, tmp_path / "one.tar", NOW)
    new = replace(elsewhere(settings, tmp_path / "new"), database_url=f"sqlite:///{tmp_path}/new/nintei.db")
    database.proxy.obj.close_all()
    restoring.restore(tmp_path / "one.tar", new, reading.Keys(()), NOW, lambda _step: None)
    assert places.files(new).get(digest) == b"%PDF of a case"
    assert not (tmp_path / "new" / "blobs").exists()
    with places.folders(new).opened("signing") as folder:
        assert (folder / "key.pem").read_bytes() == b"a private key"
    made = writing.backup(new, tmp_path / "two.tar", NOW)
    assert made.damaged == ()
    assert f"blobs/{digest[:2]}/{digest}" in made.end.files
    assert "data/signing/key.pem" in made.end.files
    old = replace(settings, data_dir=tmp_path / "old", database_url=f"sqlite:///{tmp_path}/old/nintei.db")
    database.proxy.obj.close_all()
    restoring.restore(tmp_path / "two.tar", old, reading.Keys(()), NOW, lambda _step: None)
    assert places.files(old).get(digest) == b"%PDF of a case"
    with pytest.raises(Refused, match="not empty"):
        restoring.restore(
            tmp_path / "one.tar", replace(new, data_dir=tmp_path / "x", database_url=f"sqlite:///{tmp_path}/x/n.db"),
            reading.Keys(()), NOW, lambda _step: None,
        )  # fmt: skip
