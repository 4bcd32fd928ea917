"""Whether what is stored hangs together: the database file itself, and which files its rows name."""

from __future__ import annotations

from datetime import datetime

from peewee import fn

from app.states import JobState
from app.store.database import is_postgres, proxy
from app.store.models import (
    Archive,
    Document,
    Draft,
    Export,
    InboundMail,
    Job,
    KeyLetter,
    Mail,
    Secret,
    Task,
    TrailEntry,
)


def complaints(*, thorough: bool = False) -> list[str]:
    """What SQLite finds wrong with its file (`thorough`: indexes against their tables, too); PostgreSQL sees
    to its own pages."""
    if is_postgres():
        return []
    check = "integrity_check" if thorough else "quick_check"
    said = [str(row[0]) for row in proxy.obj.execute_sql(f"PRAGMA {check}(5)").fetchall()]
    said += [str(row) for row in proxy.obj.execute_sql("PRAGMA foreign_key_check").fetchmany(5)]
    return [line for line in said if line != "ok"]


def named_files() -> set[str]:
    """Digests of the files that rows name, without those that were destroyed on purpose."""
    letters = list(KeyLetter.select(KeyLetter.case, KeyLetter.document, KeyLetter.paper, KeyLetter.destroyed_at))
    gone = {(each.case_id, each.document) for each in letters if each.destroyed_at is not None}
    kept = {each.paper for each in letters if each.destroyed_at is None}
    rows = Document.select(Document.id, Document.case, Document.key, Document.digest).iterator()
    found = {row.digest for row in rows if (row.case_id, row.key) not in gone or row.id in kept}
    for mail in Mail.select(Mail.attachments).iterator():
        found.update(each["digest"] for each in mail.attachments)
    for arrived in InboundMail.select(InboundMail.digest, InboundMail.attachments).iterator():
        found.update([arrived.digest, *(each["digest"] for each in arrived.attachments)])
    for model in (Export, Archive):
        found |= {row.digest for row in model.select(model.digest)}
    return {digest for digest in found if digest}


NOTED = 100  # of the last jobs: they have no index by time, as mails and the audit record have


def newest_moment() -> datetime | None:
    """The latest instant that the portal has noted by itself."""
    jobs = Job.select(Job.created_at).order_by(Job.id.desc()).limit(NOTED).tuples()
    found = [
        *(at for (at,) in jobs),
        Mail.select(fn.MAX(Mail.written_at)).scalar(),
        TrailEntry.select(fn.MAX(TrailEntry.at)).scalar(),
    ]
    return max((each for each in found if isinstance(each, datetime)), default=None)


def a_sealed_secret() -> str:
    """Something that was encrypted under the portal's secret key; empty when there is nothing."""
    row = Secret.select(Secret.cipher).where(Secret.cipher != "").order_by(Secret.id.desc()).first()
    return str(row.cipher) if row is not None else ""


def sealed() -> list[tuple[int, int]]:
    """(id, case) of everything that was encrypted under the portal's keys and not shown."""
    return list(Secret.select(Secret.id, Secret.case).where(Secret.cipher != "").order_by(Secret.id).tuples())


def sealed_by_id(row_id: int) -> Secret | None:
    """One of them, as it is now."""
    return Secret.get_or_none(Secret.id == row_id)


def drafts() -> list[tuple[str, int]]:
    """(task, case) of what is typed and not sent: secret fields are encrypted there, too."""
    return list(Draft.select(Draft.task, Task.case).join(Task).order_by(Draft.task).tuples())


def incidents() -> int:
    """Jobs that need a person."""
    return int(Job.select().where(Job.state == JobState.INCIDENT).count())
