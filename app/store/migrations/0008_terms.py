"""Content and terms: which release new cases start on is chosen, planned and taken back."""

from __future__ import annotations

from typing import Any

from peewee import CharField, DateTimeField, ForeignKeyField, IntegerField, Model, TextField


class Release(Model):
    """As it is after this step, without its archive."""

    id: Any
    package_id = CharField(max_length=80)
    number = IntegerField()
    stored_at = DateTimeField()
    stored_by = CharField(max_length=120)


class Term(Model):
    """As it is made by this step."""

    package_id = CharField(max_length=80)
    release = ForeignKeyField(Release, backref="terms")
    from_at = DateTimeField()
    note = TextField(default="")
    source = CharField(max_length=20)
    submitted_at = DateTimeField()
    submitted_by = CharField(max_length=120, default="")
    approved_at = DateTimeField(null=True)
    approved_by = CharField(max_length=120, default="")
    gate = TextField(null=True)
    stopped_at = DateTimeField(null=True)
    stopped_by = CharField(max_length=120, default="")
    stopped_why = TextField(default="")

    class Meta:
        indexes = ((("package_id", "from_at"), False),)


def up(migrator: Any, db: Any) -> None:
    """A release was in force from the moment of its release until the next one: that becomes its term.

    Of a package the highest number was current, whatever its clock had said: terms follow the numbers.
    """
    migrator.migrate(
        migrator.rename_column("release", "released_at", "stored_at"),
        migrator.rename_column("release", "released_by", "stored_by"),
    )
    with db.bind_ctx([Release, Term], bind_refs=False, bind_backrefs=False):
        db.create_tables([Term], safe=False)
        active = {key for (key,) in db.execute_sql('SELECT id FROM "release" WHERE active').fetchall()}
        began: dict[str, Any] = {}
        for row in Release.select().order_by(Release.package_id, Release.number):
            if row.id not in active:
                continue
            at = max(row.stored_at, began.get(row.package_id, row.stored_at))
            began[row.package_id] = at
            Term.create(
                package_id=row.package_id,
                release=row.id,
                from_at=at,
                source="bootstrap",
                submitted_at=row.stored_at,
                submitted_by=row.stored_by,
            )
    migrator.migrate(migrator.drop_column("release", "active", cascade=False))
