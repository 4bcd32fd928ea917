"""The evidence of a case proves itself: by our own command, and by openssl and sha256sum as its README says."""

from __future__ import annotations

import hashlib
import json
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from app.connectors import cms
from app.connectors.signature import make_signing_key
from app.errors import Forbidden, Refused
from app.services.audit import evidence, offline, readme
from app.services.base import trail
from app.services.base.actors import SYSTEM, Actor
from app.states import Act, Side, Thing
from app.store import cases, database
from tests.services.conftest import Bench
from tests.services.steps import go

AUDITOR = Actor(None, "監査 花子", Side.OPERATOR, frozenset({"auditor"}))


@pytest.fixture
def taken(bench: Bench, tmp_path: Path) -> Path:
    """The evidence of a case in review, other facts of other cases around its own."""
    walker = go(bench, until="first_review")
    with database.transaction():
        for n in range(30):
            trail.note(bench.portal.now(), SYSTEM, Act.BACKED_UP, trail.about(Thing.BACKUP, f"{n}.tar"))
        case = cases.get(walker.number)
        assert case is not None
        trail.note(bench.portal.now(), SYSTEM, Act.RETRIED, trail.about(Thing.CASE, walker.number, case=case.id))
    file = tmp_path / "evidence.zip"
    with file.open("wb") as out:
        out.writelines(evidence.take(bench.portal, walker.number, AUDITOR))
    return file


def shell(folder: Path, command: str) -> int:
    return subprocess.run(["sh", "-c", command], cwd=folder, check=False, capture_output=True).returncode


def rewritten(file: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """The same with something else in it."""
    with zipfile.ZipFile(file) as bundle:
        inside = {name: bundle.read(name) for name in bundle.namelist()}
    change(inside)
    other = file.with_name("other.zip")
    with zipfile.ZipFile(other, "w") as bundle:
        for name, content in inside.items():
            bundle.writestr(name, content)
    return other


def resigned(inside: dict[str, bytes]) -> None:
    """As somebody does who has a key of their own."""
    key = make_signing_key("認定機構")
    left = sorted(set(inside) - {evidence.SUMS, evidence.SIGNATURE, evidence.CERTIFICATE})
    inside[evidence.SUMS] = "".join(f"{hashlib.sha256(inside[n]).hexdigest()}  {n}\n" for n in left).encode()
    inside[evidence.SIGNATURE] = cms.sign(inside[evidence.SUMS], key)
    inside[evidence.CERTIFICATE] = key.certificate


def test_it_holds_everything_and_proves_itself_both_ways(taken: Path, tmp_path: Path) -> None:
    found = offline.verify(taken)
    assert found.entries >= 2
    assert found.links >= found.entries
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(taken) as bundle:
        assert bundle.testzip() is None
        names = bundle.namelist()
        bundle.extractall(folder)
    assert found.files == len(names) - 3
    for start in ("documents/", "mails/", "answers/", "forms/", "process/", "trail/"):
        assert any(name.startswith(start) for name in names), start
    assert readme.COMMAND in (folder / "README.txt").read_text()
    assert shell(folder, readme.COMMAND) == 0
    assert found.fingerprint == cms.fingerprint((folder / "certificate.pem").read_bytes())
    entries = [json.loads(line) for line in (folder / evidence.ENTRIES).read_text().splitlines()]
    assert entries[-1]["act"] == "evidence_taken"
    assert b"Message-ID: <" in next(folder.glob("mails/*.eml")).read_bytes()
    answer = json.loads(next(folder.glob("answers/*.json")).read_text())
    assert answer["values"]
    others = "".join(path.read_text(errors="replace") for path in folder.glob("trail/*"))
    assert "0.tar" not in others  # of other cases nothing but marks


def test_whatever_is_changed_is_noticed_by_both(taken: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(taken) as bundle:
        names = bundle.namelist()
    for name in names:
        if name == evidence.CERTIFICATE:
            continue

        def spoil(inside: dict[str, bytes], name: str = name) -> None:
            inside[name] = inside[name][:-1] + bytes([inside[name][-1] ^ 1]) if inside[name] else b"x"

        other = rewritten(taken, spoil)
        if name != evidence.SIGNATURE:  # the last byte of that file is only the end of a line
            with pytest.raises(Refused):
                offline.verify(other)
        folder = tmp_path / f"spoilt{names.index(name)}"
        with zipfile.ZipFile(other) as bundle:
            bundle.extractall(folder)
        assert name == evidence.SIGNATURE or shell(folder, readme.COMMAND) != 0, name
    for change in (lambda inside: inside.pop("timeline.json"), lambda inside: inside.update({"extra.txt": b"x"})):
        with pytest.raises(Refused):
            offline.verify(rewritten(taken, change))
    truncated = taken.with_name("truncated.zip")
    truncated.write_bytes(taken.read_bytes()[:-100])
    with pytest.raises(Refused):
        offline.verify(truncated)


def test_who_signs_it_anew_is_found_out_by_the_chain_or_by_the_certificate(taken: Path) -> None:
    def changed(inside: dict[str, bytes]) -> None:
        lines = inside[evidence.ENTRIES].decode().splitlines(keepends=True)
        said = json.loads(lines[0])
        said["person"] = 4711
        inside[evidence.ENTRIES] = (json.dumps(said, ensure_ascii=False) + "\n" + "".join(lines[1:])).encode()
        resigned(inside)

    with pytest.raises(Refused, match="is not as it was written"):
        offline.verify(rewritten(taken, changed))

    def left_out(inside: dict[str, bytes]) -> None:
        inside["timeline.json"] = b"[]\n"
        resigned(inside)

    with zipfile.ZipFile(taken) as bundle:
        real = bundle.read(evidence.CERTIFICATE)
    other = rewritten(taken, left_out)
    with pytest.raises(Refused, match="signature"):
        offline.verify(other, real)


def test_it_is_for_those_who_see_the_record(bench: Bench) -> None:
    walker = go(bench, until="first_review")
    with pytest.raises(Forbidden):
        evidence.take(bench.portal, walker.number, Actor(1, "佐藤", Side.OPERATOR, frozenset({"operator"})))
