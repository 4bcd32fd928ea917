"""The cards' room runs on the desk's own computer, whatever its system: nothing in it needs what only POSIX has."""

from __future__ import annotations

import subprocess
import sys

POSIX_ONLY = ("fcntl", "grp", "pwd", "resource", "termios", "tty", "syslog", "readline")
IMPORTS = """
import importlib, pkgutil, sys
for name in {missing!r}:
    sys.modules[name] = None  # an import of it fails, as on Windows
import hardware
for found in pkgutil.walk_packages(hardware.__path__, "hardware."):
    if not found.name.endswith("__main__"):
        importlib.import_module(found.name)
print(sum(name.startswith("hardware") for name in sys.modules))
"""


def test_everything_is_imported_without_the_modules_of_posix() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORTS.format(missing=POSIX_ONLY)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 30
