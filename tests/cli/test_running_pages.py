"""The pages on running and on the audit record, walked: each command of ours that they give is run, in an order in
which a portal needs them, on one portal whose files go to a storage and come back."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from app.engine import Engine
from app.store import database
from app.store.models import Case, User
from config.settings import Settings, environment_name
from tests.services.conftest import BPMN, STAFF, engine, open_bench
from tests.services.steps import go
from tests.support import bucket
from tests.support.server import PROJECT
from tests.support.terminal import typed

__all__ = ["engine"]  # a fixture of the services' tests
STORAGE = {"files", "files_endpoint", "files_region", "files_key_id", "files_secret"}


def given(*pages: str) -> set[str]:
    """Each command of ours that stands on a page, in a box or in a line."""
    texts = [(PROJECT / "docs" / page).read_text("utf-8") for page in pages]
    return {line for text in texts for line in re.findall(r"(?:^|`)(nintei(?: [^`\n]+)?)(?:`|$)", text, re.MULTILINE)}


@pytest.fixture
def walked(tmp_path: Path, engine: Engine) -> tuple[dict[str, str], str]:
    """Settings of a portal on which a case ended long ago, and the case's number."""
    folder = tmp_path / "data"
    folder.mkdir()
    bench = open_bench(folder, f"sqlite:///{folder}/nintei.db", engine, BPMN)
    number = go(bench, until="first_review").number
    with database.transaction():
        old = bench.portal.now() - timedelta(days=400)
        Case.update(ended=True, changed_at=old).where(Case.number == number).execute()
    database.proxy.obj.close_all()
    settings = {key: value for key, value in bench.portal.settings.as_environment().items() if value}
    return {**settings, "LC_ALL": "en_GB.UTF-8"}, str(number)


def test_each_command_of_the_pages_does_what_they_say(
    walked: tuple[dict[str, str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, number = walked
    monkeypatch.chdir(tmp_path)
    left = given("running.en.md", "audit.en.md")

    def says(line: str, given_as: str = "", code: int = 0, **more: str) -> str:
        left.discard(given_as or line)
        result = typed(tuple(shlex.split(line)[1:]), {**settings, **more})
        assert result.exit_code == code, f"{line}\n{result.output}"
        return result.output

    says("nintei db upgrade")
    says("nintei db status")
    Path("password.txt").write_text("a password for tests\n")
    says(
        "nintei user add new@example.jp --name 新人 --role operator --password-file password.txt",
        "nintei user add",
    )
    says(
        "nintei user add first@example.jp --name 佐藤 --role administrator --password-file password.txt",
        "nintei user add sato@example.jp --name 佐藤 --role administrator",
    )
    says("nintei doctor")
    # files to a storage that several machines share, and back
    fields = _storage()
    said = says("nintei files move --to storage", **fields)
    assert re.search(r"[1-9]\d* files were copied", said)
    assert "0 files were copied" in says("nintei files move --to storage", **fields), "once more, for what came last"
    says("nintei doctor --thorough", **fields)
    says("nintei files move --to folder", **fields)
    says("nintei reseal")
    # the audit record
    Path("elsewhere").mkdir()
    head = says("nintei audit head", "nintei audit head >> elsewhere/heads.jsonl")
    Path("elsewhere/heads.jsonl").write_text(head)
    assert json.loads(head)["machine"]
    says("nintei audit verify")
    says("nintei audit verify --heads elsewhere/heads.jsonl")
    says("nintei retention show")
    says(f"nintei retention hold {number} --reason 訴訟", "nintei retention hold NUMBER --reason WHY")
    says("nintei retention run --yes", "nintei retention run")
    assert "1 cases are archived" in says("nintei archive run")
    says(f"nintei archive take {number} archive.zip", "nintei archive take NUMBER FILE.zip")
    for name in ("nintei audit verify-evidence FILE.zip", "nintei audit verify-evidence 2026-0001-evidence.zip"):
        assert number in says("nintei audit verify-evidence archive.zip", name)
    says(f"nintei person export {STAFF[1]} person.json", "nintei person export ADDRESS FILE.json")
    assert json.loads(Path("person.json").read_text())["account"]["email"] == STAFF[1]
    says("nintei person erase new@example.jp --reason 退職 --yes", "nintei person erase ADDRESS --reason WHY")
    with database.connection():
        assert User.get_or_none(User.email == "new@example.jp") is None
    # yesterday's backup in a second folder
    says("nintei backup yesterday.tar")
    restore = next(each for each in left if each.startswith("nintei restore "))
    there = "sqlite:///" + "{data_dir}/nintei.db"
    says(f"nintei restore yesterday.tar --into yesterday --database-url {there}", restore)
    assert Path("yesterday/nintei.db").exists()
    assert left <= {"nintei"}, "each command that is given was walked"


def _storage() -> Mapping[str, str]:
    found = bucket.settings_of_new()
    assert set(found) == STORAGE
    return {environment_name(Settings.__dataclass_fields__[name]): value for name, value in found.items()}
