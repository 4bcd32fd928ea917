"""Files of the large banks, made by hand after their real layouts: headings, encodings, preambles, days."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Entry:
    """An entry of an account: `yen` more than 0 came in, less went out."""

    day: date
    yen: int
    who: str


def _csv(rows: Sequence[Sequence[object]], *, quoted: bool = True, by: str = ",") -> str:
    mark = '"' if quoted else ""
    return "".join(by.join(f"{mark}{cell}{mark}" for cell in row) + "\r\n" for row in rows)


def _money(yen: int) -> str:
    return f"{yen:,}"


def _balances(entries: Sequence[Entry]) -> list[int]:
    total, found = 5_000_000, []
    for each in entries:
        total += each.yen
        found.append(total)
    return found


def _in(each: Entry, empty: str = "") -> str:
    return _money(each.yen) if each.yen > 0 else empty


def _out(each: Entry, empty: str = "") -> str:
    return _money(-each.yen) if each.yen < 0 else empty


def mufg(entries: Sequence[Entry]) -> bytes:
    """三菱UFJ銀行."""
    head = ["日付", "摘要", "摘要内容", "支払い金額", "預かり金額", "差引残高", "メモ", "未資金化区分", "入払区分"]
    rows = [
        [f"{e.day:%Y/%m/%d}", "振込１" if e.yen > 0 else "振込ＩＢ1", e.who, _out(e), _in(e), _money(b), "", "",
         "振込入金" if e.yen > 0 else "振替支払い"]
        for e, b in zip(entries, _balances(entries), strict=True)
    ]  # fmt: skip
    return _csv([head, *rows]).encode("cp932")


def smbc(entries: Sequence[Entry]) -> bytes:
    """三井住友銀行."""
    head = ["年月日", "お引出し", "お預入れ", "お取り扱い内容", "残高", "メモ", "ラベル"]
    rows = [
        [f"{e.day.year}/{e.day.month}/{e.day.day}", str(-e.yen) if e.yen < 0 else "", str(e.yen) if e.yen > 0 else "",
         e.who, b, "", ""]
        for e, b in zip(entries, _balances(entries), strict=True)
    ]  # fmt: skip
    return _csv([head]).replace('"', "").encode("cp932") + _csv(rows, quoted=False).encode("cp932")


def mizuho(entries: Sequence[Entry]) -> bytes:
    """みずほ銀行: lines about the account come first, a note last."""
    top = "口座情報\r\n支店名,東京中央支店\r\n口座番号,普通 1234567\r\n照会期間,2026.04.01～2026.04.30\r\n\r\n"
    head = ["明細通番", "日付", "お引出金額", "お預入金額", "残高", "お取引内容"]
    rows = [
        [n, f"{e.day:%Y.%m.%d}", _out(e, "0"), _in(e, "0"), _money(b), e.who]
        for n, (e, b) in enumerate(zip(entries, _balances(entries), strict=True), 1)
    ]
    return (top + _csv([head, *rows]) + "※残高は照会時点のものです,,,,,\r\n").encode("cp932")


def mizuho_business(entries: Sequence[Entry]) -> bytes:
    """みずほ銀行 (for businesses): tabs, an amount without a sign, and a word that says which way it went."""
    head = ["取引日", "入出金", "金額", "残高", "摘要"]
    rows = [
        [f"{e.day:%Y%m%d}", "入金" if e.yen > 0 else "出金", f"{abs(e.yen):014d}", b, e.who]
        for e, b in zip(entries, _balances(entries), strict=True)
    ]
    return _csv([head, *rows], quoted=False, by="\t").encode("utf-16")


def resona(entries: Sequence[Entry]) -> bytes:
    """りそな銀行: the day in three columns, the kind of the entry as a word, the newest on top."""
    head = [
        "取引名", "取扱日付　年", "取扱日付　月", "取扱日付　日", "金額", "取引後残高", "摘要",
    ]  # fmt: skip
    rows = [
        ["振込入金" if e.yen > 0 else "支払", e.day.year, e.day.month, e.day.day, abs(e.yen), b, e.who]
        for e, b in zip(entries, _balances(entries), strict=True)
    ]
    return _csv([head, *rows[::-1]]).encode("cp932")


def yucho(entries: Sequence[Entry]) -> bytes:
    """ゆうちょ銀行: a preamble, and a comma at the end of each line."""
    top = (
        "お客さま口座情報\r\n現在高：,5000000,円\r\n出力日時：令和 08 年 04 月 30 日\r\n"
        "お客さま口座番号：10340-01234567\r\n照会対象：期間指定\r\n明細件数：3\r\n"
    )
    head = ["取引日", "入出金明細ＩＤ", "受入金額（円）", "払出金額（円）", "詳細１", "詳細２", "現在（貸付）高", ""]
    rows = [
        [f"{e.day:%Y%m%d}", f"{e.day:%Y%m%d}{n:07d}", e.yen if e.yen > 0 else "", -e.yen if e.yen < 0 else "",
         "振込" if e.yen > 0 else "料金", e.who, b, ""]
        for n, (e, b) in enumerate(zip(entries, _balances(entries), strict=True), 1)
    ]  # fmt: skip
    return (top + _csv([head, *rows], quoted=False)).encode("cp932")


def sbi(entries: Sequence[Entry]) -> bytes:
    """住信SBIネット銀行: the newest on top; what is taken back has a minus in the column of what came in."""
    head = ["日付", "内容", "出金金額(円)", "入金金額(円)", "残高(円)", "メモ"]
    rows = [
        [f"{e.day:%Y/%m/%d}", f"振込＊{e.who}", _out(e), _in(e), _money(b), "-"]
        for e, b in zip(entries, _balances(entries), strict=True)
    ]
    return _csv([head, *rows[::-1]]).encode("cp932")


def rakuten(entries: Sequence[Entry]) -> bytes:
    """楽天銀行: one amount with a sign."""
    head = ["取引日", "入出金(円)", "取引後残高(円)", "入出金内容"]
    rows = [[f"{e.day:%Y%m%d}", e.yen, b, e.who] for e, b in zip(entries, _balances(entries), strict=True)]
    return _csv([head, *rows], quoted=False).encode("cp932")


def paypay(entries: Sequence[Entry]) -> bytes:
    """PayPay銀行: day and time in six columns."""
    head = [
        "操作日(年)", "操作日(月)", "操作日(日)", "操作時刻(時)", "操作時刻(分)", "操作時刻(秒)", "取引順番号", "摘要",
        "お支払金額", "お預り金額", "残高", "メモ",
    ]  # fmt: skip
    rows = [
        [e.day.year, e.day.month, e.day.day, 10, 5, 33, n, f"振込　{e.who}", -e.yen if e.yen < 0 else "",
         e.yen if e.yen > 0 else "", b, ""]
        for n, (e, b) in enumerate(zip(entries, _balances(entries), strict=True), 1)
    ]  # fmt: skip
    return _csv([head, *rows]).encode("cp932")


def gmo(entries: Sequence[Entry]) -> bytes:
    """GMOあおぞらネット銀行: UTF-8 with its mark."""
    head = ["日付", "摘要", "入金金額", "出金金額", "残高", "メモ"]
    rows = [
        [f"{e.day:%Y%m%d}", f"振込　{e.who}", e.yen if e.yen > 0 else "", -e.yen if e.yen < 0 else "", b, ""]
        for e, b in zip(entries, _balances(entries), strict=True)
    ]
    return _csv([head, *rows]).encode("utf-8-sig")


BANKS: Mapping[str, Callable[[Sequence[Entry]], bytes]] = {
    "mufg": mufg,
    "smbc": smbc,
    "mizuho": mizuho,
    "mizuho_business": mizuho_business,
    "resona": resona,
    "yucho": yucho,
    "sbi": sbi,
    "rakuten": rakuten,
    "paypay": paypay,
    "gmo": gmo,
}
