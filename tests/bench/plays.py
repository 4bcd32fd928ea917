"""Plays: how long until the first page is there, and what four at once take of the memory.

    python -m tests.bench.plays

With the real host and the certification package; what processes share counts once (PSS, proc(5)).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from app import catalogue
from app.cli import playhost
from app.services.packages import folders
from app.services.plays.hosts import Plays, file_of
from config import machine
from config.clock import SystemClock
from tests.support.network import wait_until

BPMN = Path(__file__).parents[2] / "bpmn"
MOST = 4
LAUNCH = playhost.LAUNCH.replace("lifeline.hold(); ", "")
HTML = {"Accept": "text/html"}
MEGABYTE = 1 << 20


def first_page(plays: Plays, owner: int, archive: bytes) -> float:
    """Seconds from the press until the page of somebody who is about to apply is there."""
    begun = time.monotonic()
    play = plays.start(owner, "bench", "workspace:1", archive, "ja", SystemClock().now())
    wait_until(lambda: plays.of(play).state == "ready", 120, "the Play", 0.02)
    page = plays.ask(play, "GET", "/guest/apply", HTML)
    assert page.status == 200, page.status
    return time.monotonic() - begun


def main() -> None:
    archive = catalogue.to_archive(folders.read(BPMN / "ccus_api_certification"))
    with tempfile.TemporaryDirectory() as folder:
        file, plays = file_of(Path(folder)), Plays(Path(folder))
        command = [sys.executable, "-c", LAUNCH, "playhost", str(file), str(MOST)]
        with subprocess.Popen(command, env=machine.bare_environment(), cwd=BPMN.parent) as process:
            try:
                wait_until(file.exists, 60, "the host of Plays")
                host = psutil.Process(process.pid)
                first_page(plays, 0, archive)  # imports the portal, as the host does by itself while nobody asks
                alone = host.memory_full_info().pss / MEGABYTE
                took = sorted(first_page(plays, owner, archive) for owner in range(MOST))
                children = host.children()
                each = [child.memory_full_info() for child in children]
                whole = sum(info.pss for info in each) + host.memory_full_info().pss
                spent = max(sum(child.cpu_times()[:2]) for child in children)
                print(f"first page after {took[0]:.1f} to {took[-1]:.1f} s (aim 3), {spent:.1f} s of a processor")
                print(
                    f"{len(each)} at once: {whole / MEGABYTE:.0f} MB together with their host (aim 1,000), each "
                    f"{max(info.uss for info in each) / MEGABYTE:.0f} MB of its own; host and one: {alone:.0f} MB"
                )
            finally:
                process.terminate()
                process.wait(30)


if __name__ == "__main__":
    main()
