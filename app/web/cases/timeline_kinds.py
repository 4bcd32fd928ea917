"""One sentence for each kind of entry of the timeline.

Facts come from the entry (titles of tasks, files and mails are the package's own words); the sentences are ours.
Each function takes the entry and the package's names by id.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from app.web.frame.current import named
from app.web.frame.delivery_words import reason
from app.web.frame.shell import day, yen


@dataclass(frozen=True, slots=True)
class Worded:
    """An entry in words. `quote` is what somebody wrote; `note` a short fact; `tab` where more of it is."""

    title: str
    note: str = ""
    quote: str = ""
    bad: bool = False
    tab: str = ""  # of the case's page
    link: str = ""  # words of the link to that tab


def _applied(entry: Any, _: Mapping[str, str]) -> Worded:
    return Worded(gettext("Applied for certification"), entry.title)


def _entered(entry: Any, _: Mapping[str, str]) -> Worded:
    return Worded(gettext("The mail address was confirmed by its link"), entry.title)


def _link_sent(entry: Any, _: Mapping[str, str]) -> Worded:
    return Worded(gettext("The link for entering was sent again"), entry.title)


def _address(entry: Any, _: Mapping[str, str]) -> Worded:
    return Worded(gettext("The mail address was corrected"), entry.title, str((entry.data or {}).get("reason", "")))


def _member(entry: Any, _: Mapping[str, str]) -> Worded:
    data = entry.data or {}
    words: dict[str, str] = {
        "removed": gettext("A person was taken off the case"),
        "rights_read": gettext("A person now only reads the case"),
        "rights_answer": gettext("A person now answers, without contracts and payments"),
        "rights_full": gettext("A person now does everything on the case"),
        "handed_over": gettext("Handed over"),
        "agent": gettext("An agent acts for the company"),
        "agent_ended": gettext("An agent no longer acts for the company"),
    }
    who = f"{entry.title}（{data['office']}）" if data.get("office") else entry.title
    return Worded(words.get(entry.text, gettext("A person joined the case")), who, data.get("reason", ""))


def _company(entry: Any, _: Mapping[str, str]) -> Worded:
    data = entry.data or {}
    words: dict[str, str] = {
        "asked": gettext("The corporate number is that of a company which is here already; its managers were asked"),
        "admitted": gettext("Who applied is of the company"),
        "refused": gettext("The company says that the application is not its own"),
        "holds": gettext("The corporate number is theirs who applied, not of who named it first"),
        "proved": gettext("The corporate number is confirmed"),
        "given": gettext("The case was given to the company"),
        "reason": gettext("Why it was decided so"),
    }
    if data.get("asks") == "body":
        return Worded(gettext("Another application names the same corporate number; the body decides"), entry.title)
    if data.get("by") == "body" and entry.text == "refused":
        return Worded(gettext("The corporate number is not theirs who applied"), entry.title)
    if entry.text == "reason":
        return Worded(words["reason"], quote=entry.title)
    return Worded(words.get(entry.text, entry.text), entry.title, data.get("reason", ""))


def _task(entry: Any, _: Mapping[str, str]) -> Worded:
    behalf = gettext("on behalf of %(name)s", name=entry.text) if entry.text else ""
    answered = bool((entry.data or {}).get("answer"))
    return Worded(
        gettext("%(title)s: done", title=named(entry.title)),
        behalf,
        tab="answers" if answered else "",
        link=gettext("Answers") if answered else "",
    )


def _task_cancelled(entry: Any, _: Mapping[str, str]) -> Worded:
    return Worded(gettext("%(title)s: no longer needed", title=named(entry.title)))


def _recall(entry: Any, _: Mapping[str, str]) -> Worded:
    return Worded(gettext("%(title)s: the decision was taken back", title=named(entry.title)))


def _comment(entry: Any, _: Mapping[str, str]) -> Worded:
    return Worded(gettext("A point to be mended: %(where)s", where=named(entry.title)), quote=entry.text)


def _withdrawal(entry: Any, _: Mapping[str, str]) -> Worded:
    if (entry.data or {}).get("emergency"):
        return Worded(gettext("An administrator ended the case"), _given_up(entry.data), quote=entry.title)
    by_vendor = entry.text == "vendor"
    title = gettext("The application was withdrawn") if by_vendor else gettext("The certifying body closed the case")
    return Worded(title, quote=entry.title)


def _given_up(data: Mapping[str, Any]) -> str:
    """What an ending by an administrator stopped."""
    said = [
        gettext("not done any more: %(titles)s", titles=gettext(", ").join(map(named, data["tasks"])))
        if data["tasks"]
        else "",
        gettext("days given up: %(days)s", days=gettext(", ").join(map(day, data["days"]))) if data["days"] else "",
        gettext("invoices cancelled: %(numbers)s", numbers=gettext(", ").join(data["invoices"]))
        if data["invoices"]
        else "",
        gettext("cards still out: %(serials)s", serials=gettext(", ").join(data["cards"])) if data["cards"] else "",
    ]
    return gettext("; ").join(each for each in said if each)


def _mail(entry: Any, _: Mapping[str, str]) -> Worded:
    return Worded(gettext("Mail sent: %(subject)s", subject=entry.title), gettext("to %(to)s", to=entry.text))


def _inbound(entry: Any, _: Mapping[str, str]) -> Worded:
    words: dict[str, str] = {
        "arrived": gettext("Mail received: %(subject)s", subject=entry.title),
        "taken": gettext("Taken over from a mail: %(subject)s", subject=entry.title),
        "discarded": gettext("Mail put aside: %(subject)s", subject=entry.title),
        "sent": gettext("Sent on from a mail: %(subject)s", subject=entry.title),
    }
    return Worded(words.get(entry.text, entry.title))


def _delivery(entry: Any, _: Mapping[str, str]) -> Worded:
    data = entry.data or {}
    words: dict[str, str] = {
        "failed": gettext("Mail not delivered: %(subject)s", subject=entry.title),
        "delayed": gettext("Mail delayed: %(subject)s", subject=entry.title),
        "delivered": gettext("Mail delivered after all: %(subject)s", subject=entry.title),
        "again": gettext("Mail sent again: %(subject)s", subject=entry.title),
        "arrived": gettext("Mail has arrived after all: %(subject)s", subject=entry.title),
        "moot": gettext("Mail that did not arrive is not needed any more: %(subject)s", subject=entry.title),
    }
    note = gettext("to %(to)s", to=data["to"]) if data.get("to") else ""
    if entry.text in {"failed", "delayed"}:
        note = f"{note} {reason(str(data.get('status', '')), entry.text)}"
    return Worded(words.get(entry.text, entry.title), note, str(data.get("reason", "")), bad=entry.text == "failed")


def _reminder(entry: Any, _: Mapping[str, str]) -> Worded:
    return Worded(gettext("Reminder: %(title)s", title=named(entry.title)))


def _document(entry: Any, _: Mapping[str, str]) -> Worded:
    return Worded(gettext("Document made: %(title)s", title=named(entry.title)))


def _released(entry: Any, _: Mapping[str, str]) -> Worded:
    return Worded(
        gettext("Downloads opened: %(title)s", title=named(entry.title)), tab="documents", link=gettext("Documents")
    )


def _download(entry: Any, _: Mapping[str, str]) -> Worded:
    return Worded(gettext("Downloaded: %(title)s", title=named(entry.title)))


def _secret_shown(entry: Any, titles: Mapping[str, str]) -> Worded:
    return Worded(gettext("The connection information was shown"), named(titles.get(entry.element, "")))


def _invoice(entry: Any, _: Mapping[str, str]) -> Worded:
    data = entry.data or {}
    note = gettext("%(number)s, %(amount)s", number=data.get("number", ""), amount=yen(data.get("total")))
    return Worded(gettext("Invoice: %(title)s", title=named(entry.title)), note, tab="money", link=gettext("Money"))


def _payment(entry: Any, _: Mapping[str, str]) -> Worded:
    data = entry.data or {}
    balance = int(data.get("balance") or 0)
    note = gettext("%(number)s, %(amount)s", number=data.get("number", ""), amount=yen(data.get("amount")))
    if balance > 0:
        note = gettext("%(paid)s (%(rest)s are still owed)", paid=note, rest=yen(balance))
    elif balance < 0:
        note = gettext("%(paid)s (%(rest)s too much)", paid=note, rest=yen(-balance))
    return Worded(
        gettext("Payment confirmed: %(title)s", title=named(entry.title)),
        note,
        bad=balance != 0,
        tab="money",
        link=gettext("Money"),
    )


def _date(entry: Any, titles: Mapping[str, str]) -> Worded:
    when = day((entry.data or {}).get("date"))
    title = named(titles.get(entry.title, entry.title))
    if entry.text == "lapsed":
        return Worded(gettext("The date has lapsed: %(title)s", title=title), when, bad=True)
    quote = str((entry.data or {}).get("quote", ""))
    if entry.text == "asked":
        return Worded(gettext("Another day was asked for: %(title)s", title=title), when, quote)
    if entry.text == "given_up":
        return Worded(gettext("The day was given up: %(title)s", title=title), when, quote)
    if entry.text == "moved":
        return Worded(gettext("The day was changed: %(title)s", title=title), when)
    if entry.text == "arranged":
        return Worded(gettext("People and place of the day: %(title)s", title=title), when, quote)
    if entry.text == "kept":
        return Worded(gettext("The day stays as it is: %(title)s", title=title), when, quote)
    if entry.text == "request_lapsed":
        return Worded(gettext("The request for another day is over: %(title)s", title=title), when)
    if entry.text == "released":
        return Worded(gettext("The date was given back: %(title)s", title=title), when)
    return Worded(gettext("Date settled: %(title)s", title=title), when)


def _key_letter(entry: Any, _: Mapping[str, str]) -> Worded:
    what, _sep, more = entry.text.partition(":")
    words: dict[str, str] = {
        "named": gettext("Key letter %(number)s: it is on record who opens it", number=entry.title),
        "opened": gettext("Key letter %(number)s was opened", number=entry.title),
        "destroyed": gettext("Key letter %(number)s was destroyed", number=entry.title),
        "made_anew": gettext("Key letter %(number)s is made anew", number=entry.title),
    }
    reasons: dict[str, str] = {
        "posted": gettext("both letters were posted"),
        "reissued": gettext("the letters were made anew"),
        "ended": gettext("the case ended"),
    }
    keeper = (entry.data or {}).get("keeper")
    note = gettext("opened only by %(name)s", name=keeper) if what == "named" and keeper else reasons.get(more, "")
    return Worded(words.get(what, entry.title), note, quote=more if what == "made_anew" else "")


def _card(entry: Any, _: Mapping[str, str]) -> Worded:
    count = (entry.data or {}).get("count")
    note = gettext("%(count)s cards", count=count) if count else ""
    words: dict[str, str] = {
        "lent": gettext("Cards lent: %(title)s", title=named(entry.title)),
        "returned": gettext("Cards returned: %(title)s", title=named(entry.title)),
    }
    return Worded(words.get(entry.text, entry.title), note, tab="cards", link=gettext("Cards"))


def _note(entry: Any, _: Mapping[str, str]) -> Worded:
    internal = entry.audience == "operator"
    return Worded(
        gettext("Internal note") if internal else gettext("Message"),
        quote=entry.title,
        tab="messages",
        link=gettext("Messages"),
    )


def _notice(entry: Any, _: Mapping[str, str]) -> Worded:
    return Worded(gettext("Notice: %(title)s", title=named(entry.title)))


def state_words() -> dict[str, str]:
    """The states of a case."""
    return {
        "open": gettext("In progress"),
        "certified": gettext("Certified"),
        "rejected": gettext("Not passed"),
        "withdrawn": gettext("Withdrawn"),
        "closed": gettext("Closed"),
    }


def _state(entry: Any, _: Mapping[str, str]) -> Worded:
    return Worded(gettext("The case is now: %(state)s", state=state_words().get(entry.title, entry.title)))


def _certificate(entry: Any, _: Mapping[str, str]) -> Worded:
    edition = int((entry.data or {}).get("edition") or 1)
    if edition > 1:
        note = gettext("%(number)s, edition %(edition)s", number=entry.title, edition=edition)
        return Worded(gettext("Certificate issued again"), note)
    return Worded(gettext("Certificate issued"), entry.title)


def _register(entry: Any, _: Mapping[str, str]) -> Worded:
    words: dict[str, str] = {
        "listed": gettext("Shown on the public list"),
        "extended": gettext("The certification was extended"),
        "suspended": gettext("The certification is suspended"),
        "withdrawn": gettext("The certification was withdrawn"),
        "restored": gettext("The certification is valid again"),
    }
    until = (entry.data or {}).get("valid_until")
    note = entry.title + (" " + gettext("until %(day)s", day=day(until)) if until else "")
    return Worded(words.get(entry.text, entry.text or entry.title), note, bad=entry.text in {"suspended", "withdrawn"})


def _assigned(entry: Any, _: Mapping[str, str]) -> Worded:
    if not entry.text:
        return Worded(gettext("%(title)s: given back to the group", title=named(entry.title)))
    return Worded(gettext("%(title)s: now with %(name)s", title=named(entry.title), name=entry.text))


def _incident(entry: Any, titles: Mapping[str, str]) -> Worded:
    title = named(titles.get(entry.title, entry.title))
    if entry.text == "retried":
        return Worded(gettext("Tried again: %(title)s", title=title))
    if (entry.data or {}).get("caught"):
        words = gettext("Could not be done, and the process goes on another way: %(title)s", title=title)
        return Worded(words, quote=entry.text)
    return Worded(gettext("Could not be done: %(title)s", title=title), quote=entry.text, bad=True)


def _late(entry: Any, titles: Mapping[str, str]) -> Worded:
    return Worded(
        gettext("Came too late: %(title)s", title=named(titles.get(entry.title, entry.title))),
        gettext("The case had moved on meanwhile; nothing was changed by it."),
    )


KINDS: Mapping[str, Callable[[Any, Mapping[str, str]], Worded]] = {
    "applied": _applied,
    "entered": _entered,
    "link_sent": _link_sent,
    "address": _address,
    "member": _member,
    "company": _company,
    "task": _task,
    "task_cancelled": _task_cancelled,
    "recall": _recall,
    "comment": _comment,
    "withdrawal": _withdrawal,
    "mail": _mail,
    "reminder": _reminder,
    "inbound": _inbound,
    "delivery": _delivery,
    "document": _document,
    "released": _released,
    "download": _download,
    "secret_shown": _secret_shown,
    "invoice": _invoice,
    "payment": _payment,
    "date": _date,
    "card": _card,
    "key_letter": _key_letter,
    "note": _note,
    "notice": _notice,
    "state": _state,
    "certificate": _certificate,
    "register": _register,
    "assigned": _assigned,
    "incident": _incident,
    "late": _late,
}
