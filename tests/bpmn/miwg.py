"""The reference models of the BPMN Model Interchange Working Group (miwg.md says whose they are)."""

from __future__ import annotations

import tarfile
from pathlib import Path

ARCHIVE = Path(__file__).with_name("miwg.tar.xz")


def models() -> dict[str, bytes]:
    """Each diagram by its name: "A.1.0.bpmn"."""
    with tarfile.open(ARCHIVE) as archive:
        members = [each for each in archive.getmembers() if each.name.endswith(".bpmn")]
        return {Path(each.name).name: archive.extractfile(each).read() for each in members}  # type: ignore[union-attr]  # files
