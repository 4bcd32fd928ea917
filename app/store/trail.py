"""The audit record: entries, and the chain through them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar, Token
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_bytes
from typing import Any, NamedTuple

from app.states import Act, Side, Thing
from app.store.database import is_postgres, lock_name, proxy
from app.store.models import TrailEntry, TrailHead, TrailHorizon, TrailLink
from app.text.jsontext import writer

SALT = 16  # bytes: nobody finds out by trying what a digest was made of
_NAME = "trail"
_KNOWN = 20_000  # what a process remembers of what it put on record
_COLUMNS = ("id", "at", "act", "side", "person", "behalf", "thing", "subject", "case_id", "who", "what")
_STAMP = 'to_char(e.at, \'YYYY-MM-DD"T"HH24:MI:SS.US"Z"\')'
# SQLite has texts, without digits of a second where they are nought.
_STAMP_SQLITE = "replace(e.at, ' ', 'T') || CASE WHEN length(e.at) > 19 THEN 'Z' ELSE '.000000Z' END"


@dataclass(frozen=True, slots=True)
class Place:
    """From where somebody acts. `session`: the number of its row."""

    address: str = ""
    session: int | None = None
    request: str = ""


NOWHERE = Place()
_HERE: ContextVar[Place] = ContextVar("place", default=NOWHERE)


def stand(place: Place) -> Token[Place]:
    """From here on this thread acts from there; the token takes it back."""
    return _HERE.set(place)


def leave(token: Token[Place]) -> None:
    """As it was before."""
    _HERE.reset(token)


def here() -> dict[str, Any]:
    """From where this thread acts, as details of an entry have it."""
    place = _HERE.get()
    return {"address": place.address, "session": place.session, "request": place.request}


class Stored(NamedTuple):
    """An entry as the chain takes it in: texts and numbers alone. `at`: RFC 3339, UTC, six digits of a second."""

    id: int
    at: str
    act: str
    side: str
    person: int | None
    behalf: int | None
    thing: str
    subject: str
    case: int | None
    who: str
    what: str


class Linked(NamedTuple):
    """A link, and the entry it holds; none where that is gone."""

    seq: int
    hash: str
    entry_id: int
    entry: Stored | None


_json = writer(default=str)


def text_of(parts: Mapping[str, Any], salt: bytes) -> str:
    """Details as they are stored: JSON with a salt of their own."""
    filled = {key: value for key, value in parts.items() if value not in (None, "", {}, [])}
    return _json({"salt": salt.hex(), **filled})


def add(
    at: datetime, act: Act, side: Side, person: int | None, behalf: int | None, thing: Thing, subject: str,
    case: int | None, who: Mapping[str, Any], what: Mapping[str, Any],
) -> None:  # fmt: skip
    """A new entry, in the transaction of what it tells of. One statement, that waits for nobody."""
    if not proxy.obj.in_transaction():
        raise RuntimeError("an entry of the audit record is stored together with what it tells of")
    salts = token_bytes(2 * SALT)
    TrailEntry.create(
        at=at, act=act, side=side, person=person, behalf=behalf, thing=thing, subject=subject[:80],
        case_id=case, who=text_of(who, salts[:SALT]), what=text_of(what, salts[SALT:]),
    )  # fmt: skip


def lately(key: str, now: datetime, every: timedelta) -> bool:
    """Whether this was put on record lately, as far as this process knows."""
    last = proxy.obj.noted.get(key)
    return last is not None and last <= now < last + every


def noted(key: str, now: datetime) -> None:
    """It was put on record now."""
    known = proxy.obj.noted
    if len(known) >= _KNOWN:
        known.clear()
    known[key] = now


# The chain


def hold() -> None:
    """One process alone makes links until this transaction ends (SQLite: there is one writer)."""
    lock_name(_NAME)


def waiting() -> bool:
    """Whether there is an entry that no link holds."""
    return proxy.obj.execute_sql("SELECT 1 FROM trail_pending LIMIT 1").fetchone() is not None


def end() -> tuple[int, str]:
    """The number and hash of the last link; (0, "") before the first."""
    found = TrailLink.select(TrailLink.seq, TrailLink.hash).order_by(TrailLink.seq.desc()).limit(1).first()
    if found is None:
        gone = horizon()
        return (gone.seq, gone.hash) if gone is not None else (0, "")
    return found.seq, found.hash


def unlinked(limit: int) -> list[Stored]:
    """The oldest entries that no link holds."""
    joined = "trail_pending p JOIN trail_entry e ON e.id = p.entry"
    text = f"SELECT {_columns()} FROM {joined} ORDER BY p.entry LIMIT {int(limit)}"  # noqa: S608 - our own names
    return [Stored(*row) for row in proxy.obj.execute_sql(text).fetchall()]


def link(links: Sequence[tuple[int, int, str]]) -> None:
    """Store links (number, entry, hash); their entries wait no more."""
    for start in range(0, len(links), 500):
        rows, mark = links[start : start + 500], proxy.obj.param
        places = ", ".join([f"({mark}, {mark}, {mark})"] * len(rows))
        text = f"INSERT INTO trail_link (seq, entry, hash) VALUES {places}"  # noqa: S608 - marks only
        proxy.obj.execute_sql(text, [value for row in rows for value in row])
        gone = ", ".join([mark] * len(rows))
        proxy.obj.execute_sql(f"DELETE FROM trail_pending WHERE entry IN ({gone})", [entry for _, entry, _ in rows])  # noqa: S608


Row = tuple[
    Any, ...
]  # number and hash of a link, id of its entry, and the entry as `Stored`, or Nones where it is gone


def pages(after: int = 0, page: int = 10_000, upto: int | None = None) -> Iterator[Sequence[Row]]:
    """The chain in order, page by page, from behind a number on."""
    top = f"AND l.seq <= {int(upto)}" if upto is not None else ""
    while True:
        text = (
            f"SELECT l.seq, l.hash, l.entry, {_columns()} FROM trail_link l LEFT JOIN trail_entry e ON e.id = l.entry "  # noqa: S608
            f"WHERE l.seq > {int(after)} {top} ORDER BY l.seq LIMIT {int(page)}"
        )
        rows = proxy.obj.execute_sql(text).fetchall()
        if rows:
            yield rows
        if len(rows) < page:
            return
        after = rows[-1][0]


def linked(after: int = 0, upto: int | None = None) -> Iterator[Linked]:
    """The same, link by link."""
    for rows in pages(after, upto=upto):
        for seq, digest, entry, *values in rows:
            yield Linked(seq, digest, entry, Stored(*values) if values[0] is not None else None)


def links_of_case(case: int, upto: int) -> list[Linked]:
    """The links that hold a case's entries, in order, up to a number."""
    mark = proxy.obj.param
    text = (
        f"SELECT l.seq, l.hash, l.entry, {_columns()} FROM trail_entry e JOIN trail_link l ON l.entry = e.id "  # noqa: S608
        f"WHERE e.case_id = {mark} AND l.seq <= {mark} ORDER BY l.seq"
    )
    rows = proxy.obj.execute_sql(text, (case, upto)).fetchall()
    return [Linked(seq, digest, entry, Stored(*values)) for seq, digest, entry, *values in rows]


def hash_of(seq: int) -> str:
    """The hash of this link; empty before the first."""
    row = TrailLink.select(TrailLink.hash).where(TrailLink.seq == seq).first()
    gone = horizon() if row is None else None
    return row.hash if row is not None else gone.hash if gone is not None and gone.seq == seq else ""


def strays() -> list[int]:
    """Entries that no link holds and that wait for none: ids, at most ten."""
    text = (
        "SELECT e.id FROM trail_entry e LEFT JOIN trail_link l ON l.entry = e.id "
        "LEFT JOIN trail_pending p ON p.entry = e.id WHERE l.entry IS NULL AND p.entry IS NULL ORDER BY e.id LIMIT 10"
    )
    return [int(row[0]) for row in proxy.obj.execute_sql(text).fetchall()]


def lost() -> list[int]:
    """What waits to be linked and is no entry any more: ids, at most ten."""
    text = (
        "SELECT p.entry FROM trail_pending p LEFT JOIN trail_entry e ON e.id = p.entry "
        "WHERE e.id IS NULL ORDER BY p.entry LIMIT 10"
    )
    return [int(row[0]) for row in proxy.obj.execute_sql(text).fetchall()]


def _columns() -> str:
    at = _STAMP if is_postgres() else _STAMP_SQLITE
    return ", ".join(at if name == "at" else f"e.{name}" for name in _COLUMNS)


# Heads and the horizon


def heads(after: int = 0) -> list[TrailHead]:
    """The signed ends, oldest first."""
    return list(TrailHead.select().where(TrailHead.seq > after).order_by(TrailHead.seq))


def last_head() -> TrailHead | None:
    """The newest signed end."""
    found: TrailHead | None = TrailHead.select().order_by(TrailHead.seq.desc()).limit(1).first()
    return found


def add_head(seq: int, digest: str, at: datetime, signature: str, machine: str) -> None:
    """Store a signed end; once for each."""
    TrailHead.insert(seq=seq, hash=digest, at=at, signature=signature, machine=machine).on_conflict_ignore().execute()


def horizon() -> TrailHorizon | None:
    """Up to where the chain was removed."""
    found: TrailHorizon | None = TrailHorizon.select().order_by(TrailHorizon.seq.desc()).limit(1).first()
    return found
