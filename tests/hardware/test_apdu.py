from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware import tlv
from hardware.apdu import Command, Response, exchange, explain, require
from hardware.errors import AuthenticationFailed, BadResponse, KeyBlocked, StatusError
from hardware.profiles.iso7816 import historical_bytes
from tests.fakes.card import ScriptedReader

BYTE = st.integers(0, 255)


@given(BYTE, BYTE, BYTE, BYTE, st.binary(max_size=255), st.none() | BYTE)
def test_a_command_reads_as_it_was_written(cla: int, ins: int, p1: int, p2: int, data: bytes, le: int | None) -> None:
    command = Command(cla, ins, p1, p2, data, le)
    assert Command.parse(command.encode()) == command


def test_a_short_command_carries_at_most_255_bytes() -> None:
    with pytest.raises(ValueError, match="255"):
        Command(0, 0, 0, 0, bytes(256)).encode()


@pytest.mark.parametrize("raw", ["", "00a404", "00a4040003aabb", "00a4040001aabbcc", "00a40400000000", "00a4040000aa"])
def test_what_is_no_short_command_is_refused(raw: str) -> None:
    with pytest.raises(ValueError, match=r"header|Lc"):
        Command.parse(bytes.fromhex(raw))


def test_more_data_is_fetched_and_a_wrong_length_repeated() -> None:
    reader = ScriptedReader("x", [("00b0000000", "6c04"), ("00b0000004", "aabb6102"), ("00c0000002", "ccdd9000")])
    assert exchange(reader, Command(0, 0xB0, 0, 0, le=0)) == Response(b"\xaa\xbb\xcc\xdd", 0x9000)
    assert reader.finished


def test_a_card_that_announces_data_without_end_is_stopped() -> None:
    class Endless(ScriptedReader):
        def transmit(self, apdu: bytes) -> bytes:
            return b"\x00\x61\x01"

    with pytest.raises(BadResponse, match="without end"):
        exchange(Endless("x", []), Command(0, 0xB0, 0, 0, le=0))


@pytest.mark.parametrize("raw", ["", "90"])
def test_an_answer_without_a_status_word_is_refused(raw: str) -> None:
    with pytest.raises(BadResponse, match="status word"):
        Response.parse(bytes.fromhex(raw))


def test_status_words_become_errors_that_carry_them() -> None:
    assert require(Response(b"data", 0x9000), "x") == b"data"
    with pytest.raises(AuthenticationFailed) as failed:
        require(Response(b"", 0x63C7), "authenticate")
    assert (failed.value.sw, failed.value.retries, failed.value.params["sw"]) == (0x63C7, 7, "63C7")
    with pytest.raises(KeyBlocked) as blocked:
        require(Response(b"", 0x6983), "authenticate")
    assert blocked.value.retries == 0
    with pytest.raises(StatusError, match="6A82, file or application not found") as other:
        require(Response(b"", 0x6A82), "select")
    assert other.value.retries is None


def test_an_error_and_a_command_do_not_show_data() -> None:
    command, response = Command(0, 0xD6, 0, 0, b"\xde\xad\xbe\xef"), Response(b"\xde\xad\xbe\xef", 0x9000)
    assert "\\xde" not in repr(command) + repr(response)
    assert explain(0x63C3) == "verification failed, 3 tries left"
    assert explain(0x1234) == "unspecified"


@given(st.dictionaries(st.sampled_from([0x5A, 0x84, 0xC1, 0x7F49, 0x9F6E]), st.binary(max_size=700)))
def test_tlv_objects_read_as_they_were_written(objects: dict[int, bytes]) -> None:
    raw = b"".join(tlv.encode(tag, value) for tag, value in objects.items())
    assert tlv.decode(raw + b"\x00\xff") == objects


@pytest.mark.parametrize("raw", ["c1", "c105aabb", "9f", "c18105", "c183000001aa", "c180aa0000"])
def test_tlv_cut_short_is_refused(raw: str) -> None:
    with pytest.raises(ValueError, match=r"short|form"):
        tlv.decode(bytes.fromhex(raw))


@given(st.binary(max_size=60))
def test_no_bytes_break_the_tlv_reader(raw: bytes) -> None:
    try:
        tlv.decode(raw)
    except ValueError:
        return


@pytest.mark.parametrize(
    ("atr", "historical"),
    [
        ("3B8A80014E494E5445492D56433113", "4E494E5445492D564331"),
        ("3B6500002063CB6800", "2063CB6800"),
        ("3B00", ""),
        ("3B", ""),
        ("", ""),
        ("3BF0", ""),
    ],
)
def test_historical_bytes_are_found_behind_the_interface_bytes(atr: str, historical: str) -> None:
    assert historical_bytes(bytes.fromhex(atr)).hex().upper() == historical
