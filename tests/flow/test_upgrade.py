"""The data folder of version 1 under today's program, as an administrator starts it."""

from __future__ import annotations

import os
import subprocess
import tarfile
from pathlib import Path

from tests.services.conftest import SECRET
from tests.store.keep import VERSIONS
from tests.support.server import command, run_server, settings_for


def unpacked(folder: Path) -> Path:
    data = folder / "data"
    with tarfile.open(VERSIONS / "0001-sqlite.tar.xz") as archive:
        archive.extractall(data, filter="data")
    return data


def nintei(folder: Path, *arguments: str, language: str = "ja_JP.UTF-8") -> subprocess.CompletedProcess[str]:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("NINTEI_", "LC_", "LANG"))}
    environment = settings_for(folder, 8000, secret_key=SECRET, card_key=SECRET[::-1])
    return command(arguments, {**inherited, **environment, "LANG": language})


def test_an_older_database_is_refused_by_commands_and_brought_up_by_one(tmp_path: Path) -> None:
    data = unpacked(tmp_path)
    status = nintei(tmp_path, "db", "status")
    assert status.returncode == 1
    assert "版を数えはじめたときの表" in status.stdout
    assert "nintei db upgrade で更新してください" in status.stderr
    refused = nintei(tmp_path, "case", "list")
    assert refused.returncode == 1
    assert "nintei db upgrade" in refused.stderr
    assert "Traceback" not in refused.stderr
    done = nintei(tmp_path, "db", "upgrade")
    assert done.returncode == 0, done.stderr
    assert len(list(data.glob("nintei.db.version-1-*"))) == 1
    assert nintei(tmp_path, "db", "status").returncode == 0
    listed = nintei(tmp_path, "case", "list")
    assert "株式会社みどり建設システム" in listed.stdout


def test_nintei_run_brings_an_embedded_database_up_by_itself(tmp_path: Path) -> None:
    data = unpacked(tmp_path)
    with run_server(tmp_path, secret_key=SECRET, card_key=SECRET[::-1]) as server:
        assert server.answers()
    assert len(list(data.glob("nintei.db.version-1-*"))) == 1


def test_an_empty_place_has_no_version_yet_and_gets_no_file(tmp_path: Path) -> None:
    said = nintei(tmp_path, "db", "status")
    assert said.returncode == 0
    assert "nintei run" in said.stdout
    assert not (tmp_path / "data" / "nintei.db").exists()
