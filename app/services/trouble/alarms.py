"""A word to administrators when something does not work that no mail server and no person is the cause of.

One mail for one cause (`causes`), however many cases meet it: their list (“Needs attention”) has them all. When it is
sent, how long the trouble has to last before, and when it is said again, staff set by kind; that it is over is said,
too. What comes and goes is told of once a day at most.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from app.connectors import markdown
from app.errors import N_, NinteiError
from app.services.base.businessdays import JAPAN
from app.services.base.portal import Portal
from app.services.mails import portalmails
from app.services.trouble import causes
from app.services.trouble.causes import plain
from app.store import accounts, database
from app.store import alarms as stored
from app.store.models import Alarm, User

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
ONCE = N_("One mail comes for one cause, however many cases meet it, and one when it is over.")
MORE = N_("%(count)s cases are concerned so far.")
ENDED = (
    N_("[Nintei] It works again: %(title)s"),
    N_("What could not be done since %(since)s works again, or has been seen to: %(title)s"),
)
LOOK = N_("See what needs attention")
LONG = timedelta(minutes=30)  # an outage of the mail server that is worth a word afterwards


DAY = timedelta(hours=24)
KEPT = timedelta(days=90)  # what is over is forgotten after this


@dataclass(frozen=True, slots=True)
class Rule:
    """When administrators are told of trouble of a kind: after so many minutes, and again every so many
    hours (0: once)."""

    kind: str
    tells: bool
    after_minutes: int
    again_hours: int
    changed_at: datetime | None = None
    changed_by: str = ""

    @property
    def after(self) -> timedelta:
        """How long it has to last."""
        return timedelta(minutes=self.after_minutes)


@dataclass(frozen=True, slots=True)
class Open:
    """A cause that lasts. `case`: the first one's number; `cases`: how many there are."""

    key: str
    kind: str
    rule: str
    title: str
    case: str
    cases: int
    error: NinteiError
    since: datetime


DEFAULTS: Final = (
    Rule("job", True, 0, 24),
    Rule("mail", True, 24 * 60, 0),
    Rule("step", True, 0, 24),
    Rule("timer", True, 0, 24),
    Rule("deadlock", True, 0, 24),
    Rule("start", True, 0, 24),
    Rule("upkeep", True, 0, 24),
)
KINDS: Final = tuple(rule.kind for rule in DEFAULTS)


def rules() -> dict[str, Rule]:
    """Every rule, by kind. Inside a connection."""
    said = stored.rules()
    found = {rule.kind: rule for rule in DEFAULTS}
    for kind, row in said.items():
        if kind in found:
            found[kind] = Rule(kind, row.tells, row.after_minutes, row.again_hours, row.changed_at, row.changed_by)
    return found


def trouble(
    portal: Portal,
    kind: str,
    element: str,
    title: str,
    case: str,
    error: NinteiError,
    now: datetime,
    operator: str = "",
) -> None:
    """It is met: tell every administrator, where that is to be done at once. Inside a transaction. `case`: the number,
    empty for what is of none."""
    rule = rules().get(causes.rule_of(kind, operator, error.params))
    if rule is None:
        return
    facts = plain(error.params)
    key = causes.key_of(kind, operator, element, error.message, facts)
    met = Open(key, kind, rule.kind, title or element or kind, case, 1 if case else 0, error, now)
    _begin(met)
    _tell(portal, met, rule, now)


def follow(portal: Portal, known: Mapping[str, Alarm], lasting: Sequence[Open], now: datetime) -> int:
    """What time brings: what has lasted for long enough is told of, or once more; what is over is told of as well.
    `known`: alarms that were open before `lasting` was read. Gives how many causes were told of."""
    told = 0
    with database.transaction():
        set_ = rules()
        for each in lasting:
            if each.rule in set_:
                _begin(each)
                told += _tell(portal, each, set_[each.rule], now)
        gone = set(known).difference(each.key for each in lasting)
        for row in stored.over(gone, now):
            if row.times:
                _ended(portal, row)
                told += 1
        stored.forget(now - KEPT)
    return told


def _begin(met: Open) -> None:
    stored.begin(
        met.key, rule=met.rule, kind=met.kind, title=met.title[:300], case_number=met.case, message=met.error.message,
        params=plain(met.error.params), since=met.since,
    )  # fmt: skip


def _tell(portal: Portal, met: Open, rule: Rule, now: datetime) -> bool:
    if not rule.tells or now - met.since < rule.after:
        return False
    last, mine = stored.last_told(met.key), stored.one(met.key)
    if mine is None:
        return False
    pause = timedelta(hours=rule.again_hours) if rule.again_hours else DAY
    if last is not None and now - last < pause:
        return False
    if mine.told_at is not None and not rule.again_hours:
        return False
    if not stored.tell(met.key, mine.told_at, now):
        return False
    subject, text = STOPPED if met.kind == "deadlock" else FAILS if met.case else PORTAL
    for user in accounts.staff(role="administrator"):
        say = portal.say(user.language)
        facts = {"title": met.title, "case": met.case}
        paragraphs = [say(text) % facts]
        if met.cases > 1:
            paragraphs.append(say(MORE) % {"count": met.cases})
        paragraphs += [say(REASON) % {"reason": met.error.said(say)}, say(ONCE)]
        key = f"alarm:{met.key}:{mine.id}:{mine.times}:{user.id}"
        _queue(portal, user, key, say(subject) % facts, paragraphs)
    return True


def _ended(portal: Portal, row: Alarm) -> None:
    subject, text = ENDED
    for user in accounts.staff(role="administrator"):
        say = portal.say(user.language)
        facts = {"title": row.title, "since": _moment(row.since)}
        _queue(portal, user, f"alarm:{row.cause}:{row.id}:over:{user.id}", say(subject) % facts, [say(text) % facts])


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
