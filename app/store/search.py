"""Finding cases by a part of what they are known by: an index of three letters, on any database.

Letters are folded first (`text.fold`): width, case, kana and variants of kanji are found alike. Three letters are one
number (21 bits each), zero behind the end: a word of one or two letters is a range of numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_
from typing import Any

from peewee import SQL, fn

from app.states import Side
from app.store.database import is_postgres, proxy
from app.store.models import Case, CaseGram, CaseText, Company, User
from app.text.fold import VERSION, fold, words

BREAK = "\n"  # between the parts
_BITS = 21
_RARE = 2000
_LISTED = 10_000  # cases that are named one by one in a query; rows that a search in a table gives
_LOOKED_AT = 200_000  # rows of a table
_SAMPLES = (200, 2500)  # index rows that are counted before a word is called common
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
    """How many cases wait to be folded by today's rules: until then a search may pass them over."""
    return int(CaseText.select().where(_otherwise()).count())


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
    """The condition that every word of the text is found in the case, for queries over Case; none for an empty text."""
    if not text.strip():
        return None
    found = [word(each) for each in words(text)]
    if not found:  # signs alone
        return SQL("1 = 0")
    least = min(found, key=lambda each: each.postings)
    if least.rare or _postings(least.first, least.last, _LISTED) < _LISTED:
        return Case.id.in_(cases_with(found))
    place = fn.STRPOS if is_postgres() else fn.INSTR
    own = CaseText.select(CaseText.case).where(CaseText.case == Case.id)
    return reduce(and_, (fn.EXISTS(own.where(place(CaseText.text, each.text) > 0)) for each in found))


def saying(text: str) -> Callable[[Iterable[Any]], bool]:
    """Tells whether every word of the text is said in one of some values; nothing says a text of signs alone."""
    wanted = words(text)

    def said(values: Iterable[Any]) -> bool:
        folded = [fold(str(each)) for each in values if each]
        return bool(wanted) and all(any(each in part for part in folded) for each in wanted)

    return said


def accounts_said(text: str, most: int) -> list[int]:
    """Accounts of this name or address: of the body all, of others the newest so many, and whose address it is."""
    account: Any = User
    fields = [account.name, account.email]
    found = dict.fromkeys(rows_said(account, fields, text, most, account.side == Side.OPERATOR))
    found |= dict.fromkeys(rows_said(account, fields, text, most, account.side != Side.OPERATOR))
    found |= {row.id: None for row in account.select(account.id).where(account.email == text)}
    return list(found)


def companies_said(text: str, most: int) -> list[int]:
    """Companies of this name, kana or number: the newest so many, and those of cases that are found by it."""
    company: Any = Company
    fields = [company.name, company.kana, company.corporate_number]
    found = dict.fromkeys(rows_said(company, fields, text, most))
    of_cases = Case.select(Case.company).where(said_of_case(text) & Case.company.is_null(False)).distinct().limit(most)
    said = saying(text)
    for own, *values in company.select(company.id, *fields).where(company.id.in_(of_cases)).tuples():
        if said(values):
            found[own] = None
    return list(found)


def rows_said(
    model: Any, fields: Sequence[Any], text: str, most: int = _LOOKED_AT, where: Any = None
) -> list[Any]:  # fmt: skip
    """Keys of the rows of a table of which every word of the text is said in one of these fields, newest first.

    Reads the newest `most` rows and folds them: for tables that a person looks through now and then.
    """
    key, says_it = model._meta.primary_key, saying(text)
    found = []
    query = model.select(key, *fields).order_by(key.desc()).limit(most)
    rows = (query.where(where) if where is not None else query).tuples().iterator()
    for own, *said in rows:
        if says_it(said):
            found.append(own)
            if len(found) == _LISTED:
                break
    return found
