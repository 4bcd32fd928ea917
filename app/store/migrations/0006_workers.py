"""Workers give a sign of life, which /healthz reads."""

from typing import Any

from peewee import CharField, DateTimeField, Model


def up(_migrator: Any, db: Any) -> None:
    """A table of its own; empty until the next worker starts."""

    class WorkerSign(Model):
        name = CharField(max_length=120, primary_key=True)
        machine = CharField(max_length=120)
        began_at = DateTimeField()
        seen_at = DateTimeField()

        class Meta:
            database = db
            table_name = "worker_sign"

    db.create_tables([WorkerSign])
