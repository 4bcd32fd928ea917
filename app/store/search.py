"""Finding cases by a part of what they are known by: an index of letters (`store.grams`), on any database.

Letters are folded first (`text.fold`): width, case, kana and variants of kanji are found alike.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_
from typing import Any

import peewee
from peewee import SQL, fn

from app.store.database import is_postgres, proxy
from app.store.grams import BREAK, grams, ranges
from app.store.models import Case, CaseGram, CaseText
from app.text.fold import VERSION, fold, words

_FIRST = 100  # index rows of each of a word's letters that are counted, to see which of them are rarer
_RARE = 2000  # as many of the rarer: a word that has fewer is one that few cases can have
_NEAR = 2  # letters of which that is done before it is done of the others
_FEW = 4000  # index rows of a word that are cheaper read than cases are walked through in the order of a list
_WORTH = 4  # index rows that are cheaper read than the text of a case
_ASKED = 24  # letters of a word that are counted
_ALL = 2**31  # more than there are
_MANY = (8000, 30000)  # index rows that are counted to tell the less common of two common words


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
    postings: int  # index rows of these letters, at most _RARE
    also: tuple[int, int] | None = None  # other letters of the word that few cases have, too

    @property
    def rare(self) -> bool:
        """Whether few cases can have it."""
        return self.postings < _RARE


def word(given: str) -> Word:
    """What to look for; `given` is folded, and not empty."""
    every = ranges(given)[:_ASKED]
    counts = _counts(every, _FIRST)
    known = [each for each in zip(counts, every, strict=True) if each[0] >= 0]
    if known:
        count, best = min(known, key=lambda each: each[0])
        return Word(given, *best, count)
    # Those first that are ranges, or whose rows lie farthest apart: their cases have more other cases between them.
    apart = [each for _, each in sorted(zip(counts, every, strict=True), key=lambda each: (_one(each[1]), each[0]))]
    common: list[tuple[int, tuple[int, int]]] = []
    for part in filter(None, (apart[:_NEAR], apart[_NEAR:])):
        found = [*zip(_counts(part, _RARE), part, strict=True)]
        rare = sorted(each for each in found if each[0] >= 0)
        if rare:
            (count, best), also = rare[0], [each for other, each in rare[1:] if other < _WORTH * rare[0][0]]
            return Word(given, *best, count, also[0] if also and _one(best) else None)
        common += found
    return Word(given, *min(common, key=lambda each: (not _one(each[1]), each[0]))[1], _RARE)


def rarest(words: Sequence[Word]) -> Word | None:
    """The word that the fewest cases may have."""
    if len(words) > 1 and not any(each.rare for each in words):
        for most in _MANY:
            found = _counts([(each.first, each.last) for each in words], most)
            words = [
                replace(each, postings=count if count >= 0 else most) for each, count in zip(words, found, strict=True)
            ]
            if any(each.postings < most for each in words):
                break
    return min(words, key=lambda each: each.postings, default=None)


def _one(each: tuple[int, int]) -> bool:
    """Whether these letters have one number, whose cases are in their order."""
    return each[0] == each[1]


def _counts(ranges: Sequence[tuple[int, int]], most: int) -> list[int]:
    """How many index rows each of these has; where there are so many or more, how far they reach, below zero: minus the
    case to which one comes with so many. Asked at once."""
    # In the index's order and with the number in the text, or PostgreSQL reads all of them, which it takes for few.
    asked = (
        f"(SELECT CASE WHEN COUNT(*) < {most:d} THEN COUNT(*) ELSE -MAX(case_id) END FROM (SELECT case_id "  # noqa: S608
        f"FROM case_gram WHERE {_within(*each)} ORDER BY gram, case_id LIMIT {most:d}) AS hits)"
        for each in ranges
    )
    values = [value for each in ranges for value in _bounds(*each)]
    return [int(each) for each in proxy.obj.execute_sql(f"SELECT {', '.join(asked)}", values).fetchone()]


def _within(first: int, last: int) -> str:
    mark = proxy.obj.param
    return f"gram = {mark}" if first == last else f"gram BETWEEN {mark} AND {mark}"


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
    keys, bounds = _having(least)
    one_of = f"= ANY(ARRAY({keys}))" if is_postgres() else f"IN ({keys})"  # or PostgreSQL may join all texts
    text = f"SELECT t.case_id FROM case_text AS t WHERE t.case_id {one_of} AND {said}"  # noqa: S608
    return text, [*bounds, *(each.text for each in words)]


def _having(word: Word) -> tuple[str, list[int]]:
    """SQL of the cases that have the rarest of a word's letters and the others that are rare, and its values. Both are
    read in the order of their cases beside each other, each database being told so in its own way."""
    first, last = word.first, word.last
    if word.also is None:
        return f"SELECT case_id FROM case_gram WHERE {_within(first, last)}", [*_bounds(first, last)]  # noqa: S608
    if is_postgres():
        text = (
            "SELECT a.case_id FROM case_gram AS a JOIN case_gram AS b USING (case_id) "  # noqa: S608 - marks only
            f"WHERE a.{_within(first, last)} AND b.{_within(*word.also)}"
        )
    else:
        each = "SELECT case_id FROM case_gram WHERE {}"
        text = f"{each.format(_within(first, last))} INTERSECT {each.format(_within(*word.also))} ORDER BY case_id"
    return text, [*_bounds(first, last), *_bounds(*word.also)]


def postings(each: Word, few: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    """SQL of a table of the cases that may have the word (to be checked with `says`), and its values: the newest first,
    which have open tasks, where the index has them in their order. Without a limit SQLite would not heed it. A range
    may name a case twice, and is read whole to see that: first a few of its index rows, for whom they are enough."""
    within, bounds = f"FROM case_gram WHERE {_within(each.first, each.last)}", _bounds(each.first, each.last)
    if _one((each.first, each.last)):
        yield f"(SELECT case_id {within} ORDER BY case_id DESC LIMIT {_ALL})", bounds
        return
    last = f"SELECT case_id {within} ORDER BY gram DESC, case_id DESC LIMIT {few:d}"
    yield f"(SELECT DISTINCT case_id FROM ({last}) AS last)", bounds  # noqa: S608
    yield f"(SELECT DISTINCT case_id {within})", bounds


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
    return least.rare or _counts([(least.first, least.last)], _FEW)[0] >= 0


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
