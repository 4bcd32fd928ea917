"""What happened is told by the audit record alone; a company can be held; closed cases are archived."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any

from peewee import AutoField, BigIntegerField, CharField, DateTimeField, ForeignKeyField, IntegerField, Model

# What was kept of a sign-in, and as what it is told from now on.
TOLD = {
    "signed_in": "signed_in",
    "failed": "sign_in_failed",
    "held": "sign_in_held",
    "lifted": "hold_lifted",
    "proxy": "unnamed_proxy",
}
ENTRY = ("at", "act", "side", "person", "thing", "subject", "case_id", "who", "what")


def up(migrator: Any, db: Any) -> None:
    """Sign-ins and downloads from before the audit record are brought onto it; their tables go. The guard of the
    sign-in keeps the places from which an account is known, and nothing else."""

    class User(Model):
        id = AutoField()

        class Meta:
            database = db
            table_name = "user"

    class Case(Model):
        id = AutoField()

        class Meta:
            database = db
            table_name = "case"

    class KnownPlace(Model):
        user = ForeignKeyField(User, on_delete="CASCADE")
        place = CharField(max_length=64)
        until = DateTimeField(index=True)

        class Meta:
            database = db
            table_name = "known_place"
            legacy_table_names = False
            indexes = ((("user", "place"), True),)

    class Archive(Model):
        case = ForeignKeyField(Case, primary_key=True, on_delete="CASCADE")
        digest = CharField(max_length=64, index=True)
        size = BigIntegerField()
        entries = IntegerField()
        at = DateTimeField()
        by_name = CharField(max_length=120, default="")

        class Meta:
            database = db
            table_name = "archive"

    db.create_tables([KnownPlace, Archive])
    db.execute_sql(
        'INSERT INTO known_place (user_id, place, "until") SELECT user_id, place, MAX("until") FROM security_event '
        "WHERE kind = 'signed_in' AND user_id IS NOT NULL AND place <> '' GROUP BY user_id, place"
    )
    _bring(db)
    db.execute_sql("DROP TABLE access")
    db.execute_sql("DROP TABLE security_event")
    db.execute_sql("ALTER TABLE trail_head ADD COLUMN machine VARCHAR(120) NOT NULL DEFAULT ''")
    migrator.migrate(migrator.drop_not_null("legal_hold", "case_id"))
    db.execute_sql("ALTER TABLE legal_hold ADD COLUMN company_id INTEGER REFERENCES company (id) ON DELETE CASCADE")
    db.execute_sql("CREATE INDEX legal_hold_company_id ON legal_hold (company_id)")


def _bring(db: Any) -> None:
    """What the record does not have yet: from before there was one, and files that were taken again within an hour."""
    users = {
        key: (name or email, side) for key, name, email, side in _rows(db, 'SELECT id, name, email, side FROM "user"')
    }
    known = {(act, person, _moment(at)) for act, person, at in _rows(db, "SELECT act, person, at FROM trail_entry")}
    lifted = {(act, at) for act, _, at in known}
    events = "SELECT at, kind, user_id, place, way, scope, held_until, by_name, browser FROM security_event ORDER BY id"
    for at, kind, user, place, way, scope, until, by_name, browser in _rows(db, events):
        act, moment = TOLD[kind], _moment(at)
        person = user if kind == "signed_in" else None
        if (act, person, moment) in known or (kind == "lifted" and (act, moment) in lifted):
            continue
        name, side = users.get(user, ("", "system")) if kind == "signed_in" else (by_name, "system")
        after = {"way": way, "scope": scope, "until": str(until or ""), "browser": browser}
        thing, subject, label = ("account", str(user or ""), users.get(user, ("", ""))[0])
        if kind == "proxy" or (kind == "lifted" and user is None):
            thing, subject, label = "place", "", place
        _add(
            db, moment, act, side, person, thing, subject, None, {"name": name, "address": place, "brought": True},
            {"label": label, "after": {key: each for key, each in after.items() if each}},
        )  # fmt: skip
    files = "SELECT at, case_id, document, filename, user_id, user_name FROM access ORDER BY id"
    for at, case, document, filename, user, name in _rows(db, files):
        moment = _moment(at)
        act = "viewed" if document == "preview" else "downloaded"
        if (act, user, moment) in known:
            continue
        side = users.get(user, ("", "operator"))[1]
        subject = document if document and document != "preview" else filename
        _add(
            db, moment, act, side, user, "document", subject[:80], case, {"name": name, "brought": True},
            {"label": filename},
        )  # fmt: skip


def _rows(db: Any, sql: str) -> Any:
    return db.execute_sql(sql).fetchall()


def _add(db: Any, moment: datetime, *values: Any) -> None:
    """An entry, and that no link holds it yet: where triggers are there already they have noted that."""
    *plain, who, what = values
    marks = ", ".join([db.param] * len(ENTRY))
    found = db.execute_sql(
        f"INSERT INTO trail_entry ({', '.join(ENTRY)}) VALUES ({marks}) RETURNING id",  # noqa: S608 - our own names
        (moment if db.param == "%s" else str(moment), *plain, _text(who), _text(what)),  # SQLite has texts
    )
    key = found.fetchone()[0]
    db.execute_sql(f"INSERT INTO trail_pending (entry) VALUES ({db.param}) ON CONFLICT DO NOTHING", (key,))  # noqa: S608


def _moment(at: Any) -> datetime:
    """In UTC, without a zone, as the tables have it."""
    moment = at if isinstance(at, datetime) else datetime.fromisoformat(str(at))
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _text(parts: dict[str, Any]) -> str:
    filled = {key: value for key, value in parts.items() if value not in (None, "", {})}
    return json.dumps({"salt": token_hex(16), **filled}, ensure_ascii=False, separators=(",", ":"))
