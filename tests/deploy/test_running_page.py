"""docs/running.md: what it tells to type is there to be typed, in both languages the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.cli.commands import commands
from config.settings import Settings, environment_name

PROJECT = Path(__file__).parents[2]
PAGES = ("running", "upgrade", "backup")


def text(page: str) -> str:
    return (PROJECT / "docs" / page).read_text("utf-8")


def shown(page: str) -> list[str]:
    """Each command of ours that stands there, whole."""
    return re.findall(r"(?:^|`)(nintei(?: [^`\n]+)?)(?:`|$)", text(page), re.MULTILINE)


@pytest.mark.parametrize("page", [f"{page}{language}.md" for page in PAGES for language in ("", ".en")])
def test_commands_and_options_are_there(page: str) -> None:
    for line in shown(page):
        words, found = line.split(), commands
        for word in words[1:]:
            if word.startswith("-"):
                known = {option for each in found.params for option in each.opts}
                assert word in known, line
            elif hasattr(found, "commands") and word in found.commands:
                found = found.commands[word]
        assert found is not commands or len(words) == 1, line


@pytest.mark.parametrize("page", [f"{page}{language}.md" for page in PAGES for language in ("", ".en")])
def test_settings_and_files_are_there(page: str) -> None:
    known = {environment_name(each) for each in Settings.__dataclass_fields__.values()} | {
        "NINTEI_CONFIG",
        "NINTEI_SECRETS_DIR",
    }
    assert set(re.findall(r"NINTEI_[A-Z_]+", text(page))) <= known
    for place in re.findall(r"`?\b(deploy/[\w./*@-]+)", text(page)):
        assert list(PROJECT.glob(place.rstrip("."))), place
    for link in re.findall(r"\]\((\w[\w-]*\.md)", text(page)):
        assert (PROJECT / "docs" / link).exists(), link


def test_both_languages_tell_to_type_the_same() -> None:
    for page in PAGES:
        japanese, english = shown(f"{page}.md"), shown(f"{page}.en.md")
        assert sorted({each.split("--into")[0].strip() for each in japanese}) == sorted(
            {each.split("--into")[0].strip() for each in english}
        )
