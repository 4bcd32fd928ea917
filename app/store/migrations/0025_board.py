"""Figures are kept as sums by day, backups and what administrators were told of are on record."""

from __future__ import annotations

from typing import Any

from peewee import (
    BigIntegerField,
    BooleanField,
    CharField,
    CompositeKey,
    DateTimeField,
    IntegerField,
    Model,
    TextField,
)


def up(_migrator: Any, db: Any) -> None:
    """Tables of their own."""

    class AlarmRule(Model):
        kind = CharField(max_length=20, primary_key=True)
        tells = BooleanField(default=True)
        after_minutes = IntegerField(default=0)
        again_hours = IntegerField(default=24)
        changed_at = DateTimeField()
        changed_by = CharField(max_length=120, default="")

        class Meta:
            database = db
            table_name = "alarm_rule"

    class Alarm(Model):
        cause = CharField(max_length=16)
        open_key = CharField(max_length=16, null=True, unique=True)
        rule = CharField(max_length=20)
        kind = CharField(max_length=20)
        title = CharField(max_length=300, default="")
        case_number = CharField(max_length=20, default="")
        message = TextField()
        params = TextField(default="{}")
        since = DateTimeField()
        told_at = DateTimeField(null=True)
        times = IntegerField(default=0)
        over_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "alarm"

    class BackupMade(Model):
        at = DateTimeField(index=True)
        place = TextField()
        size = BigIntegerField()
        sealed = BooleanField(default=False)
        damaged = IntegerField(default=0)

        class Meta:
            database = db
            table_name = "backup_made"
            legacy_table_names = False

    class Figure(Model):
        kind = CharField(max_length=12)
        package_id = CharField(max_length=80)
        day = CharField(max_length=10)
        element = CharField(max_length=160, default="")
        what = CharField(max_length=160, default="")
        value = IntegerField(default=0)
        n = IntegerField(default=0)
        amount = BigIntegerField(default=0)

        class Meta:
            database = db
            table_name = "figure"
            primary_key = CompositeKey("kind", "package_id", "day", "element", "what", "value")

    class FigureState(Model):
        name = CharField(max_length=20, primary_key=True)
        at = DateTimeField()
        day = CharField(max_length=10)
        closing = CharField(max_length=64, default="")

        class Meta:
            database = db
            table_name = "figure_state"

    db.create_tables([AlarmRule, Alarm, BackupMade, Figure, FigureState])
