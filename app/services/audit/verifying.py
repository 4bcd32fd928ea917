"""Whether the audit record is as it was written: every entry in its place, nothing changed, nothing cut off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.errors import N_
from app.services.base import chain
from app.states import Act
from app.store import database, trail
from app.store.trail import Row, Stored

FORGETS = frozenset({Act.RETENTION_RUN.value, Act.PERSON_ERASED.value})


@dataclass(frozen=True, slots=True)
class Broken:
    """The first place at which the record is not as it was written. `why`: a message id, with what fills it."""

    seq: int
    entry: int
    why: str

    @property
    def params(self) -> dict[str, int]:
        """What fills the message."""
        return {"seq": self.seq, "entry": self.entry}


@dataclass(frozen=True, slots=True)
class Report:
    """What was found. `first`, `last`: numbers of the links; `end`: the hash of the last."""

    first: int
    last: int
    end: str
    heads: int  # signed ends that were found in the chain
    erased: int  # entries whose details were erased
    broken: Broken | None

    @property
    def checked(self) -> int:
        """How many entries were looked at."""
        return self.last - self.first + 1


def verify(heads: Mapping[int, str] | None = None) -> Report:
    """Read the whole chain. `heads`: ends that were kept elsewhere (number → hash); those of the database
    are looked at, too."""
    with database.connection():
        gone = trail.horizon()
        wanted = {row.seq: row.hash for row in trail.heads(gone.seq if gone else 0)}
        for seq, digest in (heads or {}).items():
            if wanted.setdefault(seq, digest) != digest:
                why = N_("The end that was signed at entry %(seq)s is another one here than where it was kept")
                return Report(0, 0, "", 0, 0, Broken(seq, 0, why))
        after, before = (gone.seq, gone.hash) if gone else (0, chain.START)
        found = _walk(trail.pages(after), after, before, wanted)
        if found.broken is None:
            broken = _beyond(found.last, wanted) or _beside()
            found = Report(found.first, found.last, found.end, found.heads, found.erased, broken)
    return found


def _walk(pages: Iterable[Sequence[Row]], after: int, before: str, heads: Mapping[int, str]) -> Report:
    """Compute every link again, thousands at once; where something is wrong, one by one to find what."""
    seq, met, erased = after, 0, dict[int, int]()  # entry → link
    allowed: list[tuple[int, int]] = []
    for rows in pages:
        broken = None if _fits(rows, seq, before, heads) else _first(rows, seq, before, heads)
        whole = rows if broken is None else rows[: broken.seq - seq - 1]
        for number, _, key, _, _, act, *_, who, what in whole:
            if who[:7] == chain.ERASED or what[:7] == chain.ERASED:
                erased[key] = number
            elif act in FORGETS:
                allowed += _forgotten(what)
        met += sum(seq < each <= seq + len(whole) for each in heads)
        if whole:
            seq, before = whole[-1][0], whole[-1][1]
        if broken is not None:
            return Report(after + 1, seq, before, met, len(erased), broken)
    return Report(after + 1, seq, before, met, len(erased), _unaccounted(erased, allowed))


def _fits(rows: Sequence[Row], seq: int, before: str, heads: Mapping[int, str]) -> bool:
    """Whether these links follow, hold what they say, and end as was signed."""
    if any(row[0] != seq + n for n, row in enumerate(rows, 1)) or any(row[3] is None for row in rows):
        return False
    said = [row[1] for row in rows]
    ends = all(said[each - seq - 1] == heads[each] for each in heads if seq < each <= seq + len(rows))
    return ends and said == chain.hashes(before, seq + 1, [row[3:] for row in rows])


def _first(rows: Sequence[Row], seq: int, before: str, heads: Mapping[int, str]) -> Broken | None:
    """The first of these links that is not as it was written."""
    for number, digest, key, *values in rows:
        seq += 1
        if number != seq:
            return Broken(seq, 0, N_("Link %(seq)s of the chain is missing"))
        if values[0] is None:
            return Broken(seq, key, N_("Entry %(entry)s (link %(seq)s) is missing"))
        if chain.following(before, chain.canonical(Stored(*values), seq)) != digest:
            return Broken(seq, key, N_("Entry %(entry)s (link %(seq)s) is not as it was written"))
        if heads.get(seq, digest) != digest:
            return Broken(seq, key, N_("The chain was written anew before link %(seq)s: it had another end"))
        before = digest
    return None


def _forgotten(what: str) -> list[tuple[int, int]]:
    """The entries whose details an entry says it erased, as ranges."""
    after = chain.details(what).get("after")
    return [(int(a), int(b)) for a, b in after.get("entries", [])] if isinstance(after, dict) else []


def _unaccounted(erased: Mapping[int, int], allowed: list[tuple[int, int]]) -> Broken | None:
    """Details that are gone, and no entry says so."""
    known: set[int] = set()
    for first, last in allowed:
        known.update(range(first, last + 1))
    entry = min(erased.keys() - known, default=None)
    why = N_("The details of entry %(entry)s (link %(seq)s) were erased, and nothing on record says why")
    return None if entry is None else Broken(erased[entry], entry, why)


def _beyond(last: int, heads: Mapping[int, str]) -> Broken | None:
    """An end that was signed, and that the chain does not reach."""
    seq = max(heads, default=0)
    return Broken(last + 1, 0, N_("The chain ends before link %(seq)s, and once went on")) if seq > last else None


def _beside() -> Broken | None:
    """Entries outside of the chain."""
    for entry in trail.lost():
        return Broken(0, entry, N_("Entry %(entry)s was removed before it came into the chain"))
    for entry in trail.strays():
        return Broken(0, entry, N_("Entry %(entry)s was slipped in beside the chain"))
    return None
