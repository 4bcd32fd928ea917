"""CSV of a bank: which column says what is guessed from the headings, and a person has the last word."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.errors import Refused
from app.services.money.bankfile import MOST_LINES, REIWA, Receipt, Statement, day_of, decode, keyed


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column of a CSV says what: numbers from 0; none where there is none."""

    day: int
    amount: int
    payer: int
    text: int | None = None
    skip: int = 1  # lines above the first receipt


@dataclass(frozen=True)
class Table:
    """A CSV file before its columns are named."""

    rows: tuple[tuple[str, ...], ...]
    guess: Columns | None

    @property
    def width(self) -> int:
        """Columns of the widest row."""
        return max((len(row) for row in self.rows), default=0)


# Words of a heading, the surest first.
_HEADINGS: Mapping[str, str] = {
    "day": "日付 取引日 入金日 勘定日 取扱日 振込日 起算日 年月日 date",
    "amount": "入金金額 入金額 お預り金額 お預かり金額 預入金額 お預入 預入 振込金額 金額 入金 amount",
    "payer": "振込依頼人名 振込人名 依頼人名 振込名義 名義 お客様名 お取引内容 取引内容 内容 摘要 payer name",
    "text": "edi 備考 メモ 摘要内容 摘要 remarks note",
}


def table(content: bytes) -> Table:
    """The rows of a CSV file and a guess of which column says what."""
    text = decode(content)
    sample = text[:4000]
    delimiter = "\t" if sample.count("\t") > sample.count(",") else ","
    try:
        rows = [tuple(cell.strip() for cell in row) for row in csv.reader(io.StringIO(text), delimiter=delimiter)]
    except csv.Error:
        raise Refused("This file cannot be read as CSV") from None
    rows = [row for row in rows if any(row)]
    if len(rows) > MOST_LINES:
        raise Refused("The file has more than %(most)s lines", most=MOST_LINES)
    if not rows or max(len(row) for row in rows) < 3:
        raise Refused("This is neither a 全銀 file nor a CSV with a day, an amount and a name in columns")
    return Table(tuple(rows), _guess(rows))


def _guess(rows: Sequence[tuple[str, ...]]) -> Columns | None:
    for at, row in enumerate(rows[:15]):
        named = {name: _heading(row, words.split(), name) for name, words in _HEADINGS.items()}
        day, amount, payer, text = named["day"], named["amount"], named["payer"], named["text"]
        if day is not None and amount is not None and payer is not None:
            return Columns(day, amount, payer, text if text != payer else None, at + 1)
    return None


def _heading(row: Sequence[str], words: Sequence[str], name: str) -> int | None:
    cells = [unicodedata.normalize("NFKC", cell).lower().replace(" ", "") for cell in row]
    for word in words:
        for at, cell in enumerate(cells):
            misleading = "残高" in cell or "出金" in cell.replace("入出金", "") or (name == "amount" and "日" in cell)
            if word in cell and not misleading:
                return at
    return None


def statement(rows: Sequence[Sequence[str]], columns: Columns, today: date) -> Statement:
    """The receipts of a CSV whose columns are named; rows without an amount that came in are left out."""
    found = []
    for number, row in enumerate(rows[columns.skip :], columns.skip + 1):

        def cell(at: int | None, row: Sequence[str] = row) -> str:
            return row[at] if at is not None and at < len(row) else ""

        amount = _amount(cell(columns.amount), number)
        if amount > 0:
            day = _any_day(cell(columns.day), number, today)
            found.append(Receipt(number, day, amount, cell(columns.payer), cell(columns.text)))
    if not found:
        raise Refused("No row has an amount that came in: look at which column is which")
    return Statement("csv", "", keyed(found, ""))


def _amount(text: str, number: int) -> int:
    even = unicodedata.normalize("NFKC", text).replace(",", "").replace("円", "").strip().lstrip("¥\\+").strip()
    if not even or even in {"-", "*"}:
        return 0
    try:
        return int(float(even)) if even.endswith((".0", ".00")) else int(even)
    except ValueError:
        raise Refused("Line %(line)s: “%(text)s” is not an amount", line=number, text=text[:40]) from None


def _any_day(text: str, number: int, today: date) -> date:
    even = unicodedata.normalize("NFKC", text).strip()
    era = 0
    for name in ("令和", "R", "r"):
        if even.startswith(name):
            era, even = REIWA, even.removeprefix(name).replace("元", "1")
    parts = "".join(each if each.isdigit() else " " for each in even).split()
    try:
        if len(parts) >= 3:
            year, month, day = (int(part) for part in parts[:3])
            if not era and year < 100:
                return day_of(f"{year:02d}{month:02d}{day:02d}", number, today)
            return date(era + year, month, day)
        if len(parts) == 1 and len(parts[0]) == 8:
            return date(int(parts[0][:4]), int(parts[0][4:6]), int(parts[0][6:]))
        if len(parts) == 1 and len(parts[0]) == 6:
            return day_of(parts[0], number, today)
        if len(parts) == 2:  # month and day: the last such day
            found = date(today.year, int(parts[0]), int(parts[1]))
            return found if found <= today else found.replace(year=today.year - 1)
    except ValueError:
        pass
    raise Refused("Line %(line)s: “%(text)s” is not a day", line=number, text=text[:40])
