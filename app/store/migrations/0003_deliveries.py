"""Mails know whom they did not reach; every mail that comes in is kept, machines' apart."""

from __future__ import annotations

from typing import Any

from peewee import CharField, DateTimeField, ForeignKeyField, IntegerField, Model, TextField


def up(migrator: Any, db: Any) -> None:
    """Columns of mails that came in and of cases; the table of what became of a mail at each recipient."""
    migrator.migrate(
        migrator.add_column("inbound_mail", "kind", CharField(max_length=10, default="")),
        migrator.add_column("inbound_mail", "via", CharField(max_length=254, default="")),
        migrator.add_column("inbound_mail", "doubt", TextField(default="{}")),
        migrator.add_column("inbound_mail", "answered_id", IntegerField(null=True)),
        migrator.add_column("case", "undelivered", IntegerField(default=0)),
        migrator.add_column("mail", "again_of", IntegerField(null=True)),
    )

    class Mail(Model):
        class Meta:
            database = db
            table_name = "mail"

    class InboundMail(Model):
        class Meta:
            database = db
            table_name = "inbound_mail"

    class Delivery(Model):
        mail = ForeignKeyField(Mail, on_delete="CASCADE")
        recipient = CharField(max_length=254)
        state = CharField(max_length=10)
        status = CharField(max_length=12, default="")
        text = TextField(default="")
        at = DateTimeField()
        report = ForeignKeyField(InboundMail, null=True, on_delete="SET NULL")
        settled_at = DateTimeField(null=True)
        settled_as = CharField(max_length=10, default="")
        settled_by = CharField(max_length=120, default="")
        reason = TextField(default="")

        class Meta:
            database = db
            table_name = "delivery"
            indexes = ((("mail", "recipient"), True), (("state", "settled_at"), False))

    db.create_tables([Delivery], safe=False)
