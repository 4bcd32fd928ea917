"""Mail addresses and numbers as they are typed."""

from __future__ import annotations

import pytest

from app.text import address
from app.text.numbers import MOST_ID, whole


@pytest.mark.parametrize(
    "sent",
    [
        "yamada@example.co.jp",
        " Yamada@Example.co.jp ",
        "ｙａｍａｄａ＠ｅｘａｍｐｌｅ．ｃｏ．ｊｐ",
        "ＹＡＭＡＤＡ@example。co｡jp",
        "yamada@example.co.jp\r\n",
        "\u202ayamada@example.co.jp\u202c",
        "yama\u200bda@example.co.jp",
        "\u3000yamada@example.co.jp\u3000",
    ],
)
def test_one_person_has_one_address(sent: str) -> None:
    assert address.one(sent) == "yamada@example.co.jp"
    assert address.fits(address.one(sent))


def test_hyphens_that_an_input_method_makes_are_hyphens() -> None:
    assert address.one("yamada−ken@exa‐mple.co.jp") == "yamada-ken@exa-mple.co.jp"


def test_what_carriers_gave_out_is_an_address() -> None:
    assert address.fits(address.one("a..b.@docomo.ne.jp"))


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "@",
        "a@",
        "@b.jp",
        "a b@c.jp",
        "a@b",
        "山田@example.jp",
        "a@b..jp",
        "x" * 250 + "@b.jp",
        "a@b.jp" + " " * 2000 + "c@d.jp",
        "\ufdfa" * 100_000,
    ],
)
def test_what_is_no_address_does_not_fit(sent: str) -> None:
    assert not address.fits(address.spelled(sent))


def test_whole_numbers_have_a_bound() -> None:
    assert whole("12") == whole("１２") == whole(" 12 ") == 12
    assert whole(str(MOST_ID)) == MOST_ID
    for text in (str(MOST_ID + 1), "9" * 20, "9" * 5000, "-1", "1.5", "1e3", "٣", "一", "", "0x1", None, 7):
        assert whole(text) is None
    assert whole("7", 6) is None
