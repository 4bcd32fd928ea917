from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from hardware import Desk, Expected, KeyStore, LentCard, make_key_file, open_key_file
from hardware.errors import BadComponent, BadKeyFile, UnknownKey
from hardware.facts import Role
from hardware.keys import KeyFileIssue, VendorKeys, new_component, parse_component
from hardware.profiles.layout import KEY_CONTEXT
from tests.fakes.card import FakeCard
from tests.hardware.conftest import PLAN

ISSUED = datetime(2026, 4, 1, 0, 0, tzinfo=UTC)
EXPIRES = date(2026, 9, 30)
TODAY = date(2026, 4, 3)


@pytest.fixture
def store(folder: Path) -> KeyStore:
    return KeyStore.embedded(folder)


def lend(store: KeyStore) -> tuple[FakeCard, LentCard]:
    card = FakeCard()
    receipt = Desk(card.connect, store).personalise(PLAN)
    return card, LentCard(receipt.serial, receipt.uid, receipt.key_version)


def issue(store: KeyStore, *cards: LentCard) -> KeyFileIssue:
    return make_key_file(cards, store, vendor="株式会社ためし", reference="2026-0007", issued=ISSUED, expires=EXPIRES)


def components(made: KeyFileIssue) -> list[Any]:
    return [parse_component(letter.component, letter.kcv) for letter in made.letters]


def test_a_vendor_opens_its_file_with_two_letters_and_verifies_its_cards_and_no_more(store: KeyStore) -> None:
    card, lent = lend(store)
    made = issue(store, lent)
    opened = open_key_file(made.text, *components(made), made.letters[0].public_key, TODAY)
    assert (opened.vendor, opened.reference, opened.expires) == ("株式会社ためし", "2026-0007", EXPIRES)
    keys = VendorKeys(opened)
    receipt = Desk(card.connect, keys).verify(Expected(lent.serial, lent.uid))
    assert set(receipt.kcvs) == {Role.READER}
    with pytest.raises(UnknownKey):
        Desk(card.connect, keys).wipe()
    with pytest.raises(UnknownKey):
        keys.card_key(Role.READER, 1, b"\xf0other!", KEY_CONTEXT)


def test_file_and_letters_belong_together_by_check_values(store: KeyStore) -> None:
    made = issue(store, lend(store)[1])
    manifest = json.loads(made.text)
    assert manifest["wrapping"]["components"] == [letter.kcv for letter in made.letters]
    assert {letter.file_kcv for letter in made.letters} == {manifest["wrapping"]["kcv"]}
    assert manifest["signature"]["public_key"] == made.letters[0].public_key == store.public_key


def test_neither_file_nor_letters_repr_hold_a_key_in_the_clear(store: KeyStore) -> None:
    _, lent = lend(store)
    made = issue(store, lent)
    key = store.card_key(Role.READER, 1, bytes.fromhex(lent.uid), KEY_CONTEXT)
    assert key.reveal().hex() not in made.text.lower()
    for letter in made.letters:
        assert letter.component not in repr(made)
        assert letter.component.replace(" ", "") not in made.text


def test_every_changed_field_of_the_file_is_found(store: KeyStore) -> None:
    made = issue(store, lend(store)[1])

    def spoiled(change: str) -> str:
        manifest = json.loads(made.text)
        if change in ("serial", "uid"):
            manifest["cards"][0][change] = "AA"
        elif change in ("version", "kcv", "wrapped"):
            manifest["cards"][0]["keys"][0][change] = 9
        else:
            manifest[change] = "2099-01-01"
        return json.dumps(manifest)

    for change in (
        "vendor",
        "reference",
        "profile",
        "issued",
        "expires",
        "serial",
        "uid",
        "version",
        "kcv",
        "wrapped",
    ):
        with pytest.raises(BadKeyFile, match="altered"):
            open_key_file(spoiled(change), *components(made), store.public_key, TODAY)


def test_a_file_signed_by_somebody_else_is_refused(store: KeyStore, tmp_path: Path) -> None:
    stranger = KeyStore.embedded(tmp_path / "stranger")
    made = issue(stranger, lend(stranger)[1])
    with pytest.raises(BadKeyFile, match="altered, or another"):
        open_key_file(made.text, *components(made), store.public_key, TODAY)


def test_an_expired_file_is_refused_from_the_day_after(store: KeyStore) -> None:
    made = issue(store, lend(store)[1])
    assert open_key_file(made.text, *components(made), store.public_key, EXPIRES).cards
    with pytest.raises(BadKeyFile, match="expired on 2026-09-30"):
        open_key_file(made.text, *components(made), store.public_key, date(2026, 10, 1))


def test_other_components_or_one_letter_twice_do_not_open_it(store: KeyStore) -> None:
    made = issue(store, lend(store)[1])
    first, second = components(made)
    with pytest.raises(BadComponent, match="twice"):
        open_key_file(made.text, first, first, store.public_key, TODAY)
    with pytest.raises(BadKeyFile, match="do not belong"):
        open_key_file(made.text, first, new_component(), store.public_key, TODAY)
    assert open_key_file(made.text, second, first, store.public_key, TODAY).cards, "the order does not matter"


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "null", '{"format": "other"}', "not json", '{"format": "nintei-key-file-1"}']
)
def test_what_is_no_key_file_is_refused_in_words(store: KeyStore, text: str) -> None:
    with pytest.raises(BadKeyFile):
        open_key_file(text, new_component(), new_component(), store.public_key, TODAY)


@pytest.mark.parametrize("public_key", ["", "zz", "00" * 31, "00" * 32])
def test_a_mistyped_public_key_opens_nothing(store: KeyStore, public_key: str) -> None:
    made = issue(store, lend(store)[1])
    with pytest.raises(BadKeyFile):
        open_key_file(made.text, *components(made), public_key, TODAY)


def test_a_file_without_cards_is_not_made(store: KeyStore) -> None:
    with pytest.raises(BadKeyFile, match="at least one"):
        issue(store)


def test_the_first_sixteen_digits_of_the_public_key_are_enough_and_fewer_are_not(store: KeyStore) -> None:
    made = issue(store, lend(store)[1])
    whole = made.letters[0].public_key
    for typed in (whole, whole[:16], " ".join(whole[at : at + 4] for at in range(0, 16, 4)), whole[:20].upper()):
        assert open_key_file(made.text, *components(made), typed, TODAY).reference == "2026-0007"
    with pytest.raises(BadKeyFile, match="first 16"):
        open_key_file(made.text, *components(made), whole[:15], TODAY)
    for typed in ("0" * 16, whole[:16] + "0" * 8, whole + "00"):
        with pytest.raises(BadKeyFile):
            open_key_file(made.text, *components(made), typed, TODAY)
