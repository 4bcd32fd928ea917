"""Published vectors: where each number comes from is said beside it."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware import crypto
from hardware.crypto import Key


def vectors(name: str) -> list[tuple[str, ...]]:
    """Rows of hexadecimal fields; `-` is an empty one."""
    text = (Path(__file__).parent / "vectors" / name).read_text()
    rows = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    return [tuple("" if field == "-" else field for field in row) for row in rows]


KEY_38B = "2b7e151628aed2a6abf7158809cf4f3c"
M_38B = (
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
)


@pytest.mark.parametrize(
    ("key", "length", "tag"),
    [
        # NIST SP 800-38B, appendix D.1 to D.3; the AES-128 ones are also RFC 4493, section 4.
        (KEY_38B, 0, "bb1d6929e95937287fa37d129b756746"),
        (KEY_38B, 16, "070a16b46b4d4144f79bdd9dd04a287c"),
        (KEY_38B, 40, "dfa66747de9ae63030ca32611497c827"),
        (KEY_38B, 64, "51f0bebf7e3b9d92fc49741779363cfe"),
        ("8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b", 0, "d17ddf46adaacde531cac483de7a9367"),
        ("8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b", 16, "9e99a7bf31e710900662f65e617c5184"),
        ("8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b", 40, "8a1de5be2eb31aad089a82e6ee908b0e"),
        ("8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b", 64, "a1d5df0eed790f794d77589659f39a11"),
        (
            "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
            0,
            "028962f61b7bf89efc6b551f4667d983",
        ),
        (
            "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
            16,
            "28a7023f452e8f82bd4bf28d8c37c35c",
        ),
        (
            "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
            40,
            "aaf3d8f1de5640c232f5b169b9c911e6",
        ),
        (
            "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
            64,
            "e1992190549f6ed5696a2c056c315410",
        ),
    ],
)
def test_cmac_gives_the_tags_of_sp_800_38b_and_rfc_4493(key: str, length: int, tag: str) -> None:
    assert crypto.aes_cmac(bytes.fromhex(key), bytes.fromhex(M_38B)[:length]).hex() == tag


def test_diversification_gives_the_key_of_an10922_table_2() -> None:
    master = bytes.fromhex("00112233445566778899AABBCCDDEEFF")
    m = bytes.fromhex("04782E21801D80" + "3042F5" + "4E585020416275")  # UID, AID, "NXP Abu"
    assert crypto.diversify_an10922(master, m).hex().upper() == "A8DD63A3B89D54B37CA802473FDA9175"


@pytest.mark.parametrize("length", [0, 15, 32])
def test_diversification_refuses_inputs_where_it_would_not_be_plain_cmac(length: int) -> None:
    with pytest.raises(ValueError, match="16 to 31"):
        crypto.diversify_an10922(bytes(16), bytes(length))


def test_diversification_of_a_longer_master_is_refused() -> None:
    with pytest.raises(ValueError, match="16-byte"):
        crypto.diversify_an10922(bytes(32), bytes(20))


@pytest.mark.parametrize(("key", "before", "after", "output"), vectors("kdf_cmac_aes128.txt"))
def test_counter_mode_kdf_gives_the_outputs_of_nist_cavp(key: str, before: str, after: str, output: str) -> None:
    derived = crypto.kdf_counter(bytes.fromhex(key), bytes.fromhex(before), bytes.fromhex(after), len(output) // 2)
    assert derived.hex() == output


def test_scp03_derivation_is_the_kdf_with_the_fields_of_amendment_d() -> None:
    key, context = bytes(range(16)), bytes(range(100, 132))
    # One block: CMAC over label, separator, L = 128 bits, counter 1, context.
    block = bytes(11) + b"\x04" + b"\x00" + b"\x00\x80" + b"\x01" + context
    assert crypto.scp03_derive(key, 0x04, context) == crypto.aes_cmac(key, block)


@pytest.mark.parametrize(("kek", "key", "wrapped"), vectors("rfc3394.txt"))
def test_key_wrap_gives_the_texts_of_rfc_3394_and_opens_them(kek: str, key: str, wrapped: str) -> None:
    assert crypto.wrap_key(bytes.fromhex(kek), bytes.fromhex(key)).hex().upper() == wrapped
    assert crypto.unwrap_key(bytes.fromhex(kek), bytes.fromhex(wrapped)).hex().upper() == key


def test_an_altered_wrapped_key_is_refused() -> None:
    wrapped = bytearray(crypto.wrap_key(bytes(16), bytes(16)))
    for at in range(len(wrapped)):
        altered = bytearray(wrapped)
        altered[at] ^= 1
        with pytest.raises(ValueError, match="not authentic"):
            crypto.unwrap_key(bytes(16), bytes(altered))


def test_the_check_value_is_aes_of_sixteen_ones() -> None:
    # GlobalPlatform's default test key has this well-known check value.
    assert crypto.kcv(bytes(range(0x40, 0x50))).hex().upper() == "504A77"


@given(st.binary(max_size=300))
def test_padding_comes_off_as_it_went_on(data: bytes) -> None:
    padded = crypto.pad(data)
    assert len(padded) % 16 == 0
    assert len(padded) > len(data)
    assert crypto.unpad(padded) == data


@pytest.mark.parametrize("data", [b"", bytes(16), b"\x80" + bytes(16), b"\x01" * 16])
def test_missing_padding_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="padding"):
        crypto.unpad(data)


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_xor_undoes_itself(a: bytes, b: bytes) -> None:
    assert crypto.xor(crypto.xor(a, b), b) == a


def test_components_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="length"):
        crypto.xor(bytes(16), bytes(8))


def test_a_key_shows_nothing_but_its_check_value() -> None:
    key = Key(bytes.fromhex("00112233445566778899AABBCCDDEEFF"))
    for shown in (repr(key), str(key), f"{key}", f"{key!r}", "%s" % key, repr([key]), repr({"k": key})):  # noqa: UP031
        assert "00112233" not in shown.lower()
        assert "112233" not in shown
    assert not hasattr(key, "__dict__")


def test_a_key_is_neither_pickled_nor_copied_by_accident() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(Key(bytes(16)))
    with pytest.raises(TypeError):
        copy.deepcopy(Key(bytes(16)))


def test_keys_compare_by_value_and_only_with_keys() -> None:
    assert Key(bytes(16)) == Key(bytes(16))
    assert Key(bytes(16)) != Key(b"\x01" * 16)
    assert Key(bytes(16)) != bytes(16)
    assert len({Key(bytes(16)), Key(bytes(16))}) == 1


def test_a_key_of_no_aes_length_is_refused() -> None:
    with pytest.raises(ValueError, match="16, 24 or 32"):
        Key(bytes(15))
