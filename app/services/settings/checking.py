"""What is typed into a setting, checked by its kind and brought into the form in which it is kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date

import jaconv

from app import forms
from app.catalogue.standing import DAYS
from app.declarations import ValueKind
from app.errors import Refused
from app.text import codes
from app.text.typed import hyphens, line, narrow, prose

MOST_LINE, MOST_PERSON, MOST_TEXT = 200, 100, 2000  # characters
MOST_ADDRESSES = 20
MOST_HOLDER = 40  # half-width characters of an account's name in the banks' format (全銀協規定形式)
_HOLDER = re.compile(r"[0-9A-Z\uff66-\uff9f ()\-./,¥「」]+\Z")
_SMALL = str.maketrans("ァィゥェォャュョッヮ", "アイウエオヤユヨツワ")
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])\Z")
_RANGES = {
    "days": (0, 3650), "business_days": (0, 500), "minutes": (0, 1440), "count": (0, 1000), "yen": (0, 100_000_000),
    "tax_rate": (0, 100), "number": (-(10**9), 10**9),
}  # fmt: skip
_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FORM = {"postal_code": "postal_code", "phone": "phone", "email": "email", "url": "url"}


class Unfit(Refused):
    """Values that cannot be taken: by the setting's name, why not. What was typed is the page's to keep."""

    def __init__(self, fields: Mapping[str, Refused]) -> None:
        super().__init__("Some values cannot be taken as they are: see what is said beside them")
        self.fields = dict(fields)


def checked(kind: ValueKind, typed: str, title: str, choices: tuple[str, ...] = (), least: int | None = None) -> str:
    """The value as it is kept. `title`: how messages call it; `least`: of numbers, where more than the kind asks is
    asked. Raises Refused."""
    text = prose(typed)
    if not text and kind.id not in ("rooms", "day_counts", "numbers", "addresses"):
        raise Refused("Enter a value")
    if kind.id in _RANGES:
        return _number(kind.id, text, title, least)
    if kind.id in codes.FORMATS:
        if why := codes.unfit(kind.id, text):
            raise Refused(why)
        return codes.even(text)
    if kind.id in _FORM:
        try:
            return forms.FORMATS[forms.Format(_FORM[kind.id])](text)
        except forms.Unfit as why:
            raise Refused(str(why), label=title) from None
    if kind.widget in ("choice", "yesno"):
        return _choice(text, ("true", "false") if kind.id == "yesno" else choices or kind.choices)
    return _OTHERS.get(kind.id, _line)(text)


def _number(kind: str, text: str, title: str, least: int | None) -> str:
    low, high = _RANGES[kind]
    low = low if least is None else max(low, least)
    plain = hyphens(narrow(text)).replace(",", "").removesuffix("円").strip()
    if not re.fullmatch(r"-?[0-9]{1,10}", plain) or not low <= int(plain) <= high:
        raise Refused("%(label)s is a whole number from %(least)s to %(most)s", label=title, least=f"{low:,}",
                      most=f"{high:,}")  # fmt: skip
    return str(int(plain))


def _choice(text: str, known: tuple[str, ...]) -> str:
    if text not in known:
        raise Refused("Choose one of these: %(known)s", known="・".join(known))
    return text


def _line(text: str, most: int = MOST_LINE) -> str:
    if len(found := line(text)) > most:
        raise Refused("The value is too long: at most %(most)s characters", most=most)
    return found


def _lines(text: str) -> str:
    if len(text) > MOST_TEXT:
        raise Refused("The value is too long: at most %(most)s characters", most=MOST_TEXT)
    return text


def _holder(text: str) -> str:
    """As banks write it: katakana without small ones, capital letters, digits, ( ) - . , / and blanks."""
    full = jaconv.hira2kata(narrow(text)).upper().translate(_SMALL)
    full = re.sub(r"(?<=[ァ-ヺー])[-−‐―]", "ー", full)
    half = jaconv.z2h(full, kana=True, ascii=True, digit=True)
    if not _HOLDER.match(half):
        raise Refused("An account holder is written in katakana, letters, digits and ( ) - . / alone, as in the bank’s "
                      "book")  # fmt: skip
    if len(half) > MOST_HOLDER:
        raise Refused("The name of an account has at most %(most)s half-width characters; this one has %(count)s",
                      most=MOST_HOLDER, count=len(half))  # fmt: skip
    return full


def _clock(text: str) -> str:
    found = _CLOCK.match(narrow(text).replace("：", ":"))
    if found is None:
        raise Refused("A time of day is written as 13:00")
    return f"{int(found[1]):02d}:{found[2]}"


def _weekdays(text: str) -> str:
    for name, letter in zip(_NAMES, DAYS, strict=True):
        text = re.sub(rf"(?i)\b{name}[a-z]*", letter, text)
    plain = re.sub(r"[曜日\s、,・]+", "", text.replace("日曜", "〓")).replace("〓", "日")
    if not plain or any(each not in DAYS for each in plain):
        raise Refused("Days of the week are written as Tue, Wed, Thu")
    return "".join(each for each in DAYS if each in plain)


def _numbers(text: str) -> str:
    parts = [each for each in re.split(r"[\s,、]+", narrow(text)) if each]
    if any(not re.fullmatch(r"[0-9]{1,3}", each) for each in parts) or len(parts) > 10:
        raise Refused("Whole numbers with commas between them, for example 5, 1")
    return ", ".join(str(each) for each in sorted({int(each) for each in parts}, reverse=True))


def _rooms(text: str) -> str:
    found = list(dict.fromkeys(line(each) for each in text.splitlines() if each.strip()))
    if any(len(each) > MOST_PERSON for each in found) or len(found) > 50:
        raise Refused("At most 50 rooms of at most 100 characters")
    return "\n".join(found)


def _addresses(text: str) -> str:
    found = []
    for each in filter(None, (line(one) for one in text.splitlines())):
        try:
            found.append(forms.FORMATS[forms.Format("email")](each))
        except forms.Unfit:
            raise Refused("Enter one email address per line; this one is not valid: %(line)s", line=each[:60]) from None
    found = list(dict.fromkeys(found))
    if len(found) > MOST_ADDRESSES:
        raise Refused("At most %(most)s addresses", most=MOST_ADDRESSES)
    return "\n".join(found)


def _day_counts(text: str) -> str:
    found: dict[date, int] = {}
    for each in text.splitlines():
        if not each.strip():
            continue
        parts = narrow(each).replace("/", "-").split()
        try:
            day, count = date.fromisoformat(parts[0]), int(parts[1])
        except (ValueError, IndexError):
            raise Refused("Each line is a day and a number, for example 2026-12-15 2; this one is not: %(line)s",
                          line=each.strip()[:60]) from None  # fmt: skip
        if not 0 <= count <= 100 or len(parts) != 2 or day in found:
            raise Refused("Each line is a day and a number, for example 2026-12-15 2; this one is not: %(line)s",
                          line=each.strip()[:60])  # fmt: skip
        found[day] = count
    return "\n".join(f"{day.isoformat()} {count}" for day, count in sorted(found.items()))


_OTHERS: dict[str, Callable[[str], str]] = {
    "account_holder": _holder,
    "lines": _lines,
    "person": lambda text: _line(text, MOST_PERSON),
    "clock": _clock,
    "weekdays": _weekdays,
    "numbers": _numbers,
    "rooms": _rooms,
    "addresses": _addresses,
    "day_counts": _day_counts,
}
