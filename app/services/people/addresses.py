"""A vendor's mail address turns out to be wrong: the body mends it where it is kept, on record with who said so."""

from __future__ import annotations

from app.errors import Refused
from app.services.base import finding, history
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.companies import access
from app.states import ChangeKind, EntryKind, Right
from app.store import accounts, cases, changes
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
        raise Refused("Say who told you the right address, and how; it goes on record")
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


def _mend_account(portal: Portal, user: User, new: str, reason: str, actor: Actor) -> None:
    """The account's address, with which one signs in: whoever had it open signs in again."""
    if user.side != "vendor":
        raise Refused("This address belongs to the operating body")
    changes.add(
        portal.now(), actor.user_id, actor.name, ChangeKind.ACCOUNT, new, "email", user.email, f"{new} ({reason})",
        key=user.id,
    )  # fmt: skip
    user.email, user.update_datetime = new, portal.now()
    user.save()
    access.shut_out(user)
