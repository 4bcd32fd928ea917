from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest

from hardware import Desk, KeyStore, VirtualRack
from hardware.errors import BadResponse, CardRemoved, NoCard, NoReader, ReaderBusy
from hardware.facts import LifeCycle
from hardware.virtual import ATR, VpcdPlug
from tests.fakes.card import FakeCard, PulledCard
from tests.hardware.conftest import PLAN, TEST_DATA, WORKER_ID

GET_UID = bytes.fromhex("FFCA000000")


@pytest.fixture
def rack(folder: Path) -> VirtualRack:
    return VirtualRack(folder, durable=False)


def test_an_empty_reader_says_so(rack: VirtualRack) -> None:
    with pytest.raises(NoCard):
        rack.connect()


def test_blanks_appear_as_needed_and_are_used_before_new_ones_are_made(rack: VirtualRack, folder: Path) -> None:
    first = rack.insert_blank().uid
    assert rack.insert_blank().uid == first
    Desk(rack.connect, KeyStore.embedded(folder / "keys")).personalise(PLAN)
    assert rack.insert_blank().uid != first
    assert len(list(rack.cards())) == 2


def test_a_blank_that_was_begun_is_finished_before_another_is_taken(rack: VirtualRack, folder: Path) -> None:
    keys = KeyStore.embedded(folder / "keys")
    begun = rack.insert_blank()
    for at in range(6):  # the next one gives it its serial, and it is found by that
        with pytest.raises(CardRemoved):
            Desk(PulledCard(rack.connect(), at, done=True).connect, keys).personalise(PLAN)
        assert rack.insert_blank().uid == begun.uid
    assert len(list(rack.cards())) == 1
    other = VirtualRack(folder, "other", durable=False)
    assert other.insert_blank().uid != begun.uid


def test_a_card_keeps_what_was_written_across_processes(rack: VirtualRack, folder: Path) -> None:
    keys = KeyStore.embedded(folder / "keys")
    rack.insert_blank()
    made = Desk(rack.connect, keys).personalise(PLAN)
    elsewhere = VirtualRack(folder)
    assert Desk(elsewhere.connect, keys).verify(PLAN).data_tag == made.data_tag
    elsewhere.eject()
    with pytest.raises(NoCard):
        rack.connect()
    assert rack.insert("TEST-0001").uid == made.uid
    assert rack.insert_uid(made.uid).uid == made.uid
    assert [(entry.serial, entry.life_cycle) for entry in rack.cards()] == [("TEST-0001", LifeCycle.PERSONALISED)]


def test_a_card_that_the_rack_does_not_have_cannot_be_inserted(rack: VirtualRack) -> None:
    with pytest.raises(NoCard):
        rack.insert("TEST-0009")
    with pytest.raises(NoCard):
        rack.insert_uid("F000")


def test_a_card_taken_off_the_reader_is_pulled(rack: VirtualRack) -> None:
    card = rack.insert_blank()
    assert card.transmit(GET_UID).endswith(b"\x90\x00")
    rack.eject()
    with pytest.raises(CardRemoved):
        card.transmit(GET_UID)


def test_two_readers_of_one_rack_never_take_the_same_blank(folder: Path) -> None:
    left, right = VirtualRack(folder, "left", durable=False), VirtualRack(folder, "right", durable=False)
    assert left.insert_blank().uid != right.insert_blank().uid
    assert left.connect().reader == "left"


def test_a_card_is_held_by_one_at_a_time(rack: VirtualRack) -> None:
    first, second = rack.insert_blank(), rack.connect()
    first.transmit(GET_UID)
    with pytest.raises(ReaderBusy):
        second.transmit(GET_UID)
    first.close()
    assert second.transmit(GET_UID).endswith(b"\x90\x00")


def test_closing_ends_the_session_and_the_card_can_be_opened_again(rack: VirtualRack) -> None:
    card = rack.insert_blank()
    card.transmit(GET_UID)
    card.close()
    card.close()
    assert card.transmit(GET_UID)[:-2].hex().upper() == card.uid
    assert card.atr == ATR


def test_nothing_secret_lies_in_the_racks_files_in_the_clear(rack: VirtualRack, folder: Path) -> None:
    keys = KeyStore.embedded(folder / "keys")
    rack.insert_blank()
    Desk(rack.connect, keys).personalise(PLAN)
    for path in folder.glob("*"):
        if path.is_file():
            content = path.read_bytes()
            for secret in (
                WORKER_ID.encode(),
                bytes.fromhex(WORKER_ID),
                TEST_DATA[:16],
                TEST_DATA[:16].hex().encode(),
            ):
                assert secret not in content, path.name
            assert path.stat().st_mode & 0o077 == 0 or path.suffix == ".lock"


def test_an_altered_card_file_is_refused(rack: VirtualRack, folder: Path) -> None:
    card = rack.insert_blank()
    path = folder / f"{card.uid}.card"
    content = bytearray(path.read_bytes())
    content[20] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(BadResponse):
        card.transmit(GET_UID)


def test_the_atr_has_a_right_check_byte() -> None:
    check = 0
    for byte in ATR[1:]:
        check ^= byte
    assert check == 0


def test_the_plug_speaks_vpcds_protocol() -> None:
    card = FakeCard()
    with socket.create_server(("127.0.0.1", 0)) as server:
        plug = VpcdPlug(card, port=server.getsockname()[1])
        plug.insert()
        vpcd, _ = server.accept()
        with vpcd:
            vpcd.sendall(b"\x00\x01\x04")
            assert read(vpcd) == ATR
            vpcd.sendall(b"\x00\x01\x01" + b"\x00\x01\x02")
            vpcd.sendall(len(GET_UID).to_bytes(2, "big") + GET_UID[:2])
            vpcd.sendall(GET_UID[2:])
            assert read(vpcd) == card.memory.uid + b"\x90\x00"
            plug.pull()
            assert vpcd.recv(1) == b""
    assert plug.wait(0)


def test_the_plug_ends_when_vpcd_hangs_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        plug = VpcdPlug(FakeCard(), port=server.getsockname()[1])
        plug.insert()
        server.accept()[0].close()
    assert plug.wait(5)
    assert threading.active_count() < 50


def test_the_plug_says_when_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(NoReader, match=str(port)):
        VpcdPlug(FakeCard(), port=port).insert()


def read(connection: socket.socket) -> bytes:
    size = int.from_bytes(connection.recv(2, socket.MSG_WAITALL), "big")
    return connection.recv(size, socket.MSG_WAITALL)
