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
    planned = [part for part in parts if part.startswith("[[case]]")]
    dropped = [part for number, part in enumerate(planned, 1) if number not in cases]
    text = "".join(part for part in parts if part not in dropped)
    for email in re.findall(r'^email = (".+")$', "".join(dropped), flags=re.MULTILINE):
        text = re.sub(rf"(, )?{re.escape(email)}", "", text)  # of the clients of an agent
    file.write_text(text, "utf-8")
    return packages
