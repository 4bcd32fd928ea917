"""The bank's files: 全銀協 records and CSV, as banks write them, and damaged ones."""

from __future__ import annotations

from datetime import date

import pytest

from app.errors import Refused
from app.services.money import bankcsv, zengin
from app.services.money.headings import Columns
from tests.support.zengin import Row, receipts, statement

TODAY = date(2026, 4, 1)


def test_receipts_are_read_with_half_width_kana_in_shift_jis() -> None:
    content = receipts([Row("080401", 220000, "ｶ)ﾐﾎﾝｹﾝｾﾂｼｽﾃﾑ", "INV202600001"), Row("080401", 5000, "ﾘｿｸ")])
    assert zengin.is_zengin(content)
    found = zengin.read(content, TODAY)
    assert found.kind == "zengin-01"
    assert found.account == "ミホンギンコウ ホンテン 1234567"
    first, second = found.receipts
    assert (first.day, first.amount, first.payer) == (TODAY, 220000, "カ)ミホンケンセツシステム")
    assert first.text == "INV202600001"
    assert (second.amount, second.payer, second.reference) == (5000, "リソク", "000002")


@pytest.mark.parametrize("joint", [b"", b"\r\n", b"\n"])
def test_records_may_be_on_lines_or_in_one_piece(joint: bytes) -> None:
    content = receipts([Row("080401", 1, "ｱ"), Row("080401", 2, "ｲ")], joint)
    assert [each.amount for each in zengin.read(content, TODAY).receipts] == [1, 2]


def test_lines_whose_trailing_spaces_an_editor_cut_are_read() -> None:
    content = b"\r\n".join(line.rstrip() for line in receipts([Row("080401", 7, "ﾃｽﾄ")], b"\n").split(b"\n"))
    assert [each.amount for each in zengin.read(content, TODAY).receipts] == [7]


def test_a_file_that_was_saved_as_utf_8_is_read() -> None:
    content = receipts([Row("080401", 7, "ﾃｽﾄｼｮｳｼﾞ")], b"\r\n").decode("cp932").encode("utf-8-sig")
    assert zengin.read(content, TODAY).receipts[0].payer == "テストショウジ"


def test_kana_that_look_like_utf_8_by_chance_stay_kana() -> None:
    assert zengin.read(receipts([Row("080401", 7, "ﾃｩ")]), TODAY).receipts[0].payer == "テゥ"


@pytest.mark.parametrize(("written", "year"), [("080401", 2026), ("260401", 2026), ("070331", 2025), ("251231", 2025)])
def test_years_of_the_era_and_western_ones_are_told_apart_by_today(written: str, year: int) -> None:
    assert zengin.read(receipts([Row(written, 1, "ｱ")]), TODAY).receipts[0].day.year == year


def test_of_a_statement_only_what_came_in_is_taken() -> None:
    content = statement([Row("080401", 220000, "ｶ)ﾐﾎﾝ"), Row("080401", 330, "ﾃｽｳﾘﾖｳ", out=True)])
    found = zengin.read(content, TODAY)
    assert found.kind == "zengin-03"
    assert [(each.amount, each.payer) for each in found.receipts] == [(220000, "カ)ミホン")]


def test_a_receipt_that_the_bank_took_back_is_marked() -> None:
    content = receipts([Row("080401", 10, "ｱ"), Row("080401", 10, "ｱ", cancelled=True)])
    assert [each.cancelled for each in zengin.read(content, TODAY).receipts] == [False, True]


def test_keys_tell_receipts_apart_and_recognise_them_in_another_file() -> None:
    one = zengin.read(receipts([Row("080401", 10, "ｱ"), Row("080401", 10, "ｱ"), Row("080401", 20, "ｲ")]), TODAY)
    other = zengin.read(receipts([Row("080401", 10, "ｱ"), Row("080401", 10, "ｱ")]), TODAY)
    keys = [each.key for each in one.receipts]
    assert len(set(keys)) == 3
    assert {each.key for each in other.receipts} <= set(keys)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda c: c.replace(b"8000001", b"8000002", 1), "it is not complete"),
        (lambda c: c[:400], "ends before its sums"),
        (lambda c: c[:-50], "a record has 200"),
        (lambda c: b"101" + b"1" + c[4:], "EBCDIC"),
        (lambda c: c.replace(b"2000001080401", b"2000001081301", 1), "is not a date"),
        (lambda c: c.replace(b"0000000010", b"00000000X0", 1), "is not a number"),
        (lambda c: c[:200] + b"7" + c[201:], "not a record that belongs here"),
    ],
)
def test_damage_is_said_and_nothing_is_taken(spoil: object, said: str) -> None:
    content = receipts([Row("080401", 10, "ｱ")], b"")
    with pytest.raises(Refused, match=said):
        zengin.read(spoil(content), TODAY)  # type: ignore[operator]


COLUMNS = Columns(day=0, came_in=1, payer=2, skip=0)
CSV = """取引日,出金金額,入金金額,残高,摘要\r
2026/4/1,,"220,000","1,000,000",振込　カ）ミホン\r
2026/4/1,330,,999670,手数料\r
"""


@pytest.mark.parametrize("encoding", ["cp932", "utf-8", "utf-8-sig"])
def test_a_csvs_columns_are_guessed_from_its_headings(encoding: str) -> None:
    table = bankcsv.table(CSV.encode(encoding))
    assert table.guess == Columns(day=0, came_in=2, went_out=1, payer=4, balance=3)
    found = bankcsv.statement(table.rows, table.guess, TODAY)
    assert [(each.day, each.amount, each.payer) for each in found.receipts] == [(TODAY, 220000, "振込 カ)ミホン")]


@pytest.mark.parametrize(
    "written",
    ["2026/04/01", "2026-4-1", "2026年4月1日", "20260401", "令和8年4月1日", "R8.4.1", "26/04/01", "４月１日"],
)
def test_days_are_read_as_banks_write_them(written: str) -> None:
    found = bankcsv.statement([(written, "1", "名")], COLUMNS, TODAY)
    assert found.receipts[0].day == TODAY


@pytest.mark.parametrize(("written", "yen"), [("¥1,234", 1234), ("１２３４円", 1234), ("1234.00", 1234), ("+500", 500)])
def test_amounts_are_read_as_banks_write_them(written: str, yen: int) -> None:
    assert bankcsv.statement([("20260401", written, "名")], COLUMNS, TODAY).receipts[0].amount == yen


@pytest.mark.parametrize("rows", [[("20260401", "abc", "名")], [("never", "1", "名")], [("20260401", "", "名")]])
def test_a_csv_that_says_nothing_usable_is_refused(rows: list[tuple[str, str, str]]) -> None:
    with pytest.raises(Refused):
        bankcsv.statement(rows, COLUMNS, TODAY)


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\xff\xff", b"one\ntwo\n", b"a,b\n1,2\n"])
def test_what_is_no_list_of_receipts_is_refused(content: bytes) -> None:
    with pytest.raises(Refused):
        bankcsv.table(content)
