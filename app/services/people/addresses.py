"""A vendor's mail address turns out to be wrong: the body mends it where it is kept, on record with who said so."""

from __future__ import annotations

from dataclasses import dataclass

from app.errors import NotFound, Refused
from app.services.base import finding, history, trail
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.companies import access
from app.states import Act, ChangeKind, EntryKind, Right, Side, Thing
from app.store import accounts, cases, changes, database
from app.store.models import Case, User
from app.text import address


def mend(portal: Portal, case: Case, old: str, new: str, reason: str, actor: Actor) -> str:
    """Put the right address in the place of a wrong one: at the account of the person of the case who has it, and as
    the contact of their open cases. Gives the address as it is kept. Inside a transaction that has the case locked.

    Raises Refused when the new one is no address, is somebody's, or when nobody says why.
    """
    actor.require(Right.WORK)
    new, reason = address.required(new), " ".join(reason.split())[:500]
    if new == old.lower():
        return new
    if not reason:
        raise Refused("Say who gave you the correct address, and how; this is recorded")
    person = next((row.user for row in cases.members(case.id) if row.user.email.lower() == old.lower()), None)
    if accounts.by_email(new) is not None:
        raise Refused("%(email)s has an account already; add that person to the case instead", email=new)
    if person is not None:
        _mend_account(portal, person, new, reason, actor)
    of_person = {row.id for row in cases.open_of_contact(old)} if person is not None else set()
    for case_id in sorted({case.id, *of_person}):
        row = case if case_id == case.id else cases.lock(case_id)
        if row.email.lower() == old.lower():
            row.email = new
            cases.keep_contact(row)
            finding.keep(row, portal.releases.loaded(row.release_id))
        elif person is None:
            continue
        history.note(row.id, portal.now(), EntryKind.ADDRESS, by=actor, title=f"{old} → {new}", data={"reason": reason})
    return new


@dataclass(frozen=True, slots=True)
class Person:
    """Who somebody is: what can be corrected of an account of a company."""

    name: str
    email: str


def correct(portal: Portal, user_id: int, wanted: Person, reason: str, actor: Actor) -> None:
    """Correct a vendor's person, wherever their address is kept: account, and contact of their open cases. Raises
    Refused when nothing differs, nobody says why, or the address is somebody's."""
    actor.require(Right.RECORDS)
    with database.transaction():
        user, name, new, why = checked(user_id, wanted, reason)
        now = portal.now()
        if new != user.email:
            old = user.email
            theirs = [cases.lock(row) for row in sorted(each.id for each in cases.open_of_contact(old))]
            _mend_account(portal, user, new, why, actor)
            for row in theirs:
                row.email = new
                cases.keep_contact(row)
                finding.keep(row, portal.releases.loaded(row.release_id))
                said = {"reason": why}
                history.note(row.id, now, EntryKind.ADDRESS, by=actor, title=f"{old} → {new}", data=said)
        if name != user.name:
            before, user.name, user.update_datetime = user.name, name, now
            user.save()
            trail.note(
                now, actor, Act.ACCOUNT_CHANGED, trail.about(Thing.ACCOUNT, user.id, user.email),
                before={"name": before}, after={"name": name}, why=why,
            )  # fmt: skip


def checked(user_id: int, wanted: Person, reason: str) -> tuple[User, str, str, str]:
    """(the account, name and address as they would be kept, the reason). Raises NotFound, Refused."""
    user = accounts.user(user_id)
    if user is None or user.side != Side.VENDOR:
        raise NotFound("There is no such account")
    name, new, why = " ".join(wanted.name.split())[:120], address.required(wanted.email), " ".join(reason.split())[:500]
    if not name:
        raise Refused("Enter a name")
    if (name, new) == (user.name, user.email):
        raise Refused("Nothing differs from what stands")
    if not why:
        raise Refused("Say who told you, and how; this is recorded")
    if new != user.email and accounts.by_email(new) is not None:
        raise Refused("%(email)s has an account already; add that person to the case instead", email=new)
    return user, name, new, why


def _mend_account(portal: Portal, user: User, new: str, reason: str, actor: Actor) -> None:
    """The account's address, with which one signs in: whoever had it open signs in again."""
    if user.side != Side.VENDOR:
        raise Refused("This address belongs to the operating body")
    changes.add(
        portal.now(), actor.user_id, actor.name, ChangeKind.ACCOUNT, new, "email", user.email, f"{new} ({reason})",
        key=user.id,
    )  # fmt: skip
    user.email, user.update_datetime = new, portal.now()
    user.save()
    access.shut_out(user)
