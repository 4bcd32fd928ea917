"""No key, component or 技能者ID in any log, error, repr, traceback or file, whatever happens."""

from __future__ import annotations

import logging
import subprocess
import sys
import traceback
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from hardware import TRAFFIC, Act, Desk, Expected, FileJournal, KeyStore, LentCard, VirtualRack, make_key_file
from hardware.errors import CardError
from hardware.facts import Role
from hardware.profiles.layout import KEY_CONTEXT
from hardware.transport import describe
from hardware.virtual import Memory
from tests.fakes.card import FakeCard, PulledCard, SpoiledLine
from tests.hardware.conftest import PLAN, TEST_DATA, WORKER_ID, FixedKeys


def forms(secret: bytes) -> tuple[str, ...]:
    """The ways in which a secret shows in text."""
    return (
        secret.hex(),
        secret.hex().upper(),
        secret.hex(" "),
        secret.hex(" ").upper(),
        str(list(secret))[1:-1],
        repr(secret)[2:-1],
    )


SECRETS = [*forms(bytes.fromhex(WORKER_ID)), *forms(TEST_DATA[:12]), WORKER_ID]


def test_a_full_run_at_traffic_level_logs_no_secret(caplog: pytest.LogCaptureFixture, keys: FixedKeys) -> None:
    caplog.set_level(TRAFFIC)
    card = FakeCard()
    desk = Desk(card.connect, keys)
    made = desk.personalise(PLAN)
    desk.verify(PLAN)
    desk.rotate(2, Expected("TEST-0001"))
    desk.return_check(Expected("TEST-0001", made.uid), Act.WIPE)
    assert "00 A4 04 00" in caplog.text
    assert "masked" in caplog.text
    for secret in [*SECRETS, *(form for key in keys.given for form in forms(key.reveal()))]:
        assert secret not in caplog.text


def test_plain_writes_and_reads_of_any_card_are_masked() -> None:
    update = bytes.fromhex("00D6820009C107" + WORKER_ID)
    assert describe(update, b"\x90\x00") == "00 D6 82 00 [10 masked] > [0 masked] 9000"
    verify_pin = bytes.fromhex("002000800431323334")
    assert "31323334" not in describe(verify_pin, b"\x90\x00")
    read = describe(bytes.fromhex("00B0820000"), bytes.fromhex("C107" + WORKER_ID + "9000"))
    assert WORKER_ID not in read
    assert read.endswith("[9 masked] 9000")
    felica = describe(bytes.fromhex("FFB0000000"), bytes.fromhex("00" * 16 + "9000"))
    assert "[16 masked]" in felica


def test_no_error_on_the_way_shows_a_secret_in_its_traceback(keys: FixedKeys) -> None:
    texts = []
    for at in range(22):
        for spoil in (True, False):
            card = FakeCard()
            if spoil:
                line = SpoiledLine(
                    card,
                    answer=lambda index, answer, at=at: answer[:-3] + b"\x00\x69\x88" if index == at else answer,
                )
                connect = line.connect
            else:
                connect = PulledCard(card, at, done=True).connect
            try:
                Desk(connect, keys).personalise(PLAN)
            except CardError as error:
                texts += [
                    "".join(traceback.format_exception(error)),
                    repr(error.params),
                ]
    assert len(texts) > 40
    everything = "\n".join(texts)
    for secret in [
        WORKER_ID,
        *(form for key in keys.given for form in (key.reveal().hex(), key.reveal().hex().upper())),
    ]:
        assert secret not in everything


def test_no_repr_shows_a_secret(keys: FixedKeys) -> None:
    card = FakeCard()
    receipt = Desk(card.connect, keys).personalise(PLAN)
    shown = repr([PLAN, receipt, card.memory, Memory.blank(b"\xf0123456"), keys.given])
    for secret in SECRETS:
        assert secret not in shown


def test_no_file_of_a_full_run_holds_a_secret(folder: Path) -> None:
    keys, rack = KeyStore.embedded(folder / "keys"), VirtualRack(folder / "rack", durable=False)
    rack.insert_blank()
    desk = Desk(rack.connect, keys, journal=FileJournal(folder / "journal.jsonl"))
    made = desk.personalise(PLAN)
    issued = make_key_file([LentCard(made.serial, made.uid, 1)], keys, vendor="v", reference="r",
                           issued=datetime(2026, 4, 1, tzinfo=UTC), expires=date(2026, 9, 1))  # fmt: skip
    (folder / "vendor.json").write_text(issued.text)
    desk.return_check(Expected(made.serial, made.uid, made.data_tag))
    found = [keys.card_key(role, 1, bytes.fromhex(made.uid), KEY_CONTEXT).reveal() for role in Role]
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) >= 6
    for path in files:
        content = path.read_bytes()
        for secret in SECRETS:
            assert secret.encode() not in content, path.name
        for key in [*found, bytes.fromhex(WORKER_ID), TEST_DATA]:
            assert key not in content, path.name
            assert key.hex().encode() not in content.lower(), path.name


def test_the_library_needs_nothing_of_the_portal_and_no_pyscard() -> None:
    code = (
        "import sys, hardware, hardware.cli, hardware.pcsc, hardware.virtual;"
        "others = {'app', 'admin', 'config', 'flask', 'peewee', 'smartcard'};"
        "bad = [m for m in sys.modules if m.split('.')[0] in others];"
        "assert not bad, bad"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


def test_traffic_has_a_name_of_its_own() -> None:
    assert logging.getLevelName(TRAFFIC) == "TRAFFIC"
    assert TRAFFIC < logging.DEBUG
