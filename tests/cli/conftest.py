"""The command `nintei` as people type it, in this process: with its settings, its language, and a place of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import Result

from tests.support.terminal import typed

PACKAGES = Path(__file__).parents[1] / "packages"
SECRET = "a secret of the tests, long enough"


class Terminal:
    """A folder with packages in it, a data folder, and somebody who types."""

    def __init__(self, folder: Path) -> None:
        self.packages = folder / "bpmn"
        self.library = self.packages / "three_steps"
        shutil.copytree(PACKAGES / "three_steps", self.library)
        self.clock = folder / "clock.txt"
        self.environment = {
            "NINTEI_DATA_DIR": str(folder / "data"),
            "NINTEI_PACKAGES_DIR": str(self.packages),
            "NINTEI_SECRET_KEY": SECRET,
            "NINTEI_CLOCK_FILE": str(self.clock),
            "NINTEI_SINGLE_APPROVAL": "yes",  # that somebody else approves has a test of its own
            "LC_ALL": "en_GB.UTF-8",
        }

    def type(self, *arguments: str, **environment: str) -> Result:
        """What comes of `nintei <arguments>`; a traceback fails the test."""
        return typed(arguments, {**self.environment, **environment})

    def says(self, *arguments: str, **environment: str) -> str:
        """What it prints when all is well."""
        result = self.type(*arguments, **environment)
        assert result.exit_code == 0, result.output
        return result.output

    def refuses(self, *arguments: str, **environment: str) -> str:
        """What it prints when it does not do it."""
        result = self.type(*arguments, **environment)
        assert result.exit_code == 1, result.output
        return result.output

    def edit(self, path: str, old: str, new: str) -> None:
        """Change a file of the library's package."""
        file = self.library / path
        before = file.read_text("utf-8")
        assert old in before
        file.write_text(before.replace(old, new, 1), "utf-8")


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.chdir(tmp_path)
    return Terminal(tmp_path)
