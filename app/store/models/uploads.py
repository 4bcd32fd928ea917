"""Uploads that are on their way: what of each has arrived lies in the spool (`store.spool`)."""

from __future__ import annotations

from peewee import CharField, ForeignKeyField, IntegerField, TextField

from app.store.database import Table
from app.store.fields import FileNameField, UtcField
from app.store.models.accounts import User
from app.store.models.cases import Case
from app.store.models.work import Task


class Part(Table):
    """An upload that was begun. `received` bytes are safely on disk; `document_id` once it was taken into the draft."""

    id = CharField(max_length=40, primary_key=True)
    case = ForeignKeyField(Case, on_delete="CASCADE")
    case_id: int
    task = ForeignKeyField(Task, on_delete="CASCADE")
    task_id: str
    user = ForeignKeyField(User, on_delete="CASCADE")
    user_id: int
    field = CharField(max_length=160)
    filename = FileNameField(max_length=255)
    size = IntegerField()
    received = IntegerField(default=0)
    metadata = TextField(default="")  # as the client said it: it is told again on HEAD
    replaces = CharField(max_length=40, default="")
    document_id = CharField(max_length=40, default="")
    created_at = UtcField()
    expires_at = UtcField(index=True)
