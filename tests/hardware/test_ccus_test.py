"""The profile at APDU level: a card of ours against a desk of ours, and against everybody else."""

from __future__ import annotations

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware import secure
from hardware.apdu import Command, Response, exchange
from hardware.crypto import Key
from hardware.errors import AuthenticationFailed, BadPlan, ChannelBroken, KeyBlocked, StatusError
from hardware.facts import LifeCycle, Plan, Role
from hardware.profiles import layout
from hardware.profiles.ccus_test import CcusTest, Session, authenticate
from tests.fakes.card import FakeCard, SpoiledLine
from tests.hardware.conftest import PLAN, FixedKeys

SELECT = Command(0x00, 0xA4, 0x04, 0x00, layout.AID, 0)
WRONG = Key(b"\x77" * 16)


def selected(card: FakeCard) -> FakeCard:
    assert exchange(card, SELECT).ok
    return card


def key_of(card: FakeCard, role: Role) -> Key:
    return card.memory.keys[role].key


def issuer_session(card: FakeCard) -> Session:
    return authenticate(selected(card), Role.ISSUER, key_of(card, Role.ISSUER))


def made(keys: FixedKeys) -> FakeCard:
    card, profile = FakeCard(), CcusTest()
    look = profile.look(card)
    assert look is not None
    profile.write(card, card.memory.uid, look, PLAN, keys, lambda _: None)
    return card


def test_a_blank_tells_its_state_to_anybody() -> None:
    look = CcusTest().look(FakeCard())
    assert look is not None
    assert (look.serial, look.life_cycle, look.key_versions) == (
        "",
        LifeCycle.BLANK,
        {Role.ISSUER: 0, Role.READER: 0},
    )


def test_a_personalised_card_holds_what_the_plan_says_and_its_own_keys(keys: FixedKeys) -> None:
    card = made(keys)
    assert card.memory.serial == b"TEST-0001"
    assert card.memory.files[layout.SFI_WORKER] == bytes.fromhex("C107" + PLAN.worker_id)
    assert card.memory.files[layout.SFI_TEST_DATA] == PLAN.test_data.ljust(256, b"\0")
    for role in Role:
        assert key_of(card, role) == keys.card_key(role, 1, card.memory.uid, layout.KEY_CONTEXT)
        assert card.memory.keys[role].version == 1


def test_two_cards_of_one_batch_have_no_key_in_common(keys: FixedKeys) -> None:
    first, second = made(keys), made(keys)
    found = {key_of(card, role) for card in (first, second) for role in Role}
    assert len(found) == 4


def test_nothing_secret_goes_over_the_line_in_the_clear(keys: FixedKeys) -> None:
    card = made(keys)
    line = b"".join(card.sent)
    for secret in (bytes.fromhex(PLAN.worker_id), PLAN.test_data[:16], key_of(card, Role.READER).reveal()):
        assert secret not in line


@pytest.mark.parametrize("role", list(Role))
def test_a_wrong_key_costs_a_try_and_says_how_many_are_left(role: Role) -> None:
    card = selected(FakeCard())
    for left in range(9, -1, -1):
        with pytest.raises(AuthenticationFailed) as caught:
            authenticate(card, role, WRONG)
        assert caught.value.retries == left
    with pytest.raises(KeyBlocked) as blocked:
        authenticate(card, role, key_of(card, role))
    assert blocked.value.retries == 0


def test_the_right_key_gives_all_tries_back() -> None:
    card = selected(FakeCard())
    for _ in range(9):
        with pytest.raises(AuthenticationFailed):
            authenticate(card, Role.READER, WRONG)
    authenticate(card, Role.READER, key_of(card, Role.READER))
    assert card.memory.keys[Role.READER].tries == layout.RETRIES


def test_the_try_is_taken_before_the_token_is_looked_at_so_that_pulling_wins_none_back() -> None:
    card = selected(FakeCard())
    tries: list[int] = []
    keep = card._save
    card._chip._save = lambda memory: (tries.append(memory.keys[Role.READER].tries), keep(memory))[1]  # type: ignore[union-attr]
    authenticate(card, Role.READER, key_of(card, Role.READER))
    assert tries == [9, 10]


def test_one_roles_tries_are_not_anothers() -> None:
    card = selected(FakeCard())
    with pytest.raises(AuthenticationFailed):
        authenticate(card, Role.READER, WRONG)
    assert card.memory.keys[Role.ISSUER].tries == layout.RETRIES


def test_a_card_that_does_not_know_the_key_is_found_out() -> None:
    card = selected(FakeCard())
    liar = SpoiledLine(
        card, answer=lambda index, answer: secrets.token_bytes(16) + b"\x90\x00" if index == 1 else answer
    )
    with pytest.raises(ChannelBroken):
        authenticate(liar, Role.READER, WRONG)


def test_the_hosts_own_token_sent_back_does_not_pass_for_the_cards() -> None:
    card = selected(FakeCard())
    seen: list[bytes] = []
    mirror = SpoiledLine(
        card,
        command=lambda _, apdu: (seen.append(apdu), apdu)[1],
        answer=lambda index, answer: seen[1][21:37] + b"\x90\x00" if index == 1 else answer,
    )
    with pytest.raises(ChannelBroken):
        authenticate(mirror, Role.READER, key_of(card, Role.READER))


def test_a_challenge_is_good_for_the_next_command_only() -> None:
    card = selected(FakeCard())
    key = key_of(card, Role.READER)
    challenge = exchange(card, Command(0x00, 0x84, 0, 0, le=16)).data
    exchange(card, Command(0x00, 0xB0, 0x81, 0, le=0))
    host = secrets.token_bytes(16)
    token = secure.session_keys(key, host, challenge).host_token
    assert exchange(card, Command(0x00, 0x82, 0, 0x81, host + token, 0)).sw == 0x6985


def test_a_handshake_heard_before_opens_nothing() -> None:
    card = selected(FakeCard())
    authenticate(card, Role.READER, key_of(card, Role.READER))
    recorded = card.sent[-1]
    exchange(card, Command(0x00, 0x84, 0, 0, le=16))
    assert Response.parse(card.transmit(recorded)).sw == 0x63C9


@pytest.mark.parametrize("length", [0, 1, 15, 31, 33, 100])
def test_a_handshake_of_another_length_is_refused_and_costs_no_try(length: int) -> None:
    card = selected(FakeCard())
    exchange(card, Command(0x00, 0x84, 0, 0, le=16))
    assert exchange(card, Command(0x00, 0x82, 0, 0x81, bytes(length), 0)).sw == 0x6700
    assert card.memory.keys[Role.READER].tries == layout.RETRIES


@pytest.mark.parametrize("p2", [0x00, 0x01, 0x7F, 0x82, 0xFF])
def test_a_key_that_the_card_does_not_have_is_refused(p2: int) -> None:
    card = selected(FakeCard())
    exchange(card, Command(0x00, 0x84, 0, 0, le=16))
    assert exchange(card, Command(0x00, 0x82, 0, p2, bytes(32), 0)).sw == 0x6A88


def test_without_a_session_nothing_but_the_card_info_is_read_and_nothing_written(keys: FixedKeys) -> None:
    card = selected(made(keys))
    before = card.memory
    for sfi in (2, 3):
        assert exchange(card, Command(0x00, 0xB0, 0x80 | sfi, 0, le=0)).sw == 0x6982
    for ins in (0xD6, 0xDA, 0xD8, 0xF0, 0xE4):
        for cla in (0x00, 0x80):
            assert exchange(card, Command(cla, ins, 0x82, 0, b"x")).sw == 0x6982
        assert exchange(card, Command(0x84, ins, 0x82, 0, bytes(8), 0)).sw == 0x6988
    assert card.memory == before


def test_the_reader_key_reads_and_writes_nothing(keys: FixedKeys) -> None:
    card = made(keys)
    before = card.memory
    for command in (
        Command(0x00, 0xD6, 0x82, 0, bytes(9)),
        Command(0x00, 0xDA, 0, 0xC2, b"OTHER"),
        Command(0x80, 0xD8, 2, 0x81, bytes(19)),
        Command(0x80, 0xF0, 0x03, 0),
        Command(0x80, 0xE4, 0, 0),
    ):
        session = authenticate(selected(card), Role.READER, key_of(card, Role.READER))
        assert session.read(layout.SFI_WORKER) == before.files[layout.SFI_WORKER]
        with pytest.raises(StatusError) as caught:
            session.send(command, "try")
        assert caught.value.sw == 0x6982
    assert card.memory == before


def test_a_personalised_card_takes_no_more_data_until_it_is_wiped(keys: FixedKeys) -> None:
    card = made(keys)
    for command in (
        Command(0x00, 0xD6, 0x82, 0, bytes(9)),
        Command(0x00, 0xDA, 0, 0xC2, b"OTHER"),
        Command(0x80, 0xF0, 0x03, 0),
    ):
        with pytest.raises(StatusError) as caught:
            issuer_session(card).send(command, "try")
        assert caught.value.sw == 0x6985


def test_a_card_without_its_own_keys_or_serial_cannot_be_finished() -> None:
    card = FakeCard()
    session = issuer_session(card)
    session.send(Command(0x80, 0xF0, 0x03, 0), "begin")
    with pytest.raises(StatusError) as caught:
        session.send(Command(0x80, 0xF0, 0x07, 0), "finish")
    assert caught.value.sw == 0x6985


def test_a_key_with_a_wrong_check_value_is_not_taken() -> None:
    card = FakeCard()
    session = issuer_session(card)
    session.send(Command(0x80, 0xF0, 0x03, 0), "begin")
    with pytest.raises(StatusError) as caught:
        session.send(Command(0x80, 0xD8, 1, 0x81, bytes(16) + b"\x00\x00\x00"), "key")
    assert caught.value.sw == 0x6A80
    assert card.memory.keys[Role.READER].version == 0


def test_a_plain_command_ends_the_session(keys: FixedKeys) -> None:
    card = made(keys)
    session = authenticate(selected(card), Role.READER, key_of(card, Role.READER))
    assert exchange(card, Command(0x00, 0xB0, 0x81, 0, le=0)).ok
    with pytest.raises(StatusError) as caught:
        session.read(layout.SFI_WORKER)
    assert caught.value.sw == 0x6988


def test_losing_power_ends_the_session(keys: FixedKeys) -> None:
    card = made(keys)
    session = authenticate(selected(card), Role.READER, key_of(card, Role.READER))
    card.reset()
    with pytest.raises(StatusError):
        session.read(layout.SFI_WORKER)


def sealed_update(card: FakeCard) -> bytes:
    """A good secured UPDATE BINARY, not yet sent."""
    session = issuer_session(card)
    session.send(Command(0x80, 0xF0, 0x03, 0), "begin")
    return session._channel.wrap(Command(0x00, 0xD6, 0x83, 0, b"new data of the card")).encode()


def test_a_replayed_secured_command_is_refused() -> None:
    card = FakeCard()
    apdu = sealed_update(card)
    assert Response.parse(card.transmit(apdu)).ok
    written = card.memory
    assert Response.parse(card.transmit(apdu)).sw == 0x6988
    assert card.memory == written


def test_a_secured_command_of_an_earlier_session_is_refused() -> None:
    card = FakeCard()
    apdu = sealed_update(card)
    issuer_session(card)
    before = card.memory
    assert Response.parse(card.transmit(apdu)).sw == 0x6988
    assert card.memory == before


def test_every_altered_byte_of_a_secured_command_is_refused() -> None:
    card = FakeCard()
    length = len(sealed_update(card))
    for at in range(length - 1):  # the last byte is Le, which SCP03 does not protect and the card does not use
        for flip in (0x01, 0x80):
            card = FakeCard()
            apdu = bytearray(sealed_update(card))
            before = card.memory
            apdu[at] ^= flip
            assert not Response.parse(card.transmit(bytes(apdu))).ok
            assert card.memory == before, f"byte {at}"


def test_every_truncation_of_a_secured_command_is_refused() -> None:
    card = FakeCard()
    length = len(sealed_update(card))
    for keep in range(length - 1):
        card = FakeCard()
        apdu = sealed_update(card)[:keep]
        before = card.memory
        assert not Response.parse(card.transmit(apdu)).ok
        assert card.memory == before, f"{keep} bytes"


@pytest.mark.parametrize("at", [0, 3, 20, -3, -10])
def test_an_altered_answer_is_refused_and_the_session_is_over(at: int, keys: FixedKeys) -> None:
    card = made(keys)

    def spoil(index: int, answer: bytes) -> bytes:
        if index != 2:  # challenge, handshake, then the first read
            return answer
        altered = bytearray(answer)
        altered[at] ^= 1
        return bytes(altered)

    session = authenticate(SpoiledLine(selected(card), answer=spoil), Role.READER, key_of(card, Role.READER))
    with pytest.raises(ChannelBroken):
        session.read(layout.SFI_TEST_DATA)
    with pytest.raises(ChannelBroken, match="over"):
        session.read(layout.SFI_TEST_DATA)


def test_an_answer_of_an_earlier_command_is_refused(keys: FixedKeys) -> None:
    card = made(keys)
    kept: list[bytes] = []

    def repeat(index: int, answer: bytes) -> bytes:
        kept.append(answer)
        return kept[2] if index == 3 else answer

    session = authenticate(SpoiledLine(selected(card), answer=repeat), Role.READER, key_of(card, Role.READER))
    session.read(layout.SFI_WORKER)
    with pytest.raises(ChannelBroken):
        session.read(layout.SFI_WORKER)


def test_an_answer_stripped_of_its_code_is_refused(keys: FixedKeys) -> None:
    card = made(keys)
    line = SpoiledLine(selected(card), answer=lambda index, answer: b"\x90\x00" if index == 2 else answer)
    session = authenticate(line, Role.READER, key_of(card, Role.READER))
    with pytest.raises(ChannelBroken):
        session.read(layout.SFI_WORKER)


@given(st.binary(max_size=300))
def test_no_sequence_of_bytes_breaks_the_card_or_changes_it(noise: bytes) -> None:
    card = FakeCard()
    before = card.memory
    selected(card)
    answer = card.transmit(noise)
    assert len(answer) >= 2
    assert card.memory == before


@given(st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=40)), max_size=12))
def test_no_secured_command_breaks_the_card(commands: list[tuple[int, bytes]]) -> None:
    card = FakeCard()
    session = issuer_session(card)
    for ins, data in commands:
        try:
            session.send(Command(0x80, ins, data[0] if data else 0, data[1] if len(data) > 1 else 0, data), "noise")
        except StatusError:
            session = issuer_session(card)
    assert card.memory.life_cycle in LifeCycle


@pytest.mark.parametrize(
    ("plan", "field"),
    [
        (Plan("", PLAN.worker_id), "serial"),
        (Plan("a", PLAN.worker_id), "serial"),
        (Plan("TOO-LONG-A-SERIAL", PLAN.worker_id), "serial"),
        (Plan("日本", PLAN.worker_id), "serial"),
        (Plan("A", "1234567890123"), "worker_id"),
        (Plan("A", "１２３４５６７８９０１２３４"), "worker_id"),
        (Plan("A", "1234567890123X"), "worker_id"),
        (Plan("A", PLAN.worker_id, bytes(257)), "test_data"),
        (Plan("A", PLAN.worker_id, b"", 0), "key_version"),
        (Plan("A", PLAN.worker_id, b"", 256), "key_version"),
    ],
)
def test_a_plan_that_does_not_fit_the_card_is_refused_by_field(plan: Plan, field: str) -> None:
    with pytest.raises(BadPlan) as caught:
        CcusTest().check(plan)
    assert caught.value.params["field"] == field
    assert PLAN.worker_id not in repr(plan)
