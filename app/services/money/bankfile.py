"""Files of the bank: what came in. What fixed-length files (zengin) and CSV (bankcsv) have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256
from typing import Any

from app.errors import Refused
from app.states import BankFileKind
from app.text.normal import normal

REIWA = 2018  # 令和1年 is 2019
MOST_LINES = 20_000


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


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A line of the file that is no receipt: `why` is a message id with its facts, `text` what stands there."""

    number: int
    why: str
    params: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""


@dataclass(frozen=True)
class Statement:
    """A file that was read."""

    kind: BankFileKind
    account: str
    receipts: tuple[Receipt, ...]
    left_out: tuple[LeftOut, ...] = ()


def decode(content: bytes) -> str:
    """The text: UTF-16 or UTF-8 (with or without mark), else Shift_JIS as banks write it. Refused when it is none."""
    marked = content[:2] in {b"\xff\xfe", b"\xfe\xff"}
    if marked or b"\x00" in content[:400]:
        # Commas and digits have their empty byte behind them (little end first) or before them.
        bare = "utf-16-le" if content[1:400:2].count(0) > content[:400:2].count(0) else "utf-16-be"
        try:
            return content.decode("utf-16" if marked else bare)
        except UnicodeDecodeError:
            raise Refused("This file is not text in Shift_JIS or UTF-8; get it from the bank again") from None
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused("This file is not text in Shift_JIS or UTF-8; get it from the bank again")


def day_of(text: str, number: int, today: date) -> date:
    """YYMMDD; of the two years it can mean, the one nearer to today."""
    try:
        year, month, day = int(text[:2]), int(text[2:4]), int(text[4:6])
        return min((date(base + year, month, day) for base in (REIWA, 2000)), key=lambda each: abs(each - today))
    except ValueError:
        raise Refused("Line %(line)s: “%(text)s” is not a date", line=number, text=text) from None


def plain(text: str) -> str:
    """Half-width kana as full-width, full-width letters as half-width: what people read."""
    return normal("NFKC", text).strip()


def keyed(receipts: Sequence[Receipt], account: str) -> tuple[Receipt, ...]:
    """Each with its key: what the bank says of it, and its count among receipts that look exactly alike."""
    seen: Counter[str] = Counter()
    found = []
    for each in receipts:
        facts = "|".join(
            (
                account,
                each.day.isoformat(),
                str(each.amount),
                plain(each.payer),
                plain(each.text),
                each.reference,
                str(each.cancelled),
            )
        )
        seen[facts] += 1
        key = sha256(f"{facts}|{seen[facts]}".encode()).hexdigest()
        found.append(replace(each, payer=plain(each.payer), text=plain(each.text), key=key))
    return tuple(found)
