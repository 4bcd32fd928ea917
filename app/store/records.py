"""Documents, mails, money, dates, certificates, secrets and messages of cases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from peewee import JOIN, fn

from app.store import search, statements
from app.store.database import locked
from app.store.models import (
    Access,
    Booking,
    Case,
    Certificate,
    ClosingDay,
    Document,
    Invoice,
    Mail,
    Note,
    Opening,
    Payment,
    Secret,
)

# Documents


def document(document_id: str) -> Document | None:
    """The document of this id."""
    return Document.get_or_none(Document.id == document_id)


def documents(case: int, *, drafts: bool = False) -> list[Document]:
    """The case's documents, newest first."""
    query = Document.select().where(Document.case == case)
    if not drafts:
        query = query.where(~Document.draft)
    return list(query.order_by(Document.created_at.desc(), Document.version.desc()))


def latest_document(case: int, key: str, origin: str | None = None) -> Document | None:
    """The newest version under this key (made for this origin, when one is given)."""
    query = Document.select().where((Document.case == case) & (Document.key == key) & ~Document.draft)
    if origin is not None:
        query = query.where(Document.origin == origin)
    return query.order_by(Document.created_at.desc(), Document.version.desc()).first()


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
    uploaded = (Document.case == case) & (Document.kind == "uploaded")
    return int(Document.select(fn.SUM(Document.size)).where(uploaded).scalar() or 0)


def loose_uploads(before: datetime) -> list[Document]:
    """Files that were attached to a draft before then and have not been sent."""
    return list(Document.select().where(Document.draft & (Document.created_at < before)))


def open_group(case: int, group: str, at: datetime) -> None:
    """Open a download group to the vendor."""
    Opening.insert(case=case, grp=group, at=at).on_conflict_ignore().execute()


def openings(case: int) -> list[Opening]:
    """The groups that are open, in the order in which they were opened."""
    return list(Opening.select().where(Opening.case == case).order_by(Opening.id))


def accesses(case: int) -> list[Access]:
    """Who saw which file, newest first."""
    return list(Access.select().where(Access.case == case).order_by(Access.at.desc()).limit(500))


# Mails


def mail_of_job(job_key: str) -> Mail | None:
    """The mail that this job wrote."""
    return Mail.get_or_none(Mail.job_key == job_key)


def mails(case: int) -> list[Mail]:
    """The case's mails, newest first."""
    return list(Mail.select().where(Mail.case == case).order_by(Mail.written_at.desc(), Mail.id.desc()))


def mail(mail_row: int) -> Mail | None:
    """The mail of this row id."""
    return Mail.get_or_none(Mail.id == mail_row)


def mails_to(recipient: str, mail_id: str, since: datetime) -> int:
    """How many mails of this kind were written to this address since then."""
    return int(
        Mail.select()
        .where((Mail.recipient == recipient) & (Mail.mail_id == mail_id) & (Mail.written_at >= since))
        .count()
    )


def recent_mails(limit: int = 100) -> list[Mail]:
    """The last mails of all cases (the demo's outbox)."""
    return list(Mail.select(Mail, Case).join(Case, JOIN.LEFT_OUTER).order_by(Mail.id.desc()).limit(limit))


# Money


def invoices(case: int) -> list[Invoice]:
    """The case's invoices, newest first."""
    return list(Invoice.select().where(Invoice.case == case).order_by(Invoice.id.desc()))


def latest_invoice(case: int, fee: str) -> Invoice | None:
    """The newest invoice for this fee."""
    return (
        Invoice.select()
        .where((Invoice.case == case) & (Invoice.fee == fee) & (Invoice.state != "cancelled"))
        .order_by(Invoice.id.desc())
        .first()
    )


def invoice_of(origin: str) -> Invoice | None:
    """The invoice that this engine task raised."""
    return Invoice.get_or_none(Invoice.origin == origin)


def payments(invoice: int) -> list[Payment]:
    """What came in for an invoice."""
    return list(Payment.select().where(Payment.invoice == invoice).order_by(Payment.id))


def open_invoices() -> list[Invoice]:
    """Every invoice that waits for money, oldest due first."""
    return list(Invoice.select(Invoice, Case).join(Case).where(Invoice.state == "open").order_by(Invoice.due_on))


def invoice(number: str) -> Invoice | None:
    """The invoice of this number."""
    return Invoice.select(Invoice, Case).join(Case).where(Invoice.number == number).first()


def invoices_in(state: str, text: str = "", limit: int = 500) -> list[Invoice]:
    """Invoices in a state, the first due on top, which have every word of the text in their number or their case."""
    query = Invoice.select(Invoice, Case).join(Case).where(Invoice.state == state)
    for each in text.split():
        query = query.where(Invoice.number.contains(search.even(each)) | search.said_of_case(each))
    order = (Invoice.due_on, Invoice.id) if state == "open" else (Invoice.id.desc(),)
    return list(query.order_by(*order).limit(limit))


def owed(today: date) -> tuple[int, int]:
    """(invoices that are overdue, yen that are open)."""
    waiting = Invoice.state == "open"
    yen = Invoice.select(fn.SUM(Invoice.total - Invoice.paid)).where(waiting).scalar()
    return Invoice.select().where(waiting & (Invoice.due_on < today)).count(), int(yen or 0)


def latest_invoices(cases: Sequence[int]) -> dict[tuple[int, str], int]:
    """The newest invoice (row id) of each case and fee that is not cancelled."""
    if not cases:
        return {}
    rows = (
        Invoice.select(Invoice.case, Invoice.fee, fn.MAX(Invoice.id).alias("newest"))
        .where(Invoice.case.in_(list(cases)) & (Invoice.state != "cancelled"))
        .group_by(Invoice.case, Invoice.fee)
    )
    return {(row.case_id, row.fee): row.newest for row in rows}


def invoice_counts() -> dict[str, int]:
    """How many invoices are in each state."""
    rows = Invoice.select(Invoice.state, fn.COUNT(Invoice.id).alias("n")).group_by(Invoice.state)
    return {row.state: row.n for row in rows}


# Dates


def closing_days() -> set[date]:
    """The body's own closing days."""
    return {row.day for row in statements.rows(ClosingDay, "1 = 1")}


def closing_titles() -> dict[date, str]:
    """The body's own closing days and why each is one."""
    return {row.day: row.title for row in ClosingDay.select()}


def close_day(day: date, title: str) -> None:
    """Add a closing day."""
    ClosingDay.create(day=day, title=title)


def name_day(day: date, title: str) -> None:
    """Another reason for a closing day."""
    ClosingDay.update(title=title).where(ClosingDay.day == day).execute()


def open_day(day: date) -> None:
    """Take a closing day away."""
    ClosingDay.delete().where(ClosingDay.day == day).execute()


def taken(calendar: str, first: date, last: date) -> dict[date, int]:
    """How many cases hold each day."""
    rows = (
        Booking.select(Booking.day, fn.COUNT(Booking.id).alias("n"))
        .where(
            (Booking.calendar == calendar)
            & Booking.state.in_(["held", "confirmed"])
            & (Booking.day >= first)
            & (Booking.day <= last)
        )
        .group_by(Booking.day)
    )
    return {row.day: row.n for row in rows}


def latest_booking(case: int, calendar: str = "") -> Booking | None:
    """The newest date of the case (in this calendar)."""
    query = Booking.select().where((Booking.case == case) & (Booking.state != "released"))
    if calendar:
        query = query.where(Booking.calendar == calendar)
    return query.order_by(Booking.id.desc()).first()


def bookings(case: int) -> list[Booking]:
    """Every date of the case, newest first."""
    return list(Booking.select().where(Booking.case == case).order_by(Booking.id.desc()))


def bookings_between(first: date, last: date) -> list[Booking]:
    """The dates of all cases in a period."""
    return list(
        Booking.select(Booking, Case)
        .join(Case)
        .where((Booking.day >= first) & (Booking.day <= last) & Booking.state.in_(["held", "confirmed"]))
        .order_by(Booking.day)
    )


def held_bookings(until: date) -> list[Booking]:
    """Held dates whose holding ends on or before this day."""
    return list(
        Booking.select(Booking, Case).join(Case).where((Booking.state == "held") & (Booking.held_until <= until))
    )


# Certificates


def certificate(number: str, *, lock: bool = False) -> Certificate | None:
    """The certificate of this number."""
    query = Certificate.select(Certificate, Case).join(Case).where(Certificate.number == number)
    return (locked(query) if lock else query).first()


def suspended(cases: Sequence[int]) -> frozenset[int]:
    """Those of the cases whose certificate is suspended."""
    rows = Certificate.select(Certificate.case).where((Certificate.state == "suspended") & Certificate.case.in_(cases))
    return frozenset(row.case_id for row in rows)


def certificate_of(case: int) -> Certificate | None:
    """The case's certificate."""
    return Certificate.get_or_none(Certificate.case == case)


REGISTER_ORDERS: dict[str, Any] = {
    "number": (Certificate.number,),
    "company": (Certificate.company_name, Certificate.number),
    "system": (Certificate.system_name, Certificate.number),
    "certified": (Certificate.certified_on.desc(), Certificate.number),
    "valid_until": (Certificate.valid_until, Certificate.number),
}


def register(
    text: str = "", state: str = "", order: str = "number", limit: int = 100_000, offset: int = 0
) -> list[Certificate]:
    """The public register."""
    query = Certificate.select().where(Certificate.listed)
    if text:
        query = query.where(
            Certificate.number.contains(text)
            | Certificate.company_name.contains(text)
            | Certificate.system_name.contains(text)
        )
    if state:
        query = query.where(Certificate.state == state)
    return list(query.order_by(*REGISTER_ORDERS.get(order, REGISTER_ORDERS["number"])).limit(limit).offset(offset))


# Secrets and messages


def secret(case: int, element: str) -> Secret | None:
    """The newest secret of this element."""
    return Secret.select().where((Secret.case == case) & (Secret.element == element)).order_by(Secret.id.desc()).first()


def notes(case: int, *, internal: bool) -> list[Note]:
    """The thread of a case, oldest first."""
    query = Note.select().where(Note.case == case)
    if not internal:
        query = query.where(~Note.internal)
    return list(query.order_by(Note.at, Note.id))


def notes_after(case: int, at: datetime, side: str) -> int:
    """How many lines of the other side came after this moment."""
    return int(Note.select().where((Note.case == case) & (Note.at > at) & (Note.side != side) & ~Note.internal).count())


def files_named(case: int, digests: Sequence[str]) -> list[Document]:
    """The case's documents with one of these digests."""
    return list(Document.select().where((Document.case == case) & Document.digest.in_(list(digests))))
