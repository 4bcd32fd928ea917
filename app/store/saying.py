"""Rows that say the words of a search: tasks by their titles and their cases, others by looking through so many."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from operator import and_
from typing import Any

from peewee import SQL, NodeList

from app.states import Side
from app.store import search
from app.store.database import is_postgres, proxy
from app.store.models import Case, Company, Task, User
from app.store.search import Word
from app.text.fold import fold, words

_LISTED = 10_000  # rows that a search in a table gives
_LOOKED_AT = 200_000  # rows of a table
_TITLES = 2000  # different titles of tasks that are looked through
_FEW = 4000  # tasks that are cheaper named than all are walked through in the order of a list


# Tasks


def of_task(text: str) -> Any:
    """The condition that every word of the text is said in the task's title or found in its case, for queries over
    Task; none where there are more titles than are looked through (each item of many has one of its own)."""
    titles = _titles()
    if len(titles) > _TITLES:
        return None
    even = {title: fold(title) for title in titles}
    found = [
        _says(word, [title for title in titles if word.text in even[title]]) for word in map(search.word, words(text))
    ]
    return reduce(and_, found) if found else SQL("1 = 0")


def _titles() -> list[str]:
    """The titles that tasks have, at most one more than are looked through: each is found behind the one before it,
    by the index."""
    cursor = proxy.obj.execute_sql(
        "WITH RECURSIVE known(title) AS (SELECT MIN(title) FROM task UNION ALL "  # noqa: S608 - a mark only
        "SELECT (SELECT MIN(title) FROM task WHERE title > known.title) FROM known WHERE known.title IS NOT NULL) "
        f"SELECT title FROM known WHERE title IS NOT NULL LIMIT {proxy.obj.param}",
        (_TITLES + 1,),
    )
    return [row[0] for row in cursor.fetchall()]


def _says(word: Word, titles: Sequence[str]) -> Any:
    """The condition that a task has one of these titles, or its case has the word."""
    if not titles and not word.postings:
        return SQL("1 = 0")
    if len(titles) == 1 and not word.postings:
        return Task.title == titles[0]  # the index has its tasks in the order of the list
    if not word.postings or search.few([word]):
        parts, values = _ids(word, titles)
        mark = proxy.obj.param
        counted = f"SELECT COUNT(*) FROM (SELECT 1 FROM ({' UNION ALL '.join(parts)}) AS ids LIMIT {mark}) AS hits"  # noqa: S608
        if proxy.obj.execute_sql(counted, [*values, _FEW]).fetchone()[0] < _FEW:
            return search.within(Task.id, " UNION ".join(parts), values)
    # Many: asked of each task in the order of the list. A plus keeps SQLite from reading and sorting all that fit.
    title = Task.title if is_postgres() else NodeList((SQL("+"), Task.title), glue="")
    said = [title.in_(titles)] if titles else []
    if word.postings:
        said.append(search.and_said(Task.case, [word]))
    return said[0] if len(said) == 1 else said[0] | said[1]


def _ids(word: Word, titles: Sequence[str]) -> tuple[list[str], list[Any]]:
    """SQL of the keys of these tasks, a part by their titles and one by their cases, and its values."""
    parts, values = [], list[Any]()
    if titles:
        parts.append(f"SELECT id FROM task WHERE title IN ({', '.join([proxy.obj.param] * len(titles))})")  # noqa: S608
        values += titles
    if word.postings:
        text, of_cases = search.with_every([word])
        parts.append(f"SELECT id FROM task WHERE case_id IN ({text})")  # noqa: S608
        values += of_cases
    return parts, values


# Others


def teller(text: str) -> Callable[[Iterable[Any]], bool]:
    """Tells whether every word of the text is said in one of some values; nothing says a text of signs alone."""
    wanted = words(text)
    known: dict[str, str] = {}  # titles and names come again and again

    def even(value: str) -> str:
        found = known.get(value)
        if found is None:
            found = known[value] = fold(value)
        return found

    def said(values: Iterable[Any]) -> bool:
        folded = [even(str(each)) for each in values if each]
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
    of_cases = (
        Case.select(Case.company).where(search.said_of_case(text) & Case.company.is_null(False)).distinct().limit(most)
    )
    said = teller(text)
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
    key, says_it = model._meta.primary_key, teller(text)
    found = []
    query = model.select(key, *fields).order_by(key.desc()).limit(most)
    rows = (query.where(where) if where is not None else query).tuples().iterator()
    for own, *said in rows:
        if says_it(said):
            found.append(own)
            if len(found) == _LISTED:
                break
    return found
