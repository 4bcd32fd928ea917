"""Mails that came in."""

from __future__ import annotations

from typing import Any

from peewee import CharField, ForeignKeyField, IntegerField, TextField

from app.states import DELIVERY_MOVES, INBOUND_MOVES, DeliveryState, InboundState, SettledAs, Writer
from app.store.database import Row, Table
from app.store.fields import JsonField, UtcField
from app.store.models.accounts import User
from app.store.models.cases import Case
from app.store.models.records import Mail
from app.store.words import WordField


class InboundMail(Row):
    """A mail as it came. It counts for nothing until a person took it into a task's draft."""

    message_id = CharField(max_length=200, unique=True)  # the same mail is stored once, by whichever way it comes
    digest = CharField(max_length=64, default="")  # of the mail as it came
    case = ForeignKeyField(Case, null=True, backref="inbound_mails", on_delete="CASCADE", index=False)
    case_id: int | None
    element = CharField(max_length=120, default="")  # the element that sent the mail which this one answers
    sender = CharField(max_length=254, default="", index=True)
    sender_name = CharField(max_length=120, default="")
    user = ForeignKeyField(User, null=True)  # the vendor's person whose address the sender is
    user_id: int | None
    subject = TextField(default="")
    text = TextField(default="")
    attachments: Any = JsonField(default=list)  # [{filename, size, digest, inline}]
    flaw = CharField(max_length=20, default="")  # what hindered reading it
    kind = WordField(Writer, max_length=10, default=Writer.PERSON)
    via = CharField(max_length=254, default="")  # the group that put its own address in the sender's place
    doubt: Any = JsonField(default=dict)  # {by, said}: the server that says that the sender is another, and its words
    answered_id = IntegerField(null=True)  # row id of our mail that it answers, or reports on
    state = WordField(InboundState, moves=INBOUND_MOVES, max_length=10)
    received_at = UtcField()
    written_at = UtcField(null=True)  # by its writer's clock
    task_id = CharField(max_length=40, default="")  # the task into whose draft it was taken
    placed: Any = JsonField(default=list)  # [{field, document}]: where its files went
    handled_at = UtcField(null=True)
    handled_by = ForeignKeyField(User, null=True)
    handled_by_id: int | None
    handled_by_name = CharField(max_length=120, default="")
    reason = TextField(default="")  # why it was discarded

    class Meta:
        indexes = ((("state", "received_at"), False), (("case", "state"), False))


class Delivery(Row):
    """What became of a mail of ours at one recipient, where a server said so; none: it is not known to be amiss."""

    mail = ForeignKeyField(Mail, backref="deliveries", on_delete="CASCADE", index=False)
    mail_id: int
    recipient = CharField(max_length=254)
    state = WordField(DeliveryState, moves=DELIVERY_MOVES, max_length=10)
    status = CharField(max_length=12, default="")  # as 5.1.1 (RFC 3463)
    text = TextField(default="")  # the other server's words
    at = UtcField()
    report = ForeignKeyField(InboundMail, null=True, on_delete="SET NULL")
    report_id: int | None
    settled_at = UtcField(null=True)
    settled_as = WordField(SettledAs, max_length=10, default=SettledAs.NOT_YET)
    settled_by = CharField(max_length=120, default="")
    reason = TextField(default="")

    class Meta:
        indexes = ((("mail", "recipient"), True), (("state", "settled_at"), False))


class Outage(Table):
    """A server that the portal asks by itself and does not reach; taken away as soon as it answers."""

    name = CharField(max_length=40, primary_key=True)
    since = UtcField()
    tried_at = UtcField()
    message = TextField()  # an error's message id, and what belongs into its places
    params: Any = JsonField(default=dict)
    next_at = UtcField(null=True)  # when it is tried again; until then nobody else tries
    tries = IntegerField(default=0)
