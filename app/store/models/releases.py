"""Content of process packages, and the terms (施行) that say on which of it new cases start."""

from __future__ import annotations

from typing import Any

from peewee import BlobField, CharField, ForeignKeyField, IntegerField, TextField

from app.store.database import Row
from app.store.fields import JsonField, UtcField


class Release(Row):
    """Content of a process package, once for each digest: the archive is the truth, whatever the folder says now."""

    package_id = CharField(max_length=80)
    number = IntegerField()
    title = CharField(max_length=200)
    digest = CharField(max_length=64, unique=True)
    archive = BlobField()
    stored_at = UtcField()
    stored_by = CharField(max_length=120, default="")

    class Meta:
        indexes = ((("package_id", "number"), True),)


class Term(Row):
    """From when on new cases start on a release, until a later term begins or this one is stopped.

    Whether a term is planned, in force, over or stopped is told by the clock and by `stopped_at` (`services.terms`), so
    that no job has to be on time and two processes never differ.
    """

    package_id = CharField(max_length=80)
    release = ForeignKeyField(Release, backref="terms")
    release_id: int
    from_at = UtcField()
    note = TextField(default="")  # why
    source = CharField(max_length=20)  # folder | import | restore | designer | bootstrap (before there were terms)
    submitted_at = UtcField()
    submitted_by = CharField(max_length=120, default="")
    approved_at = UtcField(null=True)  # by a second person, where the way of releasing asks for one
    approved_by = CharField(max_length=120, default="")
    gate: Any = JsonField(null=True)  # what check and scenarios found, and how long they took
    stopped_at = UtcField(null=True)
    stopped_by = CharField(max_length=120, default="")
    stopped_why = TextField(default="")

    class Meta:
        indexes = ((("package_id", "from_at"), False),)
