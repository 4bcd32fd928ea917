"""Mails of ours that did not arrive: refused by the mail server, or told by other servers' reports; kept until a person
has seen to them.

While a mail to the vendor has reached nobody, the vendor cannot know what is asked: their clock stands still, nothing
reminds them, and it is the body's turn to mend the address (`resending`). A report is never answered.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from app.connectors.bounces import Outcome, Report
from app.connectors.mailreply import Reply
from app.errors import NotFound, Stale
from app.services.base import businessdays, clocks, history
from app.services.base.actors import SYSTEM, Actor
from app.services.base.portal import Portal
from app.services.mails.undelivered import recipients_of, views
from app.states import DeliveryState, EntryKind, JobState, MailState, Right, SettledAs, Side, WrittenTo
from app.store import cases, database
from app.store import deliveries as stored
from app.store import inbound as incoming
from app.store.models import Case, InboundMail, Mail
from app.text.normal import normal

_NUMBER = re.compile(r"\d{4}-\d{4,8}")


# What a report says is noted


def take_report(portal: Portal, row: InboundMail, report: Report) -> None:
    """Note at our mails what a report says of them; it belongs to the case of the first. Inside a transaction."""
    now = portal.now()
    for outcome in report.outcomes:
        mail = _about(report, outcome)
        if mail is None:
            continue
        if row.answered_id is None:
            row.answered_id, row.case_id = mail.id, mail.case_id
            row.save()
        case = cases.lock(mail.case_id) if mail.case_id else None
        said = {"status": outcome.status, "text": outcome.text, "report": row.id}
        recipient = _recipient(mail, outcome)
        became = DeliveryState(outcome.action)
        if stored.record(mail.id, recipient, became, now, **said) and case is not None:
            note(portal, case, mail, became, SYSTEM, to=recipient, status=outcome.status)
            refresh(portal, case, mail)


def _about(report: Report, outcome: Outcome) -> Mail | None:
    """Our mail: by its Message-ID; else the last one to this address of the case whose number the subject has."""
    named = stored.mails_named(report.message_ids)
    if named:
        return next((each for each in named if _recipient(each, outcome) in recipients_of(each)), named[0])
    numbers = list(dict.fromkeys(_NUMBER.findall(normal("NFKC", report.subject))))[:10]
    case = incoming.case_among(numbers)
    addresses = [each for each in (outcome.original, outcome.recipient) if each]
    found = (stored.last_sent(case.id, each) for each in addresses) if case is not None else iter(())
    return next((each for each in found if each is not None), None)


def _recipient(mail: Mail, outcome: Outcome) -> str:
    """Whom we wrote to; a report may name the address to which they have their mail forwarded."""
    ours = recipients_of(mail)
    for each in (outcome.original, outcome.recipient):
        if each in ours:
            return each
    return ours[0] if len(ours) == 1 else outcome.recipient


def note(portal: Portal, case: Case, mail: Mail, what: DeliveryState | SettledAs, actor: Actor, **data: str) -> None:
    """A line of the history for the staff."""
    history.note(
        case.id,
        portal.now(),
        EntryKind.DELIVERY,
        by=actor,
        title=mail.subject[:300],
        text=what.value,
        data={"mail": mail.id, **data},
        staff=True,
    )


# What the mail server said itself is noted


def refused(portal: Portal, case: Case | None, mail: Mail, replies: Mapping[str, Reply]) -> None:
    """The server refused these recipients for good: it is as if the mail to them had come back. Inside a transaction
    that has the case locked; a mail of the portal itself has none. `replies`: by recipient."""
    now = portal.now()
    for to, reply in replies.items():
        said = {"status": reply.status, "text": f"{reply.code} {reply.text}".strip()[:500]}
        if stored.refuse(mail.id, to.lower(), now, **said) and case is not None:
            note(portal, case, mail, DeliveryState.FAILED, SYSTEM, to=to, status=reply.status)
    if replies and case is not None:
        refresh(portal, case, mail)


def given_up(reply: Reply) -> Reply:
    """Of a recipient whom the server put off for as long as mails are tried (RFC 3463: 4.7, delivery time expired)."""
    return Reply(554, f"5.4.7 {reply.code} {reply.text}")


def taken(portal: Portal, case: Case | None, mail: Mail, recipients: Sequence[str]) -> None:
    """The server has the mail for these after all, whom it had refused before. Inside the same. What a report tells
    stays: it may be here before it is on record that the mail has left."""
    had = {to.lower() for to in recipients}
    ids = [row.id for row in stored.open_of(mail.id) if row.recipient in had and row.report_id is None]
    if ids:
        stored.settle(ids, SettledAs.AGAIN, "", portal.now())
    if ids and case is not None:
        refresh(portal, case)


def dropped(portal: Portal, case: Case) -> None:
    """Mails that were refused and are not to go out any more, their decision being taken back. Inside the same."""
    for mail in stored.failed(case.id):
        job = stored.job_of(mail)
        if mail.state != MailState.SENT and job is not None and job.state == JobState.CANCELLED:
            stored.settle([row.id for row in stored.open_of(mail.id)], SettledAs.MOOT, "", portal.now())
    refresh(portal, case)


# What follows from it


def refresh(portal: Portal, case: Case, mail: Mail | None = None) -> None:
    """Count what has reached nobody; stop the vendor's clocks, from the sending on, or let them go on. Inside a
    transaction that has the case locked. `mail`: the one that was told of now."""
    loaded = portal.releases.loaded(case.release_id)
    count = sum(
        each.nobody and each.to == WrittenTo.VENDOR for each in views(stored.failed(case.id), {case.id: (case, loaded)})
    )
    if count == case.undelivered:
        return
    stored.note_of_case(case, count)
    today, closing = portal.today(), portal.closing()
    if count and mail is not None:
        clocks.stop(case, Side.VENDOR, businessdays.today(mail.sent_at or mail.written_at), today, closing)
    elif not count:
        clocks.follow(case, loaded.package, (), case.turn, today, closing)


def answered(portal: Portal, case: Case) -> None:
    """Somebody answered for the vendor: what had not arrived is not waited for any more. Inside a step."""
    for mail in stored.failed(case.id) if case.undelivered else ():
        stored.settle([row.id for row in stored.open_of(mail.id)], SettledAs.MOOT, "", portal.now())
        note(portal, case, mail, SettledAs.MOOT, SYSTEM)
    if case.undelivered:
        stored.note_of_case(case, 0)


def superseded(portal: Portal, case: Case) -> None:
    """A new link for entering goes out in the place of what had not arrived, and of what could not be sent: the case
    goes on as if that were sent."""
    for mail in stored.failed(case.id) if case.undelivered else ():
        stored.settle([row.id for row in stored.open_of(mail.id)], SettledAs.AGAIN, "", portal.now())
        if mail.state != MailState.SENT:
            stored.go_on(mail, mail.recipient, MailState.SENT, portal.now())
    refresh(portal, case)


def seen(portal: Portal, mail_id: int, actor: Actor) -> None:
    """Somebody of the staff has seen to a mail of no case (an invitation, a link for a password) that did not arrive:
    it is not listed any more, and is not sent if the mail server had refused it. Raises Stale when somebody was faster,
    NotFound for a case's mail."""
    actor.require(Right.MAILROOM)
    with database.transaction():
        mail = stored.mail(mail_id, None)
        if mail is None:
            raise NotFound("There is no such mail")
        if not stored.settle([row.id for row in stored.open_of(mail_id)], SettledAs.MOOT, actor.name, portal.now()):
            raise Stale("This mail has been dealt with in the meantime")
        stored.give_up(mail, portal.now())


# What is shown
