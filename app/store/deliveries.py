"""What became of our mails at their recipients, as far as other servers said so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from peewee import fn

from app.states import DeliveryState, JobState, MailState, SettledAs
from app.store import jobrows, statements
from app.store.models import Case, Delivery, Job, Mail
from app.store.words import move

_RANK = {DeliveryState.DELAYED: 0, DeliveryState.DELIVERED: 1, DeliveryState.FAILED: 2}


def record(mail: int, recipient: str, state: DeliveryState, at: datetime, **said: Any) -> bool:
    """Note what became of a mail at a recipient; false when that is known, or somebody has seen to it. What has failed
    does not arrive any more. Inside a transaction that has the mail's case locked."""
    row = Delivery.get_or_none((Delivery.mail == mail) & (Delivery.recipient == recipient))
    if row is None:
        if state == DeliveryState.DELIVERED:
            return False  # nothing was amiss
        Delivery.create(mail=mail, recipient=recipient, state=state, at=at, **said)
        return True
    if row.settled_at is not None or _RANK[state] <= _RANK[row.state]:
        return False
    move(Delivery.state, state, Delivery.id == row.id, at=at, **said)
    return True


def refuse(mail: int, recipient: str, at: datetime, **said: Any) -> bool:
    """The mail server itself refused a recipient, now: open again, if somebody had the mail sent again in vain. False
    when it is known."""
    row = Delivery.get_or_none((Delivery.mail == mail) & (Delivery.recipient == recipient))
    if row is None:
        Delivery.create(mail=mail, recipient=recipient, state=DeliveryState.FAILED, at=at, **said)
        return True
    if row.settled_at is None and row.state == DeliveryState.FAILED:
        return False
    again: dict[str, Any] = {"settled_at": None, "settled_as": SettledAs.NOT_YET, "settled_by": "", "reason": ""}
    move(Delivery.state, DeliveryState.FAILED, Delivery.id == row.id, at=at, **again, **said)
    return True


def of_mails(mails: Iterable[int]) -> dict[int, list[Delivery]]:
    """What is known of each of these mails."""
    found: dict[int, list[Delivery]] = {}
    ids = list(mails)
    for row in Delivery.select().where(Delivery.mail.in_(ids)).order_by(Delivery.id) if ids else ():
        found.setdefault(row.mail_id, []).append(row)
    return found


def failed(case: int | None = None, *, limit: int = 0, offset: int = 0) -> list[Mail]:
    """Mails that did not reach somebody and that nobody has seen to, the newest first; of one case, or all."""
    open_ones = Delivery.select(Delivery.mail).where(
        (Delivery.state == DeliveryState.FAILED) & Delivery.settled_at.is_null()
    )
    query = Mail.select().where(Mail.id.in_(open_ones)).order_by(Mail.id.desc())
    if case is not None:
        query = query.where(Mail.case == case)
    if limit:
        query = query.limit(limit).offset(offset)
    return list(query)


def failed_of(numbers: Sequence[str]) -> list[Mail]:
    """Mails of the cases of these numbers that did not reach somebody and that nobody has seen to, the newest first."""
    if not numbers:
        return []
    query = Mail.select(Mail).join(Delivery).switch(Mail).join(Case)
    wanted = Case.number.in_(list(numbers)) & (Delivery.state == DeliveryState.FAILED) & Delivery.settled_at.is_null()
    return list({row.id: row for row in query.where(wanted).order_by(Mail.id.desc())}.values())


def how_many() -> Any:
    """What counts them all."""
    query = Delivery.select(fn.COUNT(Delivery.mail.distinct()))
    return query.where((Delivery.state == DeliveryState.FAILED) & Delivery.settled_at.is_null())


def of_report(report: int) -> list[Delivery]:
    """What a report told, with the mails."""
    return list(Delivery.select(Delivery, Mail).join(Mail).where(Delivery.report == report).order_by(Delivery.id))


def open_of(mail: int) -> list[Delivery]:
    """The recipients of a mail that it did not reach, and whom nobody has seen to."""
    missed = "mail_id = ? AND state = ? AND settled_at IS NULL"
    return statements.rows(Delivery, missed, mail, DeliveryState.FAILED.value, order="id")


def settle(ids: Sequence[int], how: SettledAs, by: str, at: datetime, reason: str = "") -> int:
    """Somebody has seen to these."""
    if not ids:
        return 0
    done = {"settled_at": at, "settled_as": how, "settled_by": by, "reason": reason}
    query = Delivery.update(**done).where(Delivery.id.in_(list(ids)) & Delivery.settled_at.is_null())
    return int(query.execute())


def alike(mail_id: str, recipient: str) -> list[int]:
    """The open ones of mails of no case that said the same to the same address."""
    ours = Mail.case.is_null() & (Mail.mail_id == mail_id) & (Delivery.recipient == recipient.lower())
    query = Delivery.select(Delivery.id).join(Mail).where(ours & Delivery.settled_at.is_null())
    return [row.id for row in query]


def replaced(mail_id: str, recipient: str, at: datetime) -> None:
    """Another mail of no case says the same to the same address: what did not arrive before is seen to by it, and what
    the mail server had refused is not tried any more."""
    ids = alike(mail_id, recipient)
    mails = list(Mail.select().join(Delivery).where(Delivery.id.in_(ids))) if ids else []
    settle(ids, SettledAs.AGAIN, "", at)
    for each in mails:
        give_up(each, at)


def came_back(keys: Sequence[str]) -> set[str]:
    """The jobs among these whose mail did not reach somebody, and nobody has seen to it."""
    failed = (Delivery.state == DeliveryState.FAILED) & Delivery.settled_at.is_null()
    query = Mail.select(Mail.job_key).join(Delivery).where(Mail.job_key.in_(list(keys)) & failed)
    return {row.job_key for row in query}


def mails_named(message_ids: Sequence[str]) -> list[Mail]:
    """Our mails of these Message-IDs, in this order."""
    rows = (
        {row.message_id: row for row in Mail.select().where(Mail.message_id.in_(list(message_ids)))}
        if message_ids
        else {}
    )
    return [rows[each] for each in message_ids if each in rows]


def last_sent(case: int, recipient: str) -> Mail | None:
    """The mail of the case that went to this address last."""
    wanted = recipient.lower()
    rows = Mail.select().where((Mail.case == case) & (Mail.state == MailState.SENT)).order_by(Mail.id.desc()).limit(200)
    return next((row for row in rows if wanted in row.recipient.lower().split(", ")), None)


def mail(mail_row: int, case: int | None) -> Mail | None:
    """The mail of this row id, if it is the case's."""
    row = Mail.get_or_none(Mail.id == mail_row)
    return row if row is not None and row.case_id == case else None


def job_of(row: Mail) -> Job | None:
    """The job that sent a mail."""
    return Job.get_or_none(Job.key == row.job_key)


def copy(mail: Mail, key: str, message_id: str, recipient: str, at: datetime) -> Mail:
    """The same mail, to be sent by the job of this key."""
    same = ("case", "mail_id", "number", "label", "sender", "subject", "text", "html", "attachments")
    values = {name: getattr(mail, f"{name}_id" if name == "case" else name) for name in same}
    return Mail.create(
        **values, job_key=key, message_id=message_id, recipient=recipient, written_at=at, again_of=mail.id
    )


def go_on(mail: Mail, recipient: str, state: MailState, now: datetime) -> None:
    """A mail that nobody got goes out to these under its own key, or counts as sent; its job, which waited for a
    person, is done anew. Inside a transaction that has the mail's case locked."""
    mail.recipient, mail.state = recipient, state
    mail.save(only=[Mail.recipient, Mail.state])
    job = job_of(mail)
    if job is not None and job.state in {JobState.INCIDENT, JobState.QUEUED}:
        jobrows.set_going(job.id, now)


def give_up(mail: Mail, now: datetime) -> None:
    """A mail that the mail server refused and for which nothing waits is not tried any more."""
    mine = (Job.key == mail.job_key) & (Job.state == JobState.INCIDENT) & (Job.task_id == "")
    move(Job.state, JobState.CANCELLED, mine, finished_at=now)


def halts_nothing() -> Any:
    """Jobs of a case's mails for which nothing waits and whose address is listed among the mails that did not arrive:
    what is to be done is said there."""
    failed = Delivery.select(Delivery.mail).where(
        (Delivery.state == DeliveryState.FAILED) & Delivery.settled_at.is_null()
    )
    keys = Mail.select(Mail.job_key).where(Mail.id.in_(failed))
    return (Job.operator == "mail") & (Job.task_id == "") & Job.case.is_null(False) & Job.key.in_(keys)


def note_of_case(case: Case, count: int) -> None:
    """How many mails to the vendor reached nobody. Written alone: others may hold the rest of the row."""
    case.undelivered = count
    Case.update(undelivered=count).where(Case.id == case.id).execute()
