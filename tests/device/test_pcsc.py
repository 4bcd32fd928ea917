"""The whole path of a card on real pcscd, vpcd and pyscard."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from hardware import pcsc
from hardware.desk import Desk
from hardware.errors import CardError, CardRemoved, NoCard, NoDaemon, NoReader, ReaderBusy
from hardware.facts import Act, LifeCycle
from hardware.journal import MemoryJournal
from hardware.pcsc import EventKind, service
from hardware.sight import Expected
from hardware.virtual import ATR, VpcdPlug
from tests.device.conftest import wait_until_empty
from tests.device.daemon import Daemon
from tests.fakes.card import FakeCard, PulledCard
from tests.hardware.conftest import PLAN, WORKER_ID, FixedKeys

pytestmark = [pytest.mark.pcsc, pytest.mark.xdist_group("pcsc")]

Put = Callable[..., VpcdPlug]
APDUS = 22


def test_a_card_is_seen_made_proven_returned_wiped_and_pulled(
    pcscd: Daemon, readers: list[str], keys: FixedKeys
) -> None:
    card, journal = FakeCard(), MemoryJournal()
    with pcsc.Monitor() as monitor:
        assert {event.kind for event in monitor.poll(0)} == {EventKind.READER_ADDED}
        plug = pcscd.plug(card)
        inserted = monitor.poll(20)
        assert [(event.kind, event.reader, event.atr) for event in inserted] == [
            (EventKind.INSERTED, readers[0], ATR.hex().upper())
        ]

        desk = Desk(pcsc.connector(readers[0]), keys, journal=journal)
        facts = desk.identify()
        assert (facts.reader, facts.uid, facts.life_cycle) == (
            readers[0],
            card.memory.uid.hex().upper(),
            LifeCycle.BLANK,
        )
        made = desk.personalise(PLAN)
        assert made.apdus == APDUS
        assert desk.verify(PLAN).data_tag == made.data_tag
        report = desk.return_check(Expected(made.serial, made.uid, made.data_tag), Act.WIPE)
        assert report.ok
        assert card.memory.life_cycle is LifeCycle.WIPED
        assert journal.open() == []

        assert monitor.poll(0) == [], "working with a card is no event"
        plug.pull()
        assert [(event.kind, event.reader) for event in monitor.poll(20)] == [(EventKind.REMOVED, readers[0])]
    with pytest.raises(NoCard):
        desk.identify()


def test_a_card_pulled_at_every_apdu_is_finished_on_the_other_reader(
    put: Put, readers: list[str], keys: FixedKeys
) -> None:
    for at in range(APDUS):
        card, journal = FakeCard(), MemoryJournal()
        put(PulledCard(card, at, done=at % 2 == 0))
        before = card.memory
        with pytest.raises(CardRemoved):
            Desk(pcsc.connector(readers[0]), keys, journal=journal).personalise(PLAN)
        assert journal.confirmed == []
        if card.memory.files != before.files or card.memory.serial:
            assert len(journal.open()) == 1
        # Onto the other one, because vpcd's slot needs a moment after a card that broke off.
        plug = put(card, 1)
        Desk(pcsc.connector(readers[1]), keys, journal=journal).personalise(PLAN)
        assert card.memory.life_cycle is LifeCycle.PERSONALISED
        assert journal.open() == []
        plug.pull()
        wait_until_empty()


def test_two_readers_work_at_once_and_do_not_mix_their_cards(put: Put, readers: list[str], keys: FixedKeys) -> None:
    cards = [FakeCard(), FakeCard()]
    plans = [PLAN, replace(PLAN, serial="TEST-0002", worker_id="00000000000002")]
    for slot, card in enumerate(cards):
        put(card, slot)

    def work(slot: int) -> None:
        desk = Desk(pcsc.connector(readers[slot]), keys)
        for _ in range(5):
            desk.personalise(plans[slot])
            desk.verify(plans[slot])
            desk.wipe(Expected(plans[slot].serial))
        desk.personalise(plans[slot])

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))
    for card, plan in zip(cards, plans, strict=True):
        assert card.memory.serial == plan.serial.encode()
        assert card.memory.files[2] == bytes.fromhex("C107" + plan.worker_id)


def test_a_daemon_killed_in_the_middle_is_said_and_the_next_try_finishes(
    pcscd: Daemon, put: Put, keys: FixedKeys
) -> None:
    class Assassin(FakeCard):
        def transmit(self, apdu: bytes) -> bytes:
            answer = super().transmit(apdu)
            if len(self.sent) == 9:
                pcscd.kill(signal.SIGKILL)
            return answer

    card, journal = Assassin(), MemoryJournal()
    put(card)
    reader = pcsc.readers()[0]
    with pytest.raises((NoDaemon, CardRemoved)):
        Desk(pcsc.connector(reader), keys, journal=journal).personalise(PLAN)
    with pytest.raises(NoDaemon, match="does not run"):
        pcsc.readers()
    assert len(journal.open()) == 1
    assert card.memory.life_cycle is LifeCycle.PERSONALISING

    pcscd.start()
    put(card)
    receipt = Desk(pcsc.connector(reader), keys, journal=journal).personalise(PLAN)
    assert receipt.resumed
    assert journal.open() == []


def test_watching_ends_when_the_daemon_goes_away(pcscd: Daemon) -> None:
    with pcsc.Monitor() as monitor:
        monitor.poll(0)
        killer = threading.Timer(0.3, pcscd.kill, [signal.SIGKILL])
        killer.start()
        with pytest.raises(NoDaemon):
            for _ in range(20):
                monitor.poll(5)
        killer.join()


def test_a_waiting_monitor_can_be_told_to_stop(pcscd: Daemon) -> None:
    with pcsc.Monitor() as monitor:
        monitor.poll(0)
        threading.Timer(0.2, monitor.cancel).start()
        assert monitor.poll() == []


def test_a_new_monitor_tells_what_is_there_already(put: Put, readers: list[str]) -> None:
    put(FakeCard())
    with pcsc.Monitor() as monitor:
        kinds = [(event.kind, event.reader) for event in monitor.poll(0)]
    assert (EventKind.INSERTED, readers[0]) in kinds
    assert (EventKind.READER_ADDED, readers[1]) in kinds


def test_an_empty_reader_an_unknown_reader_and_a_busy_one_are_said_apart(
    put: Put, readers: list[str], keys: FixedKeys
) -> None:
    with pytest.raises(NoCard):
        pcsc.connect(readers[1])
    with pytest.raises(NoReader):
        pcsc.connect("No such reader 00 00")
    with pytest.raises(NoReader, match="Virtual PCD"):
        pcsc.only_reader("no such")
    put(FakeCard())
    held = pcsc.connect(readers[0])
    with pytest.raises(ReaderBusy):
        Desk(pcsc.connector(readers[0]), keys).identify()
    held.close()
    held.close()
    assert Desk(pcsc.connector(readers[0]), keys).identify().uid


def test_closing_resets_the_card_so_that_no_session_outlives_us(put: Put, readers: list[str], keys: FixedKeys) -> None:
    class Counting(FakeCard):
        resets = 0

        def reset(self) -> None:
            self.resets += 1
            super().reset()

    card = Counting()
    put(card)
    before = card.resets
    Desk(pcsc.connector(readers[0]), keys).personalise(PLAN)
    assert card.resets > before


def test_a_transport_says_so_after_it_was_closed(put: Put, readers: list[str]) -> None:
    put(FakeCard())
    transport = pcsc.connect(readers[0])
    transport.close()
    with pytest.raises(CardRemoved):
        transport.transmit(bytes.fromhex("FFCA000000"))


def cli(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hardware", "--folder", str(folder), *arguments],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, **environment},
        timeout=60,
    )


def test_the_command_line_works_on_the_real_stack(put: Put, readers: list[str], tmp_path: Path) -> None:
    card = FakeCard()
    put(card)
    listed = [json.loads(line) for line in cli(tmp_path, "readers", "--json").stdout.splitlines()]
    assert [(entry["reader"], entry["state"]) for entry in listed] == [(readers[0], "card"), (readers[1], "no_card")]
    seen = cli(tmp_path, "watch", "--count", "3", "--json").stdout.splitlines()
    assert {json.loads(line)["event"] for line in seen} == {"reader_added", "inserted"}
    made = cli(tmp_path, "--traffic", "personalise", "--serial", "TEST-0001", "--worker-id", WORKER_ID, "--json")
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout)["uid"] == card.memory.uid.hex().upper()
    assert "masked" in made.stderr
    assert WORKER_ID not in made.stdout + made.stderr
    assert "TEST-0001" in cli(tmp_path, "read").stdout
    assert cli(tmp_path, "verify", "--serial", "TEST-0001").returncode == 0
    refused = cli(tmp_path, "wipe", "--serial", "TEST-0002", "--yes", "--json")
    assert (refused.returncode, json.loads(refused.stdout)["error"]) == (1, "wrong_card")
    assert cli(tmp_path, "wipe", "--serial", "TEST-0001", "--yes").returncode == 0
    assert card.memory.life_cycle is LifeCycle.WIPED
    empty = cli(tmp_path, "--reader", readers[1], "read", "--json")
    assert (empty.returncode, json.loads(empty.stdout)["error"]) == (4, "no_card")


def test_a_batch_asks_for_the_next_card_and_makes_each(put: Put, readers: list[str], tmp_path: Path) -> None:
    cards = [FakeCard() for _ in range(3)]
    plan = tmp_path / "plan.csv"
    rows = [f"B-{number},0000000000000{number},0{number}" for number in range(3)]
    plan.write_text("serial,worker_id,test_data\n" + "\n".join(rows) + "\n")
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "hardware",
            "--folder",
            str(tmp_path),
            "--reader",
            readers[0],
            "personalise",
            "--plan",
            str(plan),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert process.stderr is not None
    assert process.stdout is not None
    done = []
    for card in cards:
        while "put the next card" not in process.stderr.readline():
            pass
        plug = put(card)
        done.append(process.stdout.readline())
        plug.pull()
    assert process.wait(60) == 0
    assert ["made and proven" in line for line in done] == [True] * 3
    assert [card.memory.serial for card in cards] == [b"B-0", b"B-1", b"B-2"]


def test_no_error_of_the_stack_is_nameless(pcscd: Daemon) -> None:
    with pytest.raises(CardError):
        service.fail(0x80100031 - (1 << 32), "Trying")
