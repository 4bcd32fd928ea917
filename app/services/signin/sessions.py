"""Sessions live at the portal: what signs out, is ended from elsewhere, lies idle or grows old is over, whatever cookie
somebody still holds (OWASP ASVS 5.0, 7.3 and 7.4).

Their time is the machine's, not the portal's clock: a rehearsal that goes a year ahead signs nobody out.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.errors import NotFound
from app.services.base import trail
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.signin import users
from app.states import Act, Right, Thing
from app.store import accounts, database, sessions
from app.store.accounts import Asked
from app.store.models import Session
from config.settings import Settings

log = logging.getLogger("nintei.web")
watch = logging.getLogger("nintei.security")

NOTED = timedelta(minutes=5)  # so exactly is known when a session was last used
LONGEST_NAME = 200
MOST = 20  # browsers in which an account is signed in at once; the one that signed in first gives way
HALF = timedelta(minutes=10)  # for the second factor, once the password was right


@dataclass(frozen=True, slots=True)
class SessionView:
    """One browser in which the account is signed in."""

    id: int
    begun_at: datetime
    seen_at: datetime
    place: str
    browser: str
    here: bool  # the one that asks


@dataclass(frozen=True, slots=True)
class Half:
    """Somebody whose password was right, and who is not signed in before they have shown their second factor."""

    user_id: int
    uniquifier: str
    email: str
    kinds: tuple[str, ...]  # passkey, code


def begin(
    settings: Settings, user: int, place: str, browser: str, now: datetime | None = None, *,
    way: str = "", half: bool = False,
) -> str:  # fmt: skip
    """A new session; gives what its cookie holds. `half`: the second factor is still to come, within minutes."""
    held, at = secrets.token_urlsafe(32), now or _now()
    with database.transaction():
        sessions.forget(at)
        sessions.add(
            key=digest(held), user=user, begun_at=at, seen_at=at, proved_at=at,
            until=at + (HALF if half else timedelta(days=settings.session_days)), place=place,
            browser=browser[:LONGEST_NAME], way=way, half=half,
        )  # fmt: skip
        gone = 0 if half else sessions.end_oldest(user, MOST, at)
    if gone:
        watch.info("%s sessions of account %s were ended: it has %s newer ones", gone, user, MOST)
    return held


def asked(settings: Settings, held: str, now: datetime | None = None) -> Asked:
    """What the account is looked up with when somebody asks with this cookie."""
    at = now or _now()
    return Asked(digest(held), at, at - timedelta(minutes=settings.session_idle_minutes))


def goes_on(portal: Portal, uniquifier: str, held: str) -> bool:
    """Whether somebody is signed in with this cookie, which is whole. Asked before a body is let in: while the database
    is away it is taken for so, and the page tells them to wait."""
    if not uniquifier or not held:
        return False
    try:
        with database.connection():
            user = accounts.asking(uniquifier, portal.today(), asked(portal.settings, held))
    except Exception as error:
        if not database.passes(error):
            raise
        return True
    return user is not None and user.active


def seen(row_id: int, last: datetime, now: datetime | None = None) -> None:
    """Note that it was used, where it was not noted lately."""
    at = now or _now()
    if at - last >= NOTED:
        try:
            with database.transaction():
                sessions.seen(row_id, at)
        except Exception as error:
            if not database.passes(error):
                raise
            log.info("the use of a session was not noted, the next page will: %s", error)


def proved_lately(settings: Settings, proved: datetime | None, now: datetime | None = None) -> bool:
    """Whether the person showed so lately that it is they that they are not asked again (OWASP ASVS 5.0, 7.5.1)."""
    at = now or _now()
    return proved is not None and at - proved < timedelta(minutes=settings.confirm_minutes)


def prove(held: str, now: datetime | None = None) -> str:
    """The person has shown that it is they. The session goes on under another key (OWASP ASVS 5.0, 7.2.4): gives what
    its cookie holds from now on. NotFound when it is over."""
    fresh = secrets.token_urlsafe(32)
    with database.transaction():
        if not sessions.proved(digest(held), digest(fresh), now or _now()):
            raise NotFound("This session is over already")
    return fresh


@database.connection()
def half(held: str, now: datetime | None = None) -> Half | None:
    """Whose second factor is still to come in the session of this cookie."""
    row = sessions.half(digest(held), now or _now()) if held else None
    if row is None or not row.user.active:
        return None
    return Half(row.user_id, row.user.fs_uniquifier, row.user.email, tuple(filter(None, row.user.factors.split(","))))


def end(held: str) -> None:
    """This session is over, because another one begins in its place, or nobody goes on with it."""
    with database.transaction():
        sessions.end(digest(held), _now())


def signed_out(portal: Portal, held: str, user_id: int) -> None:
    """Somebody has signed out. On record."""
    with database.transaction():
        sessions.end(digest(held), _now())
        user = accounts.user(user_id)
        if user is not None:
            by = Actor(user.id, user.name or user.email, user.side)
            trail.note(portal.now(), by, Act.SIGNED_OUT, trail.about(Thing.ACCOUNT, user.id, by.name))
    watch.info("a session was ended by signing out")


def end_one(portal: Portal, actor: Actor, row_id: int) -> None:
    """End one of one's own, whichever browser it is in. On record. NotFound when there is none."""
    actor.require(Right.ACCOUNT)
    _end(portal, actor, actor.user_id or 0, row_id)


def end_others(portal: Portal, actor: Actor, held: str) -> int:
    """End all of one's own but this one; gives how many. On record, one by one."""
    actor.require(Right.ACCOUNT)
    return _end_all_but(portal, actor, actor.user_id or 0, digest(held))


def end_of(portal: Portal, actor: Actor, user_id: int, row_id: int | None = None) -> int:
    """An administrator ends a session of somebody else's account, or all of them; gives how many. On record.
    NotFound when there is no such account or session."""
    actor.require(Right.PEOPLE)
    if row_id is None:
        return _end_all_but(portal, actor, user_id, "")
    _end(portal, actor, user_id, row_id)
    return 1


def _end(portal: Portal, actor: Actor, user_id: int, row_id: int) -> None:
    with database.transaction():
        row = next((each for each in _going_on(portal, user_id) if each.id == row_id), None)
        if row is None or not sessions.end_one(user_id, row_id, _now()):
            raise NotFound("This session is over already")
        _told(portal, actor, user_id, [row])
    watch.info("session %s of account %s was ended from elsewhere by account %s", row_id, user_id, actor.user_id)


def _end_all_but(portal: Portal, actor: Actor, user_id: int, key: str) -> int:
    with database.transaction():
        rows = [each for each in _going_on(portal, user_id) if each.key != key]
        sessions.end_others(user_id, key, _now())
        _told(portal, actor, user_id, rows)
    watch.info("%s sessions of account %s were ended by account %s", len(rows), user_id, actor.user_id)
    return len(rows)


def _going_on(portal: Portal, user_id: int) -> list[Session]:
    now = asked(portal.settings, "")
    return sessions.of(user_id, now.at, now.since)


def _told(portal: Portal, actor: Actor, user_id: int, rows: Sequence[Session]) -> None:
    """On record: of whom, and which browser where."""
    user = users.known(user_id)
    for row in rows:
        about = trail.about(Thing.ACCOUNT, user.id, user.email)
        trail.note(portal.now(), actor, Act.SESSION_ENDED, about, before={"place": row.place, "browser": row.browser})


def end_all(user_id: int) -> None:
    """Every session of an account is over. Inside a transaction."""
    sessions.end_others(user_id, "", _now())


@database.connection()
def mine(portal: Portal, actor: Actor, held: str) -> list[SessionView]:
    """Where the account is signed in now."""
    return _views(portal, actor.user_id or 0, held)


@database.connection()
def of_account(portal: Portal, actor: Actor, user_id: int, held: str) -> list[SessionView]:
    """Where somebody's account is signed in now, for whoever sees what is on record."""
    actor.require(Right.SEE_TRAIL)
    return _views(portal, user_id, held)


def _views(portal: Portal, user_id: int, held: str) -> list[SessionView]:
    here = digest(held)
    return [
        SessionView(row.id, row.begun_at, row.seen_at, row.place, row.browser, row.key == here)
        for row in _going_on(portal, user_id)
    ]


def digest(held: str) -> str:
    """What the table knows of a cookie: who reads the table signs in as nobody."""
    return hashlib.sha256(held.encode()).hexdigest()


def _now() -> datetime:
    return datetime.now(UTC)
