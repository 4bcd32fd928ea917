"""What `nintei run` says of the folder of packages before it serves, and that it serves whatever lies there."""

from __future__ import annotations

import shutil

from tests.cli.conftest import Terminal

DIAGRAM = "library_card.bpmn"


def another(terminal: Terminal, name: str, package_id: str) -> None:
    """A second package of three steps."""
    shutil.copytree(terminal.library, terminal.packages / name)
    file = terminal.packages / name / "package.toml"
    file.write_text(file.read_text("utf-8").replace('"library_card"', f'"{package_id}"', 1), "utf-8")


def test_a_first_start_releases_what_may_be_released(terminal: Terminal) -> None:
    assert terminal.says("prepare") == "three_steps: released as number 1\n"
    assert terminal.says("prepare") == ""
    assert "first start" in terminal.says("releases")


def test_a_changed_folder_is_named_with_the_command_and_not_released(terminal: Terminal) -> None:
    terminal.says("prepare")
    terminal.edit(DIAGRAM, 'name="カードの受け取り"', 'name="受け取り"')
    said = terminal.says("prepare")
    assert said == (
        "three_steps: the folder differs from number 1, which stays in force. "
        "To put the folder in force: nintei release bpmn/three_steps\n"
    )
    assert terminal.says("prepare", LC_ALL="ja_JP.UTF-8") == (
        "three_steps：フォルダーの内容は、施行中の版1 と違います（版1 のまま動きます）。"
        "フォルダーの内容にするには：nintei release bpmn/three_steps\n"
    )
    assert terminal.says("prepare", NINTEI_DEMO="yes").startswith(said)


def test_what_was_restored_stays_in_force_over_a_restart(terminal: Terminal) -> None:
    terminal.says("prepare")
    terminal.edit(DIAGRAM, 'name="カードの受け取り"', 'name="受け取り"')
    terminal.says("release", str(terminal.library))
    terminal.says("release", "--restore", "1")
    assert terminal.says("prepare").startswith("three_steps: the folder holds number 2, in force is number 1. ")
    assert "* number 1" in terminal.says("releases")


def test_a_broken_folder_is_told_and_keeps_nobody_from_what_is_released(terminal: Terminal) -> None:
    another(terminal, "room", "reading_room")
    assert terminal.says("prepare").splitlines() == [
        "room: released as number 1",
        "three_steps: released as number 1",
    ]
    (terminal.library / DIAGRAM).write_text("<no xml", "utf-8")
    said = terminal.says("prepare")
    assert said.startswith("three_steps: the folder differs from number 1, which stays in force. ")
    assert "\n  error: library_card.bpmn, line 1: " in said
    terminal.edit("package.toml", 'id = "library_card"', "id =")
    said = terminal.says("prepare")
    assert said.startswith("three_steps: this folder cannot be read; what is released goes on\n  error: ")
    assert "\n  error: package.toml, line 3: This is not TOML" in said
    shutil.rmtree(terminal.packages)
    assert terminal.says("prepare") == ""
    assert terminal.says("releases").count("in force since") == 2


def test_a_package_that_may_not_be_released_keeps_nobody_from_the_others(terminal: Terminal) -> None:
    another(terminal, "broken", "broken_one")
    (terminal.packages / "broken" / DIAGRAM).write_text("<no xml", "utf-8")
    another(terminal, "wrong", "wrong_one")
    scenario = terminal.packages / "wrong/scenarios/refused.toml"
    scenario.write_text(scenario.read_text("utf-8").replace('"refused"', '"approved"'), "utf-8")
    another(terminal, "twice", "library_card")
    said = terminal.says("prepare")
    assert "broken: not released, since it has problems\n  error: " in said
    assert "\n  error: library_card.bpmn, line 1: This is not well-formed" in said
    assert "wrong: not released, since it has problems\n  error: scenarios/refused.toml, line 8, " in said
    assert "three_steps: released as number 1\n" in said
    assert "twice: another folder has the id library_card already; left alone\n" in said
    assert "(library_card)" in terminal.says("releases")


def test_many_problems_are_told_in_part(terminal: Terminal) -> None:
    terminal.says("prepare")
    names = "".join(f"{{{{ data.name_{number} }}}}\n" for number in range(30))
    mail = terminal.library / "mail/hello.md"
    mail.write_text(mail.read_text("utf-8") + names, "utf-8")
    said = terminal.says("prepare")
    assert said.count("  error: ") == 10
    assert said.endswith("  and 20 more: nintei check\n")


def test_a_portal_with_neither_folder_nor_release_says_so(terminal: Terminal) -> None:
    shutil.rmtree(terminal.packages)
    assert terminal.refuses("prepare") == f"Error: NINTEI_PACKAGES_DIR: there is no folder {terminal.packages}\n"
    assert terminal.refuses("check").endswith(f"there is no folder {terminal.packages}\n")
