"""Which receipt is proposed for which invoice, and why."""

from __future__ import annotations

import pytest

from app.services.money.matching import Claim, Fit, Match, Money, match
from app.services.money.payers import name_key

MINATO = Claim("INV-2026-00001", "2026-0001", 220000, ("ミナトケンセツシステム", "株式会社みなと建設システム"))
OZORA = Claim("INV-2026-00002", "2026-0002", 220000, ("カ）オオゾラ", "大空株式会社"))


def one(amount: int, payer: str, text: str = "", claims: tuple[Claim, ...] = (MINATO, OZORA)) -> Match:
    return match([Money(1, amount, payer, text)], claims)[0]


@pytest.mark.parametrize(
    "payer",
    [
        "カ)ミナトケンセツシステム",
        "ミナトケンセツシステム(カ",
        "ｶ)ﾐﾅﾄｹﾝｾﾂｼｽﾃﾑ",
        "カブシキガイシヤミナトケンセツシステム",
        "みなとけんせつしすてむ",
    ],
)
def test_amount_and_name_fit_however_the_company_is_abbreviated(payer: str) -> None:
    found = one(220000, payer)
    assert (found.fit, found.claims) == (Fit.FITS, ("INV-2026-00001",))


@pytest.mark.parametrize(
    ("payer", "name"),
    [
        ("トクヒ)ケンセツアイテイ", "トクテイヒエイリカツドウホウジンケンセツアイティ"),
        ("ガク)ミナト", "学校法人ミナト"),
        ("ドク)ケンセツシケンジヨ", "ドクリツギョウセイホウジンケンセツシケンジョ"),
        ("イ)ミドリカイ", "医療法人社団ミドリカイ"),
        ("ミナトキヨウクミ", "ミナトキョウドウクミアイ"),
        ("ダイ)ミナトダイガク", "国立大学法人ミナトダイガク"),
        ("フク)アオゾラカイ", "シャカイフクシホウジンアオゾラカイ"),
        ("メ)サトウシヨウテン", "合名会社サトウショウテン"),
        ("シ)サトウシヨウテン", "ゴウシガイシャサトウショウテン"),
        ("ミドリ(ザイ", "コウエキザイダンホウジンミドリ"),
        ("振込　カ)ミナト", "ミナト"),
        ("振込＊ｶ)ﾐﾅﾄ", "株式会社ミナト"),
    ],
)
def test_every_kind_of_body_is_known_as_banks_abbreviate_it(payer: str, name: str) -> None:
    claim = Claim("INV-2026-00007", "2026-0007", 220000, (name,))
    assert one(220000, payer, claims=(claim,)).fit is Fit.FITS


def test_who_has_the_amount_alone_is_never_chosen_for_the_payer() -> None:
    only = one(220000, "カ)オオサカビルシステム", claims=(MINATO,))
    assert (only.fit, only.claims, only.sure) == (Fit.NEARLY, ("INV-2026-00001",), False)
    assert one(219560, "カ)ミナトケンセツシステム").sure


@pytest.mark.parametrize(
    ("came", "named", "fit"),
    [
        ("ミズホ トウキヨウ 1234567", "1234567", Fit.FITS),
        ("ミズホ トウキヨウ 7654321", "1234567", Fit.NEARLY),
        ("ミズホ トウキヨウ 0034567", "34567", Fit.FITS),
        ("", "1234567", Fit.FITS),  # a CSV does not say
        ("ミズホ トウキヨウ 1234567", "0000000", Fit.FITS),  # the sample's
    ],
)
def test_money_on_another_account_than_the_invoice_names_is_looked_at(came: str, named: str, fit: Fit) -> None:
    claim = Claim("INV-2026-00001", "2026-0001", 220000, ("ミナトケンセツシステム",), named)
    [found] = match([Money(1, 220000, "カ)ミナトケンセツシステム", "", came)], [claim])
    assert found.fit is fit
    assert bool(found.why) is (fit is Fit.NEARLY)


def test_an_invoice_number_in_the_text_is_enough_where_the_name_is_not() -> None:
    assert one(220000, "ヤマダタロウ", "INV202600002").claims == ("INV-2026-00002",)


def test_a_case_number_before_the_name_is_understood() -> None:
    assert one(220000, "20260001ミナト").claims == ("INV-2026-00001",)


def test_the_amount_alone_is_nearly_a_fit_and_offers_every_invoice_of_that_amount() -> None:
    found = one(220000, "ヤマダタロウ")
    assert (found.fit, found.claims) == (Fit.NEARLY, ("INV-2026-00001", "INV-2026-00002"))


@pytest.mark.parametrize(("amount", "said"), [(219340, "charge"), (100000, "less"), (330000, "more")])
def test_a_wrong_amount_under_the_right_name_says_by_how_much(amount: int, said: str) -> None:
    found = one(amount, "カ)ミナトケンセツシステム")
    assert (found.fit, found.claims) == (Fit.NEARLY, ("INV-2026-00001",))
    assert said in found.why[0].message
    assert found.why[0].params == {"difference": f"{abs(220000 - amount):,}"}


def test_nothing_that_agrees_is_no_fit() -> None:
    assert one(5000, "リソク").fit is Fit.NOT


def test_two_receipts_for_one_invoice_are_both_only_nearly_so() -> None:
    first, second = Money(1, 220000, "カ)ミナトケンセツシステム", ""), Money(2, 220000, "ミナトケンセツシステム(カ", "")
    found = match([first, second], [MINATO])
    assert [each.fit for each in found] == [Fit.NEARLY, Fit.NEARLY]


def test_two_invoices_of_one_payer_are_chosen_from_by_a_person() -> None:
    second = Claim("INV-2026-00009", "2026-0001", 220000, MINATO.names)
    found = one(220000, "カ)ミナトケンセツシステム", claims=(MINATO, second))
    assert (found.fit, set(found.claims)) == (Fit.NEARLY, {"INV-2026-00001", "INV-2026-00009"})


def test_a_short_name_within_another_is_no_fit() -> None:
    short = Claim("INV-2026-00003", "2026-0003", 220000, ("ミナ",))
    assert one(220000, "ミナトケンセツシステム", claims=(short,)).fit is Fit.NEARLY


@pytest.mark.parametrize(
    ("one_way", "other"), [("カ）ショウジ", "ｼﾖｳｼﾞ(ｶ"), ("スター・リンク", "スタリンク"), ("(ユ)アイ", "アイ")]
)
def test_names_are_compared_as_banks_write_them(one_way: str, other: str) -> None:
    assert name_key(one_way) == name_key(other)
