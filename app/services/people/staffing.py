"""What administrators change of people: accounts, absences, saved views. Who changed what is on record."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.errors import NotFound, Refused
from app.services.base import history
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.mails import portalmails
from app.services.mails.portalmails import Wording
from app.services.people.accounts import told
from app.services.signin import sessions, users
from app.states import BODY, ChangeKind, EntryKind, Right, Side, rights_of
from app.states import Account as Role
from app.store import accounts, changes, database, work
from app.store.models import Absence, SavedView, User
from app.text import address

AUDITOR = Role.AUDITOR.value
STAFF_ROLES = tuple(role.value for role in BODY)


@dataclass(frozen=True, slots=True)
class Account:
    """What can be changed of an account."""

    name: str
    active: bool
    roles: frozenset[str]
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GivenBack:
    """An open task that went back to its group."""

    task_id: str
    title: str
    case_number: str


def invite_staff(portal: Portal, email: str, wanted: Account, actor: Actor, words: Wording) -> int:
    """A new account of the body; its owner chooses the password by a mailed link. Gives its row id."""
    actor.require(Right.PEOPLE)
    email, name = address.required(email), " ".join(wanted.name.split())[:120]
    fits(wanted)
    with database.transaction():
        if accounts.hold(email) is not None:
            raise Refused("An account of %(email)s exists already", email=email)
        user = User.create(
            email=email, name=name, side=Side.OPERATOR, groups=",".join(_known(portal, wanted.groups)),
            password=None, fs_uniquifier=secrets.token_hex(32), feed_token=secrets.token_urlsafe(32),
            create_datetime=portal.now(),
        )  # fmt: skip
        accounts.add_roles(user, sorted(wanted.roles))
        _note(portal, actor, ChangeKind.ACCOUNT, email, "roles", "", ", ".join(sorted(wanted.roles)))
        _send_link(portal, user, words)
    portal.poke()
    return int(user.id)


def fits(wanted: Account) -> None:
    """Raise Refused where no account of the body can be so."""
    if not wanted.name.strip():
        raise Refused("Enter a name")
    if not wanted.roles or not wanted.roles <= set(STAFF_ROLES):
        raise Refused("Choose at least one role for this account")
    _looks_on(wanted)


def send_link(portal: Portal, user_id: int, actor: Actor, words: Wording) -> str:
    """Mail somebody of the body anew the link with which they choose their first password; gives the address."""
    actor.require(Right.PEOPLE)
    with database.transaction():
        user = users.known(user_id)
        if user.side != Side.OPERATOR or user.password or not user.active:
            raise Refused("This account already has a password, or is not allowed to sign in")
        _send_link(portal, user, words)
        _note(portal, actor, ChangeKind.ACCOUNT, user.email, "link", "", user.email)
    portal.poke()
    return str(user.email)


def _send_link(portal: Portal, user: User, words: Wording) -> None:
    key = f"staff:{user.id}:{portal.now():%Y%m%d%H%M%S%f}"
    portalmails.queue(portal, key, "staff-invitation", user.email, words, {"password": user.id})


def holding(user_id: int) -> list[GivenBack]:
    """The open tasks that somebody has taken."""
    with database.connection():
        return [GivenBack(row.id, row.title, row.case_number) for row in work.assigned_to(user_id)]


def change_account(portal: Portal, user_id: int, wanted: Account, actor: Actor) -> list[GivenBack]:
    """Change an account. Who is switched off, or is no operator any more, has their open tasks given back to the groups
    (those are named); who is switched off, or has other roles from now on, is signed out everywhere.

    Refused when a vendor would become staff or staff a vendor, and when one would lock oneself out.
    """
    actor.require(Right.PEOPLE)
    name = " ".join(wanted.name.split())[:120]
    if not name:
        raise Refused("Enter a name")
    groups = _known(portal, wanted.groups)
    _looks_on(wanted)
    with database.transaction():
        user = users.known(user_id)
        roles = accounts.role_names(user.id)
        allowed = {"vendor"} if user.side == Side.VENDOR else set(STAFF_ROLES)
        if not wanted.roles or not wanted.roles <= allowed:
            raise Refused("Choose at least one role for this account")
        if user.id == actor.user_id and (not wanted.active or "administrator" not in wanted.roles):
            raise Refused("You cannot deactivate your own account or remove your own administrator role")
        told = [
            ("name", user.name, name),
            ("active", str(user.active), str(wanted.active)),
            ("roles", ", ".join(sorted(roles)), ", ".join(sorted(wanted.roles))),
            ("groups", user.groups, ",".join(groups) if user.side == Side.OPERATOR else user.groups),
        ]
        switched_off = user.active and not wanted.active
        idle = Right.WORK not in rights_of(wanted.roles)
        user.name, user.active, user.update_datetime = name, wanted.active, portal.now()
        if user.side == Side.OPERATOR:
            user.groups = ",".join(groups)
        if switched_off:
            user.fs_uniquifier = secrets.token_hex(32)  # ends every session
        if wanted.roles != roles and user.id != actor.user_id:
            sessions.end_all(user.id)  # what they see next is what the new roles open
        given_back = _give_back(portal, user, actor) if switched_off or idle else []
        user.save()
        accounts.set_roles(user, sorted(wanted.roles))
        for field, before, after in told:
            _note(portal, actor, ChangeKind.ACCOUNT, user.email, field, before, after)
    return given_back


def _looks_on(wanted: Account) -> None:
    """Raise Refused for an auditor who would have a hand in what is looked at."""
    if AUDITOR in wanted.roles and len(wanted.roles) > 1:
        raise Refused("An auditor can have no other role: someone who oversees the work must not take part in it")


def _known(portal: Portal, groups: Sequence[str]) -> tuple[str, ...]:
    return tuple(each for each in portal.releases.groups() if each in groups)


def _give_back(portal: Portal, user: User, actor: Actor) -> list[GivenBack]:
    found = []
    for row in work.assigned_to(user.id):
        row.assignee, row.held_since = None, None
        row.save()
        history.note(
            row.case_id, portal.now(), EntryKind.ASSIGNED, by=actor, title=row.title, element=row.element, staff=True
        )
        found.append(GivenBack(row.id, row.title, row.case_number))
    return found


def _note(portal: Portal, actor: Actor, kind: ChangeKind, subject: str, field: str, before: str, after: str) -> None:
    if before != after:
        changes.add(portal.now(), actor.user_id, actor.name, kind, subject, field, before, after)


@dataclass(frozen=True, slots=True)
class Away:
    """An absence as it is typed."""

    user_id: int
    delegate_id: int
    first: date
    last: date
    note: str


def keep_absence(portal: Portal, absence_id: int | None, wanted: Away, actor: Actor) -> int:
    """Add or change anybody's absence; gives its row id."""
    actor.require(Right.PEOPLE)
    if wanted.last < wanted.first:
        raise Refused("The last day lies before the first")
    with database.transaction():
        user, delegate = users.known(wanted.user_id), users.known(wanted.delegate_id)
        if user.side != Side.OPERATOR or delegate.side != Side.OPERATOR or user.id == delegate.id:
            raise Refused("Choose two members of staff")
        row = accounts.absence(absence_id) if absence_id is not None else Absence()
        if row is None:
            raise NotFound("There is no such absence")
        before = told(row) if absence_id is not None else ""
        row.user, row.delegate, row.first_day, row.last_day = user, delegate, wanted.first, wanted.last
        row.note = wanted.note.strip()[:500]
        row.save()
        _note(portal, actor, ChangeKind.ABSENCE, user.email, "", before, told(row))
        return int(row.id)


def drop_absence(portal: Portal, absence_id: int, actor: Actor) -> None:
    """Take anybody's absence away."""
    actor.require(Right.PEOPLE)
    with database.transaction():
        row = accounts.absence(absence_id)
        if row is None:
            raise NotFound("There is no such absence")
        _note(portal, actor, ChangeKind.ABSENCE, row.user.email, "", told(row), "")
        row.delete_instance()


def rename_view(portal: Portal, view_id: int, name: str, actor: Actor) -> None:
    """Give anybody's saved view another name."""
    actor.require(Right.PEOPLE)
    name = name.strip()[:80]
    if not name:
        raise Refused("Enter a name for the view")
    with database.transaction():
        row = _view(view_id)
        if any(each.name == name and each.id != row.id for each in accounts.views(row.user_id)):
            raise Refused("There is already a view with this name")
        _note(portal, actor, ChangeKind.VIEW, row.user.email, "name", row.name, name)
        row.name = name
        row.save()


def drop_views(portal: Portal, view_ids: Sequence[int], actor: Actor) -> None:
    """Forget anybody's saved views."""
    actor.require(Right.PEOPLE)
    with database.transaction():
        for view_id in view_ids:
            row = _view(view_id)
            _note(portal, actor, ChangeKind.VIEW, row.user.email, "name", row.name, "")
            row.delete_instance()


def _view(view_id: int) -> SavedView:
    row = accounts.view(view_id)
    if row is None:
        raise NotFound("There is no such view")
    return row


def people() -> list[User]:
    """Everybody of the operating body who may sign in."""
    with database.connection():
        return accounts.body()
