"""A backup is made while people work, holds all that is kept, is opened before it counts, and is a portal again."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sqlite3
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.connectors import age, scratch
from app.engine import Engine
from app.errors import Permanent, Refused, Unready
from app.services.backup import contents, reading, restoring, writing
from app.services.base import versions
from app.services.base.portal import Portal
from app.services.base.releases import Releases
from app.services.cards import keys as cardkeys
from app.services.people import accounts as people
from app.services.tasks import forms, send
from app.states import Act
from app.store import accounts, cases, database, work
from app.store.blobs import Blobs
from app.store.models import Document, Job, TrailEntry
from config.settings import Settings, load
from tests.services.conftest import BPMN, Bench, StillClock, open_bench
from tests.services.steps import go

NOW = datetime(2026, 4, 2, 3, 4, 5, tzinfo=UTC)
PHRASE = "correct horse battery"
NO_KEYS = reading.Keys()


@pytest.fixture(params=["sqlite", "postgresql"])
def walked(request: pytest.FixtureRequest, tmp_path: Path, engine: Engine) -> Iterator[tuple[Bench, str]]:
    """A portal with a case in the middle of things, on both databases: (bench, number of the case)."""
    folder = tmp_path / "data"
    folder.mkdir()
    url = f"sqlite:///{folder}/nintei.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres")
    bench = open_bench(folder, url, engine, BPMN)
    walker = go(bench, until="first_review")
    cardkeys.store(bench.portal.settings)  # makes sample keys, as the first virtual card would
    bench.portal.blobs.put(b"a file that no row names yet")
    yield bench, walker.number
    database.proxy.obj.close_all()


@pytest.fixture
def settings(walked: tuple[Bench, str]) -> Settings:
    return walked[0].portal.settings


@pytest.fixture
def elsewhere(walked: tuple[Bench, str], tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Settings]:
    """Another machine: an empty data folder, an empty database, the same secrets."""
    settings = walked[0].portal.settings
    url = f"sqlite:///{tmp_path}/new/nintei.db"
    if not settings.database_url.startswith("sqlite:"):
        cluster = request.getfixturevalue("postgres_cluster")
        url = cluster.new_database()
        request.addfinalizer(lambda: cluster.drop(url))
    yield replace(settings, data_dir=tmp_path / "new", database_url=url)
    database.proxy.obj.close_all()


def restored(place: Path, elsewhere: Settings, keys: reading.Keys = NO_KEYS, **how: bool) -> restoring.Report:
    database.proxy.obj.close_all()
    report = restoring.restore(place, elsewhere, keys, NOW, lambda _step: None, **how)
    versions.prepare(database.connect(elsewhere.database_url))
    return report


def reopened(bench: Bench, settings: Settings, engine: Engine) -> Portal:
    """The portal over what was restored."""
    blobs = Blobs(settings.data_dir / "blobs")
    return Portal(settings, StillClock(), engine, Releases(engine, StillClock()), blobs, settings.data_dir)


def test_it_becomes_a_portal_whose_case_goes_on(
    walked: tuple[Bench, str], settings: Settings, elsewhere: Settings, engine: Engine, tmp_path: Path
) -> None:
    bench, number = walked
    made = writing.backup(settings, tmp_path / "nintei.tar", NOW)
    assert made.damaged == ()
    assert made.end.rows["case"] == 1
    report = restored(tmp_path / "nintei.tar", elsewhere)
    assert (report.begin, report.other_secrets) == (made.begin, ())
    for name in made.end.files:
        if name.startswith(("data/", "blobs/")):
            assert (elsewhere.data_dir / name.removeprefix("data/")).stat().st_size == made.end.files[name].size
    portal = reopened(bench, elsewhere, engine)
    there = Bench(portal)
    with database.connection():
        told = [each.subject for each in TrailEntry.select().where(TrailEntry.act == Act.RESTORED)]
        assert told == ["nintei.tar"], "on the audit record"
        case = cases.get(number)
        assert case is not None
        [task] = work.open_tasks(case.id)
        file = Document.select().where(Document.kind == "uploaded").first()
    assert task.element == "first_review"
    assert portal.blobs.get(file.digest).startswith(b"%PDF")
    assert cardkeys.store(elsewhere).current_version == cardkeys.store(settings).current_version
    with database.connection():
        user = accounts.by_email("sato@example.jp")
    assert user is not None
    who = people.actor_of(portal, user.id)
    forms.save_draft(portal, task.id, {"outcome": "passed"}, who)
    send.send(portal, task.id, who)
    there.drain()
    with database.connection():
        assert [each.element for each in work.open_tasks(case.id)] == ["materials_requested"]


def test_a_mail_that_waited_is_held_unless_nothing_has_gone_out(
    walked: tuple[Bench, str], settings: Settings, elsewhere: Settings, tmp_path: Path
) -> None:
    with database.transaction():
        job = Job.create(
            key="waiting", operator="mail", state="running", worker="gone", run_at=NOW, created_at=NOW, fence=3
        )
        Job.create(key="paper", operator="pdf", run_at=NOW, created_at=NOW)
    writing.backup(settings, tmp_path / "nintei.tar", NOW)
    assert restored(tmp_path / "nintei.tar", elsewhere).held == 1
    with database.connection():
        held = Job.get_by_id(job.id)
        assert (held.state, held.fence) == ("incident", 3)
        assert "2026-04-02" in held.error
        assert Job.get(Job.key == "paper").state == "queued"  # made anew it does no harm


def test_nothing_is_held_where_the_portal_was_stopped_before_the_backup(
    walked: tuple[Bench, str], settings: Settings, elsewhere: Settings, tmp_path: Path
) -> None:
    with database.transaction():
        job = Job.create(key="waiting", operator="mail", run_at=NOW, created_at=NOW)
    writing.backup(settings, tmp_path / "nintei.tar", NOW)
    assert restored(tmp_path / "nintei.tar", elsewhere, send_waiting=True).held == 0
    with database.connection():
        assert Job.get_by_id(job.id).state == "queued"


@pytest.mark.parametrize("walked", ["sqlite"], indirect=True)
def test_it_is_whole_while_others_go_on_writing(walked: tuple[Bench, str], settings: Settings, tmp_path: Path) -> None:
    bench, _ = walked
    stop = threading.Event()

    def write() -> None:
        with contextlib.closing(sqlite3.connect(settings.data_dir / "nintei.db", timeout=60)) as other:
            columns = [row[1] for row in other.execute("PRAGMA table_info(document)")]
            old = other.execute("SELECT * FROM document LIMIT 1").fetchone()
            while not stop.is_set():
                digest = bench.portal.blobs.put(datetime.now(UTC).isoformat().encode())
                row = {**dict(zip(columns, old, strict=True)), "id": digest[:36], "digest": digest}
                other.execute(f"INSERT INTO document VALUES ({', '.join('?' * len(row))})", list(row.values()))
                other.commit()

    other = threading.Thread(target=write)
    other.start()
    try:
        for nth in range(3):
            writing.backup(settings, tmp_path / f"{nth}.tar", NOW)
    finally:
        stop.set()
        other.join()
    for nth in range(3):
        found = reading.extract(tmp_path / f"{nth}.tar", tmp_path / f"out{nth}", reading.Keys())
        database.connect(f"sqlite:///{tmp_path}/out{nth}/database/nintei.db")
        with database.connection():
            named = [row.digest for row in Document.select()]
        assert named
        assert {contents.blob_name(digest) for digest in named} <= found.end.files.keys()
        database.proxy.obj.close()


def test_a_folder_holds_the_same_as_a_file(
    walked: tuple[Bench, str], settings: Settings, elsewhere: Settings, tmp_path: Path
) -> None:
    made = writing.backup(settings, tmp_path / "kept", NOW)
    as_file = writing.backup(settings, tmp_path / "kept.tar", NOW)
    assert made.end.files.keys() == as_file.end.files.keys()
    with tarfile.open(tmp_path / "kept.tar") as tar:
        names = tar.getnames()
    assert names[0] == contents.BEGIN
    assert names[-1] == contents.END
    assert names.index(contents.DATABASES[made.begin.database]) < min(n for n, x in enumerate(names) if "blobs/" in x)
    assert restored(tmp_path / "kept", elsewhere).end == made.end


@pytest.mark.parametrize("walked", ["sqlite"], indirect=True)
def test_secrets_are_in_it_only_when_asked_for(walked: tuple[Bench, str], settings: Settings, tmp_path: Path) -> None:
    settings = replace(settings, mail_url="smtp://user:mailpassword@mail.example:25", mail_from="a@b.example")
    (settings.data_dir / "demo-secrets.toml").write_text('secret_key = "demo demo demo"')
    writing.backup(settings, tmp_path / "plain", NOW)
    everything = b"".join(path.read_bytes() for path in (tmp_path / "plain").rglob("*") if path.is_file())
    for secret in (settings.secret_key, settings.card_key, "mailpassword", "demo demo demo"):
        assert secret.encode() not in everything
    writing.backup(settings, tmp_path / "whole", NOW, secrets=True)
    said = (tmp_path / "whole" / contents.SETTINGS).read_text()
    assert settings.secret_key in said
    assert "mailpassword" in said
    again = load({}, tmp_path / "whole" / contents.SETTINGS)
    assert again == settings


def test_the_secret_with_which_the_data_was_made_is_asked_for(
    walked: tuple[Bench, str], settings: Settings, elsewhere: Settings, tmp_path: Path
) -> None:
    writing.backup(settings, tmp_path / "nintei.tar", NOW)
    other = replace(elsewhere, secret_key="another secret, as long as it has to be")
    assert restored(tmp_path / "nintei.tar", other).other_secrets == ("secret_key",)


# Encrypted


@pytest.mark.parametrize("walked", ["sqlite"], indirect=True)  # a passphrase is slow to try, whatever it guards
def test_under_a_passphrase_it_is_opened_by_it_alone(
    walked: tuple[Bench, str], settings: Settings, elsewhere: Settings, tmp_path: Path
) -> None:
    place = tmp_path / "nintei.tar"
    made = writing.backup(settings, place, NOW, writing.Sealing(passphrase=PHRASE))
    assert b"certificate.pem" not in place.read_bytes()
    assert b"contents.json" not in place.read_bytes()
    for keys in (reading.Keys(), reading.Keys(passphrase="wrong"), reading.Keys([age.Identity()])):
        with pytest.raises(Refused):
            restored(place, elsewhere, keys)
    assert not elsewhere.data_dir.exists()
    assert restored(place, elsewhere, reading.Keys(passphrase=PHRASE)).end == made.end


def test_for_keys_of_age_it_is_opened_by_each_of_them(
    walked: tuple[Bench, str], settings: Settings, tmp_path: Path
) -> None:
    one, other = age.Identity(), age.Identity()
    place = tmp_path / "nintei.tar.age"
    made = writing.backup(settings, place, NOW, writing.Sealing([one.recipient, other.recipient]))
    for key in (one, other):
        assert reading.verify(place, reading.Keys([key])).end == made.end
    with pytest.raises(Refused):
        reading.verify(place, reading.Keys([age.Identity()]))
    with pytest.raises(Refused):
        reading.verify(place)


# What is refused


@pytest.fixture
def place(walked: tuple[Bench, str], settings: Settings, tmp_path: Path) -> Path:
    """A backup in a file."""
    return writing.backup(settings, tmp_path / "nintei.tar", NOW).place


def test_a_place_that_is_not_empty_is_left_alone(place: Path, settings: Settings, elsewhere: Settings) -> None:
    before = place.read_bytes()
    with pytest.raises(Refused):
        writing.backup(settings, place, NOW)
    assert place.read_bytes() == before
    elsewhere.data_dir.mkdir()
    (elsewhere.data_dir / "something").write_text("of somebody")
    with pytest.raises(Refused):
        restored(place, elsewhere)
    assert [path.name for path in elsewhere.data_dir.iterdir()] == ["something"]


def test_a_place_where_nothing_can_be_written_is_named(place: Path, elsewhere: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(Permanent, match="file cannot be written"):
        restored(place, replace(elsewhere, data_dir=tmp_path / "file" / "new"))


def test_a_database_that_is_not_empty_is_left_alone(place: Path, settings: Settings, tmp_path: Path) -> None:
    there = replace(settings, data_dir=tmp_path / "new")
    with pytest.raises(Refused):
        restored(place, there)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("walked", ["sqlite"], indirect=True)
def test_a_backup_of_the_other_database_is_refused(place: Path, elsewhere: Settings) -> None:
    with pytest.raises(Refused) as refused:
        restored(place, replace(elsewhere, database_url="postgresql://nobody@localhost/none"))
    assert "sqlite" in str(refused.value)


@pytest.mark.parametrize("walked", ["sqlite"], indirect=True)
def test_every_byte_counts(place: Path, elsewhere: Settings, tmp_path: Path) -> None:
    whole = place.read_bytes()
    for at in range(600, len(whole), len(whole) // 23):
        broken = tmp_path / "broken.tar"
        broken.write_bytes(whole[:at] + bytes([whole[at] ^ 0x20]) + whole[at + 1 :])
        try:
            found = reading.verify(broken)
        except Exception as error:
            assert isinstance(error, Refused), (at, error)
            continue
        assert found == reading.verify(place), at  # between the files, where nothing stands
    for length in (0, 100, 5000, len(whole) // 2, len(whole) - 20_000):
        broken.write_bytes(whole[:length])
        with pytest.raises(Refused):
            restored(broken, elsewhere)
    assert not elsewhere.data_dir.exists()


@pytest.mark.parametrize("walked", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", ["../outside", "/etc/outside", "data/cards/../../outside", "blobs/aa/outside", "x"])
def test_a_file_that_wants_to_go_elsewhere_is_refused(
    place: Path, elsewhere: Settings, tmp_path: Path, name: str
) -> None:
    wrong = tmp_path / "wrong.tar"
    with tarfile.open(place) as source, tarfile.open(wrong, "w") as target:
        for member in source:
            target.addfile(member, source.extractfile(member))
            if member.name == contents.BEGIN:
                info = tarfile.TarInfo(name)
                info.size = 1
                target.addfile(info, io.BytesIO(b"x"))
    with pytest.raises(Refused):
        restored(wrong, elsewhere)
    assert not list(tmp_path.rglob("outside"))


@pytest.mark.parametrize("walked", ["sqlite"], indirect=True)
def test_what_a_newer_program_made_is_refused_in_words(settings: Settings, elsewhere: Settings, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    writing.backup(settings, kept, NOW)
    begin = json.loads((kept / contents.BEGIN).read_text())
    (kept / contents.BEGIN).write_text(json.dumps({**begin, "schema": 9999}))
    with pytest.raises(Unready):
        restored(kept, elsewhere)
    (kept / contents.BEGIN).write_text(json.dumps({**begin, "format": 2, "program": "9.0"}))
    with pytest.raises(Refused) as refused:
        restored(kept, elsewhere)
    assert "9.0" in str(refused.value)


@pytest.mark.parametrize("walked", ["sqlite"], indirect=True)
def test_a_file_that_is_damaged_here_is_named_and_the_rest_is_kept(
    walked: tuple[Bench, str], settings: Settings, elsewhere: Settings, tmp_path: Path
) -> None:
    digest = walked[0].portal.blobs.put(b"as it was")
    walked[0].portal.blobs.path(digest).write_bytes(b"as it is now")
    made = writing.backup(settings, tmp_path / "nintei.tar", NOW)
    assert made.damaged == (contents.blob_name(digest),)
    assert restored(tmp_path / "nintei.tar", elsewhere).end.damaged == made.damaged


@pytest.mark.parametrize("walked", ["sqlite"], indirect=True)
def test_a_full_disk_leaves_nothing_half(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object, **_more: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing, "_data", full)
    for name, sealing in (
        ("a.tar", writing.Sealing()),
        ("b.tar", writing.Sealing(passphrase=PHRASE)),
        ("c", writing.Sealing()),
    ):
        with pytest.raises(OSError, match="No space"):
            writing.backup(settings, tmp_path / name, NOW, sealing)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data"]
    assert not list(settings.data_dir.glob(".backup-*"))


@pytest.mark.parametrize("walked", ["sqlite"], indirect=True)
def test_a_call_that_was_cut_off_is_called_again(place: Path, elsewhere: Settings) -> None:
    left = elsewhere.data_dir.with_name(".new.restoring")
    (left / "ready" / "blobs").mkdir(parents=True)
    assert restored(place, elsewhere).held == 0
    assert not left.exists()


@pytest.mark.parametrize("walked", ["sqlite"], indirect=True)
def test_what_a_killed_backup_had_unpacked_to_read_it_again_is_removed_by_the_next_one(
    settings: Settings, tmp_path: Path
) -> None:
    """A whole database, beside the backups: that of who was killed goes, that of who still reads stays."""
    there = tmp_path / "backups"
    killed = subprocess.Popen([sys.executable, "-c", UNPACKS, str(there / scratch.FOLDER)], stdout=subprocess.PIPE)
    assert killed.stdout is not None
    dead = Path(killed.stdout.readline().decode().strip())
    killed.kill()
    killed.wait()
    killed.stdout.close()
    before = there / ".verify-x1y2"  # as older versions called them
    before.mkdir()
    os.utime(before, (0, 0))
    assert (dead / "nintei.db").exists()
    with scratch.Scratch("verify", there / scratch.FOLDER) as alive:
        writing.backup(settings, there / "nintei.tar", NOW)
        assert alive.exists()
        assert not dead.exists() and not before.exists()


UNPACKS = """
import pathlib, sys, time
from app.connectors import scratch
folder = scratch.Scratch("verify", pathlib.Path(sys.argv[1]))
(folder.path / "nintei.db").write_bytes(b"x" * 4096)
print(folder.path, flush=True)
time.sleep(600)
"""
