"""What is tracked here is fit for strangers: no address of anybody's machine, and commands that exist."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
import warnings
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
# Each with a class of one letter, so that this file does not find itself.
REGISTRIES = re.compile(
    r"[p]ypi\.org|[p]ythonhosted\.org|[r]egistry\.npmjs|[d]eb\.debian\.org|[n]pmmirror|[i]ndex-url|[a]rtifactory"
)
MACHINE_PATHS = re.compile(r"(?<![\w./-])/(?:[w]ork|[r]oot|[h]ome/\w+|[U]sers/\w+|[o]pt/pypi)/")
LONG_MODULE = 250  # lines, from which on a module asks whether it is two
LONGEST_MODULE = 340  # it is two


def tracked() -> list[Path]:
    if not shutil.which("git"):
        pytest.skip("git: not installed here (apt-get install git)")
    done = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip("git: this is not a clone")
    return [PROJECT / name for name in done.stdout.split("\0") if name and (PROJECT / name).is_file()]


def texts() -> list[tuple[str, str]]:
    found = []
    for path in tracked():
        try:
            found.append((str(path.relative_to(PROJECT)), path.read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            continue
    return found


def test_no_tracked_file_names_a_package_registry_or_a_path_of_somebodys_machine() -> None:
    found = [
        f"{name}: {match.group()}"
        for name, text in texts()
        for match in [REGISTRIES.search(text), MACHINE_PATHS.search(text)]
        # How the lock command keeps such addresses out of the locks.
        if match and not (name == "scripts/lock.sh" and match.group().startswith("index-"))
    ]
    assert found == []


def test_no_test_listens_on_a_port_that_it_has_not_been_given() -> None:
    """Another run of the tests on this machine, or anybody's program, may have any port that is written down."""
    listens = re.compile(r"(?:bind|create_server|HTTPServer|make_server|start_server)\(\(?\s*[\"'][\d.]*[\"'], [1-9]")
    written = re.compile(r"127\.0\.0\.1:1\d{4}")
    found = [
        name
        for name, text in texts()
        if name.startswith("tests/") and (listens.search(text) or (written.search(text) and "attacks" in name))
    ]
    assert found == []


def test_nothing_that_is_made_is_tracked() -> None:
    made = re.compile(r"(^|/)(node_modules|__pycache__|\.venv|dist|var)/|\.(pyc|mo|db|sqlite3?)$")
    assert [str(path) for path in tracked() if made.search(str(path.relative_to(PROJECT)))] == []


def test_every_locked_package_has_its_hashes() -> None:
    for lock in (PROJECT / "config/locks").glob("*.lock"):
        packages = [text for text in re.split(r"\n(?=[a-z])", lock.read_text()) if text.strip()]
        assert packages
        assert all("--hash=sha256:" in text for text in packages), lock.name


def test_what_pyproject_asks_for_is_in_the_lock() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    for lock, asked in {"base": project["dependencies"], **extras}.items():
        text = (PROJECT / f"config/locks/{lock}.lock").read_text()
        locked = set(re.findall(r"^([\w.-]+)==", text, re.MULTILINE))
        names = {re.split(r"[\[<>=~ ]", each)[0].lower() for each in asked}
        assert names <= locked, f"run `make lock`: {names - locked} are not in {lock}.lock"


def test_the_commands_that_the_readme_and_the_docs_give_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))
    readme = (PROJECT / "README.md").read_text()
    assert {"make run", "make test"} <= set(re.findall(r"^make [a-z-]+", readme, re.MULTILINE))
    for page in [PROJECT / "README.md", *(PROJECT / "docs").rglob("*.md")]:
        named = set(re.findall(r"(?:^|`)make ([a-z-]+)", page.read_text(), re.MULTILINE))
        assert named <= targets, page.name


def test_links_between_our_pages_lead_somewhere() -> None:
    for page in [PROJECT / "README.md", *(PROJECT / "docs").rglob("*.md")]:
        for link in re.findall(r"\]\(([^)#\s]+)", page.read_text()):
            if "://" not in link and not link.startswith("mailto:"):
                assert (page.parent / link).exists(), f"{page.name} → {link}"


def test_modules_that_the_pages_name_are_there() -> None:
    named = re.compile(r"(?<![\w/.])((?:app|admin|hardware|config|scripts|tests)/[\w/]+\.py)")
    pages = [PROJECT / "README.md", PROJECT / "CONTRIBUTING.md", *(PROJECT / "docs").rglob("*.md")]
    found = [(page.name, name) for page in pages for name in named.findall(page.read_text(encoding="utf-8"))]
    assert len(found) > 30
    assert [each for each in found if not (PROJECT / each[1]).exists()] == []


def test_long_modules_are_named() -> None:
    """A warning, until the module is so long that nobody reads it as one."""
    long = {
        name: lines
        for name, text in texts()
        if name.endswith(".py") and not name.startswith("tests/") and (lines := text.count("\n")) > LONG_MODULE
    }
    assert {name: lines for name, lines in long.items() if lines > LONGEST_MODULE} == {}
    if long:
        warnings.warn(f"over {LONG_MODULE} lines, to be split by noun: {long}", stacklevel=1)


def test_what_the_tests_ask_to_be_installed_is_installed_by_make_test() -> None:
    """A part that is skipped for want of a package would otherwise be skipped for ever on a fresh machine."""
    installed = set(
        re.findall(r'^wanted="(.*)"$', (PROJECT / "scripts/system-packages.sh").read_text(), re.MULTILINE)[0].split()
    )
    asked = {
        name
        for path, text in texts()
        if path.startswith("tests/")
        for names in re.findall(r"\(apt-get install ([a-z0-9 .+-]+)[),]", text)
        for name in names.split()
    }
    assert "chromium-headless-shell" in asked
    assert asked - installed == {"python3-dev", "util-linux"}  # only beside Debian's own Python; part of every Debian
