"""What a case leaves behind: documents, mails, money, dates, cards, certificates, secrets, messages."""

from __future__ import annotations

from typing import Any

from peewee import BooleanField, CharField, DateField, ForeignKeyField, IntegerField, TextField

from app.states import (
    BOOKING_MOVES,
    CERTIFICATE_MOVES,
    INVOICE_MOVES,
    MAIL_MOVES,
    SURPLUS_MOVES,
    Audience,
    BookingState,
    CertificateState,
    DocumentKind,
    InvoiceState,
    MailState,
    PaymentKind,
    Side,
    SurplusState,
)
from app.store.database import Row, Table
from app.store.fields import FileNameField, JsonField, UtcField
from app.store.models.accounts import User
from app.store.models.cases import Case
from app.store.words import WordField


class Document(Table):
    """A file of a case: made by the portal or uploaded. The bytes lie under their digest in the data folder."""

    id = CharField(max_length=40, primary_key=True)
    case = ForeignKeyField(Case, backref="documents", on_delete="CASCADE", index=False)
    case_id: int
    key = CharField(max_length=160)  # PDF document id, or element.field of an upload
    kind = WordField(DocumentKind, max_length=10)
    origin = CharField(max_length=80, default="")  # of a made one: the job or engine task it was made for
    title = CharField(max_length=300)
    filename = FileNameField(max_length=255)
    mime = CharField(max_length=100)
    size = IntegerField()
    digest = CharField(max_length=64, index=True)
    version = IntegerField(default=1)
    line = CharField(max_length=40, default="", index=True)  # of an upload: the id of its first version
    replaces = CharField(max_length=40, default="")  # of a draft: the document that its sender says it replaces
    audience = WordField(Audience, max_length=10, default=Audience.BOTH)
    draft = BooleanField(default=False)  # attached to a draft: not the case's yet
    created_at = UtcField(index=True)
    created_by = ForeignKeyField(User, null=True)
    created_by_id: int | None
    created_by_name = CharField(max_length=120, default="")
    signatures: Any = JsonField(default=list)  # of an upload: connectors.signed.Found as dicts, as it came in

    class Meta:
        indexes = ((("case", "key", "origin"), False),)


class Opening(Row):
    """A download group that is open to the vendor of a case."""

    case = ForeignKeyField(Case, backref="openings", on_delete="CASCADE", index=False)
    case_id: int
    grp = CharField(max_length=80)
    at = UtcField()

    class Meta:
        indexes = ((("case", "grp"), True),)


class Mail(Row):
    """A mail as it was written; `state` says what became of it."""

    case = ForeignKeyField(Case, null=True, backref="mails", on_delete="CASCADE")
    case_id: int | None
    job_key = CharField(max_length=160, unique=True)
    mail_id = CharField(max_length=80, index=True)
    number = CharField(max_length=4, default="")
    label = CharField(max_length=300, default="")
    message_id = CharField(max_length=200, unique=True)
    sender = CharField(max_length=254)
    recipient = TextField()
    subject = TextField()
    text = TextField()
    html = TextField()
    attachments: Any = JsonField(default=list)  # [{filename, mime, digest, size}]
    state = WordField(MailState, moves=MAIL_MOVES, max_length=10, default=MailState.WRITING)
    written_at = UtcField(index=True)
    sent_at = UtcField(null=True, index=True)
    error = TextField(default="")
    again_of = IntegerField(null=True)  # row id of the mail that did not arrive and is sent again by this one
    refused: Any = JsonField(default=dict)  # of a sent one: whom the server put off: {address: {code, reply}}


class Invoice(Row):
    """A claim for a fee (適格請求書)."""

    number = CharField(max_length=20, unique=True)
    case = ForeignKeyField(Case, backref="invoices", on_delete="CASCADE")
    case_id: int
    fee = CharField(max_length=80)
    origin = CharField(max_length=60, unique=True)  # the engine task that raised it
    title = CharField(max_length=200)
    amount = IntegerField()  # yen before tax
    tax_rate = IntegerField()  # percent
    tax = IntegerField()
    total = IntegerField()
    paid = IntegerField(default=0)
    issued_on = DateField(index=True)
    due_on = DateField()
    state = WordField(InvoiceState, moves=INVOICE_MOVES, max_length=10, default=InvoiceState.OPEN)
    account = JsonField(default=dict)  # the settings `bank` and `body` as they were on the day of issue

    class Meta:
        indexes = ((("state", "due_on", "id", "total", "paid"), False),)


class Payment(Row):
    """What settles an invoice, as an operator confirmed it. One that was undone stays, and counts no more."""

    invoice = ForeignKeyField(Invoice, backref="payments", on_delete="CASCADE")
    invoice_id: int
    amount = IntegerField()
    paid_on = DateField(index=True)
    payer = CharField(max_length=200, default="")
    note = TextField(default="")
    at = UtcField()
    by_name = CharField(max_length=120, default="")
    kind = WordField(PaymentKind, max_length=10, default=PaymentKind.RECEIVED)
    undone_at = UtcField(null=True, index=True)
    undone_by = CharField(max_length=120, default="")
    undone_why = TextField(default="")


class Surplus(Row):
    """Money that came in beyond what was owed, and what became of it: kept as credit, refunded, moved."""

    case = ForeignKeyField(Case, backref="surpluses", on_delete="CASCADE")
    case_id: int
    invoice = ForeignKeyField(Invoice, backref="surpluses", on_delete="CASCADE")  # for which it came in
    invoice_id: int
    payment = ForeignKeyField(Payment, null=True, on_delete="SET NULL")  # with which it came in
    payment_id: int | None
    amount = IntegerField()
    state = WordField(SurplusState, moves=SURPLUS_MOVES, max_length=10, default=SurplusState.OPEN, index=True)
    at = UtcField()
    by_name = CharField(max_length=120, default="")
    moved_to = ForeignKeyField(Invoice, null=True, backref="credits")
    moved_to_id: int | None
    day = DateField(null=True)  # of the refund, or of the move
    note = TextField(default="")
    settled_at = UtcField(null=True)
    settled_by = CharField(max_length=120, default="")


class Booking(Row):
    """A day for an exam or an audit: held, then confirmed when paid, or lapsed."""

    case = ForeignKeyField(Case, backref="bookings", on_delete="CASCADE")
    case_id: int
    calendar = CharField(max_length=40)
    day = DateField(index=True)
    start = CharField(max_length=5, default="")
    end = CharField(max_length=5, default="")
    place = CharField(max_length=300, default="")
    state = WordField(BookingState, moves=BOOKING_MOVES, max_length=10, default=BookingState.HELD, index=True)
    held_until = DateField(null=True)
    warned = BooleanField(default=False)
    attempt = IntegerField(default=1)
    sequence = IntegerField(default=0)  # of the calendar file
    at = UtcField()


class ClosingDay(Row):
    """A day on which the body is closed: no business day."""

    day = DateField(unique=True)
    title = CharField(max_length=120, default="")


class Certificate(Row):
    """A certification on the public register."""

    number = CharField(max_length=40, unique=True)
    case = ForeignKeyField(Case, backref="certificates", on_delete="CASCADE")
    case_id: int
    package_id = CharField(max_length=80)
    company_name = CharField(max_length=200)
    system_name = CharField(max_length=200)
    listing: Any = JsonField(default=dict)
    certified_on = DateField()
    issued_on = DateField()
    valid_until = DateField(index=True)
    last_audit_on = DateField(null=True)
    state = WordField(
        CertificateState, moves=CERTIFICATE_MOVES, max_length=10, default=CertificateState.VALID, index=True
    )
    listed = BooleanField(default=False, index=True)
    edition = IntegerField(default=1)  # grows when a new text is issued
    terms = IntegerField(default=0)  # passed, the first among them; 0: not counted yet (register.validity)


class Secret(Row):
    """Connection information: encrypted, shown once."""

    case = ForeignKeyField(Case, backref="secrets", on_delete="CASCADE")
    case_id: int
    element = CharField(max_length=120)
    cipher = TextField()
    stored_at = UtcField()
    shown_at = UtcField(null=True)
    shown_to = CharField(max_length=120, default="")


class Note(Row):
    """A line of the thread between vendor and body, or (`internal`) of the staff among themselves."""

    case = ForeignKeyField(Case, backref="notes", on_delete="CASCADE", index=False)
    case_id: int
    at = UtcField()
    by = ForeignKeyField(User, null=True)
    by_id: int | None
    by_name = CharField(max_length=120, default="")
    side = WordField(Side, max_length=10)
    internal = BooleanField(default=False)
    text = TextField()

    class Meta:
        indexes = ((("case", "at"), False),)
