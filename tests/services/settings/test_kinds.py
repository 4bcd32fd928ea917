"""Every kind of value takes what is right in its one form, and says of what is not what is wanted."""

from __future__ import annotations

import pytest

from app.declarations import KINDS, SECTIONS
from app.errors import Refused
from app.services.settings.checking import checked
from tests.services.conftest import Bench
from tests.services.settings.asking import PACKAGE

GOOD = {
    "bank_code": ("０００５", "0005"),
    "branch_code": ("0-0-1", "001"),
    "account_number": ("765-4321", "7654321"),
    "account_type": ("当座", "当座"),
    "account_holder": ("ﾆﾝﾃｲｷｺｳ（ｶ", "ニンテイキコウ(カ"),
    "invoice_number": ("Ｔ７０００－０１２０－５０００２", "T7000012050002"),
    "postal_code": ("〒1000001", "100-0001"),
    "address": (" 東京都千代田区千代田1-1 ", "東京都千代田区千代田1-1"),
    "phone": ("０３（１２３４）５６７８", "03-1234-5678"),
    "email": ("Office@Example.JP", "Office@example.jp"),
    "url": ("https://example.jp/terms", "https://example.jp/terms"),
    "days": ("３０", "30"),
    "business_days": ("15", "15"),
    "minutes": ("0", "0"),
    "count": ("1,000", "1000"),
    "yen": ("２２０，０００円", "220000"),
    "tax_rate": ("10", "10"),
    "person": ("理事長 山田 太郎", "理事長 山田 太郎"),
    "choice": ("A4-24", "A4-24"),
    "clock": ("9：30", "09:30"),
    "weekdays": ("水・Tuesday", "火水"),
    "numbers": ("1、5", "5, 1"),
    "rooms": ("試験室A\n\n試験室A\n試験室B", "試験室A\n試験室B"),
    "addresses": ("Chief@Example.JP\n\noffice@example.jp ", "Chief@example.jp\noffice@example.jp"),
    "day_counts": ("2026/12/15 2\n2026-12-01　０", "2026-12-01 0\n2026-12-15 2"),
    "text": ("一行\nの文", "一行 の文"),
    "lines": ("一行\r\n二行", "一行\n二行"),
    "number": ("-5", "-5"),
    "yesno": ("true", "true"),
}
CHOICES = {"choice": ("A4-24", "62x29")}
BAD = {
    "bank_code": "12", "branch_code": "12345", "account_number": "ABC", "account_type": "その他",
    "account_holder": "漢字の名",
    "invoice_number": "T7000012050003", "postal_code": "12", "address": "あ" * 201, "phone": "0", "email": "だれか",
    "url": "ftp://example.jp", "days": "-1", "business_days": "many", "minutes": "1441", "count": "1.5", "yen": "高い",
    "tax_rate": "101", "person": "あ" * 101, "choice": "B5", "clock": "25:00", "weekdays": "毎日", "numbers": "一",
    "rooms": "部" * 101, "addresses": "だれか", "day_counts": "あした 2", "text": "x" * 201, "lines": "x" * 2001,
    "number": "", "yesno": "たぶん",
}  # fmt: skip


def test_every_kind_has_an_example_of_either_sort() -> None:
    assert set(GOOD) == set(BAD) == set(KINDS)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_what_is_right_is_kept_in_its_one_form(kind: str) -> None:
    typed, kept = GOOD[kind]
    assert checked(KINDS[kind], typed, "値", CHOICES.get(kind, ())) == kept
    assert checked(KINDS[kind], kept, "値", CHOICES.get(kind, ())) == kept


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_what_is_wrong_is_refused(kind: str) -> None:
    with pytest.raises(Refused):
        checked(KINDS[kind], BAD[kind], "値", CHOICES.get(kind, ()))


def test_an_account_holder_is_as_long_as_a_bank_file_holds() -> None:
    with pytest.raises(Refused):
        checked(KINDS["account_holder"], "ア" * 41, "口座名義")
    assert checked(KINDS["account_holder"], "ショウワ シツ", "口座名義") == "シヨウワ シツ"  # banks know no small kana


def test_every_key_that_staff_may_change_is_of_a_kind_that_is_known() -> None:
    lives = [key.live for section in SECTIONS.values() for key in section.keys if key.live]
    assert lives
    assert set(lives) <= set(KINDS)


def test_what_is_no_sample_of_the_package_fits_its_kind(bench: Bench) -> None:
    package = bench.portal.releases.current(PACKAGE).released
    for section in package.settings.values():
        for setting in section.values():
            if setting.format and not setting.sample:
                checked(KINDS[setting.format], str(setting.value), setting.title, setting.choices)
