"""The manuals name commands and options that there are, and every one of a release is in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.conftest import Terminal

DOCS = Path(__file__).parents[2] / "docs"
MANUALS = ("analysts.md", "analysts.en.md")
SHOWN = re.compile(r"`nintei ((?:release|releases|check|diff|export|import)\b[^`]*)`")


def commands(manual: str) -> set[tuple[str, frozenset[str]]]:
    """Command and options of each line that a manual shows."""
    shown = SHOWN.findall((DOCS / manual).read_text("utf-8"))
    return {(each.split()[0], frozenset(re.findall(r"--[a-z-]+", each))) for each in shown}


@pytest.mark.parametrize("manual", [*MANUALS, "scenarios.md", "package-format.md"])
def test_every_command_that_a_manual_shows_is_there_with_its_options(manual: str, terminal: Terminal) -> None:
    for command, options in commands(manual):
        known = terminal.says(command, "--help")
        assert [option for option in options if option not in known] == [], command


def test_both_languages_show_the_same_commands() -> None:
    japanese, english = (commands(manual) for manual in MANUALS)
    assert japanese == english
    assert {
        ("release", frozenset({"--restore", "--note", "--approved-by"})),
        ("release", frozenset({"--stop"})),
    } <= japanese
