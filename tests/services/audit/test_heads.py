"""The end of the record is signed, and kept where whoever cuts the record off has to reach, too."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from app.connectors import cms
from app.connectors.signature import make_signing_key
from app.errors import Refused
from app.services.audit import heads, verifying
from app.services.base import signing, trail
from app.services.base.actors import SYSTEM
from app.states import Act, Thing
from app.store import database
from app.store import trail as rows
from tests.services.conftest import Bench


def fact(bench: Bench) -> None:
    with database.transaction():
        trail.note(bench.portal.now(), SYSTEM, Act.BACKED_UP, trail.about(Thing.BACKUP, "a.tar"))


def test_an_end_is_signed_once_and_kept_in_the_database_and_in_the_folder(bench: Bench) -> None:
    assert rows is not None
    fact(bench)
    first = heads.sign(bench.portal)
    assert first is not None
    assert heads.sign(bench.portal) == first
    fact(bench)
    second = heads.sign(bench.portal)
    assert second is not None
    assert second.seq == first.seq + 1
    kept = heads.kept(bench.portal.settings.data_dir)
    assert kept == {first.seq: first.hash, second.seq: second.hash}
    found = verifying.verify(kept)
    assert (found.broken, found.end) == (None, second.hash)
    assert found.heads >= 2
    file = bench.portal.settings.data_dir / "audit" / "heads.jsonl"
    assert file.stat().st_mode & 0o077 == 0
    with file.open("a") as more:
        more.write('{"seq": 99')  # the power failed
    assert heads.kept(bench.portal.settings.data_dir) == kept
    line = json.loads(file.read_text().splitlines()[0])
    file.write_text(json.dumps({**line, "hash": "00" * 32}) + "\n")
    with pytest.raises(Refused, match="no signed end"):
        heads.kept(bench.portal.settings.data_dir)


def test_a_signature_is_one_that_openssl_verifies(tmp_path: Path) -> None:
    key = make_signing_key("認定機構")
    (tmp_path / "data").write_bytes(b"said\r\nand done\n")
    (tmp_path / "data.p7s").write_bytes(cms.sign(b"said\r\nand done\n", key))
    (tmp_path / "certificate.pem").write_bytes(key.certificate)
    said = "openssl cms -verify -binary -inform PEM -in data.p7s -content data -CAfile certificate.pem -out out"
    command = [*said.split(), "-partial_chain", "-purpose", "any"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    (tmp_path / "data").write_bytes(b"said\r\nand not done\n")
    assert subprocess.run(command, cwd=tmp_path, check=False, capture_output=True).returncode != 0
    signed = (tmp_path / "data.p7s").read_bytes()
    assert cms.holds(b"said\r\nand done\n", signed) == cms.fingerprint(key.certificate)
    assert cms.holds(b"said\nand done\n", signed) == ""
    assert cms.holds(b"said\r\nand done\n", b"nonsense") == ""


def test_each_machine_signs_for_itself_and_keeps_what_the_others_signed(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = replace(bench.portal, settings=replace(bench.portal.settings, data_dir=tmp_path / "two"))
    fact(bench)
    first = heads.sign(bench.portal)
    fact(bench)
    monkeypatch.setattr(heads, "_machine", lambda: "web2")
    second = heads.sign(other)
    assert first is not None and second is not None
    assert second.machine == "web2"
    both = {first.seq: first.hash, second.seq: second.hash}
    assert heads.kept(tmp_path / "two") == both, "the new machine has taken in what was signed before it"
    assert heads.kept(bench.portal.settings.data_dir) == {first.seq: first.hash}
    fact(bench)
    monkeypatch.undo()
    third = heads.sign(bench.portal)
    assert third is not None
    assert heads.kept(bench.portal.settings.data_dir) == {**both, third.seq: third.hash}


def test_half_a_line_gives_way_and_two_ends_of_one_number_are_told(bench: Bench) -> None:
    fact(bench)
    first = heads.sign(bench.portal)
    assert first is not None
    folder = bench.portal.settings.data_dir
    file = folder / "audit" / "heads.jsonl"
    with file.open("a") as more:
        more.write('{"seq": 99')  # the power failed
    fact(bench)
    second = heads.sign(bench.portal)
    assert second is not None
    assert heads.kept(folder) == {first.seq: first.hash, second.seq: second.hash}
    key = signing.key(bench.portal)
    assert key is not None
    forged = heads.Head(first.seq, "00" * 32, first.at, "")
    written = cms.sign(forged.said, key).decode()
    with file.open("a") as more:
        more.write(heads.line(replace(forged, signature=written)) + "\n")
    with pytest.raises(Refused, match="two ends"):
        heads.kept(folder)
