"""Values of settings hold from a day on, each kept; what money or law hangs on is proposed and approved."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from peewee import BooleanField, CharField, DateField, DateTimeField, ForeignKeyField, IntegerField, Model, TextField

JAPAN = ZoneInfo("Asia/Tokyo")


def up(migrator: Any, db: Any) -> None:
    """What is set holds from the day on which it was set; several values of one setting follow each other."""

    class User(Model):
        class Meta:
            database = db
            table_name = "user"

    class SettingProposal(Model):
        package_id = CharField(max_length=80)
        section = CharField(max_length=80)
        values = TextField(default="{}", column_name="wanted")
        before = TextField(default="{}", column_name="stood")
        from_day = DateField()
        reason = TextField(default="")
        state = CharField(max_length=10, default="open", index=True)
        at = DateTimeField()
        by = ForeignKeyField(User, null=True)
        by_name = CharField(max_length=120, default="")
        decided_at = DateTimeField(null=True)
        decided_by_name = CharField(max_length=120, default="")
        decided_why = TextField(default="")
        alone = BooleanField(default=False)

        class Meta:
            database = db
            table_name = "setting_proposal"
            legacy_table_names = False
            indexes = ((("package_id", "section"), False),)

    db.create_tables([SettingProposal])
    migrator.migrate(
        migrator.add_column("setting", "from_day", DateField(null=True)),
        migrator.add_column("setting", "proposal", IntegerField(null=True)),
        migrator.add_column("setting", "stopped_at", DateTimeField(null=True)),
        migrator.drop_index("setting", "setting_package_id_key"),
        migrator.add_index("setting", ("package_id", "key"), False),
    )
    for column in ("approved_by", "stopped_by"):
        db.execute_sql(f"""ALTER TABLE "setting" ADD COLUMN "{column}" VARCHAR(120) NOT NULL DEFAULT ''""")
    db.execute_sql("""ALTER TABLE "setting" ADD COLUMN "reason" TEXT NOT NULL DEFAULT ''""")
    place = db.param
    for row_id, at in db.execute_sql('SELECT id, changed_at FROM "setting"').fetchall():
        moment = at if isinstance(at, datetime) else datetime.fromisoformat(str(at))
        day = moment.replace(tzinfo=UTC).astimezone(JAPAN).date()
        db.execute_sql(f'UPDATE "setting" SET from_day = {place} WHERE id = {place}', (day.isoformat(), row_id))  # noqa: S608 - our own words
