"""Wrong passwords: counted where a password is checked, before it is checked, and forgiven when it was right.

By account **and** place, each wrong one waiting longer than the last, so that nobody guesses without end and nobody
locks out the owner or an office. Four rules, the longest wait counts:

- `pair`       one account from one place, or in one browser that the account has used before (counted by itself)
- `account`    one account from places and browsers that it has never used: many places do not help a stranger
- `strangers`  one place, at accounts that never signed in from there, whether they exist or not
- `place`      one place, at whatever accounts

A browser that the account has used passes the last three, a place that it has used the second and the third. Addresses
without an account are treated, and take as long, as those with one: the answers tell nobody who is here.
"""

from __future__ import annotations

import ipaddress
import logging
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from app.errors import TooMany
from app.services.base import trail
from app.services.base.actors import SYSTEM, Actor
from app.services.base.portal import Portal
from app.services.signin import devices
from app.services.signin.devices import Device
from app.states import Act, PasswordUse, Thing
from app.store import accounts, database, guesses
from app.store.models import Guess, User
from app.text import address
from config import logs

REMEMBERED = timedelta(hours=24)  # how long a wrong password counts
KNOWN = timedelta(days=90)  # how long a place is known from which an account signed in

log = logging.getLogger("nintei.security")


@dataclass(frozen=True, slots=True)
class Rule:
    """So many wrong ones are free within `window`; the next one waits `first`, each after it twice as long,
    up to `most`."""

    name: str
    free: int
    first: timedelta
    most: timedelta
    window: timedelta

    def until(self, count: int, last: datetime | None) -> datetime | None:
        """When the next try is let in after `count` wrong ones, the last of them then; none: at once."""
        if last is None or count < self.free:
            return None
        return last + min(self.most, self.first * int(2 ** min(count - self.free, 16)))


MINUTE = timedelta(minutes=1)
PAIR = Rule("pair", 5, MINUTE, 60 * MINUTE, REMEMBERED)
ACCOUNT = Rule("account", 50, MINUTE, 15 * MINUTE, REMEMBERED)
STRANGERS = Rule("strangers", 30, MINUTE, 15 * MINUTE, 60 * MINUTE)
PLACE = Rule("place", 200, MINUTE, 15 * MINUTE, 60 * MINUTE)
RULES = {each.name: each for each in (PAIR, ACCOUNT, STRANGERS, PLACE)}


@dataclass(frozen=True, slots=True)
class Asker:
    """Where a password comes from: a place (see `place`), and the browser if it was here before."""

    place: str
    device: Device | None = None


@dataclass(frozen=True, slots=True)
class _Try:
    """One try: at whom, from where, and how well that is known."""

    account: str
    user: int | None
    name: str  # for the log
    place: str
    device: str  # the browser's number, if the account knows it
    here: bool  # the account signed in from this place before
    way: PasswordUse

    @property
    def known(self) -> bool:
        return bool(self.device) or self.here


def place(remote: str | None) -> str:
    """The network address as it is counted: of IPv6 the /64, which is one customer's (RFC 6177)."""
    try:
        found = ipaddress.ip_address((remote or "").partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def digest(email: str, apart: str = "") -> str:
    """What stands for an address in the rows."""
    return sha256(f"{apart} {address.one(email)}".lstrip().encode()).hexdigest()[:40]


def checked(
    portal: Portal, email: str, asker: Asker, way: PasswordUse, right: Callable[[], bool], *, apart: str = ""
) -> bool:
    """Whether the password for this address is right: `right` looks, once the try has been counted.

    The one way to check a password. Raises TooMany, and then nothing was looked at. Not inside a transaction: what was
    counted stays counted, whatever happens next. `apart`: what is counted by itself, so that a right password forgives
    no wrong code.
    """
    tried = _counted(portal, email, asker, way, apart)
    fits = right()
    now = portal.now()
    with database.transaction():
        if fits:
            guesses.forgive(tried.account, tried.place, tried.device)
            return True
        _failed(tried, now)
    return False


def _counted(portal: Portal, email: str, asker: Asker, way: PasswordUse, apart: str) -> _Try:
    """Count the try; whoever comes at the same moment waits for it, and finds it counted."""
    now = portal.now()
    with database.transaction():
        tried = _known(portal, email, asker, way, now, apart)
        guesses.alone(tried.account, tried.place)
        held = _longest(tried, now)
        if held is None:
            guesses.add(
                at=now, until=now + REMEMBERED, user=tried.user, account=tried.account, place=tried.place,
                device=tried.device, known=tried.known, way=way,
            )  # fmt: skip
    if held is not None:
        raise too_many(held[1] - now, now, by_mail=True)
    return tried


def _known(portal: Portal, email: str, asker: Asker, way: PasswordUse, now: datetime, apart: str) -> _Try:
    user = accounts.by_email(address.one(email))
    number = user.id if user is not None else None
    device = asker.device.number if asker.device and devices.knows(portal, asker.device, number) else ""
    here = guesses.was_here(number or 0, asker.place, now)
    name = f"account {user.id} <{user.email}>" if user is not None else "an address without an account"
    return _Try(digest(email, apart), number, name, asker.place, device, here, way)


def _longest(tried: _Try, now: datetime) -> tuple[str, datetime] | None:
    """(rule, until when) of what holds this try up longest; none when it is let in."""
    waits = ((rule.name, held_until(rule, rows, now)) for rule, rows in _rows(tried, now))
    held = [(name, until) for name, until in waits if until is not None and until > now]
    return max(held, key=lambda each: each[1], default=None)


def held_until(rule: Rule, rows: list[Guess], now: datetime) -> datetime | None:
    """Until when the rule holds up the next try; `rows`: the wrong ones that it counts, newest first."""
    counted = [row for row in rows if row.at > now - rule.window]
    return rule.until(len(counted), counted[0].at if counted else None)


def _rows(tried: _Try, now: datetime) -> list[tuple[Rule, list[Guess]]]:
    """The rules that this try is under, each with the wrong ones that count for it, newest first."""
    own = guesses.of_account(tried.account, now)
    if tried.device:
        return [(PAIR, [row for row in own if row.device == tried.device])]
    around = [row for row in guesses.from_place(tried.place, now - PLACE.window) if not row.device]
    found = [(PAIR, [row for row in own if not row.device and row.place == tried.place]), (PLACE, around)]
    if not tried.here:
        found.append((ACCOUNT, [row for row in own if not row.known]))
        found.append((STRANGERS, [row for row in around if not row.known]))
    return found


def _failed(tried: _Try, now: datetime) -> None:
    """On record, and in the log: that it was wrong, and whether the next one has to wait."""
    _event(now, Act.SIGN_IN_FAILED, user=tried.user, place=tried.place, way=tried.way.value)
    log.info("wrong password: %s from %s (%s)", tried.name, tried.place, tried.way)
    held = _longest(tried, now)
    if held is not None:
        _event(
            now,
            Act.SIGN_IN_HELD,
            user=tried.user,
            place=tried.place,
            way=tried.way.value,
            scope=held[0],
            held_until=held[1],
        )
        log.warning("held up until %s: %s from %s (%s)", f"{held[1]:%H:%M:%SZ}", tried.name, tried.place, held[0])


def _event(
    now: datetime, act: Act, user: int | None, place: str, way: str = "", scope: str = "",
    held_until: datetime | None = None, browser: str = "",
) -> None:  # fmt: skip
    """On the audit record."""
    with database.transaction():
        row = accounts.user(user or 0)  # of a stranger, too: the same work for both
        came = act is Act.SIGNED_IN and row is not None
        by = Actor(user, row.name or row.email, row.side) if came and row is not None else SYSTEM
        label = (row.name or row.email) if row is not None else ""
        after = {key: value for key, value in (("way", way), ("scope", scope), ("browser", browser)) if value}
        if held_until is not None:
            after["until"] = held_until.isoformat(timespec="seconds")
        with trail.standing(trail.Place(place, None, logs.value("request"))):
            trail.note(now, by, act, trail.about(Thing.ACCOUNT, user or "", label), after=after or None)


def too_many(left: timedelta, now: datetime, *, by_mail: bool = False) -> TooMany:
    """The refusal: how long to wait, in words and for programs. `by_mail`: whoever owns the account gets in at once by
    a mailed link."""
    seconds = max(1, math.ceil(left.total_seconds()))
    minute = (now + timedelta(seconds=seconds + 59)).replace(second=0, microsecond=0)  # never earlier than it is open
    return TooMany(
        "For safety this is closed until %(until)s (%(minutes)s minutes from now). "
        "Whoever is signed in already can go on working.",
        seconds=seconds,
        minutes=math.ceil(seconds / 60),
        until=minute,
        by_mail=by_mail,
    )


# Who really is here


def signed_in(portal: Portal, user: User, asker: Asker, way: str = "", browser: str = "") -> str:
    """The account has signed in, by whatever way: its place is known from now on. Gives the cookie of the browser."""
    with database.transaction():
        now = portal.now()
        guesses.know(user.id, asker.place, now + KNOWN)
        _event(now, Act.SIGNED_IN, user=user.id, place=asker.place, way=way, browser=browser[:200])
    return devices.remembering(portal, asker.device, user.id)


def proved(portal: Portal, user: int, asker: Asker) -> str:
    """Who has opened a mailed link owns the account's address: what was tried from here is forgiven, and the browser is
    known. Gives its cookie."""
    with database.transaction():
        account = accounts.user(user)
        if account is not None:
            guesses.forgive(digest(account.email), asker.place, "")
    return devices.remembering(portal, asker.device, user)
