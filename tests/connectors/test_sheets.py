"""Rows become files that spreadsheets open: words stay words, numbers stay numbers, nothing becomes a formula."""

from __future__ import annotations

import csv
import io
import tempfile
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from defusedxml import ElementTree

from app.connectors import sheets
from app.connectors.sheets import Cell

JAPAN = ZoneInfo("Asia/Tokyo")
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "－2", '=HYPERLINK("http://x","y")']


def read_csv(rows: list[list[Cell]], *headings: str) -> list[list[str]]:
    content = b"".join(sheets.csv_chunks(headings or ["甲", "乙"], rows, JAPAN))
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def read_xlsx(rows: list[list[Cell]]) -> tuple[list[list[tuple[str, str, str]]], str]:
    """(rows of (type, value, style), the XML of the sheet and of its styles)."""
    out = io.BytesIO()
    sheets.xlsx(out, "題", ["甲", "乙"], rows, JAPAN)
    with zipfile.ZipFile(out) as archive:
        text = archive.read("xl/worksheets/sheet1.xml").decode()
        styles = archive.read("xl/styles.xml").decode()
    found = []
    for row in ElementTree.fromstring(text).iter(f"{MAIN}row"):
        cells = [
            (each.get("t", "n"), "".join(each.itertext()), each.get("s", "0")) for each in row.iter(f"{MAIN}c")
        ]  # fmt: skip
        found.append(cells)
    return found, text + styles


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_becomes_a_formula(text: str) -> None:
    assert read_csv([[text, 1]])[1] == [f"'{text}", "1"]
    rows, source = read_xlsx([[text, 1]])
    kind, value, style = rows[1][0]
    assert (kind, value.replace("_x000D_", "\r")) == ("inlineStr", text)
    assert style != "0"  # marked as a text that begins with an apostrophe
    assert "quotePrefix" in source
    assert "<f>" not in source


def test_numbers_days_and_instants_stay_what_they_are() -> None:
    moment = datetime(2026, 11, 22, 15, 30, tzinfo=UTC)
    row: list[Cell] = [-440, 0.5, date(2026, 11, 22), moment, None, 10**16, "普通"]
    assert read_csv([row])[1] == ["-440", "0.5", "2026-11-22", "2026-11-23 00:30", "", str(10**16), "普通"]
    cells, _ = read_xlsx([row])
    assert [(kind, value) for kind, value, _ in cells[1]] == [
        ("n", "-440"), ("n", "0.5"), ("n", "46348"), ("n", "46349.02083333334"),
        ("inlineStr", str(10**16)), ("inlineStr", "普通"),
    ]  # fmt: skip


def test_lines_commas_quotes_and_control_signs_stay_in_their_cell() -> None:
    said = 'あ,い"う"\r\nえ'
    assert read_csv([[said, "x\x00y"]])[1] == [said, "xy"]
    rows, _ = read_xlsx([["\x01\ud7ff", "え" * 40_000]])
    assert len(rows[1][1][1]) == sheets.LONGEST


def many(number: int) -> Iterator[list[Cell]]:
    for each in range(number):
        yield [f"2026-{each:06d}", "株式会社みほん", each, date(2026, 4, 1)]


def test_the_first_bytes_come_before_the_first_row() -> None:
    def broken() -> Iterator[list[Cell]]:
        raise AssertionError("a row was asked for")
        yield []

    assert next(sheets.csv_chunks(["甲"], broken(), JAPAN)) == "\ufeff甲\r\n".encode()


def test_a_long_sheet_takes_no_more_memory_than_a_short_one() -> None:
    heights = []
    for number in (2_000, 20_000):
        told: list[int] = []
        tracemalloc.start()
        with tempfile.TemporaryFile() as out:
            assert sheets.xlsx(out, "題", ["a", "b", "c", "d"], many(number), JAPAN, told.append) == number
        heights.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert told[-1] == number
    assert heights[1] < heights[0] * 2
