"""The environment is read in one place."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
ROOTS = ("app", "admin", "hardware", "config")
READERS = {Path("config/settings.py"), Path("config/machine.py")}
NAMES = {"environ", "environb", "getenv", "getenvb", "putenv", "unsetenv"}


def readings(source: str) -> list[int]:
    """The lines of a module that touch the environment."""
    found = []
    for node in ast.walk(ast.parse(source)):
        attribute = isinstance(node, ast.Attribute) and node.attr in NAMES and not _of_a_request(node)
        imported = (
            isinstance(node, ast.ImportFrom)
            and node.module == "os"
            and any(alias.name in NAMES | {"*"} for alias in node.names)
        )
        if attribute or imported:
            found.append(node.lineno)
    return found


def _of_a_request(node: ast.Attribute) -> bool:
    """Flask's `request.environ` is what came with the request."""
    return isinstance(node.value, ast.Name) and node.value.id == "request"


def test_only_the_settings_read_the_environment() -> None:
    modules = {path.relative_to(PROJECT) for root in ROOTS for path in (PROJECT / root).rglob("*.py")}
    found = {
        f"{module}:{line}"
        for module in modules - READERS
        if "node_modules" not in module.parts
        for line in readings((PROJECT / module).read_text(encoding="utf-8"))
    }
    assert found == set(), "pass what is needed as an argument; the setting belongs into config/settings.py"


@pytest.mark.parametrize(
    "source",
    [
        "import os\nos.environ['X']",
        "import os as o\no.getenv('X')",
        "from os import environ as e",
        "from os import *",
    ],
)
def test_no_way_of_reading_it_goes_unseen(source: str) -> None:
    assert readings(source)
