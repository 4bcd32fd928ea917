from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.crypto import Key, diversify_an10922, xor
from hardware.errors import BadComponent, BadKeyStore, UnknownKey
from hardware.facts import Role
from hardware.keys import Component, KeyStore, SecretGuard, combine, derive_kek, new_component, parse_component, split
from hardware.profiles.layout import KEY_CONTEXT

KEK = SecretGuard(Key(b"\x5a" * 32))
A = Component(bytes.fromhex("0123456789ABCDEF0123456789ABCDEF"))
B = Component(bytes.fromhex("FEDCBA98765432100011223344556677"))
UID = bytes.fromhex("F0010203040506")


def store_with_masters(folder: Path) -> KeyStore:
    store = KeyStore.create(folder / "keys.json", KEK)
    for role in Role:
        store.contribute(role, 1, "佐藤", A)
        store.contribute(role, 1, "鈴木", B)
    return store


def test_a_master_is_the_xor_of_two_components_of_two_people(folder: Path) -> None:
    store = KeyStore.create(folder / "keys.json", KEK)
    first = store.contribute(Role.READER, 1, "佐藤", A)
    assert first.master is None
    assert first.component_kcv == A.kcv.hex().upper()
    with pytest.raises(UnknownKey):
        store.card_key(Role.READER, 1, UID, KEY_CONTEXT)
    second = store.contribute(Role.READER, 1, "鈴木", B)
    assert second.master is not None
    assert second.master.custodians == ("佐藤", "鈴木")
    expected = diversify_an10922(xor(A.reveal(), B.reveal()), UID + KEY_CONTEXT)
    assert store.card_key(Role.READER, 1, UID, KEY_CONTEXT) == Key(expected)


def test_the_second_person_may_come_on_another_day(folder: Path) -> None:
    KeyStore.create(folder / "keys.json", KEK).contribute(Role.ISSUER, 1, "佐藤", A)
    later = KeyStore.open(folder / "keys.json", KEK)
    assert later.contribute(Role.ISSUER, 1, "鈴木", B).master is not None
    assert [master.version for master in later.masters()] == [1]


def test_one_person_alone_cannot_make_a_master(folder: Path) -> None:
    store = KeyStore.create(folder / "keys.json", KEK)
    store.contribute(Role.READER, 1, "佐藤", A)
    with pytest.raises(BadComponent, match="Two different people"):
        store.contribute(Role.READER, 1, "佐藤", B)
    with pytest.raises(BadComponent, match="same"):
        store.contribute(Role.READER, 1, "鈴木", A)
    with pytest.raises(BadComponent, match="name"):
        store.contribute(Role.READER, 2, " ", A)


def test_an_abandoned_first_component_is_forgotten(folder: Path) -> None:
    store = KeyStore.create(folder / "keys.json", KEK)
    store.contribute(Role.READER, 1, "佐藤", A)
    store.abandon(Role.READER, 1)
    assert store.contribute(Role.READER, 1, "佐藤", B).master is None


@pytest.mark.parametrize("version", [0, 1, 256, -1])
def test_a_version_that_exists_or_cannot_be_is_refused(folder: Path, version: int) -> None:
    with pytest.raises(BadComponent):
        store_with_masters(folder).contribute(Role.READER, version, "佐藤", A)


def test_the_current_version_is_the_newest_that_is_complete(folder: Path) -> None:
    store = KeyStore.create(folder / "keys.json", KEK)
    assert store.current_version == 0
    store = store_with_masters(folder / "two")
    assert store.current_version == 1
    for custodian, component in (("佐藤", new_component()), ("鈴木", new_component())):
        store.contribute(Role.READER, 2, custodian, component)
    assert store.current_version == 1, "the issuer key of version 2 is still missing"
    for custodian, component in (("佐藤", new_component()), ("鈴木", new_component())):
        store.contribute(Role.ISSUER, 2, custodian, component)
    assert store.current_version == 2


def test_no_secret_lies_in_the_file_in_the_clear(folder: Path) -> None:
    store_with_masters(folder)
    text = (folder / "keys.json").read_text().lower()
    for secret in (A.reveal(), B.reveal(), xor(A.reveal(), B.reveal()), KEK.kek.reveal()):
        assert secret.hex() not in text
    assert (folder / "keys.json").stat().st_mode & 0o077 == 0


def test_masters_have_no_way_out(folder: Path) -> None:
    store = store_with_masters(folder)
    master = xor(A.reveal(), B.reveal())
    shown = repr(store.masters()) + repr(store.card_key(Role.READER, 1, UID, KEY_CONTEXT)) + repr(store)
    assert master.hex() not in shown.lower()
    public = [name for name in dir(store) if not name.startswith("_")]
    assert sorted(public) == [
        "abandon",
        "at",
        "card_key",
        "contribute",
        "create",
        "current_version",
        "embedded",
        "guard",
        "masters",
        "move",
        "open",
        "pending",
        "public_key",
        "seal",
        "sign",
        "unseal",
    ]


def test_another_key_does_not_open_the_store(folder: Path) -> None:
    store_with_masters(folder)
    with pytest.raises(BadKeyStore, match="altered, or the key"):
        KeyStore.open(folder / "keys.json", SecretGuard(Key(b"\x5b" * 32)))
    with pytest.raises(BadKeyStore, match="32 bytes"):
        SecretGuard(Key(bytes(16)))


def test_an_altered_store_is_refused(folder: Path) -> None:
    store_with_masters(folder)
    path = folder / "keys.json"
    good = json.loads(path.read_text())
    for change in ("role", "version", "kcv", "wrapped", "custodians"):
        content = json.loads(json.dumps(good))
        entry = content["masters"][-1]
        entry[change] = {
            "role": "issuer",
            "version": 7,
            "kcv": "000000",
            "wrapped": "00" * 24,
            "custodians": [],
        }[change]
        path.write_text(json.dumps(content))
        with pytest.raises(BadKeyStore):
            KeyStore.open(path, KEK)
    for text in ("", "[]", "{}", "not json"):
        path.write_text(text)
        with pytest.raises(BadKeyStore):
            KeyStore.open(path, KEK)


def test_there_is_no_store_or_there_is_one_already(folder: Path) -> None:
    with pytest.raises(BadKeyStore, match="no key store"):
        KeyStore.open(folder / "keys.json", KEK)
    store_with_masters(folder)
    with pytest.raises(BadKeyStore, match="already"):
        KeyStore.create(folder / "keys.json", KEK)


def test_a_move_shuts_the_old_guard_out_and_changes_no_card_key(folder: Path) -> None:
    store = store_with_masters(folder)
    store.contribute(Role.READER, 2, "佐藤", A)
    before = store.card_key(Role.READER, 1, UID, KEY_CONTEXT), store.public_key
    new = SecretGuard(Key(b"\x77" * 32))
    store.move(new)
    with pytest.raises(BadKeyStore):
        KeyStore.open(folder / "keys.json", KEK)
    reopened = KeyStore.open(folder / "keys.json", new)
    assert (reopened.card_key(Role.READER, 1, UID, KEY_CONTEXT), reopened.public_key) == before
    assert reopened.contribute(Role.READER, 2, "鈴木", B).master is not None


def test_a_makers_own_transport_keys_take_the_place_of_the_public_ones(folder: Path) -> None:
    own = {role: Key(bytes([number]) * 16) for number, role in enumerate(Role, 1)}
    store = KeyStore.create(folder / "keys.json", KEK, transport_masters=own)
    key = store.card_key(Role.ISSUER, 0, UID, KEY_CONTEXT)
    assert key.reveal() == diversify_an10922(b"\x01" * 16, UID + KEY_CONTEXT)


def test_the_embedded_store_is_there_at_once_and_stays_the_same(folder: Path) -> None:
    first, second = KeyStore.embedded(folder), KeyStore.embedded(folder)
    assert first.current_version == second.current_version == 1
    assert first.card_key(Role.READER, 1, UID, KEY_CONTEXT) == second.card_key(Role.READER, 1, UID, KEY_CONTEXT)
    assert KeyStore.embedded(folder / "other", KEK).public_key != first.public_key
    assert (folder / "kek.bin").stat().st_mode & 0o077 == 0


def test_a_kek_is_derived_from_a_long_secret_only() -> None:
    assert derive_kek(b"x" * 32) == derive_kek(b"x" * 32)
    assert derive_kek(b"x" * 32) != derive_kek(b"x" * 32, "another purpose")
    with pytest.raises(BadKeyStore):
        derive_kek(b"short")


@given(st.binary(min_size=16, max_size=16).filter(any))
def test_components_join_to_the_key_they_were_split_from(value: bytes) -> None:
    first, second = split(Key(value))
    assert combine(first, second) == Key(value)


@pytest.mark.parametrize(
    "typed",
    [
        "0123 4567 89AB CDEF 0123 4567 89AB CDEF",
        "0123456789abcdef0123456789abcdef",
        " 0123-4567-89AB-CDEF-0123-4567-89AB-CDEF\n",
    ],
)
def test_a_component_is_read_however_it_is_typed(typed: str) -> None:
    assert parse_component(typed, A.kcv.hex()) == A
    assert parse_component(A.text) == A


@pytest.mark.parametrize("typed", ["", "0123", "zz" * 16, "00" * 17, "00" * 24, "0" * 31])
def test_what_is_no_component_is_refused(typed: str) -> None:
    with pytest.raises(BadComponent, match="32 hexadecimal"):
        parse_component(typed)


def test_a_typing_error_is_found_by_the_check_value() -> None:
    with pytest.raises(BadComponent, match="typing error"):
        parse_component(A.text.replace("0123", "0124", 1), A.kcv.hex())


def test_a_component_does_not_print_itself() -> None:
    assert "0123" not in repr(A)
