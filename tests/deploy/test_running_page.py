"""docs/running.md: what it tells to type is there to be typed, in both languages the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

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
    known |= set(re.findall(r"\$\{(NINTEI_\w+)", (PROJECT / "deploy/container/compose.yaml").read_text("utf-8")))
    assert set(re.findall(r"NINTEI_[A-Z_]+", text(page))) <= known
    own = {line.rstrip("/") for line in (PROJECT / ".gitignore").read_text("utf-8").split()}  # made by who runs it
    for place in re.findall(r"`?\b(deploy/[\w./*@-]+)", text(page)):
        assert place.rstrip("/") in own or list(PROJECT.glob(place.rstrip("."))), place
    for link in re.findall(r"\]\((\w[\w-]*\.md)", text(page)):
        assert (PROJECT / "docs" / link).exists(), link


@pytest.mark.parametrize("page", PAGES)
def test_other_programs_are_told_the_same_in_both_languages(page: str) -> None:
    boxes = [
        re.findall(r"```(?:sh|yaml)\n(.*?)```", text(f"{page}{language}.md"), re.DOTALL) for language in ("", ".en")
    ]
    japanese, english = ([line for box in each for line in box.splitlines() if "--into" not in line] for each in boxes)
    assert japanese == english


def test_figures_are_asked_for_where_the_proxy_does_not_hide_them() -> None:
    """The proxy answers 404 at its own address."""
    (scrapes,) = re.findall(r"```yaml\n(.*?)```", text("running.md"), re.DOTALL)
    (job,) = yaml.safe_load(scrapes)["scrape_configs"]
    assert [each["targets"] for each in job["static_configs"]] == [["127.0.0.1:8000"]]
    assert f"ListenStream={job['static_configs'][0]['targets'][0]}" in (
        PROJECT / "deploy/systemd/nintei.socket"
    ).read_text("utf-8")


def test_the_command_of_a_machine_is_the_service_s_own() -> None:
    """`nintei …` of the manual: the program, the settings and the user of the unit."""
    command = (PROJECT / "deploy/systemd/nintei").read_text("utf-8")
    unit = (PROJECT / "deploy/systemd/nintei.service").read_text("utf-8")
    for name in ("User", "Group", "EnvironmentFile", "UMask"):
        (value,) = re.findall(rf"^{name}=(.*)$", unit, re.MULTILINE)
        assert re.search(
            rf"(--{'uid' if name == 'User' else 'gid'}=|--property={name}=){re.escape(value)}\s", command
        ), name
    (program,) = re.findall(r"^ExecStart=(\S+) run$", unit, re.MULTILINE)
    assert f'{program} "$@"' in command
    assert "NINTEI_DATA_DIR=/var/lib/nintei" in unit
    assert "--setenv=NINTEI_DATA_DIR=/var/lib/nintei" in command


def test_both_languages_tell_to_type_the_same() -> None:
    for page in PAGES:
        japanese, english = shown(f"{page}.md"), shown(f"{page}.en.md")
        assert sorted({each.split("--into")[0].strip() for each in japanese}) == sorted(
            {each.split("--into")[0].strip() for each in english}
        )
