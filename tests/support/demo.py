"""The demo with fewer cases: each of them walks, draws and signs all the papers of its way."""

from __future__ import annotations

import re
import shutil
from collections.abc import Container
from pathlib import Path

from tests.support.loaded import PROJECT

PACKAGE = "ccus_api_certification"


def short(packages: Path, cases: Container[int]) -> Path:
    """Put the shipped packages there, with these cases of the demo alone (counted from 1); the folder again."""
    shutil.copytree(PROJECT / "bpmn", packages)
    file = packages / PACKAGE / "demo.toml"
    parts = re.split(r"^(?=\[\[\w+\]\]$)", file.read_text("utf-8"), flags=re.MULTILINE)
    kept, number = [], 0
    for part in parts:
        case = part.startswith("[[case]]")
        number += case
        if not case or number in cases:
            kept.append(part)
    file.write_text("".join(kept), "utf-8")
    return packages
