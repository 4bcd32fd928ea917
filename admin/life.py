"""How a record came to this: its own moments, what is on record of it, and of a case or card all that happened."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext

from admin import cells, spoken
from admin.kinds import Kind
from admin.labels import FIELDS
from admin.nouns.cases import entry_words
from app.services.base.businessdays import JAPAN
from app.states import DEEDS, Thing
from app.store import models as m

THINGS = {
    m.Case: Thing.CASE, m.Task: Thing.TASK, m.Document: Thing.DOCUMENT, m.Mail: Thing.MAIL, m.Company: Thing.COMPANY,
    m.User: Thing.ACCOUNT, m.ClosingDay: Thing.CLOSING_DAY, m.Workspace: Thing.WORKSPACE, m.Card: Thing.CARD,
    m.Invoice: Thing.INVOICE, m.Payment: Thing.PAYMENT, m.BankFile: Thing.BANK_FILE, m.Booking: Thing.BOOKING,
    m.Certificate: Thing.CERTIFICATE, m.SavedView: Thing.VIEW,
}  # fmt: skip

MOST = 30  # of each kind
_ID = re.compile(r"\b[a-z]+(?:_[a-z0-9]+)+\b")


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that happened: when, what, who, and a short fact."""

    at: datetime | date
    what: str
    who: str = ""
    note: str = ""

    @property
    def when(self) -> str:
        """The moment as the reader reads it."""
        return cells.text(self.at)


def of(kind: Kind, row: Any) -> list[Happened]:
    """What happened to a record, the newest first."""
    found = [*_moments(kind, row), *_entries(row), *_acts(row), *_recorded(row)]
    return sorted(found, key=lambda each: _instant(each.at), reverse=True)


def _instant(value: datetime | date) -> datetime:
    return value if isinstance(value, datetime) else datetime.combine(value, time(), JAPAN)


def _moments(kind: Kind, row: Any) -> Iterable[Happened]:
    for each in kind.life:
        at = getattr(row, each.at)
        if at is not None:
            yield Happened(at, str(each.words), str(getattr(row, each.who) or "") if each.who else "")


def _entries(row: Any) -> Iterable[Happened]:
    if not isinstance(row, m.Case):
        return
    query = m.Entry.select().where(m.Entry.case == row.id).order_by(m.Entry.id.desc()).limit(MOST)
    for each in query:
        each.case = row
        said = entry_words(each)
        yield Happened(each.at, said.title, each.actor_name, said.note or said.quote)


def _acts(row: Any) -> Iterable[Happened]:
    if not isinstance(row, m.Card):
        return
    from admin.nouns import BY_MODEL

    tell = BY_MODEL[m.CardEvent].told
    for each in m.CardEvent.select().where(m.CardEvent.card == row.id).order_by(m.CardEvent.id.desc()).limit(MOST):
        phase = str(cells.of(each, "phase")).strip("（）()")
        yield Happened(each.at, f"{cells.of(each, 'act')} ({phase})", each.by_name, str(tell["said"](each) or ""))


def _recorded(row: Any) -> Iterable[Happened]:
    """What the audit record tells of it."""
    thing = THINGS.get(type(row))
    if thing is None:
        return
    entry: Any = m.TrailEntry
    query = entry.select().where((entry.thing == thing) & entry.subject.in_(_keys(row)))
    for each in query.order_by(entry.at.desc()).limit(MOST):
        yield Happened(each.at, *_told(each))


def _keys(row: Any) -> list[str]:
    """By what the audit record knows it: its id, its day, or a company's name and number."""
    found = [str(row._pk)]
    if isinstance(row, m.ClosingDay):
        found.append(row.day.isoformat())
    if isinstance(row, m.Company):
        found.append(f"{row.name} {row.corporate_number or ''}".strip()[:80])
    if isinstance(row, m.Case | m.Certificate):
        found.append(str(row.number))
    return found


def address(row: Any) -> str:
    """Where the audit record is narrowed to it; empty where nothing is on record of its kind."""
    thing = THINGS.get(type(row))
    if thing is None:
        return ""
    if isinstance(row, m.Case):
        return "/audit?" + urlencode({"case": row.number})
    return "/audit?" + urlencode({"thing": thing.value, "subject": _keys(row)[-1]})


def _told(entry: m.TrailEntry) -> tuple[str, str, str]:
    """(what, who, a short fact); of an entry that was erased, the act alone."""
    what, who = _read(entry.what), _read(entry.who)
    said = gettext(DEEDS[entry.act].words, label=spoken.named(str(what.get("label", ""))))
    notes = [_difference(what.get("before"), what.get("after")), str(what.get("why", ""))]
    return said, str(who.get("name", "")), str(gettext(", ")).join(each for each in notes if each)


def _read(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _difference(before: Any, after: Any) -> str:
    if isinstance(before, dict) or isinstance(after, dict):
        old, new = before if isinstance(before, dict) else {}, after if isinstance(after, dict) else {}
        changed = [(name, value) for name, value in new.items() if value != old.get(name)]
        return "; ".join(_change(str(FIELDS.get(name, "")), old.get(name), value) for name, value in changed)
    return _change("", before, after)


def _change(name: str, before: Any, after: Any) -> str:
    old, new = _value(before), _value(after)
    said = f"{old} → {new or '—'}" if old else new
    return f"{name}: {said}" if name and said else said


def _value(value: Any) -> str:
    """A value of the audit record in words: yes and no, and ids by the names that packages give them."""
    if value is None or value == "":
        return ""
    if isinstance(value, list | tuple):
        return str(gettext(", ")).join(_value(each) for each in value)
    text = cells.text(value) if isinstance(value, bool) else str(value)
    return _ID.sub(lambda found: spoken.known(found[0]), text)
