"""What every page reads and hardly anything changes: closing days, terms, settings. Kept in the process
while their stamp stands.

Triggers put another stamp, drawn at random, with whatever writes one of these tables, so that no way of writing them
can forget it, and no process shows what another has changed: the stamp is read with who asks for the page. Within a
transaction it is read once more, so that whoever decides does so by what is there then; what such a transaction has
changed itself is kept under a stamp that nobody else sees before it is stored for good.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from app.store.composed import Composed
from app.store.database import is_postgres, proxy
from app.store.models import Stamp

T = TypeVar("T")
NAME = "seldom"
TABLES = ("closing_day", "term", "release", "setting")


def stamp() -> Any:
    """The query of the stamp, to be a column of another one."""
    return Stamp.select(Stamp.value).where(Stamp.name == NAME)


_now = Composed[Stamp](stamp)


def kept(key: Hashable, read: Callable[[], T]) -> T:
    """What `read` gives, once for as long as nothing is changed. Nobody changes what is given: it is everybody's."""
    bound = proxy.obj
    memory = bound.memory
    inside = bound.in_transaction()
    here = _now.value() if inside else memory.stamp or _now.value()
    if here is None:
        return read()
    if memory.found is not None and not inside:
        memory.stamp = here
    known: tuple[str, dict[Hashable, Any]] = bound.seldom
    if known[0] != here:
        known = bound.seldom = (here, {})
    if key not in known[1]:
        known[1][key] = read()
    found: T = known[1][key]
    return found


def install() -> None:
    """The first stamp, and the triggers. Inside a transaction."""
    drawn = "md5(random()::text || clock_timestamp()::text)" if is_postgres() else "lower(hex(randomblob(16)))"
    proxy.obj.execute_sql(f"INSERT INTO stamp (name, value) VALUES ('{NAME}', {drawn}) ON CONFLICT DO NOTHING")  # noqa: S608
    anew = f"UPDATE stamp SET value = {drawn} WHERE name = '{NAME}';"  # noqa: S608 - our own words
    if is_postgres():
        head = "CREATE OR REPLACE FUNCTION stamp_anew() RETURNS trigger LANGUAGE plpgsql AS"
        proxy.obj.execute_sql(f"{head} $$ BEGIN {anew} RETURN NULL; END $$")
    for table in TABLES:
        for event in ("INSERT", "UPDATE", "DELETE"):
            name = f"stamp_{table}_{event.lower()}"
            if is_postgres():
                head = f"CREATE OR REPLACE TRIGGER {name} AFTER {event} ON {table} FOR EACH STATEMENT"
                proxy.obj.execute_sql(f"{head} EXECUTE FUNCTION stamp_anew()")
            else:
                proxy.obj.execute_sql(
                    f'CREATE TRIGGER IF NOT EXISTS {name} AFTER {event} ON "{table}" BEGIN {anew} END'
                )
