"""What the first docstring of the library shows can be typed as it stands there."""

from __future__ import annotations

import textwrap
from datetime import timedelta
from pathlib import Path

import hardware
from tests.hardware.conftest import NOW, TEST_DATA, WORKER_ID


def test_the_example_runs(folder: Path) -> None:
    _, _, behind = (hardware.__doc__ or "").partition("::\n\n")
    lines = [line for line in behind.splitlines() if not line or line.startswith("    ")]
    given = {
        "folder": folder, "ledger": hardware.MemoryJournal(), "serial": "TEST-0001", "worker_id": WORKER_ID,
        "test_data": TEST_DATA, "progress": None, "vendor": "V", "case": "C", "now": NOW,
        "last_day": (NOW + timedelta(days=30)).date(),
    }  # fmt: skip
    names = {**vars(hardware), **given}
    exec(compile(textwrap.dedent("\n".join(lines)), "hardware", "exec"), names)
    assert names["facts"].uid == names["lent"].uid
    assert len(names["issue"].letters) == 2
