"""Workers, as the others know of them."""

from __future__ import annotations

from peewee import CharField

from app.store.database import Table
from app.store.fields import UtcField


class WorkerSign(Table):
    """A worker's sign of life: when its last round was over, by the database's clock. Taken away when it ends."""

    name = CharField(max_length=120, primary_key=True)  # machine:process
    machine = CharField(max_length=120)
    began_at = UtcField()
    seen_at = UtcField()
