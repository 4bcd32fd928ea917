"""Finding cases by a part of their number, company, system or mail address: an index of three letters, on any database.

Letters are made even first (NFKC, small), so that full and half width, and capitals, are found alike. Three letters
are one number (21 bits each), zero behind the end: a word of one or two letters is a range of numbers.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_
from typing import Any

from peewee import fn

from app.store.database import is_postgres, proxy
from app.store.models import Case, CaseGram, CaseText

BREAK = "\n"  # between the parts
_BITS = 21
_RARE = 2000
_SAMPLES = (200, 2500)  # index rows that are counted before a word is called common
_MANY = (8000, 30000)  # index rows that are counted to tell the less common of two common words


def even(text: str) -> str:
    """The text as it is stored and looked for."""
    return unicodedata.normalize("NFKC", text).casefold()


def grams(text: str) -> set[int]:
    """Every three letters of an even text, as numbers."""
    found = set()
    for part in text.split(BREAK):
        codes = [*map(ord, part), 0, 0]
        for at in range(len(codes) - 2):
            found.add(codes[at] << 2 * _BITS | codes[at + 1] << _BITS | codes[at + 2])
    return found


def text_of(*parts: str) -> str:
    """The text by which a case is found: its parts, each in a line of its own."""
    return BREAK.join(even(part.replace(BREAK, " ")) for part in parts)


# Keeping


def keep(case: Case) -> None:
    """Note what the case is found by, when it changed. Inside the transaction that writes the case."""
    text = text_of(case.number, case.company_name, case.system_name, case.email)
    known = CaseText.get_or_none(CaseText.case == case.id)
    if known is not None and known.text == text:
        return
    before = grams(known.text) if known is not None else set()
    now = grams(text)
    row = CaseText.insert(case=case.id, text=text)
    row.on_conflict(conflict_target=[CaseText.case], update={"text": text}).execute()
    gone = sorted(before - now)
    if gone:
        CaseGram.delete().where((CaseGram.case == case.id) & CaseGram.gram.in_(gone)).execute()
    _add((gram, case.id) for gram in sorted(now - before))


def _add(rows: Iterable[tuple[int, int]]) -> None:
    CaseGram.insert_many(list(rows), fields=[CaseGram.gram, CaseGram.case]).on_conflict_ignore().execute()


def mend(limit: int = 500) -> int:
    """Keep cases that have no text yet (written by an earlier version); gives how many. Inside a transaction."""
    query = Case.select(Case.id, Case.number, Case.company_name, Case.system_name, Case.email)
    rows = query.where(~Case.id.in_(CaseText.select(CaseText.case))).limit(limit)
    found = 0
    for row in rows:
        keep(row)
        found += 1
    return found


# Finding


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a search: the even text, and the range or number of the rarest of its letters."""

    text: str
    first: int
    last: int
    postings: int  # index rows of these letters, at most the last of _SAMPLES

    @property
    def rare(self) -> bool:
        """Whether few cases can have it."""
        return self.postings < _RARE


def word(text: str) -> Word:
    """What to look for."""
    given = even(text)
    ranges = _ranges(given)[::-1]  # numbers and names differ at their ends
    count, best = _SAMPLES[-1], ranges[0]
    for most in _SAMPLES:
        for each in ranges:
            found = _postings(*each, min(most, count))
            if found < count and found < most:
                count, best = found, each
        if count < most:
            break
    return Word(given, *best, count)


def rarest(words: Sequence[Word]) -> Word | None:
    """The word that the fewest cases may have."""
    if len(words) > 1 and not any(each.rare for each in words):
        for most in _MANY:
            words = [replace(each, postings=_postings(each.first, each.last, most)) for each in words]
            if any(each.postings < most for each in words):
                break
    return min(words, key=lambda each: each.postings, default=None)


def _ranges(text: str) -> list[tuple[int, int]]:
    codes = [ord(letter) for letter in text]
    if len(codes) >= 3:
        every = [codes[at] << 2 * _BITS | codes[at + 1] << _BITS | codes[at + 2] for at in range(len(codes) - 2)]
        return [(gram, gram) for gram in dict.fromkeys(every)]
    start, free = 0, (3 - len(codes)) * _BITS
    for code in codes:
        start = start << _BITS | code
    return [(start << free, (start + 1 << free) - 1)]


def _postings(first: int, last: int, most: int) -> int:
    """How many index rows there are, at most so many."""
    mark = proxy.obj.param
    cursor = proxy.obj.execute_sql(
        f"SELECT COUNT(*) FROM (SELECT 1 FROM case_gram WHERE {_within(first, last)} LIMIT {mark}) AS hits",  # noqa: S608
        (*_bounds(first, last), most),
    )
    return int(cursor.fetchone()[0])


def _within(first: int, last: int, name: str = "gram") -> str:
    mark = proxy.obj.param
    return f"{name} = {mark}" if first == last else f"{name} BETWEEN {mark} AND {mark}"


def _bounds(first: int, last: int) -> tuple[int, ...]:
    return (first,) if first == last else (first, last)


def says(column: str = "case_id") -> str:
    """SQL: whether the case of this column has the word; takes its text."""
    place = "strpos" if is_postgres() else "instr"
    return (
        f"EXISTS (SELECT 1 FROM case_text WHERE case_text.case_id = {column} "  # noqa: S608 - names of our own
        f"AND {place}(case_text.text, {proxy.obj.param}) > 0)"
    )


def cases_with(words: Sequence[Word]) -> list[int]:
    """The cases that have every one of these words, the rarest of which is rare."""
    least = min(words, key=lambda each: each.postings)
    place = "strpos" if is_postgres() else "instr"
    values: list[Any] = [*_bounds(least.first, least.last)]
    conditions = []
    for each in words:
        conditions.append(f"{place}(t.text, {proxy.obj.param}) > 0")
        values.append(each.text)
    cursor = proxy.obj.execute_sql(
        "SELECT DISTINCT g.case_id FROM case_gram AS g JOIN case_text AS t ON t.case_id = g.case_id "  # noqa: S608
        f"WHERE {_within(least.first, least.last, 'g.gram')} AND {' AND '.join(conditions)}",
        values,
    )
    return [row[0] for row in cursor.fetchall()]


def postings(each: Word) -> tuple[str, tuple[int, ...]]:
    """SQL of a table of the cases that may have the word (to be checked with `says`), and its values."""
    what = "case_id" if each.first == each.last else "DISTINCT case_id"  # a range may name a case twice
    return f"(SELECT {what} FROM case_gram WHERE {_within(each.first, each.last)})", _bounds(each.first, each.last)  # noqa: S608


def said_of_case(text: str) -> Any:
    """The condition that every word of the text is found in the case, for queries over Case; none without words."""
    words = [word(each) for each in text.split()]
    if not words:
        return None
    if any(each.rare for each in words):
        return Case.id.in_(cases_with(words))
    place = fn.STRPOS if is_postgres() else fn.INSTR
    own = CaseText.select(CaseText.case).where(CaseText.case == Case.id)
    return reduce(and_, (fn.EXISTS(own.where(place(CaseText.text, each.text) > 0)) for each in words))
