from __future__ import annotations

from dataclasses import replace

import pytest

from hardware.desk import Desk
from hardware.errors import (
    AuthenticationFailed,
    CardRemoved,
    NoCard,
    ReadBackDiffers,
    UnknownKey,
    Unsupported,
    WrongCard,
    WrongState,
)
from hardware.facts import Act, LifeCycle, Progress, Role
from hardware.journal import MemoryJournal
from hardware.sight import Expected
from hardware.virtual import KeySlot
from tests.fakes.card import BrokenJournal, FakeCard, PulledCard, ScriptedReader
from tests.hardware.conftest import NOW, PLAN, TEST_DATA, WORKER_ID, FixedKeys


def desk_for(card: FakeCard, keys: FixedKeys, journal: MemoryJournal | None = None) -> Desk:
    return Desk(card.connect, keys, journal=journal, clock=lambda: NOW)


def test_identify_tells_what_lies_there_without_any_key() -> None:
    card = FakeCard()
    facts = Desk(card.connect, FixedKeys(known=())).identify()
    assert facts.uid == card.memory.uid.hex().upper()
    assert (facts.profile, facts.life_cycle, facts.serial) == ("CCUS-TEST v1", LifeCycle.BLANK, "")
    assert facts.can_personalise
    assert facts.reason == ""
    assert facts.atr.startswith("3B8A")


def test_a_personalised_card_gives_a_receipt_of_what_was_read_back(keys: FixedKeys) -> None:
    card, journal = FakeCard(), MemoryJournal()
    receipt = desk_for(card, keys, journal).personalise(PLAN)
    assert (receipt.serial, receipt.uid, receipt.key_version) == (
        "TEST-0001",
        card.memory.uid.hex().upper(),
        1,
    )
    assert receipt.at == NOW
    assert set(receipt.kcvs) == set(Role)
    assert not receipt.already
    assert not receipt.resumed
    assert [(intent.act, intent.serial) for intent in journal.intents] == [(Act.PERSONALISE, "TEST-0001")]
    assert [confirmed for _, confirmed in journal.confirmed] == [receipt]


def test_the_data_tag_tells_other_data_and_hides_them(keys: FixedKeys) -> None:
    card = FakeCard()
    tag = desk_for(card, keys).personalise(PLAN).data_tag
    other = FakeCard(replace(FakeCard().memory, uid=card.memory.uid, transport=card.memory.transport))
    other.memory = replace(other.memory, keys={role: KeySlot(key) for role, key in other.memory.transport.items()})
    changed = desk_for(other, keys).personalise(replace(PLAN, worker_id="91827364509183"))
    assert changed.uid == card.memory.uid.hex().upper()
    assert changed.data_tag != tag
    assert WORKER_ID not in tag


def test_progress_names_every_step_in_its_order(keys: FixedKeys) -> None:
    seen: list[Progress] = []
    desk_for(FakeCard(), keys).personalise(PLAN, seen.append)
    steps = "open begin serial worker_id test_data reader_key issuer_key finish read_data prove_issuer done"
    assert [p.step for p in seen] == steps.split()
    assert [p.done for p in seen] == list(range(11))
    assert {p.total for p in seen} == {10}


def test_personalising_the_same_card_again_writes_nothing(keys: FixedKeys) -> None:
    card = FakeCard()
    desk = desk_for(card, keys)
    first = desk.personalise(PLAN)
    memory = card.memory
    again = desk.personalise(PLAN)
    assert again.already
    assert again.data_tag == first.data_tag
    assert card.memory == memory


def test_a_card_made_with_other_data_is_refused_and_not_touched(keys: FixedKeys) -> None:
    card = FakeCard()
    desk = desk_for(card, keys)
    desk.personalise(PLAN)
    memory = card.memory
    for other in (
        replace(PLAN, worker_id="00000000000000"),
        replace(PLAN, test_data=b"other"),
        replace(PLAN, key_version=2),
    ):
        with pytest.raises(WrongState, match="wipe it first"):
            desk.personalise(other)
    assert card.memory == memory


def test_another_serials_card_is_refused_and_not_touched(keys: FixedKeys) -> None:
    card = FakeCard()
    desk = desk_for(card, keys)
    desk.personalise(PLAN)
    memory = card.memory
    for act in (
        lambda: desk.personalise(replace(PLAN, serial="TEST-0002")),
        lambda: desk.verify(replace(PLAN, serial="TEST-0002")),
        lambda: desk.verify(Expected("TEST-0002")),
        lambda: desk.wipe(Expected("TEST-0002")),
        lambda: desk.wipe(Expected("TEST-0001", uid="00")),
        lambda: desk.rotate(2, Expected("TEST-0002")),
    ):
        with pytest.raises(WrongCard):
            act()
    assert card.memory == memory


def test_verify_proves_keys_and_data_and_writes_nothing(keys: FixedKeys) -> None:
    card = FakeCard()
    desk = desk_for(card, keys)
    made = desk.personalise(PLAN)
    memory = card.memory
    assert desk.verify(PLAN).data_tag == made.data_tag
    assert desk.verify(Expected("TEST-0001", made.uid.lower(), made.data_tag)).kcvs == made.kcvs
    assert card.memory == memory


def test_verify_finds_changed_data(keys: FixedKeys) -> None:
    card = FakeCard()
    desk = desk_for(card, keys)
    made = desk.personalise(PLAN)
    card.memory = replace(card.memory, files={**card.memory.files, 3: TEST_DATA.ljust(256, b"\x01")})
    for expected in (PLAN, Expected("TEST-0001", data_tag=made.data_tag)):
        with pytest.raises(ReadBackDiffers):
            desk.verify(expected)


def test_verify_finds_a_card_that_only_looks_like_ours(keys: FixedKeys) -> None:
    """Same serial, same UID, same state, all free to read and to copy; but not our keys."""
    card = FakeCard()
    desk = desk_for(card, keys)
    desk.personalise(PLAN)
    forged = FakeCard(masters=dict.fromkeys(Role, b"\x99" * 16))
    foreign = {role: KeySlot(key, 1) for role, key in forged.memory.transport.items()}
    forged.memory = replace(card.memory, keys=foreign)
    with pytest.raises(AuthenticationFailed):
        desk_for(forged, keys).verify(PLAN)


def test_wipe_clears_everything_but_the_serial_and_proves_it(keys: FixedKeys) -> None:
    card, journal = FakeCard(), MemoryJournal()
    desk = desk_for(card, keys, journal)
    desk.personalise(PLAN)
    receipt = desk.wipe(Expected("TEST-0001"))
    assert not any(any(content) for content in card.memory.files.values())
    assert card.memory.serial == b"TEST-0001"
    assert card.memory.life_cycle is LifeCycle.WIPED
    assert {role: slot.key for role, slot in card.memory.keys.items()} == card.memory.transport
    assert not receipt.already
    assert journal.open() == []


def test_wiping_again_says_that_it_was_empty(keys: FixedKeys) -> None:
    card = FakeCard()
    desk = desk_for(card, keys)
    desk.personalise(PLAN)
    desk.wipe()
    assert desk.wipe().already


def test_a_wiped_card_is_made_again_under_its_own_serial_only(keys: FixedKeys) -> None:
    card = FakeCard()
    desk = desk_for(card, keys)
    desk.personalise(PLAN)
    desk.wipe()
    with pytest.raises(WrongCard):
        desk.personalise(replace(PLAN, serial="TEST-0009"))
    assert not desk.personalise(replace(PLAN, worker_id="00000000000042", key_version=2)).already
    assert card.memory.keys[Role.READER].version == 2


def test_rotation_changes_the_keys_and_keeps_the_data(keys: FixedKeys) -> None:
    card, journal = FakeCard(), MemoryJournal()
    desk = desk_for(card, keys, journal)
    first = desk.personalise(PLAN)
    rotated = desk.rotate(2, Expected("TEST-0001"))
    assert rotated.key_version == 2
    assert rotated.kcvs != first.kcvs
    assert card.memory.files[3] == TEST_DATA.ljust(256, b"\0")
    assert desk.verify(replace(PLAN, key_version=2)).data_tag == rotated.data_tag
    assert desk.rotate(2, Expected("TEST-0001")).already
    assert journal.open() == []


def test_old_cards_stay_readable_after_a_new_master(keys: FixedKeys) -> None:
    old, new = FakeCard(), FakeCard()
    desk_for(old, keys).personalise(PLAN)
    desk_for(new, keys).personalise(replace(PLAN, serial="TEST-0002", key_version=2))
    assert desk_for(old, keys).verify(PLAN).key_version == 1
    assert desk_for(new, keys).verify(replace(PLAN, serial="TEST-0002", key_version=2)).key_version == 2


def test_a_key_version_that_the_store_does_not_have_is_said_before_anything_is_written(keys: FixedKeys) -> None:
    card, journal = FakeCard(), MemoryJournal()
    desk = desk_for(card, keys, journal)
    blank = card.memory
    with pytest.raises(UnknownKey):
        desk.personalise(replace(PLAN, key_version=9))
    assert card.memory == blank
    desk.personalise(PLAN)
    made = card.memory
    with pytest.raises(UnknownKey):
        desk.rotate(9, Expected("TEST-0001"))
    assert card.memory == made
    assert journal.open() == []


def test_a_returned_card_in_order_is_checked_and_wiped(keys: FixedKeys) -> None:
    card = FakeCard()
    desk = desk_for(card, keys)
    made = desk.personalise(PLAN)
    expected = Expected("TEST-0001", made.uid, made.data_tag)
    looked = desk.return_check(expected)
    assert (looked.verdict, looked.receipt) == (Act.WIPE, None)
    assert [check.name for check in looked.checks] == ["profile", "uid", "serial", "keys_and_data"]
    assert card.memory.life_cycle is LifeCycle.PERSONALISED
    done = desk.return_check(expected, Act.WIPE)
    assert done.receipt is not None
    assert not done.receipt.already
    assert card.memory.life_cycle is LifeCycle.WIPED


def test_a_returned_card_that_was_already_wiped_passes_as_such(keys: FixedKeys) -> None:
    card = FakeCard()
    desk = desk_for(card, keys)
    made = desk.personalise(PLAN)
    expected = Expected("TEST-0001", made.uid, made.data_tag)
    desk.return_check(expected, Act.WIPE)
    again = desk.return_check(expected, Act.WIPE)
    assert again.ok
    assert again.receipt is not None
    assert again.receipt.already


def test_a_returned_card_may_be_rotated_instead(keys: FixedKeys) -> None:
    card = FakeCard()
    desk = desk_for(card, keys)
    made = desk.personalise(PLAN)
    report = desk.return_check(Expected("TEST-0001", made.uid, made.data_tag), Act.ROTATE, 2)
    assert report.verdict is Act.ROTATE
    assert report.receipt is not None
    assert report.receipt.key_version == 2


def test_a_returned_card_that_fails_a_check_goes_to_quarantine_untouched(keys: FixedKeys) -> None:
    card = FakeCard()
    desk = desk_for(card, keys)
    made = desk.personalise(PLAN)
    memory = card.memory
    cases = {
        "serial": Expected("TEST-0002", made.uid, made.data_tag),
        "uid": Expected("TEST-0001", "F000", made.data_tag),
        "keys_and_data": Expected("TEST-0001", made.uid, "00" * 16),
    }
    for failing, expected in cases.items():
        report = desk.return_check(expected, Act.WIPE)
        assert report.verdict is Act.QUARANTINE
        assert report.receipt is None
        assert [check.name for check in report.checks if not check.ok] == [failing]
    assert card.memory == memory


def test_a_returned_card_with_a_blocked_key_goes_to_quarantine(keys: FixedKeys) -> None:
    card = FakeCard()
    desk = desk_for(card, keys)
    made = desk.personalise(PLAN)
    slots = card.memory.keys
    card.memory = replace(card.memory, keys={**slots, Role.READER: replace(slots[Role.READER], tries=0)})
    report = desk.return_check(Expected("TEST-0001", made.uid, made.data_tag), Act.WIPE)
    assert report.verdict is Act.QUARANTINE
    assert report.checks[-1].code == "key_blocked"


def test_a_card_pulled_during_its_return_is_not_judged(keys: FixedKeys) -> None:
    card = FakeCard()
    made = desk_for(card, keys).personalise(PLAN)
    for at in range(10):
        with pytest.raises((CardRemoved, NoCard)):
            Desk(PulledCard(card, at).connect, keys).return_check(Expected("TEST-0001", made.uid, made.data_tag))


def test_a_return_is_wiped_rotated_or_looked_at_and_nothing_else(keys: FixedKeys) -> None:
    with pytest.raises(ValueError, match="wiped, rotated"):
        desk_for(FakeCard(), keys).return_check(Expected("A"), Act.PERSONALISE)


def test_offers_follow_the_state_of_the_card(keys: FixedKeys) -> None:
    card = FakeCard()
    desk = desk_for(card, keys)
    assert desk.offers() == (Act.PERSONALISE,)
    with pytest.raises(CardRemoved):
        Desk(PulledCard(card, 8).connect, keys).personalise(PLAN)
    assert desk.offers() == (Act.PERSONALISE, Act.WIPE)
    desk.personalise(PLAN)
    assert desk.offers(Expected("TEST-0001")) == (Act.VERIFY, Act.RETURN, Act.ROTATE, Act.WIPE)
    assert desk.offers(Expected("TEST-0002")) == (Act.QUARANTINE,)
    desk.wipe()
    assert desk.offers() == (Act.PERSONALISE,)


def test_an_intent_that_cannot_be_stored_leaves_the_card_untouched(keys: FixedKeys) -> None:
    card = FakeCard()
    before = card.memory
    with pytest.raises(OSError, match="away"):
        Desk(card.connect, keys, journal=BrokenJournal("intend")).personalise(PLAN)
    assert card.memory == before


def test_a_receipt_that_cannot_be_stored_is_made_good_by_the_next_try(keys: FixedKeys) -> None:
    card, journal = FakeCard(), MemoryJournal()
    with pytest.raises(OSError, match="away"):
        Desk(card.connect, keys, journal=BrokenJournal("confirm")).personalise(PLAN)
    memory = card.memory
    receipt = desk_for(card, keys, journal).personalise(PLAN)
    assert receipt.already
    assert [confirmed for _, confirmed in journal.confirmed] == [receipt]
    assert card.memory == memory


def test_an_unknown_card_is_looked_at_and_refused_with_a_reason(keys: FixedKeys) -> None:
    script = [
        ("ffca000000", "6a81"),
        ("00a404000af043435553544553540100", "6a82"),
        ("00a4000c023f00", "9000"),
        ("00a4000c022f00", "6a82"),
        ("00a40000022f0000", "6a82"),
        ("00a4000c022f01", "9000"),
        ("00b0000000", "80019000"),
    ]
    facts = Desk(lambda: ScriptedReader("Some reader", list(script)), keys).identify()
    assert facts.profile == "ISO 7816 (read only)"
    assert not facts.can_personalise
    assert "may write" in facts.reason
    assert facts.uid == ""
    assert facts.details["master_file"] == "present"
    assert facts.details["ef_atr"] == "8001"
    for act in (
        lambda d: d.personalise(PLAN),
        lambda d: d.wipe(),
        lambda d: d.verify(PLAN),
        lambda d: d.rotate(2, Expected("A")),
    ):
        with pytest.raises(Unsupported):
            act(Desk(lambda: ScriptedReader("Some reader", list(script)), keys))
    assert Desk(lambda: ScriptedReader("Some reader", list(script)), keys).offers() == ()
    report = Desk(lambda: ScriptedReader("Some reader", list(script)), keys).return_check(Expected("A"), Act.WIPE)
    assert report.verdict is Act.QUARANTINE


def test_a_reader_that_gives_no_uid_cannot_make_cards(keys: FixedKeys) -> None:
    card = FakeCard()

    class NoUid(FakeCard):
        def transmit(self, apdu: bytes) -> bytes:
            return b"\x6d\x00" if apdu[0] == 0xFF else card.transmit(apdu)

    with pytest.raises(Unsupported, match="no UID"):
        Desk(NoUid().connect, keys).personalise(PLAN)
