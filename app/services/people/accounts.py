"""Accounts and those who hold them: actors, staff, absences, saved views."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from app.errors import NotFound, Refused
from app.services.base.actors import SYSTEM, Actor
from app.services.base.portal import Portal
from app.services.companies import mandates
from app.services.signin import passwords, users
from app.services.signin.newaccount import create_account
from app.states import RIGHTS, ChangeKind, Right, Side
from app.store import accounts, changes, companies, database
from app.store.models import Absence, SavedView, User
from app.text import address

COLUMNS = ("clock", "person", "group", "opened")  # of the worklist, that one may do without
ROLES = tuple(role.value for role in RIGHTS)


def actor_of(portal: Portal, user_id: int, known: User | None = None) -> Actor:
    """The account as an actor, with those for whom it stands in today. `known`: its row, where it was just read."""
    with database.connection():
        user = known or accounts.user(user_id)
        if user is None or not user.active:
            raise NotFound("There is no such account")
        here = user.known  # of who asks for a page, roles and absences are read with the account
        absent = () if user.side != Side.OPERATOR else here.standing_in_for if here else _absent(portal, user.id)
        if user.side == Side.VENDOR and companies.mandates_to_turn(portal.today(), user.id):
            with database.transaction():
                mandates.turn_over(portal, user.id)
        return Actor(
            user.id,
            user.name or user.email,
            user.side,
            frozenset(role.name for role in here.roles) if here else accounts.role_names(user.id),
            tuple(group for group in user.groups.split(",") if group),
            user.email,
            user.language,
            absent,
        )


def _absent(portal: Portal, user_id: int) -> tuple[tuple[int, str], ...]:
    return tuple((row.id, row.name) for row in accounts.stands_in_for(user_id, portal.today()))


def add_staff(portal: Portal, email: str, name: str, roles: list[str], password: str, groups: str = "") -> int:
    """A new account of the body. Refused when the address has one, or a role is unknown."""
    unknown = [role for role in roles if role not in ROLES]
    if unknown:
        raise Refused("There is no role %(role)s; there are %(roles)s", role=unknown[0], roles=", ".join(ROLES))
    email = address.required(email)
    known = portal.releases.groups()
    strange = [group for group in groups.split(",") if group and group not in known]
    if known and strange:  # before the first release nobody knows which there will be
        raise Refused("There is no group %(group)s; there are %(groups)s", group=strange[0], groups=", ".join(known))
    with database.transaction():
        if accounts.hold(email) is not None:
            raise Refused("An account of %(email)s exists already", email=email)
        side = Side.VENDOR if roles == ["vendor"] else Side.OPERATOR
        return int(create_account(email, name, side, roles, password, portal.now(), groups).id)


def set_password(portal: Portal, email: str, password: str) -> None:
    """A new password for an account; its sessions end."""
    with database.transaction():
        user = accounts.by_email(email)
        if user is None:
            raise NotFound("There is no such account")
        passwords.require_good(password, email, *passwords.owned(user))
        passwords.put(portal, user, password, SYSTEM)


def colleagues() -> list[User]:
    """Everyone to whom a task can be given."""
    with database.connection():
        return accounts.staff()


@dataclass(frozen=True, slots=True)
class Account:
    """One's own account, as one changes it."""

    email: str
    name: str
    language: str
    feed_token: str
    shortcuts: bool  # single keys act in lists
    daily: bool  # the day's work comes by mail


def account(actor: Actor) -> Account:
    """What the actor's account says of them."""
    with database.connection():
        user = users.known(actor.user_id)
        return Account(user.email, user.name, user.language, user.feed_token or "", user.shortcuts, user.daily)


def describe(
    portal: Portal, actor: Actor, name: str, language: str, *, shortcuts: bool | None = None, daily: bool | None = None
) -> None:
    """Change one's own name and language, whether single keys act in lists, and whether the day's work comes by mail
    (None: as it is)."""
    actor.require(Right.ACCOUNT)
    name = " ".join(name.split())
    if not name:
        raise Refused("Enter your name")
    if len(name) > 120:
        raise Refused("The name is too long: at most %(most)s characters", most=120)
    with database.transaction():
        user = users.known(actor.user_id)
        user.name, user.language = name, language if language in {"ja", "en"} else user.language
        if shortcuts is not None:
            user.shortcuts = shortcuts
        if daily is not None and user.side == Side.OPERATOR:
            user.daily = daily
        user.update_datetime = portal.now()
        user.save()


def set_language(user_id: int, language: str) -> None:
    """The language in which somebody reads pages and gets mails, as they have just chosen it."""
    with database.transaction():
        accounts.set_language(user_id, language)


def renew_feed(actor: Actor) -> None:
    """A new address for one's calendar feed; the old one stops working."""
    actor.require(Right.ACCOUNT)
    with database.transaction():
        user = users.known(actor.user_id)
        user.feed_token = secrets.token_urlsafe(32)
        user.save()


def away(portal: Portal, actor: Actor, delegate_id: int, first: date, last: date, note: str) -> None:
    """Name a delegate for a time; what they do in the meantime is traced as 代理."""
    actor.require(Right.WORK)
    if last < first:
        raise Refused("The last day lies before the first")
    if last < portal.today():
        raise Refused("The last day lies in the past")
    with database.transaction():
        delegate = accounts.user(delegate_id)
        if delegate is None or delegate.side != Side.OPERATOR or delegate.id == actor.user_id:
            raise Refused("Choose a colleague to stand in for you")
        row = Absence.create(user=actor.user_id, delegate=delegate, first_day=first, last_day=last, note=note.strip())
        _on_record(portal, actor, "", told(row))


def back(portal: Portal, actor: Actor, absence_id: int) -> None:
    """End an absence of one's own. That there was one, and who stood in, stays on record."""
    actor.require(Right.WORK)
    with database.transaction():
        row = accounts.absence(absence_id)
        if row is None or row.user_id != actor.user_id:
            return
        _on_record(portal, actor, told(row), "")
        row.delete_instance()


def told(row: Absence) -> str:
    """An absence as the record of changes has it."""
    return f"{row.first_day} – {row.last_day} → {row.delegate.email} {row.note}".strip()


def _on_record(portal: Portal, actor: Actor, before: str, after: str) -> None:
    changes.add(portal.now(), actor.user_id, actor.name, ChangeKind.ABSENCE, actor.email, "", before, after)


def absences(actor: Actor) -> list[Absence]:
    """When the actor is away, and who stands in."""
    with database.connection():
        return accounts.absences(actor.user_id or 0)


def views(actor: Actor) -> list[SavedView]:
    """The actor's saved views."""
    with database.connection():
        return accounts.views(actor.user_id or 0)


def choose_columns(actor: Actor, wanted: Iterable[str]) -> None:
    """Which of the columns that one may do without one's worklist has."""
    actor.require(Right.ACCOUNT)
    with database.transaction():
        user, chosen = users.known(actor.user_id), set(wanted)
        user.columns = ",".join(each for each in COLUMNS if each in chosen)
        user.save(only=[User.columns])


def save_view(actor: Actor, name: str, query: str) -> None:
    """Keep a worklist filter under a name; the same name replaces it."""
    actor.require(Right.ACCOUNT)
    if not name.strip():
        raise Refused("Enter a name for the view")
    with database.transaction():
        kept = {SavedView.query: query[:2000]}
        row = SavedView.insert(user=actor.user_id, name=name.strip()[:80], query=query[:2000])
        row.on_conflict(conflict_target=[SavedView.user, SavedView.name], update=kept).execute()


def drop_view(actor: Actor, view_id: int) -> None:
    """Forget a saved view."""
    actor.require(Right.ACCOUNT)
    with database.transaction():
        SavedView.delete().where((SavedView.id == view_id) & (SavedView.user == actor.user_id)).execute()


def signed_in(user_id: int, at: datetime) -> None:
    """Note when an account signed in last."""
    with database.transaction():
        User.update(last_login_at=at).where(User.id == user_id).execute()
