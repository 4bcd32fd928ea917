"""`nintei check` from the terminal: with scenarios, in both languages, and without anything but the folder."""

from __future__ import annotations

import re
from pathlib import Path

from tests.cli.conftest import Terminal

ISSUED = "scenarios/issued.toml"


def test_the_scenarios_are_walked_when_one_asks_for_them(terminal: Terminal) -> None:
    said = terminal.says("check", "--scenarios", str(terminal.library))
    assert "three_steps: no problem\n" in said
    assert re.search(r"scenarios: 2 of 2 came out as written \(\d+\.\d s\)", said)
    assert "scenarios:" not in terminal.says("check", str(terminal.library))


def test_a_difference_is_told_with_step_line_name_and_both_sides_in_the_language_of_the_terminal(
    terminal: Terminal,
) -> None:
    (terminal.library / "english.toml").write_text('"カードの受け取り" = "Collect the card"\n', "utf-8")
    terminal.edit(ISSUED, 'expect_open = ["collect"]', 'expect_open = ["approve"]')
    said = terminal.refuses("check", "--scenarios", str(terminal.library))
    assert (
        "  error: scenarios/issued.toml, line 22, step 3: "
        "open tasks: expected “Approval” (approve), found “Collect the card” (collect)\n"
    ) in said
    assert "  scenarios: 1 of 2 came out as written" in said
    assert "    ✕ issued  A card for a school\n" in said
    said = terminal.refuses("check", "--scenarios", str(terminal.library), LC_ALL="ja_JP.UTF-8")
    assert "手順3：開いている作業：シナリオでは「申請の確認」(approve)、実際は「カードの受け取り」(collect)\n" in said
    assert "    ✕ issued  学校に発行する\n" in said


def test_what_no_scenario_passes_over_is_told(terminal: Terminal) -> None:
    (terminal.library / ISSUED).unlink()
    (terminal.library / "scenarios/refused.toml").write_text(
        'title = "短い"\n[[step]]\ncomplete = "request"\nby = "vendor"\n'
        'answer = { company_name = "a", contact_name = "b", email = "a@b.jp", reader_kind = "person", books = 1 }\n',
        "utf-8",
    )
    said = terminal.says("check", "--scenarios", str(terminal.library))
    assert (
        "No scenario passes over: “Approval” (approve), “カードの受け取り” (collect), “カードを作る” (make_card)"
        in said
    )


def test_broken_scenarios_are_problems_of_every_check(terminal: Terminal) -> None:
    terminal.edit(ISSUED, 'complete = "collect"', 'complete = "colect"')
    said = terminal.refuses("check", str(terminal.library))
    assert "line 26, colect, step 4 complete: There is no user task “colect”: did you mean “collect”?" in said
    assert "The scenarios are walked when the errors are mended." in terminal.refuses(
        "check", "--scenarios", str(terminal.library)
    )


def test_checking_one_folder_needs_nothing_else_and_makes_nothing(terminal: Terminal, tmp_path: Path) -> None:
    elsewhere = str(tmp_path / "not there")
    bare = {name: "" for name in terminal.environment if name.startswith("NINTEI_")}
    said = terminal.says("check", str(terminal.library), **{**bare, "NINTEI_PACKAGES_DIR": elsewhere})
    assert "no problem" in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bpmn"]


def test_a_folder_that_is_no_package_is_said_to_be_none(terminal: Terminal) -> None:
    assert "holds no package.toml" in terminal.refuses("check", str(terminal.packages))
