"""Mails that came in, and what they may belong to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from peewee import fn

from app.states import InboundState, Rights, Side, TaskKind, TaskState, Writer
from app.store.database import locked
from app.store.models import Case, InboundMail, Job, Mail, Member, Task, User

ACTING = (Rights.FULL, Rights.ANSWER)  # rights with which one answers for the vendor


def add(**values: Any) -> bool:
    """Store a mail; false when it is there already."""
    return bool(InboundMail.insert(**values).on_conflict_ignore().as_rowcount().execute())


def known(message_id: str) -> InboundMail | None:
    """The mail of this Message-ID."""
    return InboundMail.get_or_none(InboundMail.message_id == message_id)


def one(row_id: int, *, lock: bool = False) -> InboundMail | None:
    """The mail of this row id."""
    query = InboundMail.select().where(InboundMail.id == row_id)
    return (locked(query) if lock else query).first()


def page(where: Any, limit: int, offset: int) -> list[InboundMail]:
    """Mails that fit (`in_state`, `of_kind`, `saying`), newest first."""
    query = InboundMail.select().where(where)
    return list(query.order_by(InboundMail.received_at.desc(), InboundMail.id.desc()).limit(limit).offset(offset))


def count(where: Any) -> int:
    """How many there are."""
    return int(InboundMail.select().where(where).count())


def in_state(*states: InboundState) -> Any:
    """The condition that a mail is in one of these states."""
    return InboundMail.state.in_(list(states))


def of_kind(kind: Writer) -> Any:
    """Of a machine of this kind, and apart."""
    return (InboundMail.state == InboundState.APART) & (InboundMail.kind == kind)


def saying(words: Sequence[str]) -> Any:
    """Each of these words stands in the subject, the text, the sender, or is the number of the case."""
    found: Any = InboundMail.id.is_null(False)
    for word in words:
        numbers = Case.select(Case.id).where(Case.number == word)
        said = InboundMail.subject.contains(word) | InboundMail.text.contains(word) | InboundMail.sender.contains(word)
        found = found & (said | InboundMail.sender_name.contains(word) | InboundMail.case.in_(numbers))
    return found


def of_case(case: int) -> list[InboundMail]:
    """What came in for a case, oldest first."""
    return list(InboundMail.select().where(InboundMail.case == case).order_by(InboundMail.id))


def texts_of_thread(case: int, sender: str, before: int) -> list[str]:
    """What this sender's earlier mails of the case say, the newest first."""
    earlier = (InboundMail.case == case) & (InboundMail.sender == sender) & (InboundMail.id < before)
    rows = InboundMail.select(InboundMail.text).where(earlier).order_by(InboundMail.id.desc()).limit(10)
    return [row.text for row in rows]


def mail_of_ours(row_id: int) -> Mail | None:
    """The mail of ours that one answers."""
    return Mail.get_or_none(Mail.id == row_id)


def concerning(user: int) -> list[InboundMail]:
    """What waits to be taken in, or was taken into a task that is open still, in the cases on which the person
    may act; oldest first."""
    mine = Member.select(Member.case).where((Member.user == user) & Member.rights.in_(ACTING))
    opened = Task.select(Task.id).where(Task.case.in_(mine) & (Task.state == TaskState.OPEN))
    query = InboundMail.select().where(
        InboundMail.case.in_(mine)
        & (
            (InboundMail.state == InboundState.WAITING)
            | ((InboundMail.state == InboundState.TAKEN) & InboundMail.task_id.in_(opened))
        )
    )
    return list(query.order_by(InboundMail.received_at, InboundMail.id))


def mail_answered(message_ids: Sequence[str]) -> Mail | None:
    """The mail of ours that is answered: the first of these that is one of a case."""
    rows = Mail.select().where(Mail.message_id.in_(list(message_ids)) & Mail.case.is_null(False))
    found = {row.message_id: row for row in rows} if message_ids else {}
    return next((found[each] for each in message_ids if each in found), None)


def element_of(mail: Mail) -> str:
    """The element for which a mail was written; empty for mails of the case as a whole."""
    job = Job.get_or_none(Job.key == mail.job_key)
    return str(job.element) if job is not None else ""


def case_among(numbers: Sequence[str]) -> Case | None:
    """The case, if exactly one of these numbers has one."""
    rows = list(Case.select().where(Case.number.in_(list(numbers)))) if numbers else []
    return rows[0] if len(rows) == 1 else None


def person(case: int, email: str) -> User | None:
    """The vendor's person of this address who may act on the case."""
    return (
        User.select()
        .join(Member, on=(Member.user == User.id))
        .where((Member.case == case) & Member.rights.in_(ACTING) & (fn.LOWER(User.email) == email) & User.active)
        .first()
    )


def open_vendor_tasks(case: int) -> list[Task]:
    """The case's open tasks that a person of the vendor does, oldest first."""
    query = Task.select().where((Task.case == case) & (Task.state == TaskState.OPEN) & (Task.side == Side.VENDOR))
    return list(query.where(Task.kind == TaskKind.USER).order_by(Task.opened_at, Task.id))
