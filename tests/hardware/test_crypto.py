"""Published vectors: where each number comes from is said beside it."""

from __future__ import annotations

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware import crypto
from hardware.crypto import Key

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
        ("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", 0, "028962f61b7bf89efc6b551f4667d983"),
        ("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", 16, "28a7023f452e8f82bd4bf28d8c37c35c"),
        ("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", 40, "aaf3d8f1de5640c232f5b169b9c911e6"),
        ("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", 64, "e1992190549f6ed5696a2c056c315410"),
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


@pytest.mark.parametrize(
    ("key", "before", "after", "output"),
    [
        # NIST CAVP, KDF in counter mode, CMAC_AES128, 8-bit counter (KDFCTR_gen.rsp): before, after and amid the fixed data.
        (
            "dff1e50ac0b69dc40f1051d46c2b069c",
            "",
            "c16e6e02c5a3dcc8d78b9ac1306877761310455b4e41469951d9e6c2245a064b33fd8c3b01203a7824485bf0a64060c4648b707d26"
            "07935699316ea5",
            "8be8f0869b3c0ba97b71863d1b9f7813",
        ),
        (
            "e4d94da336fada7c0ee4a9591dd0327a",
            "",
            "538fefb2eeb7c50c84bf603a7beddff4bba049f0052c45f13c56e9ae5944eb22d677f280e5a29c588cf40c7c57f7767aad3d595069"
            "fb40d02c01f866",
            "268a1d44ba5a5b1a28b9a611c76671f7",
        ),
        (
            "e61a51e1633e7d0de704dcebbd8f962f",
            "5eef88f8cb188e63e08e23c957ee424a3345da88400c567548b57693931a847501f8e1bce1c37a09ef8c6e2ad553dd0f603b52cc6d"
            "4e4cbb76eb6c8f",
            "",
            "63a5647d0fe69d21fc420b1a8ce34cc1",
        ),
        (
            "23eb065be127a881e35a6514d435679f",
            "e679861a613465a67385372671b107e6b895a2f64043c934ff4256a7e63cfb8bfacc2124251c90fa670d45745c1c35da9b6e05af77"
            "ea9c4ad486fd1a",
            "",
            "ea4ebbb4efff4b01684012ed8ff9c64e70ae38197c36445a6c804a0e44819ac3",
        ),
        (
            "a8ead77b2ae885633bb8295d20b7ba26",
            "ba34f2360fb8cdc2a4a373f703b364a35d959c0f1ad681cfadc868ece0c86444844f606b35ab3f50883e0e6d9a8c59572ca4b18265"
            "9a480f561c0087",
            "",
            "f38b28868c3541e2dd03c67355b444eabb75238e",
        ),
        (
            "afac44ec364ce5c706239c922491002c",
            "913d273cb1e1d71bec4c6eee7c63356efa9588ff90e075f8845be9dd51fcdfba5ba178ee39058dfce19472fe32867da5c8a32d4524"
            "055ab32fd1088c",
            "",
            "80eb67c9cb707f9a0a2436c0b49393edbfc940889cbd4dfd2b5f6cf9cfcd15f9d24222fe01548183",
        ),
        (
            "b6e04abd1651f8794d4326f4c684e631",
            "93612f7256c46a3d856d3e951e32dbf15fe11159d0b389ad38d603850fee6d18d22031435ed36ee20da76745fbea4b10fe1e",
            "99322aae605a5f01e32b",
            "dcb1db87a68762c6b3354779fa590bef",
        ),
        (
            "a239154d967d7c9d852bd99589e1ac1c",
            "5d4cefc0dd8e954fe0f1645f19f8fc4654f88fa08b42eb67be98db3a228cdff00f0f5287fe32fb9a59f626d1984e33d6eacd",
            "a3e27c1764932ce58625",
            "f69af7108762cfb95a2282c12eb58d914a78369c8f4a91c7850c81c973f704e9",
        ),
        (
            "db6891ec19c0a5648c49cc214aa79a62",
            "0e9dc3c24d8fee4c8ebae8496dd74a8c43e98df9b44f5a87ca3e0e06f25316c42e40ab56f0514b41abafb62436df5e2a853b",
            "5e3b3bb3678e62841248",
            "4333fc7ffa48b574c623704306242b78e5bc07e3",
        ),
        (
            "5f99dd55eaaedfd7660c72530730541f",
            "128ebf7d66d9d0b425038ca681bcad81698c173092ce07ff7d10e153bcd5a0560e3a0314a18512143cdc6158131cf1b91db1",
            "5c482b7201779677533f",
            "1d5fc5fbb78aa813f90edc2fca584c135eaa1613cb52ba29bb7ce0fef0c46c6cf741ef793038a60f",
        ),
        (
            "682e814d872397eba71170a693514904",
            "",
            "e323cdfa7873a0d72cd86ffb4468744f097db60498f7d0e3a43bafd2d1af675e4a88338723b1236199705357c47bf1d89b2f4617a3"
            "40980e6331625c",
            "dac9b6ca405749cfb065a0f1e42c7c4224d3d5db32fdafe9dee6ca193316f2c7",
        ),
        (
            "7aa9973481d560f3be217ac3341144d8",
            "",
            "46f88b5af7fb9e29262dd4e010143a0a9c465c627450ec74ab7251889529193e995c4b56ff55bc2fc8992a0df1ee8056f6816b7614"
            "fba4c12d3be1a5",
            "1746ae4f09903f74bfbe1b8ae2b79d74576a3b09",
        ),
        (
            "e91e0d06ab23a4e495bbcc430efddcaf",
            "",
            "24acb8e9227b180f2ccebea48051cbdbcd1be2bf94400d1e92945fe9b887585a295f46c469036107697813a3e12c45ae2ffde9a940"
            "f8f8c181018a93",
            "e81ef2483729d4165aaa4866c17f26496e6c6924e2fe34f608efef0c35835f86df29a1e19ce166a8",
        ),
    ],
)
def test_counter_mode_kdf_gives_the_outputs_of_nist_cavp(key: str, before: str, after: str, output: str) -> None:
    derived = crypto.kdf_counter(bytes.fromhex(key), bytes.fromhex(before), bytes.fromhex(after), len(output) // 2)
    assert derived.hex() == output


def test_scp03_derivation_is_the_kdf_with_the_fields_of_amendment_d() -> None:
    key, context = bytes(range(16)), bytes(range(100, 132))
    # One block: CMAC over label, separator, L = 128 bits, counter 1, context.
    block = bytes(11) + b"\x04" + b"\x00" + b"\x00\x80" + b"\x01" + context
    assert crypto.scp03_derive(key, 0x04, context) == crypto.aes_cmac(key, block)


@pytest.mark.parametrize(
    ("kek", "key", "wrapped"),
    [
        # RFC 3394, section 4.1 to 4.6.
        ("000102030405060708090A0B0C0D0E0F", "00112233445566778899AABBCCDDEEFF", "1FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CFE5"),
        ("000102030405060708090A0B0C0D0E0F1011121314151617", "00112233445566778899AABBCCDDEEFF", "96778B25AE6CA435F92B5B97C050AED2468AB8A17AD84E5D"),
        ("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F", "00112233445566778899AABBCCDDEEFF", "64E8C3F9CE0F5BA263E9777905818A2A93C8191E7D6E8AE7"),
        ("000102030405060708090A0B0C0D0E0F1011121314151617", "00112233445566778899AABBCCDDEEFF0001020304050607", "031D33264E15D33268F24EC260743EDCE1C6C7DDEE725A936BA814915C6762D2"),
        ("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F", "00112233445566778899AABBCCDDEEFF0001020304050607", "A8F9BC1612C68B3FF6E6F4FBE30E71E4769C8B80A32CB8958CD5D17D6B254DA1"),
        ("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F", "00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F", "28C9F404C4B810F4CBCCB35CFB87F8263F5786E2D80ED326CBC7F0E71A99F43BFB988B9B7A02DD21"),
    ],
)  # fmt: skip
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
