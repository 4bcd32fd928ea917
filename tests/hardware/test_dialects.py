from __future__ import annotations

import pytest

from hardware.dialects import dialect_for, felica_dialect_for, technology
from hardware.errors import BadResponse, Unsupported
from tests.fakes.card import ScriptedReader

BLOCK = "000102030405060708090a0b0c0d0e0f"
IDM = "0123456789abcdef"


@pytest.mark.parametrize(
    ("reader", "name"),
    [
        ("Sony FeliCa Port/PaSoRi 4.0 00 00", "sony"),
        ("SONY RC-S300/P (0000000) 00 00", "sony"),
        ("ACS ACR1252 Reader [ACR1252 Reader PICC] 00 00", "acs"),
        ("Identiv uTrust 3700 F CL Reader [uTrust 3700 F CL Reader] 00 00", "identiv"),
        ("SCM Microsystems Inc. SDI011 Contactless Reader 00 00", "identiv"),
        ("Virtual PCD 00 00", "standard"),
        ("", "standard"),
    ],
)
def test_the_dialect_follows_the_readers_name(reader: str, name: str) -> None:
    assert dialect_for(reader).name == name


@pytest.mark.parametrize(
    ("reader", "read", "write"),
    [
        (
            "Sony FeliCa Port/PaSoRi 4.0 00 00",
            [("ffa40001020b00", "9000"), ("ffb0000500", BLOCK + "9000")],
            [("ffa40001020900", "9000"), ("ffd6000510" + BLOCK, "9000")],
        ),
        (
            "ACS ACR1252 Reader [ACR1252 Reader PICC] 00 00",
            [
                ("ffca000000", IDM + "9000"),
                (
                    "ff00000010" + "1006" + IDM + "010b00018005" + "00",
                    "1d07" + IDM + "000001" + BLOCK + "9000",
                ),
            ],
            [
                ("ffca000000", IDM + "9000"),
                (
                    "ff00000020" + "2008" + IDM + "01090001800" + "5" + BLOCK + "00",
                    "0c09" + IDM + "0000" + "9000",
                ),
            ],
        ),
        (
            "Identiv uTrust 3700 F CL Reader 00 00",
            [("ff460101040b00800500", IDM + "000001" + BLOCK + "9000")],
            [("ff48010114" + "09008005" + BLOCK + "00", IDM + "0000" + "9000")],
        ),
    ],
)
def test_each_maker_reads_and_writes_a_felica_block_its_own_way(
    reader: str, read: list[tuple[str, str]], write: list[tuple[str, str]]
) -> None:
    dialect = felica_dialect_for(reader)
    reading, writing = ScriptedReader(reader, read), ScriptedReader(reader, write)
    assert dialect.read_block(reading, 5).hex() == BLOCK
    dialect.write_block(writing, 5, bytes.fromhex(BLOCK))
    assert reading.finished
    assert writing.finished


def test_a_felica_card_that_refuses_is_an_error() -> None:
    reader = "Identiv uTrust 3700 F CL Reader 00 00"
    with pytest.raises(BadResponse, match="01A6"):
        felica_dialect_for(reader).read_block(ScriptedReader(reader, [("ff460101040b00800500", IDM + "01a69000")]), 5)


def test_a_block_of_another_size_is_never_written() -> None:
    reader = "Sony FeliCa Port/PaSoRi 4.0 00 00"
    with pytest.raises(BadResponse, match="16 bytes"):
        felica_dialect_for(reader).write_block(ScriptedReader(reader, [("ffa40001020900", "9000")]), 5, b"short")


def test_a_reader_of_unknown_make_has_no_way_to_felica_blocks() -> None:
    with pytest.raises(Unsupported, match="Virtual PCD"):
        felica_dialect_for("Virtual PCD 00 00")


@pytest.mark.parametrize(
    ("answer", "uid"),
    [("04a1b2c39000", "04a1b2c3"), (IDM + "9000", IDM), ("6a81", ""), ("6d00", ""), ("019000", "")],
)
def test_a_uid_is_what_ff_ca_gives_and_none_is_no_error(answer: str, uid: str) -> None:
    assert dialect_for("x").uid(ScriptedReader("x", [("ffca000000", answer)])).hex() == uid


@pytest.mark.parametrize("atr", ["3B00", "3B1400", "3F6725002120000F68909000", "3B8F", ""])
def test_a_contact_card_is_not_asked_for_a_uid(atr: str) -> None:
    assert dialect_for("x").uid(ScriptedReader("x", [], bytes.fromhex(atr))) == b""


@pytest.mark.parametrize(
    ("atr", "name", "writable"),
    [
        ("3B8F8001804F0CA000000306030001000000006A", "MIFARE Classic 1K", False),
        ("3B8F8001804F0CA0000003061100 3B0000000042".replace(" ", ""), "FeliCa", False),
        ("3B8A80014E494E5445492D56433113", "ISO/IEC 7816", True),
        ("3B00", "ISO/IEC 7816", True),
        ("3B8F8001804F0CA00000030603FFFF0000000069", "contactless storage card", False),
    ],
)
def test_the_atr_of_a_storage_card_names_it(atr: str, name: str, writable: bool) -> None:
    kind = technology(bytes.fromhex(atr))
    assert (kind.name, kind.writable) == (name, writable)
