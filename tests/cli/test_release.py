"""`nintei release`, `nintei releases`: each line that it prints, and what it refuses."""

from __future__ import annotations

import re

import pytest

from app.cli import releases
from config import machine
from config.clock import set_clock_file
from tests.cli.conftest import Terminal

JAPANESE = "ja_JP.UTF-8"
ISSUED = "scenarios/issued.toml"
DIAGRAM = "library_card.bpmn"


@pytest.fixture(autouse=True)
def day(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock_file(terminal.clock, "2026-12-01T10:00:00+09:00")
    monkeypatch.setattr(releases, "terminal_user", lambda: "sato")


def later(terminal: Terminal, minute: int) -> None:
    set_clock_file(terminal.clock, f"2026-12-01T10:{minute:02}:00+09:00")


def test_release_break_restore(terminal: Terminal) -> None:
    folder = str(terminal.library)
    assert terminal.says("releases") == "Nothing is released yet\n"
    assert terminal.says("release", folder) == "Library card: released as number 1; new cases start on it\n"
    already = "Library card: this is number 1, in force since 2026-12-01 10:00 already; nothing was changed\n"
    assert terminal.says("release", folder) == already
    terminal.edit(DIAGRAM, 'name="カードの受け取り"', 'name="受け取り"')
    later(terminal, 5)
    said = terminal.says("release", folder, "--note", "短い名前", "--by", "分析 花子")
    assert said == "Library card: released as number 2; new cases start on it\n"
    later(terminal, 10)
    said = terminal.says("release", "--restore", "1", "--note", "戻す")
    assert said == "Library card: number 1 is in force again; new cases start on it\n"
    later(terminal, 15)
    said = terminal.says("release", folder, LC_ALL=JAPANESE)
    assert said == "図書館カードの発行：版2 を再び施行しました。新しい案件はこの版で始まります\n"
    said = re.sub(r"[0-9a-f]{12}", "DIGEST", terminal.says("releases"))
    assert said == (
        "Library card (library_card)\n"
        "* number 2  DIGEST  running cases: 0\n"
        "      in force since 2026-12-01 10:15  sato, from the folder\n"
        "      was in force from 2026-12-01 10:05  分析 花子, from the folder  短い名前\n"
        "  number 1  DIGEST  running cases: 0\n"
        "      was in force from 2026-12-01 10:10  sato, restored  戻す\n"
        "      was in force from 2026-12-01 10:00  sato, from the folder\n"
    )


def test_plan_and_stop(terminal: Terminal) -> None:
    folder = str(terminal.library)
    terminal.says("release", folder)
    terminal.edit(DIAGRAM, 'name="カードの受け取り"', 'name="受け取り"')
    said = terminal.says("release", folder, "--from", "2026-12-15", LC_ALL=JAPANESE)
    assert said == "図書館カードの発行：版2 を 2026-12-15 00:00 から施行します\n  それまでは版1 です。\n"
    said = terminal.says("release", folder, "--from", "2026-12-15T00:00")
    assert said == "Library card: number 2 is planned from 2026-12-15 00:00 already; nothing was changed\n"
    for typed in ("令和8年12月15日", "２０２６年１２月１５日（火）", "2026/12/15 0:00"):
        assert "planned from 2026-12-15 00:00 already" in terminal.says("release", folder, "--from", typed)
    assert "planned from 2026-12-15 00:00  sato, from the folder" in terminal.says("releases", "three_steps")
    terminal.edit(DIAGRAM, 'name="受け取り"', 'name="受取"')
    later(terminal, 5)
    assert terminal.says("release", folder) == (
        "Library card: released as number 3; new cases start on it\n  Planned besides: number 2 from 2026-12-15 00:00\n"
    )
    assert terminal.says("release", "--stop", "2", "--note", "まだ") == (
        "Number 2 will not hold from 2026-12-15 00:00\n  In force: number 3\n"
    )
    assert terminal.says("release", "--stop", "3", LC_ALL=JAPANESE) == "版3 の施行を取りやめました\n  施行中：版1\n"
    assert "from 2026-12-15 00:00, taken back 2026-12-01 10:05 by sato  sato, from the folder  まだ" in terminal.says(
        "release", "--list", "library_card"
    )


def test_what_cannot_be_done_is_refused_in_words(terminal: Terminal) -> None:
    folder = str(terminal.library)
    assert terminal.refuses("release", "--restore", "1").startswith("Error: Say which package; there are: none")
    terminal.says("release", folder)
    refused = {
        ("release",): "Say which folder to release, for instance: nintei release bpmn/three_steps",
        ("release", "elsewhere"): "There is no folder elsewhere",
        ("release", "--restore", "7"): "library_card has no number 7; there are 1",
        ("release", "--restore", "1", "nothing"): "There is no process package “nothing”; there are: library_card",
        ("release", "--stop", "1"): "Nothing would be in force any more: release or restore what is to hold instead",
        ("release", "--stop", "7"): "library_card has no number 7; there are 1",
        ("release", "--stop", "1", "--from", "2026-12-15"): "--stop holds at once: leave --from out",
        ("release", "--stop", "1", "--list"): "Choose one of --restore, --stop and --list",
        ("release", folder, "--from", "2026-12-01"): (
            "2026-12-01 00:00 is past: leave the moment out, and it holds at once"
        ),
        ("releases", "nothing"): "There is no process package “nothing”; there are: library_card",
    }
    for arguments, said in refused.items():
        assert terminal.refuses(*arguments) == f"Error: {said}\n"
        japanese = terminal.refuses(*arguments, LC_ALL=JAPANESE)
        assert re.fullmatch(r"エラー：.*[ぁ-ん].*\n", japanese), japanese
    assert "“tomorrow” is no moment" in terminal.type("release", folder, "--from", "tomorrow").output
    assert len(re.findall("in force since", terminal.says("releases"))) == 1


def test_a_package_is_named_by_its_id_its_folder_or_not_at_all_where_there_is_one(terminal: Terminal) -> None:
    terminal.says("release", str(terminal.library))
    every = {terminal.says("releases", *name) for name in ([], ["library_card"], ["three_steps"], ["bpmn/three_steps"])}
    assert len(every) == 1
    terminal.edit("package.toml", 'id = "library_card"', 'id = "reading_room"')
    terminal.says("release", str(terminal.library))
    assert "Say which package; there are: library_card, reading_room" in terminal.refuses("release", "--restore", "1")
    assert "(library_card)" in terminal.says("releases")
    assert "(reading_room)" in terminal.says("releases")


def test_what_breaks_a_scenario_is_told_and_nothing_is_released(terminal: Terminal) -> None:
    terminal.edit(ISSUED, 'expect_open = ["collect"]', "expect_open = []")
    said = terminal.refuses("release", str(terminal.library))
    assert "line 22, step 3: open tasks: expected none, found “カードの受け取り” (collect)\n" in said
    assert said.endswith("Error: Not released; nothing was changed\n")
    assert terminal.says("releases") == "Nothing is released yet\n"


def test_there_is_no_way_around_the_scenarios(terminal: Terminal) -> None:
    assert "--no-scenarios" not in terminal.says("release", "--help")
    assert terminal.type("release", str(terminal.library), "--no-scenarios").exit_code == 2


def test_whoever_types_is_on_record(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("SUDO_USER", "hanako")
    assert machine.terminal_user() == "hanako"
    monkeypatch.delenv("SUDO_USER")
    monkeypatch.setenv("LOGNAME", "taro")
    assert machine.terminal_user() == "taro"

    def nobody() -> str:
        raise OSError

    monkeypatch.setattr(machine.getpass, "getuser", nobody)
    assert machine.terminal_user().startswith("uid ")


def test_somebody_else_has_to_approve_outside_a_demo(terminal: Terminal) -> None:
    folder, no = str(terminal.library), {"NINTEI_SINGLE_APPROVAL": "no"}
    assert "--approved-by NAME" in terminal.refuses("release", folder, **no)
    assert "Somebody else" in terminal.refuses("release", folder, "--by", "佐藤", "--approved-by", "佐藤", **no)
    assert "number 1" in terminal.says("release", folder, "--by", "佐藤", "--approved-by", "鈴木", **no)
    assert "approved by 鈴木" in terminal.says("releases")
    assert "--approved-by NAME" in terminal.refuses("release", "--restore", "1", **no)
    assert "--approved-by NAME" in terminal.refuses("import", folder, "--release", **no)
    assert "already" in terminal.says("release", folder)
