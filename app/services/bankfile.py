"""Files of the bank: what came in, by 全銀協 fixed-length records or by CSV. Parsing alone; nothing is stored here.

全銀協 (Japanese Bankers Association): records of 200 bytes, 種別 01 振込入金通知 and 03 入出金取引明細; データ区分 1
header, 2 data, 8 trailer, 9 end; JIS (コード区分 0), half-width kana one byte each; days YYMMDD, the year of the
Japanese era or the last two digits of the Western one.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256

from app.errors import Refused

RECORD = 200
REIWA = 2018  # 令和1年 is 2019
MOST_LINES = 20_000
DATA, TRAILER, END = "2", "8", "9"


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money that came in. `key` is the same for the same receipt in another file; amounts in yen."""

    number: int  # of the line in the file, from 1
    day: date
    amount: int
    payer: str  # as the bank writes it
    text: str = ""  # EDI information, remarks
    reference: str = ""  # the bank's own number
    cancelled: bool = False
    key: str = ""


@dataclass(frozen=True)
class Statement:
    """A file that was read."""

    kind: str  # zengin-01 | zengin-03 | csv
    account: str
    receipts: tuple[Receipt, ...]


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


def decode(content: bytes) -> str:
    """The text: UTF-8 (with or without mark), else Shift_JIS as banks write it. Refused when it is neither."""
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused("This file is not text in Shift_JIS or UTF-8; get it from the bank again")


def is_zengin(content: bytes) -> bool:
    """Whether it looks like fixed-length records of 全銀協 (a CSV does not begin with 12 digits in a row)."""
    head = content.lstrip(b"\xef\xbb\xbf")[:22]
    return len(head) == 22 and head.isdigit() and head[:1] == b"1" and head[1:3] in {b"01", b"03"}


# 全銀協


def zengin(content: bytes, today: date) -> Statement:
    """Read 振込入金通知 or 入出金取引明細. Refused when a record, a sum or a count is not what it must be."""
    records = _records(content)
    kind, account, found = "", "", []
    counted: list[Receipt] = []
    for number, record in enumerate(records, 1):
        match record[0]:
            case "1":
                kind, account = record[1:3], _account(record)
                if record[3] == "1":
                    raise Refused("This file is written in EBCDIC; ask the bank for one in JIS (Shift_JIS)")
                if kind not in {"01", "03"}:
                    raise Refused("This is no list of receipts: its kind (種別コード) is %(kind)s", kind=kind)
                counted = []
            case "2" if kind:
                counted += _receipts(record, kind, number, today)
            case "8" if kind:
                _check_trailer(record, kind, counted, number)
                found += counted
                counted = []
            case "9":
                break
            case _:
                raise Refused("Line %(line)s is not a record that belongs here", line=number)
    if not kind:
        raise Refused("The file has no header record")
    if counted:
        raise Refused("The file ends before its sums: it is not complete. Get it from the bank again")
    return Statement(f"zengin-{kind}", account, _keyed(found, account))


def _records(content: bytes) -> list[str]:
    """The records; with or without line ends between them."""
    raw = [line for line in content.replace(b"\x1a", b"").replace(b"\r", b"\n").split(b"\n") if line.strip()]
    # Half-width kana of Shift_JIS can look like UTF-8 by chance; records of 200 bytes cannot be UTF-8 with kana in it.
    text = content.decode("cp932", "replace") if all(len(line) % RECORD == 0 for line in raw) else decode(content)
    text = text.replace("\x1a", "").lstrip("\ufeff")
    lines = [line for line in text.replace("\r", "\n").split("\n") if line.strip()]
    records: list[str] = []
    for number, line in enumerate(lines, 1):
        even = line + " " * (-len(line) % RECORD) if len(lines) > 1 else line  # editors cut trailing spaces
        if len(even) % RECORD:
            raise Refused("Line %(line)s has %(length)s characters; a record has 200", line=number, length=len(line))
        records += [even[at : at + RECORD] for at in range(0, len(even), RECORD)]
    if len(records) > MOST_LINES:
        raise Refused("The file has more than %(most)s lines", most=MOST_LINES)
    return records


def _account(record: str) -> str:
    """Bank, branch and account of a header."""
    bank, branch = record[26:41].strip(), record[44:59].strip()
    number = (record[60:67] if record[1:3] == "01" else record[63:73]).strip()
    return " ".join(part for part in (plain(bank), plain(branch), number) if part)


def _receipts(record: str, kind: str, number: int, today: date) -> list[Receipt]:
    if kind == "01":
        return [
            Receipt(
                number,
                _day(record[7:13], number, today),
                _whole(record[19:29], number),
                record[49:97].strip(),
                record[128:148].strip(),
                record[1:7].strip(),
                cancelled=record[127] == "1",
            )
        ]
    if record[21] != "1":  # 入払区分: only what came in
        return []
    return [
        Receipt(
            number,
            _day(record[9:15], number, today),
            _whole(record[24:36], number),
            record[81:129].strip() or record[159:179].strip(),
            " ".join(part for part in (record[159:179].strip(), record[179:199].strip()) if part),
            record[1:9].strip(),
            cancelled=record[22:24] == "19",  # 取引区分 19: a correction
        )
    ]


def _check_trailer(record: str, kind: str, counted: Sequence[Receipt], number: int) -> None:
    if kind == "01":
        count, total = _whole(record[1:7], number), _whole(record[7:19], number)
        kept = [each for each in counted if not each.cancelled]
    else:
        count, total = _whole(record[1:7], number), _whole(record[7:20], number)
        kept = list(counted)
    if (count, total) not in {(len(kept), sum(each.amount for each in kept)),
                              (len(counted), sum(each.amount for each in counted))}:
        raise Refused(
            "The file says %(count)s receipts of %(total)s yen, and has %(found)s of %(sum)s yen: it is not complete. "
            "Get it from the bank again",
            count=count,
            total=total,
            found=len(kept),
            sum=sum(each.amount for each in kept),
        )


def _whole(text: str, number: int) -> int:
    stripped = text.strip() or "0"
    if not (stripped.isascii() and stripped.isdigit()):
        raise Refused("Line %(line)s: “%(text)s” is not a number", line=number, text=text.strip())
    return int(stripped)


def _day(text: str, number: int, today: date) -> date:
    """YYMMDD; of the two years it can mean, the one nearer to today."""
    try:
        year, month, day = int(text[:2]), int(text[2:4]), int(text[4:6])
        return min((date(base + year, month, day) for base in (REIWA, 2000)), key=lambda each: abs(each - today))
    except ValueError:
        raise Refused("Line %(line)s: “%(text)s” is not a day", line=number, text=text) from None


# CSV

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


def from_table(rows: Sequence[Sequence[str]], columns: Columns, today: date) -> Statement:
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
    return Statement("csv", "", _keyed(found, ""))


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
                return _day(f"{year:02d}{month:02d}{day:02d}", number, today)
            return date(era + year, month, day)
        if len(parts) == 1 and len(parts[0]) == 8:
            return date(int(parts[0][:4]), int(parts[0][4:6]), int(parts[0][6:]))
        if len(parts) == 1 and len(parts[0]) == 6:
            return _day(parts[0], number, today)
        if len(parts) == 2:  # month and day: the last such day
            found = date(today.year, int(parts[0]), int(parts[1]))
            return found if found <= today else found.replace(year=today.year - 1)
    except ValueError:
        pass
    raise Refused("Line %(line)s: “%(text)s” is not a day", line=number, text=text[:40])


# Both


def plain(text: str) -> str:
    """Half-width kana as full-width, full-width letters as half-width: what people read."""
    return unicodedata.normalize("NFKC", text).strip()


def _keyed(receipts: Sequence[Receipt], account: str) -> tuple[Receipt, ...]:
    """Each with its key: what the bank says of it, and its count among receipts that look exactly alike."""
    seen: Counter[str] = Counter()
    found = []
    for each in receipts:
        facts = "|".join((account, each.day.isoformat(), str(each.amount), plain(each.payer), plain(each.text),
                          each.reference, str(each.cancelled)))
        seen[facts] += 1
        key = sha256(f"{facts}|{seen[facts]}".encode()).hexdigest()
        found.append(replace(each, payer=plain(each.payer), text=plain(each.text), key=key))
    return tuple(found)
