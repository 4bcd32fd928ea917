"""Numbers and names with rules: what people type, and how it is kept."""

from __future__ import annotations

import pytest

from app.forms import FORMATS, Format, Unfit, load, postal
from tests.forms.drawing import schema


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("corporate_number", "７０００−０１２０−５０００２", "7000012050002"),
        ("corporate_number", " 7000 0120 5000 2 ", "7000012050002"),
        ("postal_code", "〒１００ー０００１", "100-0001"),
        ("postal_code", "1000001", "100-0001"),
        ("phone", "０３ー１２３４ー５６７８", "03-1234-5678"),
        ("phone", "03(1234)5678", "03-1234-5678"),
        ("phone", "09012345678", "09012345678"),
        ("phone", "+81-3-1234-5678", "+81-3-1234-5678"),
        ("kana", "やまだ　たろう", "ヤマダ　タロウ"),
        ("kana", "ﾔﾏﾀﾞ ﾀﾛｳ", "ヤマダ　タロウ"),
        ("kana", "サーバ-", "サーバー"),
        ("kana", "ゔぃーなす", "ヴィーナス"),
        ("invoice_number", "ｔ７０００ ０１２０ ５０００２", "T7000012050002"),
        ("email", "Ｙａｍａｄａ＠ＥＸＡＭＰＬＥ．ＣＯ．ＪＰ", "Yamada@example.co.jp"),
        ("email", "a..b.@docomo.ne.jp", "a..b.@docomo.ne.jp"),
        ("bank_account", "０１２３４５６", "0123456"),
        ("url", "ｈttps://www.example.co.jp/a?b=1", "https://www.example.co.jp/a?b=1"),
        ("url", "https://日本語.jp/", "https://日本語.jp/"),
    ],
)
def test_full_and_half_width_are_typed_alike(kind: str, typed: str, kept: str) -> None:
    assert FORMATS[Format(kind)](typed) == kept
    assert FORMATS[Format(kind)](kept) == kept


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("corporate_number", "7000012050003"),
        ("corporate_number", "123"),
        ("corporate_number", "T7000012050002"),
        ("postal_code", "100-001"),
        ("postal_code", "abcdefg"),
        ("phone", "1234-5678"),
        ("phone", "03-1234-5678内線9"),
        ("kana", "山田太郎"),
        ("kana", "yamada"),
        ("invoice_number", "7000012050002"),
        ("email", "yamada"),
        ("email", "yamada@example"),
        ("email", "a b@example.co.jp"),
        ("email", "a@example.co.jp,b@example.co.jp"),
        ("email", "a@example.co.jp\nBcc: b@example.co.jp"),
        ("email", "a" * 300 + "@example.co.jp"),
        ("bank_account", "12345"),
        ("url", "www.example.co.jp"),
        ("url", "javascript:alert(1)"),
        ("url", "https://user:pass@example.co.jp/"),
        ("url", "https://localhost/"),
        ("url", "https://example.co.jp:99999/"),
        ("url", "https://[::1"),
        ("url", 'https://example.co.jp/"><script>'),
    ],
)
def test_what_does_not_fit_is_said(kind: str, typed: str) -> None:
    with pytest.raises(Unfit) as caught:
        FORMATS[Format(kind)](typed)
    assert "%(label)s" in str(caught.value)


def test_every_format_has_a_rule() -> None:
    assert set(FORMATS) == set(Format) - {Format.NONE}


def test_a_postal_code_knows_its_place_without_a_network() -> None:
    assert postal("１００−０００１") == ("東京都", "千代田区", "千代田")
    assert postal("5300001") == ("大阪府", "大阪市北区", "梅田")
    assert postal("9999999") is None
    assert postal("x") is None


def test_postal_codes_may_be_asked_by_any_thread() -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(2) as pool:
        assert set(pool.map(postal, ["1000001"] * 20)) == {("東京都", "千代田区", "千代田")}


@pytest.mark.parametrize("code", ["618-0000", "498-0000", "871-0000"])
def test_a_code_of_two_prefectures_says_nothing(code: str) -> None:
    assert postal(code) is None


def test_a_code_of_many_towns_says_what_they_have_in_common() -> None:
    assert postal("452-0961") == ("愛知県", "清須市", "")
    assert postal("105-0011") == ("東京都", "港区", "芝公園")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("+81 (0)3-1234-5678", "+81-3-1234-5678"), ("+81-0-90-1234-5678", "+81-90-1234-5678"),
        ("+81 3 1234 5678", "+81-3-1234-5678"), ("03-1234-5678", "03-1234-5678"), ("0800-123-4567", "0800-123-4567"),
        ("050-1234-5678", "050-1234-5678"), ("0120-123-456", "0120-123-456"), ("+44 20 7946 0958", "+44-20-7946-0958"),
    ],
)  # fmt: skip
def test_telephone_numbers_are_kept_as_they_are_dialled(typed: str, kept: str) -> None:
    assert FORMATS[Format.PHONE](typed) == kept


@pytest.mark.parametrize("typed", ["03-1234-56789", "0120-1234-5678", "+81-3-1234-56789", "03-1234-567"])
def test_numbers_of_a_wrong_length_are_refused(typed: str) -> None:
    with pytest.raises(Unfit):
        FORMATS[Format.PHONE](typed)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("霞が関３ー１ー１", "霞が関３-１-１"),
        ("霞が関3−1‐1", "霞が関3-1-1"),
        ("センタービル2", "センタービル2"),
        ("3丁目スーパー１F", "3丁目スーパー１F"),
    ],
)
def test_between_the_digits_of_an_address_stand_hyphens(typed: str, kept: str) -> None:
    street = {"type": "textfield", "key": "street", "label": "番地", "properties": {"autocomplete": "address-line1"}}
    spec = load(schema(street, {"type": "textfield", "key": "note", "label": "備考"}))
    assert spec.clean({"street": typed, "note": typed}).values == {"street": kept, "note": typed}
