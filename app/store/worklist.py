"""The worklist's reading: exact counts from `tally`, and one page of rows by the index that reads least.

A page with a hundred thousand open tasks costs what it costs with a thousand: nothing here reads all of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from app.states import Side
from app.store import search, tally
from app.store.database import is_postgres, proxy
from app.store.models.lists import DUE
from app.store.search import Word
from app.store.tally import Lane
from app.text.fold import fold

SCOPES = ("mine", "group", "all")
MOST = 300  # found tasks that are counted; of more it is said that there are more
_OF_CASES = "task_case_id_state"  # the index by which few cases' tasks are found
_FEW = 4000  # rows that are cheaper looked through than searched for
# The order and the index that has it.
ORDERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "due": ("worklist_due", (DUE, "id")),
    "opened": ("worklist_opened", ("opened_at", "id")),
    "newest": ("worklist_opened", ("opened_at DESC", "id DESC")),
    "company": ("worklist_company", ("company_name", DUE, "id")),
    "element": ("worklist_element", ("element", DUE, "id")),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be listed. `users`: oneself and those one stands in for; `words` all have to be found."""

    side: Side
    scope: str  # mine | group | all
    users: tuple[int, ...]
    groups: tuple[str, ...]
    words: tuple[str, ...] = ()
    element: str = ""
    group: str = ""
    person: int | None = None  # who has it; 0: nobody has
    due_before: date | None = None
    order: str = "due"
    english: Mapping[str, str] = field(default_factory=dict)  # of titles: they are found in both languages
    cases: tuple[int, ...] | None = None  # of these alone, where some are meant


@dataclass(frozen=True)
class _Text:
    """What a search comes to: conditions on the row, the cases when they are few, titles that alone decide."""

    conditions: tuple[str, ...] = ()
    values: tuple[Any, ...] = ()
    cases: tuple[int, ...] | None = None
    word: Word | None = None  # one that cases alone can have, and many have
    titles: frozenset[str] | None = None


@dataclass(frozen=True)
class Found:
    """The counts of a list, and how to read it."""

    wanted: Wanted
    counts: dict[str, int]  # by scope
    elements: list[tuple[str, str, int]]  # (element, title, tasks) of the scope, most first
    groups: list[str]  # that have tasks in the scope
    total: int
    more: bool  # there are more than `total`
    _lanes: Sequence[Lane] = field(repr=False, default=())
    _chosen: Sequence[Lane] = field(repr=False, default=())
    _text: _Text | None = field(repr=False, default=None)


def find(wanted: Wanted) -> Found:
    """Count what is wanted."""
    lanes = tally.lanes(wanted.side)
    scoped = [lane for lane in lanes if _in_scope(lane, wanted, wanted.scope)]
    counts = {scope: sum(lane.n for lane in lanes if _in_scope(lane, wanted, scope)) for scope in SCOPES}
    kinds = tally.lanes(wanted.side, wanted.due_before.isoformat()) if wanted.due_before else scoped
    chosen = [lane for lane in kinds if _chooses(lane, wanted)]
    words = [word for each in wanted.words if (word := fold(each))]
    text = _text(words, chosen, wanted.english) if words else None
    if wanted.words and not words:  # signs alone: nothing is called so
        text = _Text(titles=frozenset())
    if wanted.cases is not None:
        text = _within(text or _Text(), wanted.cases)
    if text is not None and text.titles is not None:
        chosen = [lane for lane in chosen if lane.title in text.titles]
    found = Found(
        wanted=wanted,
        counts=counts,
        elements=_elements(scoped),
        groups=sorted({lane.grp for lane in scoped if lane.grp}),
        total=sum(lane.n for lane in chosen),
        more=False,
        _lanes=lanes,
        _chosen=chosen,
        _text=text,
    )
    if text is None or not (text.conditions or text.cases is not None):
        return found
    total = _count(found, text)
    return replace(found, total=min(total, MOST), more=total > MOST)


def _in_scope(lane: Lane, wanted: Wanted, scope: str) -> bool:
    if scope == "mine":
        return lane.assignee in wanted.users
    if scope == "group":
        return not lane.assignee and (not wanted.groups or lane.grp in wanted.groups or not lane.grp)
    return True


def _chooses(lane: Lane, wanted: Wanted) -> bool:
    return (
        _in_scope(lane, wanted, wanted.scope)
        and wanted.element in {"", lane.element}
        and wanted.group in {"", lane.grp}
        and wanted.person in {None, lane.assignee or 0}
    )


def _elements(lanes: Sequence[Lane]) -> list[tuple[str, str, int]]:
    counts: Counter[str] = Counter()
    titles: dict[str, str] = {}
    for lane in lanes:
        counts[lane.element] += lane.n
        titles[lane.element] = max(titles.get(lane.element, ""), lane.title)
    return [
        (element, titles[element], n) for element, n in sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    ]


# Searching


def _text(words: Sequence[str], lanes: Sequence[Lane], english: Mapping[str, str]) -> _Text:
    """A word is found in the case or in the task's title."""
    titles = {lane.title: fold(f"{lane.title} {english.get(lane.title, '')}") for lane in lanes}
    only_titles: frozenset[str] | None = None
    conditions: list[str] = []
    values: list[Any] = []
    alone: list[Word] = []
    for each in map(search.word, words):
        fitting = [title for title, even in titles.items() if each.text in even]
        if not each.postings:
            only_titles = frozenset(fitting) if only_titles is None else only_titles & frozenset(fitting)
            continue
        if not fitting:
            alone.append(each)
            continue
        conditions.append(f"({search.says('task.case_id')} OR title IN ({_marks(fitting)}))")
        values += [each.text, *fitting]
    rarest = search.rarest(alone)
    if rarest is not None and rarest.rare:  # these cases say each of them
        return _Text(tuple(conditions), tuple(values), tuple(search.cases_with(alone)), None, only_titles)
    conditions += [search.says("task.case_id") for _ in alone]
    values += [each.text for each in alone]
    return _Text(tuple(conditions), tuple(values), None, rarest, only_titles)


def _within(text: _Text, cases: tuple[int, ...]) -> _Text:
    """The same, of these cases alone."""
    either = cases if text.cases is None else tuple(sorted(set(cases).intersection(text.cases)))
    return replace(text, cases=either, word=None)


def _count(found: Found, text: _Text) -> int:
    """How many there are, at most MOST + 1."""
    conditions, values = _conditions(found, text)
    mark = proxy.obj.param
    if text.cases is not None:
        if not text.cases:
            return 0
        place = f"task{_hint(_OF_CASES)}"
    elif text.word is not None and found.total > _FEW:
        join = "CROSS JOIN" if not is_postgres() else "JOIN"  # SQLite: in this order
        on = "WHERE" if not is_postgres() else "ON"
        count = 0
        for table, bounds in search.postings(text.word, _FEW):
            place = f"{table} AS may {join} task {on} task.case_id = may.case_id AND"
            count = int(
                proxy.obj.execute_sql(
                    f"SELECT COUNT(*) FROM (SELECT 1 FROM {place} {conditions} LIMIT {mark}) AS hits",  # noqa: S608
                    [*bounds, *values, MOST + 1],
                ).fetchone()[0]
            )
            if count > MOST:
                break
        return count
    else:
        place = f"task{_hint(_way(found, text, MOST + 1).index)}"
    cursor = proxy.obj.execute_sql(
        f"SELECT COUNT(*) FROM (SELECT 1 FROM {place} WHERE {conditions} LIMIT {mark}) AS hits",  # noqa: S608
        [*values, MOST + 1],
    )
    return int(cursor.fetchone()[0])


# Reading


@dataclass(frozen=True, slots=True)
class _Way:
    """An index to read by: entries under what it is asked for, and whether they lie in the list's order."""

    index: str
    under: int
    ordered: bool


def page(found: Found, limit: int, offset: int) -> list[str]:
    """The ids of one page, in order."""
    text, order = found._text, ORDERS.get(found.wanted.order, ORDERS["due"])[1]
    limit = min(limit, found.total - offset)
    if limit <= 0:
        return []
    backwards = not found.more and offset > found.total // 2  # the far end is nearer from behind
    if backwards:
        order, offset = tuple(_turned(term) for term in order), found.total - offset - limit
    conditions, values = _conditions(found, text)
    mark = proxy.obj.param
    if text is not None and text.cases is not None:
        place = f"task{_hint(_OF_CASES)} WHERE {conditions}"
        if is_postgres():  # first these cases' tasks, or it may walk through all tasks in the order of the list
            place = f"(SELECT * FROM {place} OFFSET 0) AS task"  # noqa: S608
    else:
        place = f"task{_hint(_way(found, text, offset + limit).index)} WHERE {conditions}"
    cursor = proxy.obj.execute_sql(
        f"SELECT id FROM {place} ORDER BY {', '.join(order)} "  # noqa: S608 - names of our own
        f"LIMIT {mark} OFFSET {mark}",
        [*values, limit, offset],
    )
    ids = [row[0] for row in cursor.fetchall()]
    return ids[::-1] if backwards else ids


def _turned(term: str) -> str:
    return term.removesuffix(" DESC") if term.endswith(" DESC") else f"{term} DESC"


def _hint(index: str) -> str:
    return f" INDEXED BY {index}" if index and not is_postgres() else ""  # PostgreSQL knows by its statistics


def _way(found: Found, text: _Text | None, needed: int) -> _Way:
    """The index that reads least: in the list's order until enough is found, or all under a narrower one."""
    wanted, lanes = found.wanted, found._lanes
    by_due = wanted.order not in ORDERS or wanted.order == "due"
    ways = [_Way(ORDERS.get(wanted.order, ORDERS["due"])[0], _sum(lanes, lambda _: True), ordered=True)]
    if wanted.scope == "mine":
        under = _sum(lanes, lambda lane: lane.assignee in wanted.users)
        ways.append(_Way("worklist_person", under, by_due and len(set(wanted.users)) == 1))
    elif wanted.scope == "group":
        ways.append(_Way("worklist_person", _sum(lanes, lambda lane: not lane.assignee), by_due))
    if wanted.person is not None:
        under = _sum(lanes, lambda lane: (lane.assignee or 0) == wanted.person)
        ways.append(_Way("worklist_person", under, by_due))
    elements = _named(found, text)
    if elements:
        under = _sum(lanes, lambda lane: lane.element in elements)
        ways.append(_Way("worklist_element", under, len(elements) == 1 and wanted.order in {"due", "element"}))
    matching = max(1, found.total)

    def reads(way: _Way) -> float:
        return min(way.under, needed * way.under / matching) if way.ordered else way.under * 2.0

    return min(ways, key=reads)


def _named(found: Found, text: _Text | None) -> set[str]:
    """The elements that the list is narrowed to; none when it is not."""
    if found.wanted.element or (text is not None and text.titles is not None):
        return {lane.element for lane in found._chosen}
    return set()


def _sum(lanes: Sequence[Lane], fits: Callable[[Lane], bool]) -> int:
    return sum(lane.n for lane in lanes if fits(lane))


def _conditions(found: Found, text: _Text | None) -> tuple[str, list[Any]]:
    wanted, mark = found.wanted, proxy.obj.param
    parts, values = ["task.state = 'open'", f"side = {mark}"], [wanted.side.value]  # the state as in the indexes

    def add(part: str, *given: Any) -> None:
        parts.append(part)
        values.extend(given)

    if wanted.scope == "mine":
        if len(set(wanted.users)) == 1:
            add(f"assignee_id = {mark}", wanted.users[0])
        else:
            add(f"assignee_id IN ({_marks(wanted.users)})", *wanted.users)
    elif wanted.scope == "group":
        add("assignee_id IS NULL")
        if wanted.groups:
            add(f"grp IN ({_marks([*wanted.groups, ''])})", *wanted.groups, "")
    if wanted.person:
        add(f"assignee_id = {mark}", wanted.person)
    elif wanted.person is not None:
        add("assignee_id IS NULL")
    elements = sorted(_named(found, text))
    if len(elements) == 1:
        add(f"element = {mark}", elements[0])
    elif elements:
        add(f"element IN ({_marks(elements)})", *elements)
    if wanted.group:
        add(f"grp = {mark}", wanted.group)
    if wanted.due_before:
        add(f"{DUE} <= {mark}", wanted.due_before.isoformat())
    if text is None:
        return " AND ".join(parts), values
    if text.titles is not None:
        add(f"title IN ({_marks(text.titles)})", *text.titles)
    if text.cases is not None and is_postgres():  # as one value, however many they are
        add(f"task.case_id = ANY({mark})", list(text.cases))
    elif text.cases is not None:
        add(f"task.case_id IN ({_marks(text.cases)})", *text.cases)
    parts += text.conditions
    return " AND ".join(parts), [*values, *text.values]


def _marks(values: Any) -> str:
    return ", ".join([proxy.obj.param] * len(values)) or "NULL"
