"""全銀協 (Japanese Bankers Association) files: records of 200 bytes, 種別 01 振込入金通知 and 03 入出金取引明細.

データ区分 1 header, 2 data, 8 trailer, 9 end; JIS (コード区分 0), half-width kana one byte each; days YYMMDD, the
year of the Japanese era or the last two digits of the Western one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.errors import N_, Refused
from app.services.money.bankfile import MOST_LINES, LeftOut, Receipt, Statement, day_of, decode, keyed, plain
from app.states import BankFileKind

RECORD = 200


def is_zengin(content: bytes) -> bool:
    """Whether it looks like fixed-length records of 全銀協 (a CSV does not begin with 12 digits in a row)."""
    head = content.lstrip(b"\xef\xbb\xbf")[:22]
    return len(head) == 22 and head.isdigit() and head[:1] == b"1" and head[1:3] in {b"01", b"03"}


def read(content: bytes, today: date) -> Statement:
    """Read 振込入金通知 or 入出金取引明細. Refused when a record, a sum or a count is not what it must be."""
    records = _records(content)
    kind, account, found = "", "", []
    counted: list[Receipt] = []
    left: list[LeftOut] = []
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
                left += _left_out(record, kind, number)
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
    return Statement(BankFileKind(f"zengin-{kind}"), account, keyed(found, account), tuple(left))


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
                day_of(record[7:13], number, today),
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
            day_of(record[9:15], number, today),
            _whole(record[24:36], number),
            record[81:129].strip() or record[159:179].strip(),
            " ".join(part for part in (record[159:179].strip(), record[179:199].strip()) if part),
            record[1:9].strip(),
            cancelled=record[22:24] == "19",  # 取引区分 19: a correction
        )
    ]


def _left_out(record: str, kind: str, number: int) -> list[LeftOut]:
    """An entry that is none of what came in."""
    if kind == "01" or record[21] == "1":
        return []
    yen = f"{_whole(record[24:36], number):,}"
    said = " ".join(part for part in (plain(record[81:129]), plain(record[159:179])) if part)
    return [LeftOut(number, N_("Money that went out: %(yen)s yen"), {"yen": yen}, said)]


def _check_trailer(record: str, kind: str, counted: Sequence[Receipt], number: int) -> None:
    if kind == "01":
        count, total = _whole(record[1:7], number), _whole(record[7:19], number)
        kept = [each for each in counted if not each.cancelled]
    else:
        count, total = _whole(record[1:7], number), _whole(record[7:20], number)
        kept = list(counted)
    if (count, total) not in {
        (len(kept), sum(each.amount for each in kept)),
        (len(counted), sum(each.amount for each in counted)),
    }:
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
