"""What administrators change of people: accounts, absences, saved views. Who changed what is on record."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.errors import NotFound, Refused
from app.services.actors import Actor
from app.services.people import GROUPS
from app.services.portal import Portal
from app.store import accounts, changes, database, work
from app.store.models import Absence, SavedView, User

STAFF_ROLES = ("operator", "analyst", "administrator")


@dataclass(frozen=True, slots=True)
class Account:
    """What can be changed of an account."""

    name: str
    active: bool
    roles: frozenset[str]
    groups: tuple[str, ...]


def change_account(portal: Portal, user_id: int, wanted: Account, actor: Actor) -> None:
    """Change an account. Who is switched off is signed out everywhere, and their open tasks go back to the group.

    Refused when a vendor would become staff or staff a vendor, and when one would lock oneself out.
    """
    actor.require("administrator")
    name = " ".join(wanted.name.split())[:120]
    if not name:
        raise Refused("Enter a name")
    groups = tuple(group for group in wanted.groups if group in GROUPS)
    with database.transaction():
        user = _user(user_id)
        roles = accounts.role_names(user.id)
        allowed = {"vendor"} if user.side == "vendor" else set(STAFF_ROLES)
        if not wanted.roles or not wanted.roles <= allowed:
            raise Refused("Choose at least one role of this account's side")
        if user.id == actor.user_id and (not wanted.active or "administrator" not in wanted.roles):
            raise Refused("You cannot switch yourself off, nor take the administrator's role from yourself")
        told = [
            ("name", user.name, name),
            ("active", str(user.active), str(wanted.active)),
            ("roles", ", ".join(sorted(roles)), ", ".join(sorted(wanted.roles))),
            ("groups", user.groups, ",".join(groups) if user.side == "operator" else user.groups),
        ]
        switched_off = user.active and not wanted.active
        user.name, user.active, user.update_datetime = name, wanted.active, portal.now()
        if user.side == "operator":
            user.groups = ",".join(groups)
        if switched_off:
            user.fs_uniquifier = secrets.token_hex(32)  # ends every session
            work.give_back(user.id)
        user.save()
        accounts.set_roles(user, sorted(wanted.roles))
        for field, before, after in told:
            _note(portal, actor, "account", user.email, field, before, after)


def _user(user_id: int) -> User:
    user = accounts.user(user_id)
    if user is None:
        raise NotFound("There is no such account")
    return user


def _note(portal: Portal, actor: Actor, kind: str, subject: str, field: str, before: str, after: str) -> None:
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
    actor.require("administrator")
    if wanted.last < wanted.first:
        raise Refused("The last day lies before the first")
    with database.transaction():
        user, delegate = _user(wanted.user_id), _user(wanted.delegate_id)
        if user.side != "operator" or delegate.side != "operator" or user.id == delegate.id:
            raise Refused("Choose two people of the operating body")
        row = accounts.absence(absence_id) if absence_id is not None else Absence()
        if row is None:
            raise NotFound("There is no such absence")
        before = _told(row) if absence_id is not None else ""
        row.user, row.delegate, row.first_day, row.last_day = user, delegate, wanted.first, wanted.last
        row.note = wanted.note.strip()[:500]
        row.save()
        _note(portal, actor, "absence", user.email, "", before, _told(row))
        return int(row.id)


def _told(row: Absence) -> str:
    return f"{row.first_day} – {row.last_day} → {row.delegate.email} {row.note}".strip()


def drop_absence(portal: Portal, absence_id: int, actor: Actor) -> None:
    """Take anybody's absence away."""
    actor.require("administrator")
    with database.transaction():
        row = accounts.absence(absence_id)
        if row is None:
            raise NotFound("There is no such absence")
        _note(portal, actor, "absence", row.user.email, "", _told(row), "")
        row.delete_instance()


def rename_view(portal: Portal, view_id: int, name: str, actor: Actor) -> None:
    """Give anybody's saved view another name."""
    actor.require("administrator")
    name = name.strip()[:80]
    if not name:
        raise Refused("Give the view a name")
    with database.transaction():
        row = _view(view_id)
        if any(each.name == name and each.id != row.id for each in accounts.views(row.user_id)):
            raise Refused("There is a view of this name already")
        _note(portal, actor, "view", row.user.email, "name", row.name, name)
        row.name = name
        row.save()


def drop_views(portal: Portal, view_ids: Sequence[int], actor: Actor) -> None:
    """Forget anybody's saved views."""
    actor.require("administrator")
    with database.transaction():
        for view_id in view_ids:
            row = _view(view_id)
            _note(portal, actor, "view", row.user.email, "name", row.name, "")
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
