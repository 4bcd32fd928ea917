"""What the columns of a bank's CSV mean, by their headings and what stands below: money out is never money in.

A meaning is given to a column only where nothing else could have it. Whatever is doubtful is left to a person, for a
wrong column is a wrong payment.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace

from app.text.normal import normal

Row = Sequence[str]


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column of a CSV says what: numbers from 0; none where there is none (or nobody knows).

    The day stands in one column (`day`) or in three (`day` is the year then, with `month` and `date`). Money stands in
    `came_in` (and `went_out`), or in `amount`, which has a sign or a `kind` beside it that says which way it went.
    """

    day: int | None = None
    month: int | None = None
    date: int | None = None
    came_in: int | None = None
    went_out: int | None = None
    amount: int | None = None
    kind: int | None = None
    payer: int | None = None
    text: int | None = None
    balance: int | None = None
    skip: int = 1  # lines above the first entry

    @property
    def whole(self) -> bool:
        """Whether receipts can be read by it: a day, money that came in, and who paid."""
        parts = (self.month is None) == (self.date is None)
        return self.day is not None and parts and self.payer is not None and self.knows_way

    @property
    def knows_way(self) -> bool:
        """Whether it says of each amount that it came in."""
        return self.came_in is not None or self.amount is not None

    def by_name(self) -> dict[str, int | None]:
        """The place of each column by its name, fit for JSON."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


def even(text: str) -> str:
    """A heading as it is compared: half-width letters, small, without spaces."""
    return re.sub(r"\s", "", normal("NFKC", text)).lower()


# What a heading may be called. Each pattern is about the even heading.
_BALANCE = re.compile(r"残高|差引|現在.*高$|balance")
_NO_MONEY = re.compile(
    r"日|時|先|内容|番号|名|摘要|区分|種別|科目|id$|コード|手数料|メモ|備考|銀行|支店|店番|date|memo|口座"
)
_IN = re.compile(r"入金|預入|預り|預かり|受入|受取|deposit|credit|moneyin")
_OUT = re.compile(r"出金|支払|払出|引出|引き出|引落|引き落|withdraw|debit|moneyout")
_BOTH = re.compile(r"入出金|出入金|入払|受払")
_AMOUNT = re.compile(r"^(取引|お取引|振込)?金額$|^amount$|^取引額$")
_SIGNED = re.compile(r"入出金(金?額)?$|出入金(金?額)?$")
_KIND = re.compile(r"(入払|入出金|入支出|受払|出入|入出)区分|入出金$|^取引(種別|区分|名)$|^種別$|^区分$")
_NEGATIVE = re.compile(r"[-−▲△(]")
_DAYS = (
    "取引日", "取引年月日", "お取引日", "日付", "年月日", "入金日", "勘定日", "取扱日", "お取扱日", "操作日", "振込日",
    "date", "起算日", "預入日",
)  # fmt: skip
_PAYERS = (
    "振込依頼人名", "振込依頼人", "依頼人名", "振込人名", "振込名義人", "振込名義", "名義", "お取り扱い内容",
    "お取扱内容", "お取引内容", "取引内容", "入出金内容", "入出金先内容", "入出金先", "摘要内容", "詳細2", "内容",
    "摘要", "payer", "name", "description",
)  # fmt: skip
_TEXTS = (
    "edi情報", "edi", "振込メッセージ", "備考", "メモ", "摘要", "詳細1", "摘要内容", "remarks", "note", "memo",
)  # fmt: skip


def _unit(cell: str) -> str:
    """Without the unit that stands behind an amount's heading."""
    return re.sub(r"[(\[](円|jpy|yen)[)\]]$", "", cell)


def _one(found: Sequence[int]) -> int | None:
    """The only one; none when there is none, or a choice."""
    return found[0] if len(found) == 1 else None


def recognised(rows: Sequence[Row]) -> Columns | None:
    """What the columns mean, as far as it is beyond doubt; none when no row is a heading."""
    for at, row in enumerate(rows[:40]):
        cells = [_unit(even(cell)) for cell in row]
        found = _of_headings(cells)
        if found.day is not None and sum(bool(cell) for cell in cells) >= 3 and _some_money(cells):
            return _proved(replace(found, skip=at + 1), cells, rows[at + 1 :])
    return None


def _some_money(cells: Sequence[str]) -> bool:
    return any(_money(cell) for cell in cells)


def _money(cell: str) -> bool:
    return not _BALANCE.search(cell) and bool(
        _AMOUNT.search(cell) or _SIGNED.search(cell) or ((_IN.search(cell) or _OUT.search(cell)) and _plain(cell))
    )


def _plain(cell: str) -> bool:
    return not _NO_MONEY.search(re.sub(r"金額|残高", "", cell))


def _of_headings(cells: Sequence[str]) -> Columns:
    def where(fits: Callable[[str], bool]) -> list[int]:
        return [at for at, cell in enumerate(cells) if cell and fits(cell)]

    def sure(pattern: re.Pattern[str]) -> Callable[[str], bool]:
        return lambda cell: (
            bool(pattern.search(cell)) and not _BOTH.search(cell) and not _BALANCE.search(cell) and _plain(cell)
        )

    came_in = _one(where(lambda cell: sure(_IN)(cell) and not _OUT.search(cell)))
    went_out = _one(where(lambda cell: sure(_OUT)(cell) and not _IN.search(cell)))
    amounts = where(lambda cell: bool(_AMOUNT.search(cell)))
    signed = where(lambda cell: bool(_SIGNED.search(cell)) and not _BALANCE.search(cell))
    kinds = where(lambda cell: bool(_KIND.search(cell)) and (not _SIGNED.search(cell) or bool(amounts)))
    day, month, date = _days(cells)
    payer = _named(cells, _PAYERS, {day})
    return Columns(
        day=day,
        month=month,
        date=date,
        came_in=came_in,
        went_out=went_out,
        amount=_one(amounts or signed) if came_in is None and went_out is None else None,
        kind=_one(kinds),
        payer=payer,
        text=_named(cells, _TEXTS, {day, payer}),
        balance=_one(where(lambda cell: bool(_BALANCE.search(cell)))),
    )


def _days(cells: Sequence[str]) -> tuple[int | None, int | None, int | None]:
    """The column of the day, or those of its year, month and date."""
    bare = [re.sub(r"[()]", "", cell) for cell in cells]
    for at, cell in enumerate(bare[:-2]):
        stem = cell.removesuffix("年")
        if cell.endswith("年") and not cell.endswith("令和年") and "時" not in cell:
            here = [stem + "月", stem + "日"]
            if bare[at + 1 : at + 3] == here and (stem == "" or "日" in stem):
                return at, at + 1, at + 2
    return _named(cells, _DAYS, set()), None, None


def _named(cells: Sequence[str], names: Sequence[str], taken: set[int | None]) -> int | None:
    """The first of the names that is a heading, or begins one."""
    free = [at for at in range(len(cells)) if at not in taken]
    for name in names:
        exact = [at for at in free if cells[at] == name]
        if exact:
            return exact[0]
    for name in names:
        begins = [
            at for at in free
            if cells[at].startswith(name) and not _BALANCE.search(cells[at]) and not _money(cells[at])
        ]  # fmt: skip
        if begins:
            return begins[0]
    return None


# What stands below the headings


def way(text: str) -> int:
    """1: the word says that money came in; -1: that it went out; 0: it says neither, or both."""
    said = even(text)
    if said in {"入", "入金", "+", "1", "cr", "c"}:
        return 1
    if said in {"出", "出金", "払", "支", "-", "2", "dr", "d"}:
        return -1
    came, went = bool(_IN.search(said)), bool(_OUT.search(said)) or said.endswith("支払い")
    if _BOTH.search(said) or came == went:
        return 0
    return 1 if came else -1


def _proved(found: Columns, cells: Sequence[str], below: Sequence[Row]) -> Columns:
    """Without what the rows below contradict: a kind whose words say nothing, an amount whose way nobody knows."""

    def values(at: int | None) -> list[str]:
        return [row[at].strip() for row in below if at is not None and at < len(row) and row[at].strip()]

    kinds = values(found.kind)
    if found.kind is not None and (not kinds or not all(way(each) for each in kinds)):
        found = replace(found, kind=None)
    if found.kind is None and found.amount is not None:
        # A column may be headed by one of its words alone: “出金” over 入金 and 出金.
        telling = [
            at for at in range(len(cells)) if at != found.amount and (said := values(at)) and all(map(_word, said))
        ]
        found = replace(found, kind=_one(telling))
    if found.amount is not None and found.kind is None:
        signed = bool(_SIGNED.search(cells[found.amount]))
        if not signed and not any(re.match(r"[-−▲△(]", normal("NFKC", each)) for each in values(found.amount)):
            return replace(found, amount=None)
    return found


def _word(text: str) -> bool:
    return not any(each.isdigit() for each in text) and way(text) != 0
