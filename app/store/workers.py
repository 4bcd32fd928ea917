"""Signs of life of the workers, by one clock: the database's, whatever the machines' own say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.store.database import is_postgres, proxy
from app.store.models import WorkerSign

KEPT = timedelta(days=1)  # for which a worker that ended without a word is remembered


def now() -> datetime:
    """This instant by the clock of the database's machine; inside a connection."""
    if not is_postgres():
        return datetime.now(UTC)
    found: datetime = proxy.obj.execute_sql("SELECT clock_timestamp()").fetchone()[0]
    return found.astimezone(UTC)


def sign(name: str, machine: str) -> None:
    """This worker is alive."""
    seen = now()
    row = WorkerSign.insert(name=name, machine=machine, began_at=seen, seen_at=seen)
    row.on_conflict(conflict_target=[WorkerSign.name], update={"seen_at": seen}).execute()
    WorkerSign.delete().where(WorkerSign.seen_at < seen - KEPT).execute()


def leave(name: str) -> None:
    """Take this worker off the list."""
    WorkerSign.delete().where(WorkerSign.name == name).execute()


def silences() -> list[tuple[str, float]]:
    """(machine, seconds since the last sign) of each worker, the shortest first. A clock that was put back makes signs
    of the future, which are as old as they are ahead."""
    here = now()
    found = [(row.machine, abs((here - row.seen_at).total_seconds())) for row in WorkerSign.select()]
    return sorted(found, key=lambda pair: pair[1])
