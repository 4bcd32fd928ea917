"""Finding cases by a part of what they are known by: an index of three letters, on any database.

Letters are folded first (`text.fold`): width, case, kana and variants of kanji are found alike. Three letters are one
number (21 bits each), zero behind the end: a word of one or two letters is a range of numbers.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_
from typing import Any

import peewee
from peewee import SQL, fn

from app.store.database import is_postgres, proxy
from app.store.models import Case, CaseGram, CaseText
from app.text.fold import VERSION, fold, words

BREAK = "\n"  # between the parts
_BITS = 21
_RARE = 2000
_FEW = 4000  # index rows of a word that are cheaper read than cases are walked through in the order of a list
_SAMPLES = (500, _RARE)  # index rows that are counted before a word is called common
_ENDS = 2  # of a word's letters, by which numbers and names differ: they are counted up to the second at once
_ASKED = 24  # letters of a word of which that is done
_ALL = 2**31  # more than there are
_MANY = (8000, 30000)  # index rows that are counted to tell the less common of two common words


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
    return BREAK.join(dict.fromkeys(found for part in parts if (found := fold(part))))


# Keeping


def keep(case: Case, words: Iterable[str] = ()) -> None:
    """Note what the case is found by, when it changed: its own names, and whatever else is said of it. Inside the
    transaction that writes the case."""
    text = text_of(case.number, case.company_name, case.system_name, case.email, case.contact_name, *words)
    known = CaseText.get_or_none(CaseText.case == case.id)
    if known is not None and known.text == text and known.fold == VERSION:
        return
    before = grams(known.text) if known is not None else set()
    now = grams(text)
    row = CaseText.insert(case=case.id, text=text, fold=VERSION)
    row.on_conflict(conflict_target=[CaseText.case], update={"text": text, "fold": VERSION}).execute()
    gone = sorted(before - now)
    if gone:
        CaseGram.delete().where((CaseGram.case == case.id) & CaseGram.gram.in_(gone)).execute()
    if now - before:
        _add((gram, case.id) for gram in sorted(now - before))


def _add(rows: Iterable[tuple[int, int]]) -> None:
    CaseGram.insert_many(list(rows), fields=[CaseGram.gram, CaseGram.case]).on_conflict_ignore().execute()


def stale(limit: int) -> list[int]:
    """Cases whose text was folded by other rules than today's."""
    return [row.case_id for row in CaseText.select(CaseText.case).where(_otherwise()).limit(limit)]


def behind() -> int:
    """How many cases wait to be folded by today's rules: until then a search may pass them over. Three counts, each
    by the index: with "or" between them the database goes through all cases, every one of which is by today's."""
    each = "(SELECT COUNT(*) FROM case_text WHERE fold {})"
    mark = proxy.obj.param
    text = f"SELECT {each.format('IS NULL')} + {each.format(f'< {mark}')} + {each.format(f'> {mark}')}"
    return int(proxy.obj.execute_sql(text, (VERSION, VERSION)).fetchone()[0])


def _otherwise() -> Any:
    return CaseText.fold.is_null() | (CaseText.fold < VERSION) | (CaseText.fold > VERSION)


def admit() -> None:
    """Let cases wait that have no text at all, as early versions left them. Inside a transaction."""
    proxy.obj.execute_sql(
        "INSERT INTO case_text (case_id, text) SELECT id, '' FROM \"case\" AS c "
        "WHERE NOT EXISTS (SELECT 1 FROM case_text AS t WHERE t.case_id = c.id)"
    )


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


def word(given: str) -> Word:
    """What to look for; `given` is folded, and not empty."""
    ranges = _ranges(given)[::-1][:_ASKED]
    few, most = _SAMPLES
    for limits in ([most if at < _ENDS else few for at in range(len(ranges))], [most] * len(ranges)):
        counts = zip(_postings(ranges, limits), limits, ranges, strict=True)
        known = [(count, each) for count, limit, each in counts if count < limit]
        if known:
            count, best = min(known, key=lambda each: each[0])
            return Word(given, *best, count)
    return Word(given, *_sparsest(ranges, most), most)


def rarest(words: Sequence[Word]) -> Word | None:
    """The word that the fewest cases may have."""
    if len(words) > 1 and not any(each.rare for each in words):
        for most in _MANY:
            found = _postings([(each.first, each.last) for each in words], [most] * len(words))
            words = [replace(each, postings=count) for each, count in zip(words, found, strict=True)]
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


def _postings(ranges: Sequence[tuple[int, int]], limits: Sequence[int]) -> list[int]:
    """How many index rows each of these has, at most so many; asked at once."""
    # In the index's order and with the number in the text, or PostgreSQL reads all of them, which it takes for few.
    asked = (
        f"(SELECT COUNT(*) FROM (SELECT 1 FROM case_gram WHERE {_within(*each)} "  # noqa: S608
        f"ORDER BY gram, case_id LIMIT {most:d}) AS hits)"
        for each, most in zip(ranges, limits, strict=True)
    )
    values = [value for each in ranges for value in _bounds(*each)]
    return [int(each) for each in proxy.obj.execute_sql(f"SELECT {', '.join(asked)}", values).fetchone()]


def _sparsest(ranges: Sequence[tuple[int, int]], most: int) -> tuple[int, int]:
    """Of letters that have at least so many index rows each, those whose rows lie farthest apart: their cases have
    more other cases between them."""
    asked = (
        f"(SELECT case_id FROM case_gram WHERE {_within(*each)} "  # noqa: S608
        f"ORDER BY gram, case_id LIMIT 1 OFFSET {most - 1:d})"
        for each in ranges
    )
    values = [value for each in ranges for value in _bounds(*each)]
    found = proxy.obj.execute_sql(f"SELECT {', '.join(asked)}", values).fetchone()
    return max(zip(found, ranges, strict=True), key=lambda each: each[0] or 0)[1]


def _within(first: int, last: int, name: str = "gram") -> str:
    mark = proxy.obj.param
    return f"{name} = {mark}" if first == last else f"{name} BETWEEN {mark} AND {mark}"


def _bounds(first: int, last: int) -> tuple[int, ...]:
    return (first,) if first == last else (first, last)


def says(column: str = "case_id") -> str:
    """SQL: whether the case of this column has the word; takes its text. Asked of each case by its key: of EXISTS
    PostgreSQL makes a join, and reads the texts of all cases for it."""
    place = "strpos" if is_postgres() else "instr"
    own = f"SELECT text FROM case_text WHERE case_text.case_id = {column}"  # noqa: S608 - names of our own
    return f"{place}(({own}), {proxy.obj.param}) > 0"


def cases_with(words: Sequence[Word]) -> list[int]:
    """The cases that have every one of these words, the rarest of which few have."""
    text, values = with_every(words)
    return [row[0] for row in proxy.obj.execute_sql(text, values).fetchall()]


def with_every(words: Sequence[Word]) -> tuple[str, list[Any]]:
    """SQL of the cases that have every one of these words, by the index of the rarest, and its values."""
    least = min(words, key=lambda each: each.postings)
    place = "strpos" if is_postgres() else "instr"
    said = " AND ".join(f"{place}(t.text, {proxy.obj.param}) > 0" for _ in words)
    within = _within(least.first, least.last, "g.gram")
    if is_postgres():  # a list of keys, or it may read the texts of all cases and join them
        keys = f"ARRAY(SELECT g.case_id FROM case_gram AS g WHERE {within})"  # noqa: S608
        text = f"SELECT t.case_id FROM case_text AS t WHERE t.case_id = ANY({keys}) AND {said}"  # noqa: S608
    else:
        text = (
            "SELECT DISTINCT g.case_id FROM case_gram AS g JOIN case_text AS t ON t.case_id = g.case_id "  # noqa: S608
            f"WHERE {within} AND {said}"
        )
    return text, [*_bounds(least.first, least.last), *(each.text for each in words)]


def postings(each: Word) -> tuple[str, tuple[int, ...]]:
    """SQL of a table of the cases that may have the word (to be checked with `says`), and its values: the newest first,
    which have open tasks, where the index has them in their order. Without a limit SQLite would not heed it."""
    within = f"FROM case_gram WHERE {_within(each.first, each.last)}"
    if each.first == each.last:
        text = f"(SELECT case_id {within} ORDER BY case_id DESC LIMIT {_ALL})"
    else:
        text = f"(SELECT DISTINCT case_id {within})"  # a range may name a case twice
    return text, _bounds(each.first, each.last)


def said_of_case(text: str) -> Any:
    """The condition that every word of the text is found in the case, for queries over Case; none for an empty text.

    What few cases can have is looked up, however many cases there are. What many have is asked of each case in the
    order of the list, which is at its end when the page is full: whoever counts stops somewhere, too.
    """
    if not text.strip():
        return None
    found = [word(each) for each in words(text)]
    if not found:  # signs alone
        return SQL("1 = 0")
    return among(Case.id, cases_with(found)) if few(found) else and_said(Case.id, found)


def few(found: Sequence[Word]) -> bool:
    """Whether one of the words is one that few cases can have."""
    least = min(found, key=lambda each: each.postings)
    return least.rare or _postings([(least.first, least.last)], [_FEW])[0] < _FEW


def within(field: Any, text: str, values: Sequence[Any]) -> Any:
    """The condition that a field is among what this SQL gives. PostgreSQL makes a list of it first: else it may walk
    through the table in the order of the list, guessing that many fit."""
    if is_postgres():
        return field == fn.ANY(SQL(f"ARRAY({text})", list(values)))
    return field.in_(SQL(f"({text})", list(values)))


def among(field: Any, keys: Sequence[Any]) -> Any:
    """The condition that a field has one of these values, however many they are: they go along as one."""
    if not keys:
        return SQL("1 = 0")
    if is_postgres():
        return field == fn.ANY(peewee.Value(list(keys), unpack=False))
    return field.in_(SQL("(SELECT value FROM json_each(?))", [json.dumps(list(keys))]))


def and_said(case: Any, found: Sequence[Word]) -> Any:
    """The condition that the case of this field has every one of the words, asked of its text."""
    place = fn.STRPOS if is_postgres() else fn.INSTR
    own = CaseText.select(CaseText.text).where(CaseText.case == case)
    return reduce(and_, (place(own, each.text) > 0 for each in found))
