"""What an entry of the timeline puts into its sentence, and beneath it.

The sentences are declared with the kinds (`app.states.told`). Facts come from the entry: titles of tasks, files and
mails are the package's own words. Each function takes the entry and the package's names by id.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext, ngettext

from app.states import Audience, EntryKind, Side, Standing
from app.web.frame.current import named
from app.web.frame.delivery_words import reason
from app.web.frame.written import day, yen


@dataclass(frozen=True, slots=True)
class Facts:
    """`what` chooses among the kind's sentences; `title` and `name` go into it. `quote` is what somebody wrote; `note`
    a short fact; `more`: whether there is more of it where the kind's link leads."""

    what: str = ""
    title: str = ""
    name: str = ""
    note: str = ""
    quote: str = ""
    more: bool = True


def of(entry: Any, titles: Mapping[str, str]) -> Facts:
    """The entry's facts; where its kind has none of its own, its title and what happened."""
    own = FACTS.get(entry.kind)
    return own(entry, titles) if own is not None else Facts(entry.text, named(entry.title))


def _title_beneath(entry: Any, _: Mapping[str, str]) -> Facts:
    return Facts(note=entry.title, quote=str((entry.data or {}).get("reason", "")))


def _member(entry: Any, _: Mapping[str, str]) -> Facts:
    data = entry.data or {}
    who = f"{entry.title}（{data['office']}）" if data.get("office") else entry.title
    return Facts(entry.text, note=who, quote=data.get("reason", ""))


def _company(entry: Any, _: Mapping[str, str]) -> Facts:
    data = entry.data or {}
    if entry.text == "reason":
        return Facts("reason", quote=entry.title)
    if data.get("asks") == "body":
        return Facts("asked_body", note=entry.title)
    if data.get("by") == "body" and entry.text == "refused":
        return Facts("refused_body", note=entry.title)
    return Facts(entry.text, note=entry.title, quote=data.get("reason", ""))


def _task(entry: Any, _: Mapping[str, str]) -> Facts:
    behalf = ""
    if entry.text and Side.VENDOR in (entry.actor_side, (entry.data or {}).get("side")):
        behalf = gettext("for %(company)s", company=entry.text)
    elif entry.text:
        behalf = gettext("on behalf of %(name)s", name=entry.text)
    return Facts(title=named(entry.title), note=behalf, more=bool((entry.data or {}).get("answer")))


def _comment(entry: Any, _: Mapping[str, str]) -> Facts:
    by = str((entry.data or {}).get("dropped", ""))
    return Facts("dropped" if by else "", named(entry.title), name=by, quote=entry.text)


def _withdrawal(entry: Any, _: Mapping[str, str]) -> Facts:
    if entry.text == "reopened":
        return Facts("reopened", quote=entry.title)
    if (entry.data or {}).get("emergency"):
        return Facts("administrator", note=_given_up(entry.data), quote=entry.title)
    return Facts("vendor" if entry.text == "vendor" else "operator", quote=entry.title)


def _given_up(data: Mapping[str, Any]) -> str:
    """What an ending by an administrator stopped."""
    said = [
        gettext("no longer needed: %(titles)s", titles=gettext(", ").join(map(named, data["tasks"])))
        if data["tasks"]
        else "",
        gettext("days released: %(days)s", days=gettext(", ").join(map(day, data["days"]))) if data["days"] else "",
        gettext("invoices cancelled: %(numbers)s", numbers=gettext(", ").join(data["invoices"]))
        if data["invoices"]
        else "",
        gettext("cards still out: %(serials)s", serials=gettext(", ").join(data["cards"])) if data["cards"] else "",
    ]
    return gettext("; ").join(each for each in said if each)


def _mail(entry: Any, _: Mapping[str, str]) -> Facts:
    return Facts(title=entry.title, note=gettext("to %(to)s", to=entry.text))


def _inbound(entry: Any, _: Mapping[str, str]) -> Facts:
    return Facts(entry.text, entry.title)


def _delivery(entry: Any, _: Mapping[str, str]) -> Facts:
    data = entry.data or {}
    note = gettext("to %(to)s", to=data["to"]) if data.get("to") else ""
    if entry.text in {"failed", "delayed"}:
        note = f"{note} {reason(str(data.get('status', '')), entry.text)}"
    return Facts(entry.text, entry.title, note=note, quote=str(data.get("reason", "")))


def _secret_shown(entry: Any, titles: Mapping[str, str]) -> Facts:
    return Facts(note=named(titles.get(entry.element, "")))


def _invoice(entry: Any, _: Mapping[str, str]) -> Facts:
    data = entry.data or {}
    note = gettext("%(number)s, %(amount)s", number=data.get("number", ""), amount=yen(data.get("total")))
    return Facts(title=named(entry.title), note=note)


def _payment(entry: Any, _: Mapping[str, str]) -> Facts:
    data, what = entry.data or {}, ""
    balance = int(data.get("balance") or 0)
    note = gettext("%(number)s, %(amount)s", number=data.get("number", ""), amount=yen(data.get("amount")))
    if balance > 0:
        what, note = "owed", gettext("%(paid)s (%(rest)s outstanding)", paid=note, rest=yen(balance))
    elif balance < 0:
        what, note = "too_much", gettext("%(paid)s (%(rest)s overpaid)", paid=note, rest=yen(-balance))
    return Facts(what, named(entry.title), note=note)


def _date(entry: Any, titles: Mapping[str, str]) -> Facts:
    data = entry.data or {}
    return Facts(
        entry.text,
        named(titles.get(entry.title, entry.title)),
        note=day(data.get("date")),
        quote=str(data.get("quote", "")),
    )


def _key_letter(entry: Any, _: Mapping[str, str]) -> Facts:
    what, _sep, more = entry.text.partition(":")
    reasons: dict[str, str] = {
        "posted": gettext("both letters were posted"),
        "reissued": gettext("the letters were reissued"),
        "ended": gettext("the case ended"),
    }
    keeper = (entry.data or {}).get("keeper")
    note = gettext("opened only by %(name)s", name=keeper) if what == "named" and keeper else reasons.get(more, "")
    return Facts(what, entry.title, note=note, quote=more if what == "made_anew" else "")


def _card(entry: Any, _: Mapping[str, str]) -> Facts:
    count = (entry.data or {}).get("count")
    return Facts(entry.text, named(entry.title), note=ngettext("%(num)s card", "%(num)s cards", count) if count else "")


def _note(entry: Any, _: Mapping[str, str]) -> Facts:
    return Facts("internal" if entry.audience == Audience.OPERATOR else "", quote=entry.title)


def state_words() -> dict[Standing, str]:
    """How a case stands."""
    return {
        Standing.OPEN: gettext("In progress"),
        Standing.CERTIFIED: gettext("Certified"),
        Standing.REJECTED: gettext("Not passed"),
        Standing.WITHDRAWN: gettext("Withdrawn"),
        Standing.CLOSED: gettext("Closed"),
    }


def _state(entry: Any, _: Mapping[str, str]) -> Facts:
    end = (entry.data or {}).get("end")
    return Facts(title=named(str(end)) if end else state_words()[Standing(entry.title)])


def _certificate(entry: Any, _: Mapping[str, str]) -> Facts:
    edition = int((entry.data or {}).get("edition") or 1)
    if edition > 1:
        note = gettext("%(number)s, edition %(edition)s", number=entry.title, edition=edition)
        return Facts("again", note=note)
    return Facts(note=entry.title)


def _register(entry: Any, _: Mapping[str, str]) -> Facts:
    until = (entry.data or {}).get("valid_until")
    note = entry.title + (" " + gettext("until %(day)s", day=day(until)) if until else "")
    if entry.text == "renamed":
        pairs = ((entry.data or {}).get(key) or ("", "") for key in ("company", "system"))
        note += "".join(f" {was} → {now}" for was, now in pairs if was != now)
    if entry.text == "succeeded":
        note += f" {(entry.data or {}).get('former', '')} → {(entry.data or {}).get('holder', '')}"
    return Facts(entry.text, note=note)


def _assigned(entry: Any, _: Mapping[str, str]) -> Facts:
    """Who has the task now; a note says who had it before."""
    data = entry.data or {}
    before = gettext("before: %(name)s", name=data["from"]) if data.get("from") else ""
    what = str(data.get("what") or ("" if entry.text else "given_back"))
    return Facts(what, named(entry.title), name=entry.text, note=before)


def _incident(entry: Any, titles: Mapping[str, str]) -> Facts:
    title = named(titles.get(entry.title, entry.title))
    if entry.text == "retried":
        return Facts("retried", title)
    return Facts("caught" if (entry.data or {}).get("caught") else "", title, quote=entry.text)


def _by_hand(entry: Any, titles: Mapping[str, str]) -> Facts:
    title, data = named(titles.get(entry.title, entry.title)), entry.data or {}
    change = "{} → {}".format(*(_said(data[key]) for key in ("before", "after"))) if "after" in data else ""
    given = (
        gettext("%(name)s: %(value)s", name=named(name), value=_said(value)) for name, value in data.get("values", ())
    )
    return Facts(entry.text, title, note=change or gettext(", ").join(given), quote=str(data.get("reason", "")))


def _said(value: Any) -> str:
    """A routing value as people call it."""
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    return "—" if value in (None, "") else named(str(value))


def _late(entry: Any, titles: Mapping[str, str]) -> Facts:
    note = gettext("The case had already moved on; this changed nothing.")
    return Facts(title=named(titles.get(entry.title, entry.title)), note=note)


FACTS: Mapping[EntryKind, Callable[[Any, Mapping[str, str]], Facts]] = {
    EntryKind.APPLIED: _title_beneath,
    EntryKind.ENTERED: _title_beneath,
    EntryKind.LINK_SENT: _title_beneath,
    EntryKind.ADDRESS: _title_beneath,
    EntryKind.MEMBER: _member,
    EntryKind.COMPANY: _company,
    EntryKind.TASK: _task,
    EntryKind.COMMENT: _comment,
    EntryKind.WITHDRAWAL: _withdrawal,
    EntryKind.MAIL: _mail,
    EntryKind.INBOUND: _inbound,
    EntryKind.DELIVERY: _delivery,
    EntryKind.SECRET_SHOWN: _secret_shown,
    EntryKind.INVOICE: _invoice,
    EntryKind.PAYMENT: _payment,
    EntryKind.DATE: _date,
    EntryKind.CARD: _card,
    EntryKind.KEY_LETTER: _key_letter,
    EntryKind.NOTE: _note,
    EntryKind.STATE: _state,
    EntryKind.CERTIFICATE: _certificate,
    EntryKind.REGISTER: _register,
    EntryKind.ASSIGNED: _assigned,
    EntryKind.INCIDENT: _incident,
    EntryKind.VERSION: _by_hand,
    EntryKind.MENDED: _by_hand,
    EntryKind.LATE: _late,
}
