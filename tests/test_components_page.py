"""docs/components.md names time frames, and what it says of libraries and of their renewal is so."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from config.components import FRAME, RENEWED

PROJECT = Path(__file__).parents[1]
PAGE = (PROJECT / "docs" / "components.md").read_text("utf-8")
LOCKED = set(re.findall(r"^([\w.-]+)==", (PROJECT / "config/locks/base.lock").read_text("utf-8"), re.MULTILINE))


def test_each_risk_has_its_time_frame_the_worse_the_sooner() -> None:
    frames = dict(re.findall(r"^\| .+ \| (\w+) \| (\d+) days \|$", PAGE, re.MULTILINE))
    assert list(frames) == ["critical", "high", "medium", "renewal", "replaced"]
    days = [int(each) for each in frames.values()]
    assert days == sorted(days)
    assert int(frames["renewal"]) == FRAME


def test_what_reads_strangers_bytes_is_among_what_the_portal_runs_on() -> None:
    named = set(re.findall(r"`([\w-]+)`", PAGE.partition("## What reads strangers")[2].partition("## How")[0]))
    assert len(named) > 20
    assert named - LOCKED == set()


def test_a_renewal_writes_its_day() -> None:
    script = (PROJECT / "scripts" / "lock.sh").read_text("utf-8")
    (pattern,) = re.findall(r"sed -i 's/(.+?)/RENEWED", script)
    pattern = pattern.replace("(", r"\(").replace(")", r"\)")  # they are letters to sed
    assert re.search(pattern, (PROJECT / "config/components.py").read_text("utf-8"), re.MULTILINE)
    assert date(2026, 1, 1) < RENEWED
