"""The key store under a PKCS#11 token: SoftHSM, a real token in software."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from hardware import KeyStore, SecretGuard, TokenGuard
from hardware.cli import DEFAULTS, CardDefaults, card
from hardware.crypto import Key
from hardware.errors import BadKeyStore, BadToken
from hardware.facts import Role
from hardware.keys import new_component
from hardware.keys import token as token_module
from hardware.profiles.layout import KEY_CONTEXT
from tests.support.needs import needs, require, softhsm_library

pytestmark = [pytest.mark.softhsm, needs("softhsm")]

PIN = "274913"
UID = bytes.fromhex("F0010203040506")
LABELS = [f"nintei-{number}" for number in range(12)]
OWN = SecretGuard(Key(b"\x5a" * 32))


@pytest.fixture(scope="session")
def labels(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Iterator[str]]:
    """Fresh tokens, one for each test. The library reads its configuration once in a process."""
    require("softhsm")
    home = tmp_path_factory.mktemp("softhsm")
    (home / "tokens").mkdir()
    (home / "softhsm2.conf").write_text(f"directories.tokendir = {home}/tokens\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(home / "softhsm2.conf")
    for label in LABELS:
        subprocess.run(
            ["softhsm2-util", "--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", "98765432"],
            check=True, capture_output=True,
        )  # fmt: skip
    numbers = count()
    yield (LABELS[next(numbers)] for _ in LABELS)
    del os.environ["SOFTHSM2_CONF"]


@pytest.fixture
def guard(labels: Iterator[str]) -> TokenGuard:
    return TokenGuard(str(softhsm_library()), next(labels), "card-keys", PIN)


@pytest.fixture(autouse=True)
def _no_pin_was_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token_module, "_REFUSED", set())


def with_masters(path: Path, guard: TokenGuard | SecretGuard) -> KeyStore:
    store = KeyStore.create(path, guard)
    for role in Role:
        for person in ("佐藤", "鈴木"):
            store.contribute(role, 1, person, new_component())
    return store


def test_masters_lie_under_a_key_that_never_leaves_the_token(folder: Path, guard: TokenGuard) -> None:
    guard.make_key()
    store = with_masters(folder / "keys.json", guard)
    again = KeyStore.open(folder / "keys.json", guard)
    assert again.guard == f"token {guard.token}/card-keys"
    assert again.card_key(Role.READER, 1, UID, KEY_CONTEXT) == store.card_key(Role.READER, 1, UID, KEY_CONTEXT)
    assert PIN not in repr(guard)
    assert PIN not in (folder / "keys.json").read_text()


def test_the_key_in_the_token_cannot_be_read_out(guard: TokenGuard) -> None:
    import pkcs11

    guard.make_key()
    with guard._session() as session:
        key = guard._key(session)
        assert (key[pkcs11.Attribute.SENSITIVE], key[pkcs11.Attribute.EXTRACTABLE]) == (True, False)
        assert key[pkcs11.Attribute.NEVER_EXTRACTABLE]
        with pytest.raises(pkcs11.AttributeSensitive):
            key[pkcs11.Attribute.VALUE]


def test_a_key_that_could_be_read_out_is_refused(guard: TokenGuard) -> None:
    import pkcs11

    with guard._session(write=True) as session:
        open_key = {pkcs11.Attribute.SENSITIVE: False, pkcs11.Attribute.EXTRACTABLE: True}
        session.generate_key(pkcs11.KeyType.AES, 256, label="card-keys", store=True, template=open_key)
    with pytest.raises(BadToken, match="read out"):
        guard.wrap(Key.random(32))


def test_what_was_wrapped_and_altered_does_not_come_back(guard: TokenGuard) -> None:
    guard.make_key()
    key = Key.random(32)
    wrapped = guard.wrap(key)
    assert guard.unwrap(wrapped) == key
    assert key.reveal() not in wrapped
    assert guard.wrap(key) != wrapped
    for at in (1, 13, len(wrapped) - 1):
        spoiled = bytearray(wrapped)
        spoiled[at] ^= 1
        with pytest.raises(ValueError, match="not authentic"):
            guard.unwrap(bytes(spoiled))


class OldToken(TokenGuard):
    def _has_gcm(self, session: object) -> bool:
        return False


def test_a_token_without_gcm_is_used_with_cbc(guard: TokenGuard) -> None:
    guard.make_key()
    key = Key.random(32)
    wrapped = OldToken(guard.module, guard.token, guard.label, PIN).wrap(key)
    assert wrapped[0] == 2
    assert guard.unwrap(wrapped) == key
    with pytest.raises(ValueError, match="not authentic"):
        guard.unwrap(wrapped[:-1] + bytes([wrapped[-1] ^ 1]))


def test_masters_move_from_the_secret_to_the_token_and_back_and_cards_keep_their_keys(
    folder: Path, guard: TokenGuard
) -> None:
    guard.make_key()
    store = with_masters(folder / "keys.json", OWN)
    before = store.card_key(Role.ISSUER, 1, UID, KEY_CONTEXT), store.public_key
    letter = store.seal(b"a letter", "letter 1")
    store.move(guard)
    with pytest.raises(BadKeyStore, match="which the settings do not give"):
        KeyStore.open(folder / "keys.json", OWN)
    moved = KeyStore.open(folder / "keys.json", OWN, guard)
    assert (moved.card_key(Role.ISSUER, 1, UID, KEY_CONTEXT), moved.public_key) == before
    assert moved.unseal(letter, "letter 1") == b"a letter"
    moved.move(OWN)
    assert KeyStore.open(folder / "keys.json", OWN).public_key == before[1]
    with pytest.raises(BadKeyStore):
        KeyStore.open(folder / "keys.json", guard)


def test_a_store_that_was_opened_before_the_move_writes_under_the_new_guard(folder: Path, guard: TokenGuard) -> None:
    guard.make_key()
    with_masters(folder / "keys.json", OWN)
    early = KeyStore.open(folder / "keys.json", OWN, guard)
    KeyStore.open(folder / "keys.json", OWN).move(guard)
    early.contribute(Role.READER, 2, "佐藤", new_component())
    late = KeyStore.open(folder / "keys.json", guard)
    assert [each.version for each in late.pending()] == [2]


def test_every_trouble_of_a_token_is_said_in_words_without_the_pin(guard: TokenGuard) -> None:
    library, label = guard.module, guard.token
    wrong = {
        "no key card-keys": guard,
        "There is no token": TokenGuard(library, "nobody", "card-keys", PIN),
        "does not take this PIN": TokenGuard(library, label, "card-keys", "000000"),
        "cannot be loaded": TokenGuard("/nowhere/lib.so", label, "card-keys", PIN),
    }
    for words, each in wrong.items():
        with pytest.raises(BadToken, match=words) as said:
            each.wrap(Key.random(32))
        assert PIN not in str(said.value)
        assert "000000" not in str(said.value)


def test_a_pin_that_was_refused_is_not_tried_again(guard: TokenGuard) -> None:
    bad = TokenGuard(guard.module, guard.token, guard.label, "000000")
    with pytest.raises(BadToken, match="does not take"):
        bad.wrap(Key.random(32))
    with pytest.raises(BadToken, match="not tried again"):
        bad.wrap(Key.random(32))
    guard.make_key()
    with pytest.raises(BadToken, match="already"):
        guard.make_key()


def test_by_command_the_token_gets_its_key_and_the_masters(folder: Path, guard: TokenGuard) -> None:
    (folder / "keys").mkdir(parents=True)
    with_masters(folder / "keys/keys.json", OWN)
    said: list[tuple[str, str, str, str]] = []

    @click.group()
    @click.pass_context
    def portal(ctx: click.Context) -> None:
        ctx.meta[DEFAULTS] = lambda: CardDefaults(
            folder, "virtual", (guard, OWN), record=lambda *what: said.append(what)
        )

    portal.add_command(card)

    def keys(*arguments: str) -> str:
        result = CliRunner().invoke(portal, ["card", "keys", *arguments])
        assert result.exit_code == 0, result.output
        return result.output

    assert json.loads(keys("guard", "--json")) == {"guard": "secret", "others": [guard.name]}
    assert "card keys move token" in keys("token-key")
    assert "opened once more" in keys("move", "token")
    assert json.loads(keys("guard", "--json"))["guard"] == guard.name
    assert "佐藤 + 鈴木" in keys("list")
    keys("move", "secret")
    assert KeyStore.open(folder / "keys/keys.json", OWN).current_version == 1
    assert [act for act, *_ in said] == ["token_key", "moved", "moved"]
    assert PIN not in repr(said)
    standalone = CliRunner().invoke(
        card,
        ["--folder", str(folder), "--token-module", guard.module, "--token", guard.token, "--token-key", guard.label,
         "keys", "list"],
        input=f"{PIN}\n",
    )  # fmt: skip
    assert standalone.exit_code == 5
    assert "“secret”, which the settings do not give" in standalone.output
