"""Figures: counting the records by day in the database's own words, keeping the sums, adding them up.

Days are those of Japan, which keeps one time all year: nine hours before UTC. Whatever is counted of a day belongs to
cases that changed on that day or later, so that the last days are counted again without reading all cases.

Beside the sums of days stand those of whole months, their kinds marked (`m:used`, day `2026-04`): a year is twelve of
them, however many days something happened on.
"""

# ruff: noqa: S608 - every name in these texts is one of our own; values go as parameters

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from peewee import fn

from app.store.database import UtcField, is_postgres, proxy
from app.store.models import Answer, Figure, FigureState

Row = tuple[Any, ...]
LONGEST = 160
MARK = "m:"  # of kinds whose rows are whole months
MONTHS = "months"
_UTC = UtcField()


def _day(column: str) -> str:
    if is_postgres():
        return f"to_char({column} + interval '9 hours', 'YYYY-MM-DD')"
    return f"date({column}, '+9 hours')"


def _date(column: str) -> str:
    return f"to_char({column}, 'YYYY-MM-DD')" if is_postgres() else column


def _json(column: str, key: str) -> str:
    """A text of a JSON object; `key` is a name of a form's field: letters, digits, underscores."""
    if not key.isidentifier():
        raise ValueError(key)
    return f"({column}::json ->> '{key}')" if is_postgres() else f"json_extract({column}, '$.{key}')"


def _ask(sql: str, *values: Any) -> list[Row]:
    mark = proxy.obj.param
    return [tuple(row) for row in proxy.obj.execute_sql(sql.replace("?", mark), values).fetchall()]


def _since(column: str, since: datetime | None) -> tuple[str, list[Any]]:
    return (f" AND {column} >= ?", [_UTC.db_value(since)]) if since is not None else ("", [])


def _both(column: str, since: datetime | None) -> tuple[str, list[Any]]:
    """Of cases that changed since then, and what is itself no older."""
    if since is None:
        return "", []
    at = _UTC.db_value(since)
    return f" AND c.changed_at >= ? AND {column} >= ?", [at, at]


def _both_days(column: str, since: datetime | None, day: date | None) -> tuple[str, list[Any]]:
    if since is None or day is None:
        return "", []
    return f" AND c.changed_at >= ? AND {column} >= ?", [_UTC.db_value(since), day if is_postgres() else str(day)]


def _since_day(column: str, since: date | None) -> tuple[str, list[Any]]:
    return (f" AND {column} >= ?", [since if is_postgres() else str(since)]) if since is not None else ("", [])


def applied(since: datetime | None) -> list[Row]:
    """Applications by package and day: (package, day, n)."""
    more, values = _since("c.created_at", since)
    return _ask(
        f'SELECT c.package_id, {_day("c.created_at")}, COUNT(*) FROM "case" c WHERE 1 = 1{more} GROUP BY 1, 2', *values
    )


def standings(since: datetime | None) -> list[Row]:
    """(package, day, standing, n): how many cases came to stand so."""
    more, values = _both("e.at", since)
    return _ask(
        f"SELECT c.package_id, {_day('e.at')}, e.title, COUNT(DISTINCT e.case_id) "
        f"FROM \"case\" c JOIN entry e ON e.case_id = c.id AND e.kind = 'state' WHERE 1 = 1{more} GROUP BY 1, 2, 3",
        *values,
    )


def clocks(since: datetime | None, day: date | None) -> list[Row]:
    """(package, day, guideline, limit, used, n) of guidelines that ended."""
    more, values = _both_days("k.ended_on", since, day)
    return _ask(
        f"SELECT c.package_id, {_date('k.ended_on')}, k.guideline, k.limit_days, k.used, COUNT(*) "
        f'FROM "case" c JOIN clock k ON k.case_id = c.id WHERE k.ended_on IS NOT NULL{more} GROUP BY 1, 2, 3, 4, 5',
        *values,
    )


def tasks(since: datetime | None) -> list[Row]:
    """(package, element, side, day opened, day done, n) of tasks that were done."""
    more, values = _both("t.closed_at", since)
    return _ask(
        f"SELECT c.package_id, t.element, t.side, {_day('t.opened_at')}, {_day('t.closed_at')}, COUNT(*) "
        f"FROM \"case\" c JOIN task t ON t.case_id = c.id WHERE t.state = 'done'{more} GROUP BY 1, 2, 3, 4, 5",
        *values,
    )


def judged(element: str, field: str, since: datetime | None) -> list[Row]:
    """(package, day, what was chosen in the field, n) of a step of the body."""
    more, values = _both("t.closed_at", since)
    chosen = _json('a."values"', field)
    return _ask(
        f"SELECT c.package_id, {_day('t.closed_at')}, {chosen}, COUNT(*) FROM \"case\" c "
        "JOIN task t ON t.case_id = c.id JOIN answer a ON a.id = t.answer_id "
        f"WHERE t.element = ? AND t.state = 'done'{more} GROUP BY 1, 2, 3",
        element, *values,
    )  # fmt: skip


def returned(since: datetime | None) -> list[Row]:
    """(package, day, element, answer's row id): each task of the body after which the vendor has a task once more."""
    more, values = _both("o.closed_at", since)
    return _ask(
        f'SELECT DISTINCT c.package_id, {_day("o.closed_at")}, o.element, o.answer_id, o.id FROM "case" c '
        "JOIN task o ON o.case_id = c.id AND o.side = 'operator' AND o.state = 'done' "
        "JOIN task v ON v.case_id = o.case_id AND v.side = 'vendor' AND v.opened_at = o.closed_at "
        "WHERE EXISTS (SELECT 1 FROM task p WHERE p.case_id = v.case_id AND p.element = v.element "
        f"AND p.state = 'done' AND p.id <> v.id AND p.closed_at <= v.opened_at){more}",
        *values,
    )


def points(since: datetime | None) -> list[Row]:
    """(package, day, element, where, n) of points that reviewers pinned and sent."""
    more, values = _both("m.at", since)
    return _ask(
        f'SELECT c.package_id, {_day("m.at")}, m.review_element, m.place, COUNT(*) FROM "case" c '
        f"JOIN comment m ON m.case_id = c.id WHERE m.state NOT IN ('draft', 'dropped'){more} GROUP BY 1, 2, 3, 4",
        *values,
    )


def passed(element: str, since: datetime | None) -> list[Row]:
    """(package, day, n): how often the element was entered, whether a person's or the portal's."""
    more, values = _both("j.created_at", since)
    of_jobs = _ask(
        f"SELECT c.package_id, {_day('j.created_at')}, COUNT(*) FROM \"case\" c JOIN job j ON j.case_id = c.id "
        f"WHERE j.element = ? AND j.task_id <> ''{more} GROUP BY 1, 2",
        element, *values,
    )  # fmt: skip
    more, values = _both("t.opened_at", since)
    return of_jobs + _ask(
        f"SELECT c.package_id, {_day('t.opened_at')}, COUNT(*) FROM \"case\" c JOIN task t ON t.case_id = c.id "
        f"WHERE t.element = ?{more} GROUP BY 1, 2",
        element, *values,
    )  # fmt: skip


def invoiced(since: date | None) -> list[Row]:
    """(package, day, fee, n, yen) of invoices that stand."""
    more, values = _since_day("i.issued_on", since)
    return _ask(
        f"SELECT c.package_id, {_date('i.issued_on')}, i.fee, COUNT(*), SUM(i.total) FROM invoice i "
        f"JOIN \"case\" c ON c.id = i.case_id WHERE i.state <> 'cancelled'{more} GROUP BY 1, 2, 3",
        *values,
    )


def received(since: date | None) -> list[Row]:
    """(package, day, fee, n, yen) of money that came in and was not undone."""
    more, values = _since_day("p.paid_on", since)
    return _ask(
        f"SELECT c.package_id, {_date('p.paid_on')}, i.fee, COUNT(*), SUM(p.amount) FROM payment p "
        'JOIN invoice i ON i.id = p.invoice_id JOIN "case" c ON c.id = i.case_id '
        f"WHERE p.undone_at IS NULL AND p.kind = 'received'{more} GROUP BY 1, 2, 3",
        *values,
    )


# As it stands now


def stages() -> list[Row]:
    """(package, stage, turn, n) of open cases."""
    return _ask('SELECT package_id, stage, turn, COUNT(*) FROM "case" WHERE NOT ended GROUP BY 1, 2, 3')


def resting(today: date) -> list[Row]:
    """(package, element, since which day, overdue: 0 or 1, n) of what waits at an element: people's tasks and work."""
    late = "CASE WHEN t.due_on < ? THEN 1 ELSE 0 END"
    rows = _ask(
        f"SELECT c.package_id, t.element, {_day('t.opened_at')}, {late}, COUNT(*) FROM task t "
        "JOIN \"case\" c ON c.id = t.case_id WHERE t.state = 'open' GROUP BY 1, 2, 3, 4",
        today if is_postgres() else str(today),
    )
    return rows + _ask(
        f"SELECT c.package_id, j.element, {_day('j.created_at')}, 0, COUNT(*) FROM job j "
        "JOIN \"case\" c ON c.id = j.case_id WHERE j.state IN ('queued', 'running', 'parked', 'incident') "
        "AND j.task_id <> '' GROUP BY 1, 2, 3, 4"
    )


def timers() -> list[Row]:
    """(package, element, day on which it is due, n) of what waits for its time."""
    return _ask(
        f"SELECT c.package_id, t.element, {_day('t.due_at')}, COUNT(*) FROM timer t "
        'JOIN "case" c ON c.id = t.case_id WHERE NOT c.ended GROUP BY 1, 2, 3'
    )


# The sums


def keep(rows: Iterable[Sequence[Any]], since: str, at: datetime, day: str, closing: str) -> None:
    """Put these (kind, package, day, element, what, value, n, amount) in the place of all from the day `since` on
    ("" : of all), and of those of no day. Inside a transaction."""
    Figure.delete().where((Figure.day >= since) | (Figure.day == "")).execute()
    names = ("kind", "package_id", "day", "element", "what", "value", "n", "amount")
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(dict(zip(names, row, strict=True)))
        if len(batch) == 100:
            Figure.insert_many(batch).execute()
            batch = []
    if batch:
        Figure.insert_many(batch).execute()
    _keep_months(since[:7])
    said = {"at": at, "day": day, "closing": closing}
    for name in ("all",) if since else ("all", MONTHS):
        kept = FigureState.insert(name=name, **said)
        kept.on_conflict(conflict_target=[FigureState.name], update=said).execute()


def _keep_months(since: str) -> None:
    """Add the days of each month up, from the month `since` (YYYY-MM) on."""
    Figure.delete().where((Figure.day >= since) & (fn.SUBSTR(Figure.kind, 1, 2) == MARK)).execute()
    sql = (
        "INSERT INTO figure (kind, package_id, day, element, what, value, n, amount) "
        f"SELECT '{MARK}' || kind, package_id, substr(day, 1, 7), element, what, value, SUM(n), SUM(amount) "
        "FROM figure WHERE day >= ? AND day > '' AND "
        f"substr(kind, 1, 2) <> '{MARK}' GROUP BY 1, 2, 3, 4, 5, 6"
    )
    proxy.obj.execute_sql(sql.replace("?", proxy.obj.param), [since])


def state() -> FigureState | None:
    """Until when they were computed."""
    return FigureState.get_or_none(FigureState.name == "all")


def has_months() -> bool:
    """Whether whole months are there: not before all was counted once by a program that adds them up."""
    return FigureState.get_or_none(FigureState.name == MONTHS) is not None


def sums(kinds: Sequence[str], package: str, first: str, last: str, *, by_month: bool = False) -> list[Row]:
    """(kind, package, month or "", element, what, value, n, yen) of the days from `first` to `last`; of no day where
    both are empty. `package`: "" for all."""
    month = "substr(day, 1, 7)" if by_month else "''"
    parts: list[str] = []
    values: list[Any] = []

    def part(days: str, *between: str, mark: str = "") -> None:
        marks = ", ".join("?" * len(kinds))
        of_package = " AND package_id = ?" if package else ""
        parts.append(
            f"SELECT substr(kind, {len(mark) + 1}) AS kind, package_id, day, element, what, value, n, amount "
            f"FROM figure WHERE kind IN ({marks}) AND {days}{of_package}"
        )
        values.extend((*(mark + kind for kind in kinds), *between, *([package] if package else [])))

    whole = whole_months(first, last) if first and last and has_months() else None
    if not first and not last:
        part("day = ''")
    elif whole is None:
        part("day >= ? AND day <= ?", first, last)
    else:
        part("day >= ? AND day <= ?", *whole, mark=MARK)
        if first < whole[0] + "-01":
            part("day >= ? AND day < ?", first, whole[0])
        if last > whole[1] + "-31":
            part("day > ? AND day <= ?", whole[1] + "-31", last)
    return _ask(
        f"SELECT kind, package_id, {month}, element, what, value, SUM(n), SUM(amount) "
        f"FROM ({' UNION ALL '.join(parts)}) AS counted GROUP BY 1, 2, 3, 4, 5, 6",
        *values,
    )


def whole_months(first: str, last: str) -> tuple[str, str] | None:
    """The first and the last month (YYYY-MM) that lie wholly between these days (YYYY-MM-DD); None where none does."""
    begins, ends = date.fromisoformat(first), date.fromisoformat(last)
    after = begins.year * 12 + begins.month - 1 + (begins.day > 1)  # months since the year 0
    before = ends.year * 12 + ends.month - 1 - (ends.day < monthrange(ends.year, ends.month)[1])
    if after > before:
        return None
    return f"{after // 12:04}-{after % 12 + 1:02}", f"{before // 12:04}-{before % 12 + 1:02}"


def first_day() -> str:
    """The first day of which anything is counted; empty where nothing is."""
    found = _ask("SELECT MIN(day) FROM figure WHERE length(day) = 10")
    return str(found[0][0] or "")


def answers(ids: Sequence[int]) -> dict[int, Any]:
    """The values of these answers, by row id."""
    return {row.id: row.values for row in Answer.select(Answer.id, Answer.values).where(Answer.id.in_(list(ids)))}
