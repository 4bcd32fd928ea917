"""The program is killed at random while it makes and wipes cards. Then card and journal agree, and the work goes on."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from hardware import Act, Desk, Expected, FileJournal, KeyStore, LifeCycle, Plan, VirtualRack
from tests.hardware.conftest import WORKER_ID

WORK = """
import sys
from pathlib import Path
from hardware import Desk, Expected, FileJournal, KeyStore, Plan, VirtualRack
folder = Path(sys.argv[1])
keys, rack = KeyStore.embedded(folder / "keys"), VirtualRack(folder / "rack", durable=False)
desk = Desk(rack.connect, keys, journal=FileJournal(folder / "journal.jsonl"))
plan = Plan("TEST-0001", sys.argv[2], bytes(range(256)))
known = [entry.serial for entry in rack.cards()]
rack.insert("TEST-0001") if "TEST-0001" in known else rack.insert_blank()
print("ready", flush=True)
while True:
    desk.personalise(plan)
    desk.wipe(Expected("TEST-0001"))
"""
KILLS = 12


def test_a_desk_killed_at_random_never_disagrees_with_its_card(tmp_path: Path) -> None:
    chance = random.Random(4)
    keys, rack = KeyStore.embedded(tmp_path / "keys"), VirtualRack(tmp_path / "rack")
    plan = Plan("TEST-0001", WORKER_ID, bytes(range(256)))
    seen = set()
    for _ in range(KILLS):
        process = subprocess.Popen(
            [sys.executable, "-c", WORK, str(tmp_path), WORKER_ID],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(chance.uniform(0, 0.05))
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        process.stdout.close()

        journal = FileJournal(tmp_path / "journal.jsonl")
        desk = Desk(rack.connect, keys, journal=journal)
        state = desk.identify().life_cycle
        seen.add(state)
        if state is LifeCycle.PERSONALISING:
            assert Act.PERSONALISE in {intent.act for intent in journal.open()}
        assert len(journal.open()) <= 1
        desk.personalise(plan)
        assert desk.verify(plan).already
        desk.wipe(Expected("TEST-0001"))
        assert journal.open() == []
        assert len(list(rack.cards())) == 1, "no second card was begun"
    assert len(seen) > 1, "it was caught in more than one state"
