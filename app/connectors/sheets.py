"""Rows as files that spreadsheets open: CSV (RFC 4180, UTF-8 with its mark, so that Excel reads the Japanese) and XLSX
(Office Open XML, ECMA-376). Neither keeps more than a few rows in memory.

A text that a spreadsheet would take for a formula stays a text (OWASP, CSV injection): in CSV by an apostrophe before
it, in XLSX by the mark with which Excel itself keeps what begins with an apostrophe.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, tzinfo
from itertools import islice
from typing import IO, Any, TypeAlias

from xlsxwriter import Workbook

Cell: TypeAlias = str | int | float | date | datetime | None

SIGNS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")  # the wide ones, too: Excel reads them alike
MOST_ROWS = 1_048_575  # of an XLSX sheet, below its headings (ECMA-376 by way of Excel's specifications)
LONGEST = 32_767  # characters of a cell of XLSX
EXACT = 10**15  # a spreadsheet rounds whole numbers beyond
_CHUNK = 200  # rows that go out together
_WIDEST = 60


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(SIGNS) else text


def csv_chunks(headings: Sequence[str], rows: Iterable[Sequence[Cell]], zone: tzinfo) -> Iterator[bytes]:
    """The file piece by piece, its headings at once. Days are 2026-11-22, instants 2026-11-22 15:04 in the zone."""
    yield b"\xef\xbb\xbf" + _lines([headings], zone)
    each = iter(rows)
    while some := list(islice(each, _CHUNK)):
        yield _lines(some, zone)


def _lines(rows: Iterable[Sequence[Cell]], zone: tzinfo) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([_plain(cell, zone) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8")


def _plain(cell: Cell, zone: tzinfo) -> str | int | float:
    match cell:
        case None:
            return ""
        case datetime():
            return f"{cell.astimezone(zone):%Y-%m-%d %H:%M}"
        case date():
            return cell.isoformat()
        case int() | float():
            return cell
        case _:
            return guarded(str(cell).replace("\x00", ""))


def xlsx(
    out: IO[bytes], title: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]], zone: tzinfo,
    told: Callable[[int], None] = lambda _: None,
) -> int:  # fmt: skip
    """Write the sheet into a file; gives how many rows it holds, `told` hears it on the way. The first MOST_ROWS."""
    book = Workbook(out, {"constant_memory": True, "default_date_format": "yyyy-mm-dd", "remove_timezone": True})
    book.set_properties({"title": title, "created": datetime(2000, 1, 1, tzinfo=UTC)})
    sheet = book.add_worksheet()
    looks = {
        "head": book.add_format({"bold": True, "bottom": 1}),
        "day": book.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
        "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm", "align": "left"}),
        "number": book.add_format({"num_format": "#,##0"}),
        "guarded": book.add_format({"quote_prefix": True}),
    }
    sheet.freeze_panes(1, 0)
    for at, heading in enumerate(headings):
        sheet.set_column(at, at, min(_WIDEST, max(12, _width(heading) + 4)))
        sheet.write_string(0, at, heading[:LONGEST], looks["head"])
    number = 0
    for number, row in enumerate(islice(rows, MOST_ROWS), 1):
        for at, cell in enumerate(row):
            _put(sheet, number, at, cell, zone, looks)
        if number % _CHUNK == 0:
            told(number)
    sheet.autofilter(0, 0, max(1, number), max(0, len(headings) - 1))
    book.close()
    return number


def _put(sheet: Any, row: int, column: int, cell: Cell, zone: tzinfo, looks: dict[str, Any]) -> None:
    match cell:
        case None | "":
            return
        case datetime():
            sheet.write_datetime(row, column, cell.astimezone(zone).replace(tzinfo=None), looks["moment"])
        case date() if cell.year >= 1900:
            sheet.write_datetime(row, column, datetime(cell.year, cell.month, cell.day), looks["day"])  # noqa: DTZ001
        case int() | float() if abs(cell) < EXACT:
            sheet.write_number(row, column, cell, looks["number"] if isinstance(cell, int) else None)
        case _:
            text = str(cell)[:LONGEST]
            sheet.write_string(row, column, text, looks["guarded"] if text.startswith(SIGNS) else None)


def _width(text: str) -> int:
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in text)
