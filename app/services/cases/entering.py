"""Entering: an applicant follows the link of the first mail and joins the case; links that are sent anew."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.engine import Message
from app.errors import NotFound, Refused
from app.services.base import finding, history, jobqueue
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.mails import deliveries
from app.services.process import steps
from app.services.signin.newaccount import create_account
from app.services.trouble import incidents
from app.states import EntryKind, Right, Side, TaskKind
from app.store import accounts, cases, database, entrylinks, work
from app.store.models import Case, EntryLink
from app.text import address

LINK_DAYS = 14


@dataclass(frozen=True, slots=True)
class Entry:
    """A link that was followed."""

    case_number: str
    email: str
    contact_name: str
    has_account: bool  # an account of this address exists: sign in instead of choosing a password


def new_link(case: Case, portal: Portal) -> EntryLink:
    """A fresh link; the older ones stop working."""
    return entrylinks.create_link(
        case.id, secrets.token_urlsafe(32), case.email, portal.now() + timedelta(days=LINK_DAYS)
    )


def look(portal: Portal, token: str) -> Entry:
    """What the link opens. Refused when it was used, replaced or is too old; NotFound when there is none."""
    with database.connection():
        link = _usable(portal, token)
        return Entry(link.case.number, link.email, link.case.contact_name, accounts.by_email(link.email) is not None)


def _usable(portal: Portal, token: str) -> EntryLink:
    link = entrylinks.link(token)
    if link is None:
        raise NotFound("This link is not one of ours; open the one in the mail as a whole")
    if link.used_at is not None:
        raise Refused("This link was used already; sign in with your mail address and password")
    if link.void:
        raise Refused("A newer link was sent; open the one in the latest mail")
    if link.expires_at < portal.now():
        raise Refused("This link is too old; have a new one sent")
    return link


def enter(portal: Portal, token: str, actor: Actor | None, password: str = "", language: str = "") -> int:
    """Follow the link: the address is proved, the person joins the case, the case goes on. Gives the account's id.

    A new address gets an account with this password and language; a known one must be signed in (`actor`)
    as that address.
    """
    now = portal.now()
    with incidents.noted(portal), database.transaction():
        known = accounts.hold(_usable(portal, token).email)
        case = cases.lock(_usable(portal, token).case_id)
        link = _usable(portal, token)  # somebody may have followed it while we waited for the case
        if known is not None and (actor is None or actor.user_id != known.id):
            raise Refused("An account of this address exists; sign in first, then open the link again")
        user = known or create_account(link.email, case.contact_name, Side.VENDOR, ["vendor"], password, now)
        if known is None and language:
            user.language = language
            user.save()
        link.used_at = now
        link.save()
        cases.add_member(case.id, user.id, now, by="")
        history.note(case.id, now, EntryKind.ENTERED, by=Actor(user.id, user.name, Side.VENDOR), title=link.email)
        _entered(portal, case, now)
    portal.poke()
    return int(user.id)


def _entered(portal: Portal, case: Case, now: datetime) -> None:
    """Tell the case. Whoever is quick follows the link before it is on record that the mail has left (a worker may die
    in between): the case keeps the message until it comes to wait for it."""
    message = portal.releases.loaded(case.release_id).package.declared.entry_message
    if case.ended or not message:
        return
    waits = [task for task in work.open_tasks(case.id) if task.kind == TaskKind.RECEIVE and task.message == message]
    task_id, at = (waits[0].id, waits[0].element) if waits else ("", "")
    steps.advance(portal, case, Message(message, task_id=task_id, kept=not waits), now, at=at)


def resend(portal: Portal, number: str, email: str) -> None:
    """Send the entry link again, if number and address belong together; says nothing about whether they do."""
    now = portal.now()
    with database.transaction():
        case = cases.get(number.strip())
        if case is None or case.email != address.one(email) or case.ended:
            return
        _send_link_again(portal, cases.lock(case.id))
        history.note(case.id, now, EntryKind.LINK_SENT, title=case.email)
    portal.poke()


def correct_address(portal: Portal, number: str, email: str, actor: Actor) -> None:
    """The body mends a mistyped address on the phone, before the link is used; the link goes to the new one."""
    actor.require(Right.WORK)
    email = address.required(email)
    with database.transaction():
        found = cases.get(number)
        if found is None:
            raise NotFound("There is no such case")
        link_anew(portal, cases.lock(found.id), email, "", actor)
    portal.poke()


def link_anew(portal: Portal, case: Case, email: str, reason: str, actor: Actor) -> None:
    """A new link for entering to this address, which is the applicant's from now on. Inside a transaction that
    has the case locked."""
    if cases.members(case.id):
        raise Refused("The link was used already; the vendor changes the address in their own account")
    if email != case.email:
        old, case.email = case.email, email
        case.save()
        finding.keep(case, portal.releases.loaded(case.release_id))
        history.note(
            case.id,
            portal.now(),
            EntryKind.ADDRESS,
            by=actor,
            title=f"{old} → {email}",
            data={"reason": reason} if reason else {},
        )
    _send_link_again(portal, case)


def _send_link_again(portal: Portal, case: Case) -> None:
    if cases.members(case.id):
        raise Refused("The link was used already; sign in with your mail address and password")
    link = new_link(case, portal)
    deliveries.superseded(portal, case)
    mail = portal.releases.loaded(case.release_id).package.declared.mails.get("link_again", "")
    jobqueue.queue(case, "mail", {"mail": mail}, "", f"link:{link.id}", portal.now())
