"""Files as banks write them: 全銀協 records of 200 bytes in Shift_JIS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A receipt, or (`out`) money that went out. `day`: YYMMDD."""

    day: str
    amount: int
    payer: str
    text: str = ""
    cancelled: bool = False
    out: bool = False


def _c(text: str, width: int) -> bytes:
    return text.encode("cp932").ljust(width)


def _header(kind: bytes, tail: bytes) -> bytes:
    head = b"1" + kind + b"0" + b"080401" * 3 + b"0001" + _c("ﾐﾎﾝｷﾞﾝｺｳ", 15) + b"001" + _c("ﾎﾝﾃﾝ", 15)
    return (head + tail).ljust(200)


def receipts(rows: Sequence[Row], joint: bytes = b"\r\n") -> bytes:
    """振込入金通知 (種別 01)."""
    records = [_header(b"01", b"1" + b"1234567" + _c("ｳﾝｴｲｼｭﾀｲ", 40))]
    for number, row in enumerate(rows, 1):
        records.append(
            b"2" + b"%06d" % number + row.day.encode() * 2 + b"%010d" % row.amount + b"0" * 20 + _c(row.payer, 48)
            + _c("ﾐﾎﾝｷﾞﾝｺｳ", 15) + _c("ｼﾃﾝ", 15) + (b"1" if row.cancelled else b" ") + _c(row.text, 20) + b" " * 52
        )  # fmt: skip
    kept, gone = [r for r in rows if not r.cancelled], [r for r in rows if r.cancelled]
    records.append(
        (
            b"8%06d%012d%06d%012d" % (len(kept), sum(r.amount for r in kept), len(gone), sum(r.amount for r in gone))
        ).ljust(200)
    )
    return joint.join([*records, b"9".ljust(200)])


def statement(rows: Sequence[Row], joint: bytes = b"\r\n") -> bytes:
    """入出金取引明細 (種別 03)."""
    records = [_header(b"03", b"000" + b"1" + b"0001234567" + _c("ｳﾝｴｲｼｭﾀｲ", 40) + b"1" + b"1" + b"0" * 14)]
    for number, row in enumerate(rows, 1):
        records.append(
            b"2" + b"%08d" % number + row.day.encode() * 2 + (b"2" if row.out else b"1") + b"11" + b"%012d" % row.amount
            + b"0" * 12 + b"0" * 12 + b" " + b"0" * 7 + b"000" + b"0" * 10 + _c(row.payer, 48) + _c("", 30)
            + _c("ﾌﾘｺﾐ", 20) + _c(row.text, 20) + b" "
        )  # fmt: skip
    came, went = [r for r in rows if not r.out], [r for r in rows if r.out]
    records.append(
        (
            b"8%06d%013d%06d%013d" % (len(came), sum(r.amount for r in came), len(went), sum(r.amount for r in went))
        ).ljust(200)
    )
    assert all(len(each) == 200 for each in records)
    return joint.join([*records, b"9".ljust(200)])
