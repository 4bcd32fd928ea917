"""The chain of the audit record: what exactly is hashed. Pure: whoever verifies a case's evidence far from any portal
does the same.

    mark(n) = SHA-256( canonical(entry n) )
    hash(n) = SHA-256( hash(n-1) ‖ mark(n) )                     32 bytes each, none before the first

`canonical` is the entry as JSON of RFC 8785 (keys in order, no white space, UTF-8) with the keys

    act at behalf case person seq side subject thing what who

where `at` is RFC 3339 in UTC with six digits of a second, absent numbers are null, and `who` and `what` are the
SHA-256, in hexadecimal, of the entry's details as they are stored: JSON texts that begin with a random salt. So details
may be erased, their digests staying in their place, and the chain still holds. And whoever has the marks alone of other
entries can follow the chain past them, to an end that was signed: so the evidence of one case proves its entries
without telling of any other case.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from json.encoder import encode_basestring as _quoted  # a string of JSON, in UTF-8
from typing import Any

from app.store.trail import Stored
from app.text.jsontext import writer

ERASED = "erased:"
_DIGEST = re.compile(r"[0-9a-f]{64}")
START = ""
_encode = writer(sort_keys=True)


def digest(text: str) -> str:
    """Of details: the SHA-256 of the text, also where it was erased."""
    if text.startswith(ERASED) and _DIGEST.fullmatch(text, len(ERASED)):
        return text[len(ERASED) :]
    return hashlib.sha256(text.encode()).hexdigest()


def canonical(entry: Stored, seq: int) -> bytes:
    """The bytes of an entry at its place in the chain."""
    text = _quoted
    return (
        f'{{"act":{text(entry.act)},"at":{text(entry.at)},"behalf":{_number(entry.behalf)},'
        f'"case":{_number(entry.case)},"person":{_number(entry.person)},"seq":{seq},"side":{text(entry.side)},'
        f'"subject":{text(entry.subject)},"thing":{text(entry.thing)},"what":"{digest(entry.what)}",'
        f'"who":"{digest(entry.who)}"}}'
    ).encode()


def _number(value: int | None) -> str:
    return "null" if value is None else str(value)


def values(of: object) -> str:
    """The SHA-256 of an answer's values, as JSON of the same form: what was sent can be told from what is shown."""
    return hashlib.sha256(_encode(of).encode()).hexdigest()


def mark(canonical_bytes: bytes) -> str:
    """The mark of an entry, in hexadecimal: it tells nothing of it, and yet is of no other."""
    return hashlib.sha256(canonical_bytes).hexdigest()


def joined(before: str, mark_of: str) -> str:
    """The hash of the link behind `before` (hexadecimal; empty at the beginning) that holds the entry of this mark."""
    return hashlib.sha256(bytes.fromhex(before + mark_of)).hexdigest()


def following(before: str, canonical_bytes: bytes) -> str:
    """The same, of the entry itself."""
    return joined(before, mark(canonical_bytes))


def details(text: str) -> dict[str, object]:
    """What an entry's details say; empty where they were erased."""
    return {} if text.startswith(ERASED) else dict(json.loads(text))


def hashes(before: str, seq: int, entries: Iterable[tuple[Any, ...]]) -> list[str]:
    """The hashes of the links that hold these entries (as `Stored`), the first of which is number `seq`: what
    `following` gives for one after the other, many at once in a quarter of the time."""
    sha256, text, said = hashlib.sha256, _quoted, _Said()
    last, found = bytes.fromhex(before), list[str]()
    for _, at, act, side, person, behalf, thing, subject, case, who, what in entries:
        by = digest(who) if who[:7] == ERASED else sha256(who.encode()).hexdigest()
        told = digest(what) if what[:7] == ERASED else sha256(what.encode()).hexdigest()
        canonical = (
            f'{{"act":{said[act]},"at":{text(at)},"behalf":{"null" if behalf is None else behalf},'
            f'"case":{"null" if case is None else case},"person":{"null" if person is None else person},"seq":{seq},'
            f'"side":{said[side]},"subject":{text(subject)},"thing":{said[thing]},"what":"{told}","who":"{by}"}}'
        )
        last = sha256(last + sha256(canonical.encode()).digest()).digest()
        found.append(last.hex())
        seq += 1
    return found


class _Said(dict[str, str]):
    """Words of closed sets as JSON, each made once."""

    def __missing__(self, word: str) -> str:
        found = self[word] = _quoted(word)
        return found
