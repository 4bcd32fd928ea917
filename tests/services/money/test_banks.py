"""The CSV files of the large banks: recognised by meaning, never preset where doubtful, nothing left out unsaid."""

from __future__ import annotations

from datetime import date

import pytest

from app.errors import Refused
from app.services.money import bankcsv
from app.services.money.headings import Columns, recognised
from tests.support.banks import BANKS, Entry, mufg, sbi

TODAY = date(2026, 5, 1)
DAY = date(2026, 4, 2)
ENTRIES = [
    Entry(date(2026, 4, 1), -440, "フリコミテスウリヨウ"),
    Entry(DAY, 220_000, "カ)ミホンケンセツシステム"),
    Entry(date(2026, 4, 3), -330_000, "ヘンキン"),
    Entry(date(2026, 4, 6), 5_000, "リソク"),
]


@pytest.mark.parametrize("bank", BANKS)
def test_of_each_banks_file_exactly_what_came_in_is_read(bank: str) -> None:
    table = bankcsv.table(BANKS[bank](ENTRIES))
    assert table.guess is not None
    assert table.guess.whole
    found = bankcsv.statement(table.rows, table.guess, TODAY)
    got = sorted((each.day, each.amount, each.cancelled) for each in found.receipts)
    assert got == [(DAY, 220_000, False), (date(2026, 4, 6), 5_000, False)]
    payer = next(each.payer for each in found.receipts if each.amount == 220_000)
    assert "カ)ミホンケンセツシステム" in payer
    went = sorted(each.params["yen"] for each in found.left_out if "yen" in each.params)
    assert went == ["330,000", "440"]


def test_every_line_below_the_headings_is_a_receipt_or_left_out_with_a_reason() -> None:
    for make in BANKS.values():
        table = bankcsv.table(make(ENTRIES))
        assert table.guess is not None
        found = bankcsv.statement(table.rows, table.guess, TODAY)
        assert len(found.receipts) + len(found.left_out) == len(table.rows) - table.guess.skip
        assert all(each.why and each.text for each in found.left_out)


def test_money_out_is_never_the_guess_for_money_in() -> None:
    table = bankcsv.table(mufg(ENTRIES))
    assert table.guess == Columns(day=0, came_in=4, went_out=3, kind=8, payer=2, text=6, balance=5)


def test_a_negative_amount_in_the_column_of_what_came_in_is_a_receipt_taken_back() -> None:
    text = sbi(ENTRIES[:2]).decode("cp932").replace('"220,000"', '"-220,000"').replace("5,219,560", "4,779,560")
    content = text.encode("cp932")
    table = bankcsv.table(content)
    assert table.guess is not None
    (found,) = bankcsv.statement(table.rows, table.guess, TODAY).receipts
    assert (found.amount, found.cancelled) == (220_000, True)


def test_what_the_bank_calls_a_reversal_is_one_wherever_its_amount_stands() -> None:
    rows = [
        ("日付", "内容", "出金金額", "入金金額", "残高"),
        ("2026/4/2", "振込 カ)ミホン", "", "220,000", "1,220,000"),
        ("2026/4/3", "振込取消 カ)ミホン", "220,000", "", "1,000,000"),
    ]
    guess = recognised(rows)
    assert guess is not None
    found = bankcsv.statement(rows, guess, TODAY)
    assert [(each.amount, each.cancelled) for each in found.receipts] == [(220_000, False), (220_000, True)]


@pytest.mark.parametrize(
    ("headings", "row"),
    [
        (("日付", "金額", "内容"), ("2026/4/1", "5", "ア")),  # nobody says which way it went
        (("日付", "入金", "入金額", "内容"), ("2026/4/1", "5", "5", "ア")),  # two that could be it
        (("日付", "支払い金額", "お取引内容"), ("2026/4/1", "5", "ア")),  # only what went out
        (("日付", "残高", "内容"), ("2026/4/1", "5", "ア")),
        (("日付", "入金日", "入金先", "支払い金額"), ("2026/4/1", "2026/4/1", "ア", "5")),
    ],
)
def test_what_is_doubtful_is_not_preset(headings: tuple[str, ...], row: tuple[str, ...]) -> None:
    guess = recognised([headings, row])
    assert guess is None or not guess.knows_way


def test_columns_of_in_and_out_that_were_exchanged_are_found_by_the_balance() -> None:
    table = bankcsv.table(mufg(ENTRIES))
    wrong = Columns(day=0, came_in=3, went_out=4, payer=2, balance=5)
    with pytest.raises(Refused, match="balance"):
        bankcsv.statement(table.rows, wrong, TODAY)


@pytest.mark.parametrize("bank", BANKS)
def test_two_alike_on_end_are_no_contradiction_whichever_comes_first(bank: str) -> None:
    table = bankcsv.table(BANKS[bank]([Entry(DAY, 220_000, "ア"), Entry(DAY, 220_000, "ア")]))
    assert table.guess is not None
    assert len(bankcsv.statement(table.rows, table.guess, TODAY).receipts) == 2


def test_a_note_below_the_entries_is_left_out_and_a_spoilt_entry_is_refused() -> None:
    columns = Columns(day=0, came_in=1, payer=2, skip=0)
    rows = [("2026/4/1", "5", "ア"), ("合計", "五", ""), ("※ご注意", "", "")]
    found = bankcsv.statement(rows, columns, TODAY)
    assert [each.number for each in found.left_out] == [2, 3]
    with pytest.raises(Refused, match="Line 2: “五”"):
        bankcsv.statement([rows[0], ("2026/4/2", "五", "イ")], columns, TODAY)
    with pytest.raises(Refused, match="Line 2: “あした”"):
        bankcsv.statement([rows[0], ("あした", "5", "イ")], columns, TODAY)


@pytest.mark.parametrize("encoding", ["cp932", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_encoding_that_banks_and_spreadsheets_write_is_read(encoding: str) -> None:
    content = mufg(ENTRIES).decode("cp932").encode(encoding)
    assert bankcsv.table(content).guess == bankcsv.table(mufg(ENTRIES)).guess


def test_a_layout_is_the_same_whatever_stands_in_the_file() -> None:
    one, other = bankcsv.table(mufg(ENTRIES)), bankcsv.table(mufg(ENTRIES[:2]))
    assert one.key(1) == other.key(1)
    assert one.key(1) != bankcsv.table(sbi(ENTRIES)).key(1)
