"""How pages say values and what they belong to."""

from __future__ import annotations

from flask_babel import gettext

from app.catalogue.standing import DAYS
from app.errors import N_
from app.services.settings.values import Section, Value
from app.web.frame.current import language, named

SECTIONS = {
    "body": N_("The body"),
    "bank": N_("Bank account"),
    "contact": N_("Contact details"),
    "apply": N_("The page for applicants"),
    "terms": N_("Terms"),
    "fees": N_("Fees and tax"),
}
YES, NO = N_("Yes"), N_("No")


def section_title(section: Section) -> str:
    """A heading: the package's own word, the portal's, or the name."""
    if section.id.startswith(":"):
        return str(gettext(section.title))
    if section.title:
        return named(section.title)
    known = SECTIONS.get(section.id)
    return str(gettext(known)) if known else section.id


def value_title(value: Value) -> str:
    """What a value is called, with what it belongs to."""
    if not value.is_live:
        return named(value.title)
    title = str(gettext(value.title))
    return f"{named(value.of)}：{title}" if value.of else title


def value_help(value: Value) -> str:
    """What is to be typed, and what the package says of it."""
    parts = [gettext(value.help) if value.is_live else named(value.help), gettext(value.kind.help)]
    return " ".join(str(part)[:1].upper() + str(part)[1:] + gettext(".") for part in parts if part)


def shown(value: Value, text: str) -> str:
    """A value as people read it."""
    if value.kind.id == "weekdays":
        return in_field(value, text)
    if value.kind.id in ("text", "person", "address"):
        return named(text) or str(gettext("(none)"))
    if value.kind.id == "yesno":
        return str(gettext(YES) if text == "true" else gettext(NO))
    if value.kind.widget == "number" and text.lstrip("-").isdigit():
        number, unit = f"{int(text):,}", value.kind.unit
        if unit == "%":
            return f"{number}%"
        return str(gettext("%(number)s %(unit)s", number=number, unit=gettext(unit))) if unit else number
    return text or str(gettext("(none)"))


def in_field(value: Value, text: str) -> str:
    """A value as it stands in its field: days of the week as the reader writes them."""
    if value.kind.id != "weekdays" or language() != "en":
        return text
    names = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    return ", ".join(names[DAYS.index(each)] for each in text if each in DAYS)
