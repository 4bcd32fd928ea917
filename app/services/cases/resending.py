"""A mail that did not arrive is seen to: the address mended and the mail sent again, or said to have arrived.

The new mail has the same words and files under a Message-ID of its own; the old one stays as it is, with what became
of it. A mail that the mail server took for nobody never left, so it goes out itself, and its case goes on with it. What
is asked of the vendor is due as much later as the mail comes later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.errors import NotFound, Refused, Stale
from app.services.base import businessdays
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.services.cases import entering
from app.services.days import lastday
from app.services.mails import deliveries, undelivered, whose
from app.services.mails.undelivered import Undelivered
from app.services.people import addresses
from app.states import MailState, Right, SettledAs, Side, WrittenTo
from app.store import cases, database, jobrows, work
from app.store import deliveries as stored
from app.store.models import Case, Delivery, Mail, Task
from app.text import address


@dataclass(frozen=True, slots=True)
class Extended:
    """A step of the vendor whose due day moves when the mail is sent again."""

    title: str
    before: date
    after: date


@dataclass(frozen=True)
class Resending:
    """What the page of sending again shows. `link`: nobody has entered yet, so a new link for entering goes out.
    `left`: the mail server took it for somebody, so it may have arrived."""

    undelivered: Undelivered
    extended: list[Extended]
    link: bool
    left: bool


def page(portal: Portal, number: str, mail_id: int, actor: Actor) -> Resending:
    """The mail, whom it did not reach, and what follows from sending it again. Stale when somebody has seen to it."""
    actor.require(Right.MAILROOM)
    with database.connection():
        case, loaded, mail = _find(portal, number, mail_id)
        found = next((each for each in undelivered.of_case(case, loaded) if each.mail == mail.id), None)
        if found is None:
            raise Stale("This mail has been dealt with in the meantime")
        return Resending(
            found,
            [Extended(row.title, due, later) for row, due, later in _later(portal, case, mail, loaded, found)],
            not cases.members(case.id),
            mail.state == MailState.SENT,
        )


def send(
    portal: Portal, number: str, mail_id: int, right: Mapping[str, str], reason: str, actor: Actor
) -> tuple[str, ...]:
    """Send it again to those whom it did not reach. `right`: wrong address → right one, mended where it is kept;
    without one it goes to the same. Gives whom it goes to now. Raises Refused, Stale; then nothing is changed."""
    actor.require(Right.MAILROOM)
    with database.transaction():
        case, loaded, mail, rows = _locked(portal, number, mail_id)
        found = next((each for each in undelivered.of_case(case, loaded) if each.mail == mail.id), None)
        wanted = {row.recipient: address.required(right.get(row.recipient) or row.recipient) for row in rows}
        if not cases.members(case.id):
            to = tuple(wanted.values())[:1]
            entering.link_anew(portal, case, to[0], reason, actor)
        else:
            changed = {old: new for old, new in wanted.items() if old != new}
            kept = {old: addresses.mend(portal, case, old, new, reason, actor) for old, new in changed.items()}
            to = tuple(dict.fromkeys(kept.get(row.recipient, wanted[row.recipient]) for row in rows))
            if mail.state == MailState.SENT:
                _copy(portal, case, mail, to)
            else:
                others = [each for each in mail.recipient.split(", ") if each.lower() not in wanted]
                stored.go_on(mail, ", ".join(dict.fromkeys([*to, *others])), mail.state, portal.now())
        if found is not None:
            for task, _, later in _later(portal, case, mail, loaded, found):
                task.due_on = later
                task.save(only=[Task.due_on])
        _settle(portal, case, mail, rows, SettledAs.AGAIN, actor, reason, ", ".join(to))
    portal.poke()
    return to


def settle(portal: Portal, number: str, mail_id: int, how: str, reason: str, actor: Actor) -> None:
    """It has arrived after all, or need not: said by a person, with how they know."""
    actor.require(Right.MAILROOM)
    reason = " ".join(reason.split())[:500]
    as_ = SettledAs.of(how)
    if as_ not in {SettledAs.ARRIVED, SettledAs.MOOT}:
        raise NotFound("There is no such choice")
    if not reason:
        raise Refused("Say how you know; this is recorded")
    with database.transaction():
        case, _, mail, rows = _locked(portal, number, mail_id)
        if mail.state != MailState.SENT:
            raise Refused("The mail server accepted this mail for no one, so it has not arrived; correct the address")
        _settle(portal, case, mail, rows, as_, actor, reason)


def _find(portal: Portal, number: str, mail_id: int) -> tuple[Case, Loaded, Mail]:
    case = cases.get(number)
    mail = stored.mail(mail_id, case.id) if case is not None else None
    if case is None or mail is None:
        raise NotFound("There is no such mail")
    return case, portal.releases.loaded(case.release_id), mail


def _locked(portal: Portal, number: str, mail_id: int) -> tuple[Case, Loaded, Mail, list[Delivery]]:
    case, loaded, mail = _find(portal, number, mail_id)
    case = cases.lock(case.id)
    rows = stored.open_of(mail.id)
    if not rows:
        raise Stale("This mail has been dealt with in the meantime")
    return case, loaded, mail, rows


def _copy(portal: Portal, case: Case, mail: Mail, to: tuple[str, ...]) -> None:
    """The same mail under a new key, for the worker to send."""
    job, now = stored.job_of(mail), portal.now()
    params = dict(job.params or {}) if job is not None else {"mail": mail.mail_id, "to_side": Side.VENDOR.value}
    if params.get("to"):
        params["to"] = to[0]
    params.pop("while_open", None)
    key = f"{case.number}:again:{mail.id}:{now:%Y%m%d%H%M%S%f}"
    host = mail.message_id.rpartition("@")[2].strip("> ")
    stored.copy(mail, key, f"<{key.replace(':', '.')}@{host}>", ", ".join(to), now)
    jobrows.add_job(
        key=key, case=case.id, element=job.element if job is not None else "", operator="mail", params=params,
        data=dict(job.data or {}) if job is not None else {}, run_at=now, created_at=now,
    )  # fmt: skip


def _settle(
    portal: Portal,
    case: Case,
    mail: Mail,
    rows: list[Delivery],
    how: SettledAs,
    actor: Actor,
    reason: str,
    to: str = "",
) -> None:
    stored.settle([row.id for row in rows], how, actor.name, portal.now(), reason)
    deliveries.note(portal, case, mail, how, actor, to=to, reason=reason)
    deliveries.refresh(portal, case)


def _later(portal: Portal, case: Case, mail: Mail, loaded: Loaded, found: Undelivered) -> list[tuple[Task, date, date]]:
    """The open steps of the vendor that opened with the mail: by when they are due, and will be then. Nobody could know
    of them while it had reached nobody."""
    job = stored.job_of(mail)
    if job is None or not found.nobody or whose.reader(job.params, loaded, mail.mail_id) != WrittenTo.VENDOR:
        return []
    today, closing = portal.today(), portal.closing()
    days = businessdays.business_days_between(businessdays.today(mail.sent_at or mail.written_at), today, closing)
    asked = (row for row in work.open_tasks(case.id) if row.side == Side.VENDOR and row.opened_at >= job.created_at)
    moved: list[tuple[Task, date, date]] = []
    for row in asked:
        element = loaded.package.elements.get(row.element)
        if row.due_on is None or days <= 0 or element is None:
            continue
        place = lastday.Place(case, loaded, closing, {**(case.data or {}), **(row.data or {})})
        wanted = businessdays.add_business_days(row.due_on, days, closing)
        later = lastday.put_off(place, element, today, wanted, row.due_on)
        if later > row.due_on:
            moved.append((row, row.due_on, later))
    return moved
