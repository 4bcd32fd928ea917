"""A word to administrators when something does not work that no mail server and no person is the cause of.

One a day for each place of a process, however many cases meet it: their list (“Needs attention”) has them all.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

from app.connectors import markdown
from app.errors import N_, NinteiError
from app.services.base.businessdays import JAPAN
from app.services.base.portal import Portal
from app.services.mails import portalmails
from app.store import accounts
from app.store.models import User

FAILS = (
    N_("[Nintei] Something cannot go on: %(title)s"),
    N_("“%(title)s” could not be carried out (case %(case)s)."),
)
STOPPED = (
    N_("[Nintei] A case has come to a stop: %(case)s"),
    N_("Case %(case)s has come to a stop after “%(title)s”: nothing is open, and nothing goes on by itself."),
)
PORTAL = (
    N_("[Nintei] The portal cannot do something by itself: %(title)s"),
    N_("The portal tries it again by itself, but it fails: %(title)s"),
)
OVER = (
    N_("[Nintei] Mails go out again"),
    N_("The mail server was out of reach from %(since)s to %(until)s. %(count)s mails waited; they go out now."),
)
REASON = N_("Reason: %(reason)s")
ONCE = N_("This mail comes once a day for each place, however often it happens.")
LOOK = N_("See what needs attention")
LONG = timedelta(minutes=30)  # an outage of the mail server that is worth a word afterwards


def trouble(portal: Portal, kind: str, element: str, title: str, case: str, error: NinteiError, now: datetime) -> None:
    """Tell every administrator. Inside a transaction. `case`: the number, empty for what is of none."""
    subject, text = STOPPED if kind == "deadlock" else FAILS if case else PORTAL
    key = hashlib.sha256(f"{kind}:{element}:{title}:{now.date()}".encode()).hexdigest()[:20]
    for user in accounts.staff(role="administrator"):
        say = portal.say(user.language)
        facts = {"title": title or element or kind, "case": case}
        reason = say(REASON) % {"reason": error.said(say)}
        _queue(portal, user, f"alarm:{key}:{user.id}", say(subject) % facts, [say(text) % facts, reason, say(ONCE)])


def over(portal: Portal, since: datetime, until: datetime, count: int) -> None:
    """Tell every administrator that mails go out again, when they did not for long. Inside a transaction."""
    if until - since < LONG:
        return
    subject, text = OVER
    for user in accounts.staff(role="administrator"):
        say = portal.say(user.language)
        facts: dict[str, Any] = {"since": _moment(since), "until": _moment(until), "count": count}
        _queue(portal, user, f"outage:{since:%Y%m%d%H%M%S}:{user.id}", say(subject), [say(text) % facts])


def _queue(portal: Portal, user: User, key: str, subject: str, paragraphs: list[str]) -> None:
    link = f"[{portal.say(user.language)(LOOK)}](%(url)s)"
    text = "\n\n".join([*map(markdown.literal, paragraphs), link]) + "\n"
    portalmails.queue(
        portal, key, "alarm", user.email, portalmails.Wording(subject[:300], text), {"page": "/attention"}
    )


def _moment(at: datetime) -> str:
    return f"{at.astimezone(JAPAN):%Y-%m-%d %H:%M}"
