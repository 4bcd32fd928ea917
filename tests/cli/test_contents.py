"""`nintei diff`, `export`, `import`: what they print in both languages, and that a release comes back the same."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest

from app.catalogue import archive
from app.services.packages import folders
from app.store import changes, database
from tests.cli.conftest import Terminal

JAPANESE = "ja_JP.UTF-8"
DIAGRAM = "library_card.bpmn"


@pytest.fixture(autouse=True)
def two(terminal: Terminal) -> None:
    """Two releases: the second renames a step, changes a cell, a field, a mail and a setting."""
    (terminal.packages / "_shared").mkdir()
    (terminal.packages / "_shared/mail.html").write_text("<p>{% block body %}{% endblock %}</p>", "utf-8")
    terminal.says("release", str(terminal.library))
    terminal.edit(DIAGRAM, 'name="カードの受け取り"', 'name="受け取り"')
    terminal.edit("loan_limit.dmn", "<text>30</text>", "<text>40</text>")
    terminal.edit("forms/approve.form", '"maxLength": 1000', '"maxLength": 500')
    terminal.edit("package.toml", "days = 3", "days = 4")
    mail = terminal.library / "mail/hello.md"
    mail.write_text(mail.read_text("utf-8") + "\nお待ちください。\n", "utf-8")
    terminal.says("release", str(terminal.library))


def test_two_releases_are_compared_in_words(terminal: Terminal) -> None:
    said = terminal.says("diff", "1", "2")
    for line in (
        "forms/approve.form\n  ~ “Reason” (reason), Most characters: “1000” → “500”\n",
        "library_card.bpmn\n  ~ “受け取り” (collect), name: “カードの受け取り” → “受け取り”\n",
        "loan_limit.dmn\n  ~ “貸出冊数の上限” (loan_limit), row 3, 上限（冊）: “30” → “40”\n",
        "package.toml\n  ~ key guidelines.approval.days: “3” → “4”\n",
    ):
        assert line in said
    assert "お待ちください。" in said
    said = terminal.says("diff", "1", "2", LC_ALL=JAPANESE)
    assert "  ~ 「受け取り」(collect)、名前：「カードの受け取り」 → 「受け取り」\n" in said
    assert "  ~ 「貸出冊数の上限」(loan_limit)、表の3行目、上限（冊）：「30」 → 「40」\n" in said


def test_a_folder_is_compared_with_what_is_in_force(terminal: Terminal) -> None:
    folder = str(terminal.library)
    assert terminal.says("diff", folder) == "no difference\n"
    assert terminal.says("diff", folder, LC_ALL=JAPANESE) == "違いはありません\n"
    terminal.edit("package.toml", "days = 4", "days = 5")
    assert terminal.says("diff", folder) == "package.toml\n  ~ key guidelines.approval.days: “4” → “5”\n"
    assert "“3” → “5”" in terminal.says("diff", "1", folder)
    assert "“5” → “3”" in terminal.says("diff", folder, "1")
    assert "“4” → “3”" in terminal.says("diff", "1")
    assert "has no number 9" in terminal.refuses("diff", "1", "9")
    assert "neither a folder nor a zip elsewhere" in terminal.refuses("diff", "elsewhere")


@pytest.mark.parametrize("name", ["out", "out.zip"])
def test_what_is_exported_and_released_again_is_the_same_release(name: str, terminal: Terminal, tmp_path: Path) -> None:
    target = tmp_path / name
    assert terminal.says("export", "library_card", str(target), "--release", "1").startswith(f"{target}: ")
    assert f"{target} is there already" in terminal.refuses("export", "library_card", str(target))
    kept = target
    if name.endswith(".zip"):
        kept = tmp_path / "unpacked"
        zipfile.ZipFile(target).extractall(kept)
    elsewhere = terminal.packages / "elsewhere"  # beside a `_shared` that is another one by now
    (terminal.packages / "_shared/mail.html").write_text("<p>new</p>", "utf-8")
    shutil.copytree(kept, elsewhere)
    assert "no problem" in terminal.says("check", "--scenarios", str(kept))
    assert (elsewhere / "_shared/mail.html").read_text("utf-8").startswith("<p>{%")
    assert folders.read(elsewhere).digest == folders.read(kept).digest
    assert terminal.says("diff", "1", str(target)) == "no difference\n"
    assert "number 1 is in force again" in terminal.says("release", str(kept))
    assert "this is number 1 already" in terminal.says("import", str(target))
    assert terminal.says("releases").count("number ") == 2


def test_an_export_is_all_or_nothing(terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_self: Path, _data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    said = terminal.refuses("export", "library_card", str(tmp_path / "out"))
    assert "out cannot be written: No space left on device" in said
    assert [path.name for path in tmp_path.iterdir() if "out" in path.name] == []


def test_what_is_imported_is_kept_and_not_in_force(terminal: Terminal, tmp_path: Path) -> None:
    terminal.edit("package.toml", "days = 4", "days = 5")
    said = terminal.says("import", str(terminal.library), "--by", "sato", "--note", "来月のため")
    assert said == "Library card: kept as number 3, not in force\n"
    with database.connection():
        newest = changes.recent("release")[0]
    assert (newest.by_name, newest.after) == ("sato", "3 来月のため")
    assert "* number 2" in terminal.says("releases")
    assert "by sato, never in force" in terminal.says("releases")
    assert "released as number 3; new cases start on it" in terminal.says("release", "--restore", "3")
    terminal.edit("package.toml", "days = 5", "days = 6")
    said = terminal.says("import", str(terminal.library), "--release", LC_ALL=JAPANESE)
    assert said == "図書館カードの発行：版4 として公開しました。新しい案件はこの版で始まります\n"
    assert "imported" in terminal.says("releases")
    assert "--from needs --release" in terminal.refuses("import", str(terminal.library), "--from", "2099-01-01")


def test_what_may_not_be_released_is_not_taken_in(terminal: Terminal, tmp_path: Path) -> None:
    terminal.edit("scenarios/issued.toml", 'expect_open = ["collect"]', "expect_open = []")
    said = terminal.refuses("import", str(terminal.library))
    assert "line 22, step 3: open tasks" in said
    assert said.endswith("Error: Not taken in; nothing was changed\n")
    broken = tmp_path / "x.zip"
    broken.write_bytes(b"no zip")
    assert "cannot be read" in terminal.refuses("import", str(broken))
    assert terminal.says("releases").count("number ") == 2


def test_a_zip_of_the_folder_as_systems_make_it_is_taken_in(terminal: Terminal, tmp_path: Path) -> None:
    terminal.edit("package.toml", "days = 4", "days = 5")
    wanted = folders.read(terminal.library)
    made = tmp_path / "made.zip"
    with zipfile.ZipFile(made, "w") as out:
        for path, data in wanted.files.items():
            out.writestr(path if path.startswith(archive.SHARED) else f"three_steps/{path}", data)
        out.writestr("__MACOSX/three_steps/._package.toml", b"x")
        out.writestr("three_steps/.DS_Store", b"x")
    assert terminal.says("diff", str(terminal.library), str(made)) == "no difference\n"
    assert "kept as number 3" in terminal.says("import", str(made))


def test_a_package_becomes_a_draft_and_the_draft_a_folder_again(terminal: Terminal, tmp_path: Path) -> None:
    terminal.edit("package.toml", "days = 4", "days = 5")
    said = terminal.says("import", str(terminal.library), "--draft", "期限の見直し", "--by", "太郎")
    assert "a draft now, at /designer/w/1" in said
    target = tmp_path / "out"
    terminal.says("export", "library_card", str(target), "--draft", "1")
    assert "days = 5" in (target / "package.toml").read_text("utf-8")
    assert "no such draft" in terminal.refuses("export", "library_card", str(tmp_path / "x"), "--draft", "9")
    assert "not both" in terminal.refuses("import", str(terminal.library), "--draft", "x", "--release")
    assert "needs --draft" in terminal.refuses("import", str(terminal.library), "--base", "1")
