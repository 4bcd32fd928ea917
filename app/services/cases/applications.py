"""The way in: the public application, the signed link that proves the address, and the applicant's account."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.engine import CompleteTask, Message
from app.errors import NotFound, Refused, Stale, StepFailed
from app.forms import BoundForm, Cleaned, FieldError, FormSpec
from app.services.base import businessdays, finding, history, jobqueue
from app.services.base.actors import SYSTEM, Actor
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.services.mails import deliveries
from app.services.papers import printable
from app.services.process import steps
from app.services.process.moment import Closing
from app.services.signin.newaccount import create_account
from app.services.trouble import incidents
from app.states import EntryKind, IncidentKind, Right, Side, TaskKind
from app.store import accounts, cases, database, entrylinks, work
from app.store.models import Answer, Case, EntryLink
from app.text import address
from app.text.normal import normal

LINK_DAYS = 14
# What mail programs make a link of, in a name that is read in half width: a scheme, www., a host with a path.
_LINKED = re.compile(r"://|(?<![a-z0-9])www[.。]|[a-z0-9-][.。][a-z]{2,}(?:/[!-~]|:\d|[?#])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Started:
    """What the done page says."""

    number: str
    email: str
    repeated: bool  # the same application had been sent before


@dataclass(frozen=True, slots=True)
class Entry:
    """A link that was followed."""

    case_number: str
    email: str
    contact_name: str
    has_account: bool  # an account of this address exists: sign in instead of choosing a password


@dataclass(frozen=True, slots=True)
class Opened:
    """A package's public form, of the release on which the application runs. `changed`: not the one that was shown."""

    loaded: Loaded
    changed: bool

    @property
    def spec(self) -> FormSpec:
        """The form that an applicant fills in."""
        return self.loaded.forms[self.loaded.package.start_form]


def form(portal: Portal, package_id: str, shown: int | None = None) -> Opened:
    """The package's public form. `shown`: the number of the release whose form somebody is filling in; it holds for
    them for a day after another release followed it."""
    with database.connection():
        loaded = portal.releases.lately(package_id, shown) if shown is not None else None
        if loaded is not None:
            return Opened(loaded, False)
        return Opened(portal.releases.current(package_id), shown is not None)


def changed() -> Stale:
    """What is said when the release whose form was shown holds no more."""
    return Stale("The form has changed since you opened it; look through your answers and send them again")


def bind(
    portal: Portal, opened: Opened, raw: Mapping[str, Any], errors: tuple[FieldError, ...], lang: str
) -> BoundForm:
    """The public form as a page draws it."""
    return opened.spec.bind(raw, lang=lang, context={"today": portal.today()}, errors=errors)


def check(portal: Portal, opened: Opened, raw: Mapping[str, Any]) -> Cleaned:
    """Clean the public form."""
    return opened.spec.clean(raw, context={"today": portal.today()}, lacking=printable.lacking(portal))


def recipient(opened: Opened, values: Mapping[str, Any]) -> str:
    """The address to which the link of an application goes."""
    return address.one(opened.loaded.package.applicant.said(values, "email"))


def apply(
    portal: Portal, package_id: str, raw: Mapping[str, Any], shown: int | None = None, language: str = ""
) -> Started:
    """Start a case; the same application sent again within the link's life gives the case that it started. `shown`:
    see `form`; `language`: in which it was read. Raises Stale when that release holds no more."""
    opened = form(portal, package_id, shown)
    if opened.changed:
        raise changed()
    loaded, spec = opened.loaded, opened.spec
    cleaned = spec.clean(raw, context={"today": portal.today()}, lacking=printable.lacking(portal))
    if not cleaned.ok:
        raise Refused("Some answers need another look")
    values, now, fields = cleaned.values, portal.now(), loaded.package.applicant
    email = recipient(opened, values)
    _plain(fields.said(values, each) for each in ("name", "contact", "subject"))
    key = _key(package_id, values)
    with incidents.noted(portal), _new(package_id), database.transaction():
        database.lock_name(f"apply:{key}")
        known = cases.by_apply_key(key)
        if known is not None and not known.ended:
            return Started(known.number, known.email, True)
        if known is not None:
            known.apply_key = None
            known.save()
        year = businessdays.today(now).year
        case = cases.create(
            number=f"{year}-{cases.next_number(f'case:{year}'):04d}",
            package_id=package_id,
            release=loaded.release_id,
            company_name=fields.said(values, "name"),
            contact_name=fields.said(values, "contact"),
            email=email,
            language=language,
            system_name=fields.said(values, "subject"),
            turn_since=now,
            created_at=now,
            changed_at=now,
            apply_key=key,
        )
        new_link(case, portal)
        history.note(
            case.id, now, EntryKind.APPLIED, by=Actor(None, case.contact_name, Side.VENDOR), title=case.system_name
        )
        steps.start(portal, case, {}, now)
        first = next((task for task in work.open_tasks(case.id) if task.element == loaded.package.start_form), None)
        if first is None:
            raise NotFound("The process does not begin with its public form")
        answer = Answer.create(
            case=case, element=first.element, values=values, at=now, by_name=case.contact_name, side=Side.VENDOR
        )
        finding.keep(case, loaded)
        routes = {name: values.get(name) for name in loaded.element(first.element).listed("routes")}
        steps.advance(
            portal,
            case,
            CompleteTask(first.id, routes),
            now,
            Closing(Actor(None, case.contact_name, Side.VENDOR), answer),
        )
    portal.poke()
    return Started(case.number, case.email, False)


def _plain(names: Iterable[str]) -> None:
    """Raise Refused for a name that a mail program would turn into a link: the first mail goes to an address that
    nobody has proved, in the body's name."""
    if any(_LINKED.search(normal("NFKC", each)) for each in names):
        raise Refused("Leave web addresses out of the names; there is a place for them later")


@contextmanager
def _new(package_id: str) -> Iterator[None]:
    """A case that could not be started is none: the incident is the package's."""
    try:
        with incidents.net(0, package_id, kind=IncidentKind.START):
            yield
    except StepFailed as error:
        error.case, error.kind, error.element, error.title = 0, "start", package_id, ""
        raise


def _key(package_id: str, values: Mapping[str, Any]) -> str:
    """Two applications are the same when they say the same; spelling apart."""
    text = json.dumps({key: str(value).strip().lower() for key, value in values.items()}, sort_keys=True)
    return hashlib.sha256(f"{package_id}\n{text}".encode()).hexdigest()


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


__all__ = [
    "SYSTEM",
    "Entry",
    "Started",
    "apply",
    "bind",
    "check",
    "correct_address",
    "create_account",
    "enter",
    "form",
    "look",
    "resend",
]
