"""Writes the command `nintei` into this virtual environment and puts the project folder on its path.

An editable install does the same by way of build hooks, a wheel and an egg-info folder in the source tree:
two small files are easier to see through and cannot fail for want of a build tool.
"""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
# A path in a #! line may hold no blank and is cut after some hundred characters: let the shell start Python.
COMMAND = """\
#!/bin/sh
'''exec' "{python}" "$0" "$@"
' '''
from app.main import main
raise SystemExit(main())
"""


def main() -> None:
    """Write nintei.pth and bin/nintei; both are overwritten each time."""
    if sys.prefix == sys.base_prefix:
        raise SystemExit("Run this with a virtual environment: .venv/bin/python scripts/launcher.py")
    Path(sysconfig.get_path("purelib"), "nintei.pth").write_text(f"{PROJECT}\n", encoding="utf-8")
    command = Path(sysconfig.get_path("scripts"), "nintei")
    command.write_text(COMMAND.format(python=sys.executable), encoding="utf-8")
    command.chmod(0o755)


if __name__ == "__main__":
    main()
