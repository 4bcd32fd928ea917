"""Brings diagrams into the form in which the portal writes them, so that a comparison shows what somebody changed.

diagrams.py [FILE…]   rewrite these files, by default all below bpmn/, and name those that changed
"""

from __future__ import annotations

import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from app import bpmn  # noqa: E402 - found only now
from app.text.xml import XmlRefused  # noqa: E402


def main(names: list[str]) -> int:
    """The exit code: 1 where a file could not be read."""
    wrong = 0
    for path in [Path(name) for name in names] or sorted((PROJECT / "bpmn").rglob("*.bpmn")):
        before = path.read_bytes()
        try:
            after = bpmn.write(bpmn.read(path.name, before).document)
        except XmlRefused as error:
            print(f"{path}: {error}", file=sys.stderr)
            wrong = 1
            continue
        if after != before:
            path.write_bytes(after)
            print(path)
    return wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
