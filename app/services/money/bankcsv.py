"""CSV of a bank: which column says what is recognised by meaning (headings), and a person has the last word."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from itertools import pairwise

from app.errors import N_, Refused
from app.services.money import headings
from app.services.money.bankfile import (
    MOST_LINES,
    REIWA,
    LeftOut,
    Receipt,
    Statement,
    day_of,
    decode,
    keyed,
)
from app.services.money.headings import Columns
from app.states import BankFileKind
from app.text.normal import normal

NO_DAY = N_("Line %(line)s: “%(text)s” is not a date")
NO_AMOUNT = N_("Line %(line)s: “%(text)s” is not an amount")
# What a bank writes beside an entry that takes another back.
_BACK = re.compile(r"取消|取り消|訂正|組戻|組み戻|振込不能|reversal|cancel", re.IGNORECASE)


@dataclass(frozen=True)
class Table:
    """A CSV file before its columns are named. `guess`: as far as it is beyond doubt."""

    rows: tuple[tuple[str, ...], ...]
    guess: Columns | None

    @property
    def width(self) -> int:
        """Columns of the widest row."""
        return max((len(row) for row in self.rows), default=0)

    def headings(self, skip: int) -> tuple[str, ...]:
        """The row above the first entry."""
        return self.rows[skip - 1] if 0 < skip <= len(self.rows) else ()

    def key(self, skip: int) -> str:
        """The same for every file of this layout: of its headings, or of its width where it has none."""
        said = [headings.even(cell) for cell in self.headings(skip)] or [f"{self.width} columns"]
        return sha256("\n".join(said).encode()).hexdigest()


def table(content: bytes) -> Table:
    """The rows of a CSV file and what its columns mean beyond doubt."""
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
    return Table(tuple(rows), headings.recognised(rows))


def statement(rows: Sequence[Sequence[str]], columns: Columns, today: date) -> Statement:
    """The receipts of a CSV whose columns are named, and every other line with the reason why it is none.

    Raises Refused, with the line: an amount that came in on no day, an amount that is no number, columns of money in
    and out that the balance says are exchanged.
    """
    found: list[Receipt] = []
    left: list[LeftOut] = []
    moved: list[tuple[int, int]] = []  # (what the line says moved, balance after it)
    for number, row in enumerate(rows[columns.skip :], columns.skip + 1):
        line = _Line(number, row, columns, today)
        amount, why = line.amount()
        if amount is None or amount == 0:
            left.append(LeftOut(number, why, {}, line.said()))
            continue
        if (balance := line.balance()) is not None:
            moved.append((amount, balance))
        payer, text = line.cell(columns.payer), line.cell(columns.text)
        back = bool(_BACK.search(normal("NFKC", f"{line.cell(columns.kind)} {payer} {text}")))
        if amount < 0 and not back and not line.negative_in():
            left.append(LeftOut(number, N_("Money that went out: %(yen)s yen"), {"yen": f"{-amount:,}"}, line.said()))
            continue
        found.append(Receipt(number, line.day(), abs(amount), payer, text, cancelled=amount < 0))
    _believe(moved)
    if not found:
        raise Refused("No row has an amount that came in: look at which column is which")
    return Statement(BankFileKind.CSV, "", keyed(found, ""), tuple(left))


def _believe(moved: Sequence[tuple[int, int]]) -> None:
    """Refused where every balance moves the other way: the columns of money in and money out are exchanged."""
    steps = list(pairwise(moved))
    # The oldest entry on top, or at the foot.
    orders = [(b[0], b[1] - a[1]) for a, b in steps], [(a[0], a[1] - b[1]) for a, b in steps]
    if any(said == went for pairs in orders for said, went in pairs):
        return
    if any(pairs and all(said == -went for said, went in pairs) for pairs in orders):
        raise Refused("The balance says that what you call money in went out: look at which column is which")


class _Line:
    """One row, read by the named columns."""

    def __init__(self, number: int, row: Sequence[str], columns: Columns, today: date) -> None:
        self._number, self._row, self._columns, self._today = number, row, columns, today

    def cell(self, at: int | None) -> str:
        """What stands there; empty where the row is shorter."""
        return self._row[at] if at is not None and at < len(self._row) else ""

    def said(self) -> str:
        """The row, as people find it again in the file."""
        return " ".join(cell for cell in self._row if cell)[:200]

    def amount(self) -> tuple[int | None, str]:
        """(yen that moved: more than 0 came in, less went out; none for a line that is no entry, why it is none)."""
        columns = self._columns
        try:
            came, went, both = (
                _amount(self.cell(at), self._number) for at in (columns.came_in, columns.went_out, columns.amount)
            )
        except Refused:
            if self._day() is None:
                return None, N_("Not an entry: a note or a sum of the bank")
            raise
        if columns.came_in is not None:
            if came and went:
                raise Refused("Line %(line)s says that money came in and went out", line=self._number)
            return (came or -went) or 0, N_("No amount")
        if columns.kind is not None and both:
            way = headings.way(self.cell(columns.kind))
            if not way:
                return None, N_("The line does not say whether the money came in or went out")
            return both * way, ""
        return both, N_("No amount")

    def negative_in(self) -> bool:
        """Whether a negative amount stands in the column of what came in: that is a receipt taken back."""
        return self._columns.came_in is not None and _amount(self.cell(self._columns.came_in), self._number) < 0

    def balance(self) -> int | None:
        """Yen on the account after it, where a column says so."""
        text = self.cell(self._columns.balance)
        try:
            return _amount(text, self._number) if text else None
        except Refused:
            return None

    def day(self) -> date:
        """Raises Refused, with the line."""
        found = self._day()
        if found is None:
            raise Refused(NO_DAY, line=self._number, text=self._written()[:40])
        return found

    def _written(self) -> str:
        columns = self._columns
        parts = (columns.day,) if columns.month is None else (columns.day, columns.month, columns.date)
        return "/".join(self.cell(at) for at in parts)

    def _day(self) -> date | None:
        return any_day(self._written(), self._number, self._today)


def _amount(text: str, number: int) -> int:
    """Yen, with its sign: −, ▲, △ and brackets are how banks write less than nothing."""
    even = normal("NFKC", text).replace(",", "").replace("円", "").replace(" ", "")
    even = even.lstrip("¥\\+")
    less = even[:1] in {"-", "−", "▲", "△"} or (even.startswith("(") and even.endswith(")"))
    even = even.strip("-−▲△()¥\\+")
    if not even or even == "*":
        return 0
    try:
        yen = int(float(even)) if even.endswith((".0", ".00")) else int(even)
    except ValueError:
        raise Refused(NO_AMOUNT, line=number, text=text[:40]) from None
    return -yen if less else yen


def any_day(text: str, number: int, today: date) -> date | None:
    """A day as banks write it; none when it is none. Without a year: the last such day."""
    even = normal("NFKC", text).strip()
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
        if len(parts) == 2:
            found = date(today.year, int(parts[0]), int(parts[1]))
            return found if found <= today else found.replace(year=today.year - 1)
    except (ValueError, Refused):
        pass
    return None
