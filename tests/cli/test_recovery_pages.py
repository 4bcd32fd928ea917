"""The pages on backup, restoring and upgrading, walked: each command that they give is run, in their order."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.engine import Engine
from app.services.base import versions
from app.store import database
from config.settings import Settings
from tests.services.conftest import BPMN, engine, open_bench
from tests.services.steps import go
from tests.store.test_versions import KEPT, data  # noqa: F401 - the fixture
from tests.support import loaded
from tests.support.server import PROJECT

__all__ = ["engine"]  # a fixture of the services' tests
DOCS = PROJECT / "docs"
Say = Callable[[str], tuple[int, str]]


def commands(page: str) -> list[str]:
    """What stands in the page's boxes."""
    text = (DOCS / page).read_text(encoding="utf-8")
    boxes = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [line for box in boxes for line in box.splitlines()]


def terminal(folder: Path, settings: Settings) -> Say:
    """A shell in a folder, with the command `nintei` and the settings of a portal."""
    shims = folder / "bin"
    shims.mkdir()
    shim = shims / "nintei"
    shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S "{loaded.__file__}" "{loaded.here()}" "$@"\n')
    shim.chmod(0o755)
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("NINTEI_")}
    environment = {
        **inherited,
        **{key: value for key, value in settings.as_environment().items() if value},
        "PATH": f"{shims}:{os.environ['PATH']}",
        "PYTHONPATH": str(PROJECT),
        "LC_ALL": "ja_JP.UTF-8",
    }

    def say(line: str) -> tuple[int, str]:
        done = subprocess.run(
            ["/bin/sh", "-c", line],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert "Traceback" not in done.stdout, done.stdout
        return done.returncode, done.stdout

    return say


def test_both_languages_give_the_same_commands() -> None:
    for name in ("backup", "upgrade"):
        assert commands(f"{name}.md") == commands(f"{name}.en.md")
        assert commands(f"{name}.md")


@pytest.fixture(params=["sqlite", "postgresql"])
def portal(request: pytest.FixtureRequest, tmp_path: Path, engine: Engine) -> Iterator[Settings]:
    """The settings of a portal with a case in it, on both databases."""
    folder = tmp_path / "data"
    folder.mkdir()
    url = "sqlite:///{data_dir}/nintei.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres")
    bench = open_bench(folder, url.replace("{data_dir}", str(folder)), engine, BPMN)
    go(bench, until="first_review")
    database.proxy.obj.close_all()
    yield bench.portal.settings


def test_the_page_on_backup_and_restoring(portal: Settings, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    on_server = not portal.database_url.startswith("sqlite:")
    say = terminal(tmp_path, portal)
    (tmp_path / "passphrase.txt").write_text("correct horse battery\n")
    new = ""
    if on_server:
        cluster = request.getfixturevalue("postgres_cluster")
        new = cluster.new_database()
        request.addfinalizer(lambda: cluster.drop(new))
    for line in commands("backup.md"):
        # The page says in words where a database on a server is named; an embedded one lies in its folder.
        there = new if on_server else "sqlite:///{data_dir}/nintei.db"
        if "--into" in line:
            line += f" --database-url '{there}'"
        elif "NINTEI_DATA_DIR=restored" in line:
            line = f"NINTEI_DATABASE_URL='{there}' {line}"
        code, said = say(line)
        assert code == 0, f"{line}\n{said}"
    # A passphrase is slow to try, however much more quickly tests in this process write one (quick.py).
    begin = (tmp_path / "backups" / "sealed.tar").read_bytes()[:2000]
    [work] = re.findall(rb"-> scrypt \S+ (\d+)\n", begin)
    assert int(work) >= 15
    assert (tmp_path / "restored" / "settings-of-backup.toml").exists()
    assert "異常はありません。" in said


@pytest.mark.parametrize("data", KEPT, indirect=True, ids=lambda file: file.name)
def test_the_page_on_upgrading(data: Any, tmp_path: Path) -> None:  # noqa: F811
    settings, _ = data
    older = versions.status(settings).older
    database.proxy.obj.close_all()
    here = tmp_path / "here"
    here.mkdir()
    say = terminal(here, settings)
    codes = {"nintei db status": iter([int(older), 0]), "nintei doctor": iter([0])}
    for line in commands("upgrade.md"):
        code, said = say(line)
        assert code == next(codes.get(line, iter([0]))), f"{line}\n{said}"
