"""Who is held up at the sign-in, for the administrator: in words, with a way to lift it; and what is on record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.errors import NotFound
from app.services.base import chain, trail
from app.services.base.actors import SYSTEM, Actor
from app.services.base.portal import Portal
from app.services.signin import guessing
from app.services.signin.guessing import ACCOUNT, PAIR, PLACE, STRANGERS, Rule
from app.states import Act, Right, Thing
from app.store import accounts, attempts, database, guesses, trailpages
from app.store.models import Guess, TrailEntry, User
from app.store.trailpages import Narrowed

MOST = 100
SIGN_INS = (
    Act.SIGNED_IN, Act.SIGNED_OUT, Act.SIGN_IN_FAILED, Act.SIGN_IN_HELD, Act.HOLD_LIFTED, Act.IDENTITY_TIED,
    Act.IDENTITY_RELEASED, Act.IDENTITY_REFUSED,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Held:
    """Something that is held up now. `id`: of its newest wrong password, by which it is lifted."""

    id: int
    scope: str  # pair | account | strangers | place
    name: str  # of the account; empty: an address without one, or whatever account
    email: str
    place: str  # empty: wherever the account never was
    in_browser: bool  # a browser in which the account signed in before
    count: int
    last_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Event:
    """A line of the audit record, as the page of sign-ins tells it."""

    at: datetime
    kind: Act
    name: str
    email: str
    place: str
    way: str
    scope: str
    held_until: datetime | None
    by: str
    browser: str = ""  # as it calls itself


def held(portal: Portal, actor: Actor) -> list[Held]:
    """What is held up now, the longest first."""
    actor.require(Right.SEE_TRAIL)
    now = portal.now()
    with database.connection():
        rows = guesses.counting(now)
    groups = (found for rule in (PAIR, ACCOUNT, STRANGERS, PLACE) for found in _groups(rule, rows))
    waiting = [each for rule, of in groups if (each := _held(rule, of, now)) is not None]
    return sorted(waiting, key=lambda each: each.until, reverse=True)


def _groups(rule: Rule, rows: Iterable[Guess]) -> list[tuple[Rule, list[Guess]]]:
    """The wrong passwords that count together under a rule, newest first."""
    found: dict[tuple[str, ...], list[Guess]] = {}
    for row in rows:
        if rule is PAIR:
            found.setdefault((row.account, row.device or row.place), []).append(row)
        elif rule is ACCOUNT and not row.known:
            found.setdefault((row.account,), []).append(row)
        elif (rule is PLACE and not row.device) or (rule is STRANGERS and not row.known):
            found.setdefault((row.place,), []).append(row)
    return [(rule, of) for of in found.values()]


def _held(rule: Rule, rows: list[Guess], now: datetime) -> Held | None:
    until = guessing.held_until(rule, rows, now)
    if until is None or until <= now:
        return None
    newest, counted = rows[0], [row for row in rows if row.at > now - rule.window]
    name, email = _called(newest.user if rule in (PAIR, ACCOUNT) else None)
    return Held(
        id=newest.id,
        scope=rule.name,
        name=name,
        email=email,
        place="" if rule is ACCOUNT else newest.place,
        in_browser=rule is PAIR and bool(newest.device),
        count=len(counted),
        last_at=newest.at,
        until=until,
    )


def lift(portal: Portal, actor: Actor, scope: str, row_id: int) -> None:
    """Let in at once what is held up; on record, with who did it. NotFound when it is over already."""
    actor.require(Right.PEOPLE)
    now = portal.now()
    with database.transaction():
        rows = guesses.counting(now)
        row = next((each for each in rows if each.id == row_id), None)
        if row is None or scope not in guessing.RULES:
            raise NotFound("This is no longer locked")
        if scope == PAIR.name:
            guesses.forgive(row.account, row.place, row.device)
        elif scope == ACCOUNT.name:
            guesses.forgive_account(row.account)
        else:
            guesses.forgive_place(row.place)
        of_account = scope in (PAIR.name, ACCOUNT.name)
        whose = trail.about(Thing.ACCOUNT, row.user_id if of_account and row.user_id else "", _called(row.user)[0])
        place = trail.about(Thing.PLACE, "", row.place)
        before = {"scope": scope, "place": "" if scope == ACCOUNT.name else row.place}
        trail.note(now, actor, Act.HOLD_LIFTED, whose if of_account else place, before=before)
    whom = f"account {row.user_id}" if of_account and row.user_id else "any account"
    guessing.log.warning("lifted by account %s: %s from %s (%s)", actor.user_id, whom, row.place, scope)


def events(actor: Actor, user_id: int | None = None) -> list[Event]:
    """The newest lines of the record; of one account, where it is named."""
    actor.require(Right.SEE_TRAIL)
    return _events(SIGN_INS, user_id)


def mine(actor: Actor) -> list[Event]:
    """The newest lines about one's own account."""
    return _events(SIGN_INS, actor.user_id or 0)


def unnamed_proxies(portal: Portal, actor: Actor) -> list[Event]:
    """Proxies of the last week that are not named in the settings, each once."""
    actor.require(Right.SEE_TRAIL)
    newest: dict[str, Event] = {}
    for row in _events((Act.UNNAMED_PROXY,), None):
        if row.at > portal.now() - timedelta(days=7):
            newest.setdefault(row.place, row)
    return list(newest.values())


@database.connection()
def _events(acts: tuple[Act, ...], user_id: int | None) -> list[Event]:
    of = Narrowed(acts=acts)
    if user_id is not None:
        of = Narrowed(acts=acts, thing=Thing.ACCOUNT, subject=str(user_id))
    rows = trailpages.page(of, None, MOST)
    known = accounts.by_ids({int(row.subject) for row in rows if row.thing is Thing.ACCOUNT and row.subject.isdigit()})
    return [_event(row, known.get(int(row.subject)) if row.subject.isdigit() else None) for row in rows]


def proxy_seen(portal: Portal, address: str) -> None:
    """A request came with X-Forwarded-For from an address that is not trusted: said in the log once (the caller sees to
    that), and on record once a day."""
    guessing.log.warning(
        "X-Forwarded-For comes from %s, which NINTEI_TRUSTED_PROXIES does not name: its visitors count as one place",
        address,
    )
    now = portal.now()
    if attempts.due(f"proxy:{address}", now, timedelta(days=1)):
        with database.transaction():
            trail.note(now, SYSTEM, Act.UNNAMED_PROXY, trail.about(Thing.PLACE, "", address))


def _event(row: TrailEntry, user: User | None) -> Event:
    who, what = chain.details(row.who), chain.details(row.what)
    name, email = _called(user if row.thing is Thing.ACCOUNT else None)
    said = what.get("before") if row.act is Act.HOLD_LIFTED else what.get("after")
    told: dict[str, str] = {str(key): str(each) for key, each in said.items()} if isinstance(said, dict) else {}
    place = str(who.get("address", ""))
    if row.act is Act.HOLD_LIFTED:
        place = told.get("place", "")
    elif row.act is Act.UNNAMED_PROXY:
        place = str(what.get("label", ""))
    until = told.get("until", "")
    return Event(
        at=row.at,
        kind=row.act,
        name=name,
        email=email,
        place=place,
        way=told.get("way", ""),
        scope=told.get("scope", ""),
        held_until=datetime.fromisoformat(until).replace(tzinfo=UTC) if until else None,
        by=str(who.get("name", "")),
        browser=told.get("browser", ""),
    )


def _called(user: User | None) -> tuple[str, str]:
    """(name, mail address); empty for nobody."""
    return ("", "") if user is None else (str(user.name or user.email), str(user.email))
