"""What goes to the ledger: each claim, payment, accepted charge, overpayment, refund and storno of a month, as entries.

Written as a plain CSV with the tax category (税区分), in the import format of 弥生会計 (弥生インポート形式, 25 columns,
Shift_JIS, no headings) and of freee (取引インポート, 21 columns with headings). Names of accounts are those that both
programs bring along; an accountant changes them there.
"""

from __future__ import annotations

import csv
import io
from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from app.errors import Refused
from app.services.base import businessdays
from app.services.base.actors import Actor
from app.services.exports.sheet import Sheet
from app.states import PaymentKind, Right, SurplusState
from app.store import database, invoices, receiving
from app.store.models import Invoice

BANK, CLAIMS, SALES = "普通預金", "売掛金", "売上高"
CHARGES, AHEAD = "支払手数料", "前受金"
NONE = "対象外"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the ledger (仕訳): yen, tax included; `rate`: of the tax in percent, `tax` in yen. `taxed`: which of
    the two accounts carries the tax category."""

    day: date
    number: str  # of the invoice
    debit: str
    credit: str
    yen: int
    who: str
    text: str
    rate: int = 0
    tax: int = 0
    taxed: str = ""  # debit | credit
    void: bool = False  # a claim that was cancelled within these days, or its cancelling

    @property
    def turned(self) -> Entry:
        """The same taken back."""
        taxed = {"debit": "credit", "credit": "debit"}.get(self.taxed, "")
        return replace(self, debit=self.credit, credit=self.debit, taxed=taxed)

    def category(self, column: str) -> str:
        """税区分 of a column (debit, credit), as 弥生会計 calls it."""
        if self.taxed != column:
            return NONE
        return f"課税売上込{self.rate}%" if SALES in (self.debit, self.credit) else f"課対仕入込{self.rate}%"


def entries(month: date, actor: Actor) -> list[Entry]:
    """The entries of a month (its first day), the oldest first."""
    actor.require(Right.SEE_DESKS)
    last = month.replace(day=monthrange(month.year, month.month)[1])
    with database.connection():
        found = [*_claims(month, last), *_payments(month, last), *_beyond(month, last)]
    return sorted(found, key=lambda each: (each.day, each.number))


def _claims(first: date, last: date) -> Iterable[Entry]:
    """Claims of these days, and those that were cancelled on these days taken back."""
    since = businessdays.begins(first)
    back = {row.id: (row, businessdays.today(at) if at else row.issued_on)
            for row, at in invoices.cancelled_from(since, first)}  # fmt: skip
    for row in invoices.issued_between(first, last):
        day = back[row.id][1] if row.id in back else None
        yield replace(_claim(row), void=day is not None and day <= last)
    for row, day in back.values():
        if first <= day <= last:
            entry = _claim(row)
            yield replace(entry.turned, day=day, text=f"{entry.text} 取消し", void=first <= row.issued_on)


def _claim(row: Invoice) -> Entry:
    return Entry(
        day=row.issued_on,
        number=row.number,
        debit=CLAIMS,
        credit=SALES,
        yen=row.total,
        who=row.case.company_name,
        text=f"{row.title} {row.number}",
        rate=row.tax_rate,
        tax=row.tax,
        taxed="credit",
    )


def _payments(first: date, last: date) -> Iterable[Entry]:
    debits = {PaymentKind.RECEIVED: BANK, PaymentKind.CHARGE: CHARGES, PaymentKind.CREDIT: AHEAD}
    words = {PaymentKind.RECEIVED: "入金", PaymentKind.CHARGE: "振込手数料差引", PaymentKind.CREDIT: "前受金充当"}
    for row in receiving.between(first, last, *_moments(first, last)):
        entry = Entry(
            row.paid_on, row.invoice.number, debits[row.kind], CLAIMS, row.amount, row.invoice.case.company_name,
            f"{words[row.kind]} {row.invoice.title} {row.invoice.number}",
        )  # fmt: skip
        if row.kind is PaymentKind.CHARGE:
            rate = row.invoice.tax_rate
            entry = replace(entry, rate=rate, tax=row.amount * rate // (100 + rate), taxed="debit")
        yield from _within(first, last, entry, row.undone_at, "確認取消し")


def _beyond(first: date, last: date) -> Iterable[Entry]:
    for row in receiving.beyond_between(first, last, *_moments(first, last)):
        came = getattr(row, "came", None)
        day = came.paid_on if came is not None and came.paid_on else businessdays.today(row.at)
        who, number = row.case.company_name, row.invoice.number
        entry = Entry(day, number, BANK, AHEAD, row.amount, who, f"過入金 {row.invoice.title} {number}")
        undone = row.settled_at if row.state is SurplusState.UNDONE else None
        yield from _within(first, last, entry, undone, "確認取消し")
        if row.state is SurplusState.REFUNDED and row.day is not None and first <= row.day <= last:
            yield Entry(row.day, number, AHEAD, BANK, row.amount, who, f"過入金返金 {row.invoice.title} {number}")


def _within(first: date, last: date, entry: Entry, undone: datetime | None, word: str) -> Iterable[Entry]:
    """The entry, and on the day when it was undone the same taken back, as far as they are of these days."""
    if first <= entry.day <= last:
        yield entry
    if undone is not None and first <= (day := businessdays.today(undone)) <= last:
        yield replace(entry.turned, day=day, text=f"{entry.text} {word}")


def _moments(first: date, last: date) -> tuple[datetime, datetime]:
    """From the beginning of the first day until the end of the last."""
    return businessdays.begins(first), businessdays.begins(last + timedelta(days=1))


# How programs take them in


def guarded(text: str) -> str:
    """A cell that a spreadsheet does not take for a formula."""
    even = text.replace("\r", " ").replace("\n", " ")
    return f"'{even}" if even[:1] in {"=", "+", "-", "@", "\t"} else even


def _written(rows: Iterable[Sequence[object]], encoding: str, headings: Sequence[str] = ()) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    if headings:
        writer.writerow(headings)
    writer.writerows([guarded(str(cell)) if not isinstance(cell, int) else cell for cell in row] for row in rows)
    text = out.getvalue()
    return ("".join(each if _fits(each, encoding) else "〓" for each in text)).encode(encoding)


def _fits(sign: str, encoding: str) -> bool:
    try:
        sign.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


HEADINGS = (
    "日付", "請求番号", "取引先", "借方勘定科目", "借方税区分", "貸方勘定科目", "貸方税区分", "金額（税込）",
    "税率", "うち消費税額", "摘要",
)  # fmt: skip


def sheet(found: Sequence[Entry], month: date) -> Sheet:
    """One line an entry, for people's spreadsheets; in Japanese, as accounts are kept."""
    rows = [
        (e.day, e.number, e.who, e.debit, e.category("debit"), e.credit, e.category("credit"), e.yen,
         e.rate if e.taxed else None, e.tax, e.text)
        for e in found
    ]  # fmt: skip
    return Sheet("入金仕訳", HEADINGS, lambda: rows, f"{month:%Y-%m}", f"{month:%Y-%m}_入金仕訳")


def yayoi(found: Sequence[Entry]) -> bytes:
    """弥生インポート形式: 25 columns; 識別フラグ 2000 (one line, no slip), amounts with their tax in them."""
    rows = (
        [2000, "", "", f"{e.day:%Y/%m/%d}", e.debit, "", "", e.category("debit"), e.yen,
         e.tax if e.taxed == "debit" else 0, e.credit, "", "", e.category("credit"), e.yen,
         e.tax if e.taxed == "credit" else 0, e.text[:60], "", "", 0, "", "", "", "", "no"]
        for e in found
    )  # fmt: skip
    return _written(rows, "cp932")


FREEE = (
    "収支区分", "管理番号", "発生日", "決済期日", "取引先コード", "取引先", "勘定科目", "税区分", "金額", "税計算区分",
    "税額", "備考", "品目", "部門", "メモタグ（複数指定可、カンマ区切り）", "セグメント1", "セグメント2", "セグメント3",
    "決済日", "決済口座", "決済金額",
)  # fmt: skip


def freee(found: Sequence[Entry]) -> bytes:
    """freee 取引インポート. A claim is income that is not paid yet; money on the account is a paid deal about the other
    side of its entry. What moves no money is two deals over the account that cancel out: every account comes out right.
    """
    return _written([row for each in found for row in _deals(each)], "cp932", FREEE)


def _deals(e: Entry) -> Iterable[list[object]]:
    if SALES in {e.debit, e.credit}:
        if e.void:
            return  # a claim that was cancelled is left out together with its cancelling
        if e.credit == SALES:
            yield _deal(e, SALES, income=True, paid=False)
            return  # what is cancelled in a later month goes back over the account, as all that moves no money
    if e.debit != BANK:
        yield _deal(e, e.debit, income=False, paid=True)
    if e.credit != BANK:
        yield _deal(e, e.credit, income=True, paid=True)


def _deal(e: Entry, account: str, *, income: bool, paid: bool) -> list[object]:
    day = f"{e.day:%Y/%m/%d}"
    tax = {SALES: f"課税売上{e.rate}%", CHARGES: f"課対仕入{e.rate}%"}.get(account, NONE)
    return [
        "収入" if income else "支出", e.number, day, "", "", e.who, account, tax, e.yen, "内税",
        e.tax if account in {SALES, CHARGES} else "", e.text, "", "", "", "", "", "", day if paid else "",
        BANK if paid else "", e.yen if paid else "",
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Form:
    """A way to write the entries: its file's ending, and how it is written."""

    title: str
    name: str
    write: Callable[[Sequence[Entry]], bytes]


FORMS: Mapping[str, Form] = {
    "yayoi": Form("弥生会計", "{month}_弥生会計.csv", yayoi),
    "freee": Form("freee", "{month}_freee取引.csv", freee),
}


def month_of(text: str, today: date) -> date:
    """The first day of a month written as 2026-11; of this month where nothing is written. Raises Refused."""
    if not text:
        return today.replace(day=1)
    try:
        return datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 - a month has no zone
    except ValueError:
        raise Refused("Enter the month as year and month, for example 2026-11") from None
