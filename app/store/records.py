"""Documents, mails, certificates, secrets and messages of cases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from peewee import JOIN, fn

from app.states import Audience, CertificateState, DocumentKind, MailState
from app.store import saying, search, statements
from app.store.composed import Composed
from app.store.database import locked
from app.store.models import (
    Case,
    Certificate,
    Document,
    Job,
    Mail,
    Note,
    Opening,
    Secret,
)

# Documents


def document(document_id: str) -> Document | None:
    """The document of this id."""
    return Document.get_or_none(Document.id == document_id)


_documents = Composed[Document](lambda ids: Document.select().where(Document.id.in_(ids)))


def documents_by_ids(ids: Iterable[str]) -> list[Document]:
    """Those of the documents that there are, in this order."""
    wanted = list(dict.fromkeys(ids))
    rows = {row.id: row for row in _documents.rows(wanted)} if wanted else {}
    return [rows[each] for each in wanted if each in rows]


def documents(case: int, *, drafts: bool = False) -> list[Document]:
    """The case's documents, newest first."""
    rows = statements.rows(Document, "case_id = ?", case, order="created_at DESC, version DESC")
    return [row for row in rows if drafts or not row.draft]


_documents_of = Composed[Document](
    lambda case, ids: Document.select().where((Document.case == case) & Document.id.in_(ids) & ~Document.draft)
)


def documents_of(case: int, ids: Iterable[str]) -> list[Document]:
    """Those documents of a case that have one of these ids."""
    wanted = list(dict.fromkeys(ids))
    return _documents_of.rows(case, wanted) if wanted else []


_documents_under = Composed[Document](
    lambda case, keys: (
        Document.select()
        .where((Document.case == case) & Document.key.in_(keys) & ~Document.draft)
        .order_by(Document.created_at.desc(), Document.version.desc())
    )
)


def documents_under(case: int, keys: Sequence[str]) -> list[Document]:
    """A case's documents that have one of these keys, newest first."""
    return _documents_under.rows(case, list(keys)) if keys else []


_counted = Composed[Document](
    lambda case, audiences: Document.select(fn.COUNT(Document.id)).where(
        (Document.case == case)
        & ~Document.draft
        & (Document.kind != DocumentKind.SEALED)
        & Document.audience.in_(audiences)
    )
)


def count_documents(case: int, audiences: Sequence[Audience]) -> int:
    """How many documents a case has for these audiences: no drafts, nothing sealed."""
    return int(_counted.value(case, list(audiences)) or 0)


def latest_document(case: int, key: str, origin: str | None = None) -> Document | None:
    """The newest version under this key (made for this origin, when one is given)."""
    if statements.is_known(Document, "case_id = ?", case, order="created_at DESC, version DESC"):  # read for a list
        return next((row for row in documents(case) if row.key == key and origin in {None, row.origin}), None)
    where, more = ("", ()) if origin is None else (" AND origin = ?", (origin,))
    newest = "created_at DESC, version DESC LIMIT 1"
    return statements.one(Document, f"case_id = ? AND key = ? AND NOT draft{where}", case, key, *more, order=newest)


def next_version(case: int, key: str) -> int:
    """The version that the next document of this key gets."""
    top = (
        Document.select(fn.MAX(Document.version))
        .where((Document.case == case) & (Document.key == key) & ~Document.draft)
        .scalar()
    )
    return int(top or 0) + 1


def next_version_of_line(case: int, line: str) -> int:
    """The version that follows in a line of uploads; `line` is the id of the first."""
    mine = (Document.line == line) | (Document.id == line)
    top = Document.select(fn.MAX(Document.version)).where((Document.case == case) & mine & ~Document.draft).scalar()
    return int(top or 0) + 1


def line(case: int, line: str) -> list[Document]:
    """The versions of one upload, newest first."""
    mine = (Document.line == line) | (Document.id == line)
    query = Document.select().where((Document.case == case) & mine & ~Document.draft)
    return list(query.order_by(Document.version.desc()))


def uploaded_bytes(case: int) -> int:
    """How much people have uploaded to the case, drafts included."""
    uploaded = (Document.case == case) & (Document.kind == DocumentKind.UPLOADED)
    return int(Document.select(fn.SUM(Document.size)).where(uploaded).scalar() or 0)


def loose_uploads(before: datetime) -> list[Document]:
    """Files that were attached to a draft before then and have not been sent."""
    return list(Document.select().where(Document.draft & (Document.created_at < before)))


def hide_made(case: int, origin: str) -> None:
    """What the portal made for this origin (the beginning of it) is for the staff alone from now on."""
    mine = (Document.case == case) & Document.origin.startswith(origin)
    Document.update(audience=Audience.OPERATOR).where(mine).execute()


def open_group(case: int, group: str, at: datetime) -> None:
    """Open a download group to the vendor."""
    Opening.insert(case=case, grp=group, at=at).on_conflict_ignore().execute()


def openings(case: int) -> list[Opening]:
    """The groups that are open, in the order in which they were opened."""
    return statements.rows(Opening, "case_id = ?", case, order="id")


# Mails


def mail_of_job(job_key: str) -> Mail | None:
    """The mail that this job wrote."""
    return Mail.get_or_none(Mail.job_key == job_key)


def keep_mail(job_key: str, **values: Any) -> Mail:
    """The mail that this job wrote: this one, unless there is one already, by a worker that was taken for dead. The
    Message-ID is the job's, so both would have written the same."""
    Mail.insert(job_key=job_key, **values).on_conflict_ignore().execute()
    return Mail.get(Mail.job_key == job_key)


def mail_went(job_key: str) -> bool:
    """Whether the server has the mail that this job wrote."""
    mail = mail_of_job(job_key)
    return mail is not None and mail.state == MailState.SENT


def mail_sent(key: str, at: datetime) -> None:
    """The server has the mail that this job wrote."""
    Mail.update(state=MailState.SENT, sent_at=at, error="").where(
        (Mail.job_key == key) & (Mail.state != MailState.SENT)
    ).execute()


def mails(case: int) -> list[Mail]:
    """The case's mails, newest first."""
    return statements.rows(Mail, "case_id = ?", case, order="written_at DESC, id DESC")


_bodiless = [field for field in Mail._meta.sorted_fields if field.name not in {"text", "html"}]
_listed = Composed[Mail](
    lambda ids: Mail.select(*_bodiless).where(Mail.id.in_(ids)).order_by(Mail.written_at.desc(), Mail.id.desc())
)


def mails_without_bodies(ids: Sequence[int]) -> list[Mail]:
    """These mails for a list, newest first: what they say is left out."""
    return _listed.rows(list(ids)) if ids else []


_addressed = Composed[Mail](
    lambda case: (
        Mail.select(Mail.id, Mail.mail_id, Mail.recipient, Mail.job_key)
        .where(Mail.case == case)
        .order_by(Mail.written_at.desc(), Mail.id.desc())
    )
)
_asked = Composed[Job](
    lambda case: Job.select(Job.key, Job.params).where((Job.case == case) & (Job.operator == "mail"))
)


def addressed(case: int) -> list[tuple[Mail, Mapping[str, Any] | None]]:
    """Of each mail of the case what says whose it is (id, mail id, recipient), with its job's params; newest first."""
    asked = {job.key: job.params or {} for job in _asked.rows(case)}
    return [(row, asked.get(row.job_key)) for row in _addressed.rows(case)]


def mail_ids(case: int) -> list[int]:
    """The row ids of a case's mails, newest first."""
    rows = Mail.select(Mail.id).where(Mail.case == case).order_by(Mail.written_at.desc(), Mail.id.desc())
    return [each for (each,) in rows.tuples()]


def mail(mail_row: int) -> Mail | None:
    """The mail of this row id."""
    return Mail.get_or_none(Mail.id == mail_row)


def recent_mails(limit: int = 100) -> list[Mail]:
    """The last mails of all cases (the demo's outbox)."""
    return list(Mail.select(Mail, Case).join(Case, JOIN.LEFT_OUTER).order_by(Mail.id.desc()).limit(limit))


# Certificates


def certificate(number: str, *, lock: bool = False) -> Certificate | None:
    """The certificate of this number."""
    query = Certificate.select(Certificate, Case).join(Case).where(Certificate.number == number)
    return (locked(query) if lock else query).first()


_certificates = Composed[Certificate](
    lambda cases: Certificate.select(
        Certificate.case, Certificate.state, Certificate.valid_until, Certificate.number
    ).where(Certificate.case.in_(cases))
)


def certificates_of(cases: Sequence[int]) -> dict[int, Certificate]:
    """The certificates of several cases, by case: how each stands, and until when it is valid."""
    return {row.case_id: row for row in _certificates.rows(list(cases))} if cases else {}


def certificate_of(case: int) -> Certificate | None:
    """The certificate of the case, if it has one."""
    return Certificate.get_or_none(Certificate.case == case)


REGISTER_ORDERS: dict[str, Any] = {
    "number": (Certificate.number,),
    "company": (Certificate.company_name, Certificate.number),
    "system": (Certificate.system_name, Certificate.number),
    "certified": (Certificate.certified_on.desc(), Certificate.number),
    "valid_until": (Certificate.valid_until, Certificate.number),
}


def register(
    text: str = "", state: CertificateState | None = None, order: str = "number", limit: int = 100_000, offset: int = 0
) -> list[Certificate]:
    """A page of the public register."""
    query = Certificate.select().where(Certificate.listed)
    if text:
        said = (Certificate.number, Certificate.company_name, Certificate.system_name)
        query = query.where(search.among(Certificate.id, saying.rows_said(Certificate, said, text)))
    if state:
        query = query.where(Certificate.state == state)
    return list(query.order_by(*REGISTER_ORDERS.get(order, REGISTER_ORDERS["number"])).limit(limit).offset(offset))


# Secrets and messages


def secret(case: int, element: str) -> Secret | None:
    """The newest secret of this element."""
    rows = statements.rows(Secret, "case_id = ?", case, order="id")
    return next((row for row in reversed(rows) if row.element == element), None)


def notes(case: int, *, internal: bool) -> list[Note]:
    """The thread of a case, oldest first."""
    rows = statements.rows(Note, "case_id = ?", case, order="at, id")
    return [row for row in rows if internal or not row.internal]
