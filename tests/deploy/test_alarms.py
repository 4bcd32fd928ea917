"""Each alarm reads figures that there are, and the manuals say of each what to do."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from app.web.frame import counting
from tests.support import needs

PROJECT = Path(__file__).parents[2]
RULES = PROJECT / "deploy/prometheus/alerts.yml"
ALARMS = re.findall(r"alert: (\w+)", RULES.read_text("utf-8"))
WATCHING = (PROJECT / "app/web/public/watching.py").read_text("utf-8")


@pytest.mark.parametrize("manual", ["running.md", "running.en.md"])
def test_the_manual_has_a_line_for_each_alarm_and_for_no_other(manual: str) -> None:
    told = re.findall(r"^\| `(Nintei\w+)` \|", (PROJECT / "docs" / manual).read_text("utf-8"), re.MULTILINE)
    assert told == ALARMS


def test_alarms_read_figures_that_there_are() -> None:
    counted = {sample.name for family in counting.OWN.collect() for sample in family.samples}
    counted |= {f"{family.name}_{what}" for family in counting.OWN.collect() for what in ("bucket", "total", "count")}
    known = set(re.findall(r'"(nintei_\w+)"', WATCHING)) | counted
    read = set(re.findall(r"\bnintei_\w+", RULES.read_text("utf-8")))
    assert read <= known, read - known


@needs.needs("promtool")
def test_prometheus_takes_the_rules() -> None:
    promtool = shutil.which("promtool")
    assert promtool is not None
    done = subprocess.run([promtool, "check", "rules", str(RULES)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
