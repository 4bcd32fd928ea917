"""The audit record is only added to, and chained, so that nothing can be changed or taken out of it unnoticed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any

from peewee import AutoField, CharField, DateTimeField, ForeignKeyField, IntegerField, Model, TextField

# What a change was kept as, and as what it is told from now on: (act, thing); of an account and a day it depends.
TOLD = {
    "setting": ("setting_changed", "setting"),
    "account": ("account_changed", "account"),
    "closing_day": ("day_changed", "closing_day"),
    "absence": ("absence_named", "account"),
    "view": ("view_changed", "view"),
    "company": ("company_changed", "company"),
    "release": ("release_changed", "package"),
    "card_key": ("card_key_changed", "card_key"),
    "workspace": ("workspace_changed", "workspace"),
    "move": ("move_changed", "package"),
    "mend": ("case_mended", "case"),
    "bank": ("bank_dropped", "bank_file"),
    "export": ("exported", "export"),
}


def up(_migrator: Any, db: Any) -> None:
    """Tables of its own, whose triggers are made after the last step; what was on record before comes first."""

    class TrailEntry(Model):
        id = AutoField()
        at = DateTimeField()
        act = CharField(max_length=24)
        side = CharField(max_length=10)
        person = IntegerField(null=True)
        behalf = IntegerField(null=True)
        thing = CharField(max_length=16)
        subject = CharField(max_length=80)
        case_id = IntegerField(null=True)
        who = TextField()
        what = TextField()

        class Meta:
            database = db
            table_name = "trail_entry"
            legacy_table_names = False
            indexes = (
                (("at", "id"), False),
                (("person", "at", "id"), False),
                (("case_id", "at", "id"), False),
                (("act", "at", "id"), False),
                (("thing", "subject", "at"), False),
            )

    class TrailPending(Model):
        entry = IntegerField(primary_key=True)

        class Meta:
            database = db
            table_name = "trail_pending"
            legacy_table_names = False

    class TrailLink(Model):
        seq = IntegerField(primary_key=True)
        entry = IntegerField(unique=True)
        hash = CharField(max_length=64)

        class Meta:
            database = db
            table_name = "trail_link"
            legacy_table_names = False

    class TrailHead(Model):
        seq = IntegerField(primary_key=True)
        hash = CharField(max_length=64)
        at = DateTimeField()
        signature = TextField()

        class Meta:
            database = db
            table_name = "trail_head"
            legacy_table_names = False

    class TrailHorizon(Model):
        seq = IntegerField(primary_key=True)
        hash = CharField(max_length=64)
        at = DateTimeField()

        class Meta:
            database = db
            table_name = "trail_horizon"
            legacy_table_names = False

    class Case(Model):
        id = AutoField()

        class Meta:
            database = db
            table_name = "case"

    class Retention(Model):
        kind = CharField(max_length=20, primary_key=True)
        days = IntegerField()

        class Meta:
            database = db
            table_name = "retention"

    class LegalHold(Model):
        case = ForeignKeyField(Case, on_delete="CASCADE")
        reason = TextField()
        at = DateTimeField()
        by_name = CharField(max_length=120, default="")
        ended_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "legal_hold"
            legacy_table_names = False

    db.create_tables([TrailEntry, TrailPending, TrailLink, TrailHead, TrailHorizon, Retention, LegalHold])
    _bring(db, TrailEntry, TrailPending)


def _bring(db: Any, entry: Any, pending: Any) -> None:
    """The record of changes becomes a part of it, marked as from before the chain."""
    accounts = dict(db.execute_sql('SELECT email, id FROM "user"').fetchall())
    rows = db.execute_sql("SELECT at, by_id, by_name, kind, subject, field, before, after FROM change ORDER BY id")
    for at, by, by_name, kind, subject, field, before, after in rows.fetchall():
        act, thing = TOLD[kind]
        if kind == "account" and field in {"roles", "groups", "active"}:
            act = "role_changed"
        elif kind == "absence" and not after:
            act = "absence_ended"
        elif kind == "mend" and field == "back":
            act = "mend_undone"
        elif kind == "closing_day" and not (before and after):
            act = "day_removed" if before else "day_added"
        key = str(accounts.get(subject, "")) if kind in {"account", "absence"} else subject
        name = field or "value"
        what = {"label": subject, "before": {name: before} if before else None}
        what["after"] = {name: after} if after or not before else None
        moment = at if isinstance(at, datetime) else datetime.fromisoformat(at)
        row = entry.create(
            at=moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment, act=act, side="operator",
            person=by, thing=thing, subject=key[:80], who=_text({"name": by_name, "brought": True}), what=_text(what),
        )  # fmt: skip
        pending.create(entry=row.id)
    db.execute_sql("DROP TABLE change")


def _text(parts: dict[str, Any]) -> str:
    filled = {key: value for key, value in parts.items() if value not in (None, "")}
    return json.dumps({"salt": token_hex(16), **filled}, ensure_ascii=False, separators=(",", ":"))
