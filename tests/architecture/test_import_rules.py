"""The import rules hold, name everything they should, and break when they are broken."""

from __future__ import annotations

import configparser
import importlib.metadata
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
ROOTS = ("app", "admin", "hardware", "config")

# One violation for each contract: the file to plant, and what it says.
VIOLATIONS = {
    "house": ("app/store/planted.py", "import app.services\n"),
    "rooms": ("app/utils.py", "ANYTHING = 1\n"),
    "use-cases": ("app/cli/planted.py", "import app.store\n"),
    "flask": ("app/services/planted.py", "import flask_security\n"),
    "engine": ("app/catalogue/planted.py", "import SpiffWorkflow\n"),
    "database": ("app/web/planted.py", "import playhouse.pool\n"),
    "reader": ("hardware/planted.py", "import smartcard.scard\n"),
    "xml": ("app/connectors/planted.py", "from xml.etree import ElementTree\n"),
    "bucket": ("app/services/planted_bucket.py", "import boto3\n"),
    "circles": ("app/services/base/planted.py", "import app.services.pages.worklist\n"),
}


def contracts() -> dict[str, dict[str, str]]:
    parser = configparser.ConfigParser()
    parser.read(PROJECT / ".importlinter")
    return {
        name.removeprefix("importlinter:contract:"): dict(parser[name])
        for name in parser.sections()
        if name != "importlinter"
    }


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our Python and the rules, elsewhere."""
    folder = tmp_path_factory.mktemp("house")
    only_python = shutil.ignore_patterns("node_modules", "static", "__pycache__", "templates", "translations")
    for root in ROOTS:
        shutil.copytree(PROJECT / root, folder / root, ignore=only_python)
    shutil.copy(PROJECT / ".importlinter", folder)
    return folder


def broken(folder: Path) -> set[str]:
    """Ids of the contracts that import-linter reports as broken there."""
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache", "--no-logo"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    verdicts = dict(re.findall(r"^(.+) (KEPT|BROKEN)\b", done.stdout, re.MULTILINE))
    names = {contract["name"]: key for key, contract in contracts().items()}
    assert set(verdicts) == set(names), done.stdout + done.stderr
    return {names[name] for name, verdict in verdicts.items() if verdict == "BROKEN"}


def test_every_contract_is_kept(copy: Path) -> None:
    assert broken(copy) == set()


def test_every_contract_breaks_when_it_is_violated(copy: Path) -> None:
    assert set(VIOLATIONS) == set(contracts()), "a contract without a violation proves nothing"
    planted = []
    try:
        for place, text in VIOLATIONS.values():
            (copy / place).write_text(text)
            planted.append(copy / place)
        assert broken(copy) == set(VIOLATIONS)
    finally:
        for path in planted:
            path.unlink()


def test_the_ban_on_flask_names_every_flask_extension_installed() -> None:
    installed = {top for top in importlib.metadata.packages_distributions() if top.startswith("flask")}
    assert installed <= set(contracts()["flask"]["forbidden_modules"].split())


@pytest.mark.parametrize("name", ["flask", "engine", "database"])
def test_a_ban_covers_every_room_but_those_it_names(name: str) -> None:
    """A room that is added later must not slip through."""
    allowed = {
        "flask": {"app.main", "app.web", "admin"},
        "engine": {"app.engine"},
        "database": {"app.store", "admin"},
    }
    rooms = {
        f"app.{path.stem}"
        for path in (PROJECT / "app").iterdir()
        if (path.suffix == ".py" or (path / "__init__.py").exists()) and path.stem != "__init__"
    }
    everything = rooms | {"app.main", "admin", "hardware", "config"}
    assert set(contracts()[name]["source_modules"].split()) == everything - allowed[name]
