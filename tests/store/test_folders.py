"""Folders that every machine needs alike, in a bucket: sealed there, the same everywhere, changed by one at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.errors import Permanent, Refused
from app.store.objects.bucket import Bucket
from app.store.objects.folders import Folders
from app.store.objects.sealing import Sealing
from tests.support import bucket


@pytest.fixture
def storage() -> Bucket:
    return Bucket(bucket.access(bucket.settings_of_new()))


def machine(storage: Bucket, root: Path, *secrets: str) -> Folders:
    lock = LOCKS.setdefault(id(storage), threading.Lock())

    @contextmanager
    def alone(_name: str) -> Iterator[None]:
        with lock:
            yield

    return Folders(storage, root, Sealing(secrets or ("the-one-secret",)), alone)


LOCKS: dict[int, threading.Lock] = {}


def test_what_one_machine_writes_all_read_and_nobody_who_reads_the_bucket(storage: Bucket, tmp_path: Path) -> None:
    one, two = machine(storage, tmp_path / "1"), machine(storage, tmp_path / "2")
    with one.opened("signing") as folder:
        folder.mkdir(parents=True)
        (folder / "key.pem").write_bytes(b"a private key")
        (folder / "x.lock").write_bytes(b"")
    with two.opened("signing") as folder:
        assert folder == tmp_path / "2" / "signing"
        assert [path.name for path in folder.iterdir()] == ["key.pem"]
        assert (folder / "key.pem").read_bytes() == b"a private key"
        assert (folder / "key.pem").stat().st_mode & 0o077 == 0
        (folder / "key.pem").write_bytes(b"another")
        (folder / "sub").mkdir()
        (folder / "sub" / "more").write_bytes(b"more")
    with one.opened("signing") as folder, one.opened("signing") as again:
        assert again == folder
        assert (folder / "key.pem").read_bytes() == b"another"
        (folder / "sub" / "more").unlink()
    with two.opened("signing") as folder:
        assert not (folder / "sub" / "more").exists()
    content = storage.get("folders/signing/key.pem")
    assert content is not None
    assert b"another" not in content


def test_what_a_block_did_before_it_failed_is_not_lost(storage: Bucket, tmp_path: Path) -> None:
    one, two = machine(storage, tmp_path / "1"), machine(storage, tmp_path / "2")
    with pytest.raises(RuntimeError), one.opened("cards") as folder:
        folder.mkdir(parents=True)
        (folder / "a.card").write_bytes(b"personalised")
        raise RuntimeError
    with two.opened("cards") as folder:
        assert (folder / "a.card").read_bytes() == b"personalised"


def test_keys_that_were_never_taken_there_are_neither_lost_nor_passed_over(storage: Bucket, tmp_path: Path) -> None:
    (tmp_path / "1" / "signing").mkdir(parents=True)
    (tmp_path / "1" / "signing" / "key.pem").write_bytes(b"of before")
    one = machine(storage, tmp_path / "1")
    with pytest.raises(Refused, match="nintei files move --to storage"), one.opened("signing"):
        pass
    assert (tmp_path / "1" / "signing" / "key.pem").read_bytes() == b"of before"


def test_another_key_opens_nothing_and_a_new_one_seals_it_anew(storage: Bucket, tmp_path: Path) -> None:
    with machine(storage, tmp_path / "1", "old").opened("signing") as folder:
        folder.mkdir(parents=True)
        (folder / "key.pem").write_bytes(b"a private key")
    with pytest.raises(Permanent, match="opens under no key"), machine(storage, tmp_path / "2", "x").opened("signing"):
        pass
    assert machine(storage, tmp_path / "3", "new", "old").reseal(["signing"]) == 1
    with machine(storage, tmp_path / "4", "new").opened("signing") as folder:
        assert (folder / "key.pem").read_bytes() == b"a private key"


def test_a_folder_that_is_taken_there_goes_on_here_and_nobody_elses_is_written_over(
    storage: Bucket, tmp_path: Path
) -> None:
    one, two = machine(storage, tmp_path / "1"), machine(storage, tmp_path / "2")
    for number in ("1", "2"):
        (tmp_path / number / "signing").mkdir(parents=True)
        (tmp_path / number / "signing" / "key.pem").write_bytes(number.encode())
    assert (one.send("signing"), one.send("signing")) == (1, 1)
    with one.opened("signing") as folder:
        (folder / "key.pem").write_bytes(b"newer")
    with pytest.raises(Refused, match=r"signing/key\.pem is another one"):
        two.send("signing")
    assert two.bring("signing") == 1
    with two.opened("signing") as folder:
        assert (folder / "key.pem").read_bytes() == b"newer"
