"""What whoever runs the portal reads and says: when they are told of trouble, backups that were made, figures."""

from __future__ import annotations

from typing import Any

from peewee import BigIntegerField, BooleanField, CharField, CompositeKey, ForeignKeyField, IntegerField, TextField

from app.states import ExportState
from app.store.database import Row, Table
from app.store.fields import FileNameField, JsonField, UtcField
from app.store.models.accounts import User
from app.store.words import WordField


class AlarmRule(Table):
    """When administrators are told by mail of trouble of a kind (trouble.causes.rule_of). Without a row: as
    the program has it."""

    kind = CharField(max_length=20, primary_key=True)
    tells = BooleanField(default=True)
    after_minutes = IntegerField(default=0)  # that it has to last
    again_hours = IntegerField(default=24)  # until they are told once more; 0: never
    changed_at = UtcField()
    changed_by = CharField(max_length=120, default="")


class Alarm(Row):
    """A cause of trouble of which administrators are told: one row while it lasts, however many cases meet it."""

    cause = CharField(max_length=16)  # trouble.causes.key_of
    open_key = CharField(max_length=16, null=True, unique=True)  # the cause; empty once it is over
    rule = CharField(max_length=20)
    kind = CharField(max_length=20)
    title = CharField(max_length=300, default="")
    case_number = CharField(max_length=20, default="")  # of the first
    message = TextField()
    params: Any = JsonField(default=dict)
    since = UtcField()
    told_at = UtcField(null=True)
    times = IntegerField(default=0)
    over_at = UtcField(null=True)


class BackupMade(Row):
    """A backup that was written, opened and read again."""

    at = UtcField(index=True)
    place = TextField()
    size = BigIntegerField()  # bytes
    sealed = BooleanField(default=False)
    damaged = IntegerField(default=0)  # files of the data folder that were not what their names say


class Figure(Table):
    """How often, or how much, of one kind on one day: what pages of figures add up instead of reading all cases.

    Computed from the records by upkeep (services.pages.counting); nothing else writes here.
    """

    kind = CharField(max_length=12)
    package_id = CharField(max_length=80)
    day = CharField(max_length=10)  # YYYY-MM-DD in Japan; empty: as it stands now
    element = CharField(max_length=160, default="")  # step, stage or guideline
    what = CharField(max_length=160, default="")  # turn, person, judgement, reason
    value = IntegerField(default=0)  # business days
    n = IntegerField(default=0)
    amount = BigIntegerField(default=0)  # yen

    class Meta:
        primary_key = CompositeKey("kind", "package_id", "day", "element", "what", "value")


class FigureState(Table):
    """Until when figures of a kind were computed."""

    name = CharField(max_length=20, primary_key=True)
    at = UtcField()
    day = CharField(max_length=10)
    closing = CharField(max_length=64, default="")  # a digest of the closing days with which days were counted


class Export(Row):
    """A file of rows that somebody asked for and a worker makes; it is kept for a while."""

    user = ForeignKeyField(User, backref="exports", on_delete="CASCADE")
    user_id: int
    maker = CharField(max_length=20)  # which list: a word of the pages that offer it
    query = TextField()  # of its address: how it was narrowed
    language = CharField(max_length=5)
    form = CharField(max_length=5)  # csv | xlsx
    title = CharField(max_length=200)
    narrowed = TextField(default="")  # by what, in words
    filename = FileNameField(max_length=255)
    state = WordField(ExportState, max_length=10, default=ExportState.WAITING, index=True)
    rows = IntegerField(default=0)  # written so far
    count = IntegerField(default=0)  # that there are; 0: not counted yet
    digest = CharField(max_length=64, default="", index=True)
    size = BigIntegerField(default=0)  # bytes
    asked_at = UtcField()
    until = UtcField(null=True)  # when it goes


class Seen(Table):
    """What was looked at outside of the portal (the certificate of its own address), the last time."""

    name = CharField(max_length=20, primary_key=True)
    at = UtcField()
    found: Any = JsonField(default=dict)
