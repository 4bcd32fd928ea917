"""The sealed letters with which a company opens its key file."""

from __future__ import annotations

from typing import Any

from peewee import CharField, ForeignKeyField, IntegerField, TextField

from app.store.database import Row
from app.store.fields import JsonField, UtcField
from app.store.models.accounts import User
from app.store.models.cases import Case


class KeyLetter(Row):
    """One of the two letters of an issue: a component of the key that wraps the keys of the lent cards.

    `cipher` (sealed by the key store, hex) holds what the letter says until its PDF is made, then the key of that PDF,
    whose bytes lie encrypted among the files; nothing once the letter is destroyed.
    """

    case = ForeignKeyField(Case, backref="key_letters", on_delete="CASCADE", index=False)
    case_id: int
    task = CharField(max_length=60)  # the engine task whose cards the key file is for
    issue = IntegerField()  # 1, then one more each time the letters are made anew: never the same components again
    number = IntegerField()  # 1 or 2
    document = CharField(max_length=80)  # PDF document id of the package
    recipient = CharField(max_length=200)  # the person at the company whose eyes alone it is for
    reference = CharField(max_length=80)
    kcv = CharField(max_length=6)
    file_kcv = CharField(max_length=6)
    cipher = TextField(default="")
    paper = CharField(max_length=40, default="")  # the row of its PDF
    made_at = UtcField()
    keeper = ForeignKeyField(User, null=True)  # the one member of the staff who may open it
    keeper_id: int | None
    keeper_name = CharField(max_length=120, default="")
    opened_at = UtcField(null=True)
    opened_by = ForeignKeyField(User, null=True)
    opened_by_id: int | None
    opened_by_name = CharField(max_length=120, default="")
    opened_for: Any = JsonField(default=list)  # accounts of absent colleagues for whom that person stood in
    openings = IntegerField(default=0)
    destroyed_at = UtcField(null=True)
    destroyed_why = CharField(max_length=10, default="")  # posted | reissued | ended

    class Meta:
        table_name = "key_letter"
        indexes = ((("task", "issue", "number"), True), (("case", "destroyed_at"), False))
