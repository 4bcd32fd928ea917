"""What a value that staff own may be: the kind says how it is checked, how it is asked, and what hangs on it."""

from __future__ import annotations

from dataclasses import dataclass

from app.errors import N_


@dataclass(frozen=True, slots=True)
class ValueKind:
    """One kind. `help`: what is to be typed, with an example. `widget`: line, area, number, yesno or choice. `second`:
    money or law hangs on it, so that a second person approves each change."""

    id: str
    help: str
    widget: str = "line"
    second: bool = False
    choices: tuple[str, ...] = ()
    unit: str = ""


KINDS: dict[str, ValueKind] = {
    each.id: each
    for each in (
        ValueKind("bank_code", N_("4 digits, for example 0005"), second=True),
        ValueKind("branch_code", N_("3 digits, for example 001"), second=True),
        ValueKind("account_number", N_("7 digits; a shorter one begins with zeros"), second=True),
        ValueKind("account_type", N_("as the bank calls it"), "choice", second=True, choices=("普通", "当座", "貯蓄")),
        ValueKind("account_holder", N_("as it stands in the bank’s file: katakana, letters, digits and ( ) - . /, "
                  "at most 40"), second=True),
        ValueKind("invoice_number", N_("T and 13 digits, for example T7000012050002; its check digit is checked"),
                  second=True),
        ValueKind("postal_code", N_("7 digits, for example 100-0001")),
        ValueKind("address", N_("prefecture, city, street and building")),
        ValueKind("phone", N_("with its area code, for example 03-1234-5678")),
        ValueKind("email", N_("for example office@example.jp")),
        ValueKind("url", N_("begins with https://")),
        ValueKind("days", N_("a whole number of calendar days, 0 to 3650"), "number", unit=N_("days")),
        ValueKind("business_days", N_("a whole number of business days, 0 to 500"), "number",
                  unit=N_("business days")),
        ValueKind("minutes", N_("a whole number of minutes, 0 to 1440"), "number", unit=N_("minutes")),
        ValueKind("count", N_("a whole number, 0 to 1000"), "number"),
        ValueKind("yen", N_("whole yen, without tax where nothing else is said"), "number", second=True,
                  unit=N_("yen")),
        ValueKind("tax_rate", N_("whole percent, 0 to 100"), "number", second=True, unit="%"),
        ValueKind("person", N_("the name as papers have it, at most 100 characters")),
        ValueKind("choice", N_("choose one"), "choice"),
        ValueKind("clock", N_("for example 13:00")),
        ValueKind("weekdays", N_("for example Tue, Wed, Thu")),
        ValueKind("numbers", N_("whole numbers with commas between them, for example 5, 1")),
        ValueKind("rooms", N_("one a line; no two bookings are given one of them at one time"), "area"),
        ValueKind("addresses", N_("email addresses, one per line"), "area"),
        ValueKind("day_counts", N_("one a line: the day and how many fit on it, for example 2026-12-15 2"), "area"),
        ValueKind("text", N_("at most 200 characters")),
        ValueKind("lines", N_("at most 2000 characters"), "area"),
        ValueKind("number", N_("a whole number"), "number"),
        ValueKind("yesno", N_("choose one"), "yesno"),
    )
}  # fmt: skip
FORMATS = tuple(each for each in KINDS if each not in ("number", "yesno"))


def kind_of(format_: str, value: object) -> ValueKind:
    """The kind of a setting: what it declares, else what its value shows."""
    if format_:
        return KINDS[format_]
    if isinstance(value, bool):
        return KINDS["yesno"]
    if isinstance(value, int):
        return KINDS["number"]
    return KINDS["lines"] if "\n" in str(value).strip() or len(str(value)) > 120 else KINDS["text"]
