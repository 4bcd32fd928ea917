"""What happened, counted by day in the database's own words: what the sums of the figures are made of.

Days are those of Japan, which keeps one time all year: nine hours before UTC. Whatever is counted of a day belongs to
cases that changed on that day or later, so that the last days are counted again without reading all cases."""

# ruff: noqa: S608 - every name in these texts is one of our own; values go as parameters

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from app.store.database import is_postgres, proxy
from app.store.fields import UtcField
from app.store.models import Answer

Row = tuple[Any, ...]


LONGEST = 160


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


def ask(sql: str, *values: Any) -> list[Row]:
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
    return ask(
        f'SELECT c.package_id, {_day("c.created_at")}, COUNT(*) FROM "case" c WHERE 1 = 1{more} GROUP BY 1, 2', *values
    )


def standings(since: datetime | None) -> list[Row]:
    """(package, day, standing, n): how many cases came to stand so."""
    more, values = _both("e.at", since)
    return ask(
        f"SELECT c.package_id, {_day('e.at')}, e.title, COUNT(DISTINCT e.case_id) "
        f"FROM \"case\" c JOIN entry e ON e.case_id = c.id AND e.kind = 'state' WHERE 1 = 1{more} GROUP BY 1, 2, 3",
        *values,
    )


def clocks(since: datetime | None, day: date | None) -> list[Row]:
    """(package, day, guideline, limit, used, n) of guidelines that ended."""
    more, values = _both_days("k.ended_on", since, day)
    return ask(
        f"SELECT c.package_id, {_date('k.ended_on')}, k.guideline, k.limit_days, k.used, COUNT(*) "
        f'FROM "case" c JOIN clock k ON k.case_id = c.id WHERE k.ended_on IS NOT NULL{more} GROUP BY 1, 2, 3, 4, 5',
        *values,
    )


def tasks(since: datetime | None) -> list[Row]:
    """(package, element, side, day opened, day done, n) of tasks that were done."""
    more, values = _both("t.closed_at", since)
    return ask(
        f"SELECT c.package_id, t.element, t.side, {_day('t.opened_at')}, {_day('t.closed_at')}, COUNT(*) "
        f"FROM \"case\" c JOIN task t ON t.case_id = c.id WHERE t.state = 'done'{more} GROUP BY 1, 2, 3, 4, 5",
        *values,
    )


def judged(element: str, field: str, since: datetime | None) -> list[Row]:
    """(package, day, what was chosen in the field, n) of a step of the body."""
    more, values = _both("t.closed_at", since)
    chosen = _json('a."values"', field)
    return ask(
        f"SELECT c.package_id, {_day('t.closed_at')}, {chosen}, COUNT(*) FROM \"case\" c "
        "JOIN task t ON t.case_id = c.id JOIN answer a ON a.id = t.answer_id "
        f"WHERE t.element = ? AND t.state = 'done'{more} GROUP BY 1, 2, 3",
        element, *values,
    )  # fmt: skip


def returned(since: datetime | None) -> list[Row]:
    """(package, day, element, answer's row id): each task of the body after which the vendor has a task once more."""
    more, values = _both("o.closed_at", since)
    return ask(
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
    return ask(
        f'SELECT c.package_id, {_day("m.at")}, m.review_element, m.place, COUNT(*) FROM "case" c '
        f"JOIN comment m ON m.case_id = c.id WHERE m.state NOT IN ('draft', 'dropped'){more} GROUP BY 1, 2, 3, 4",
        *values,
    )


def passed(element: str, since: datetime | None) -> list[Row]:
    """(package, day, n): how often the element was entered, whether a person's or the portal's."""
    more, values = _both("j.created_at", since)
    of_jobs = ask(
        f"SELECT c.package_id, {_day('j.created_at')}, COUNT(*) FROM \"case\" c JOIN job j ON j.case_id = c.id "
        f"WHERE j.element = ? AND j.task_id <> ''{more} GROUP BY 1, 2",
        element, *values,
    )  # fmt: skip
    more, values = _both("t.opened_at", since)
    return of_jobs + ask(
        f"SELECT c.package_id, {_day('t.opened_at')}, COUNT(*) FROM \"case\" c JOIN task t ON t.case_id = c.id "
        f"WHERE t.element = ?{more} GROUP BY 1, 2",
        element, *values,
    )  # fmt: skip


def invoiced(since: date | None) -> list[Row]:
    """(package, day, fee, n, yen) of invoices that stand."""
    more, values = _since_day("i.issued_on", since)
    return ask(
        f"SELECT c.package_id, {_date('i.issued_on')}, i.fee, COUNT(*), SUM(i.total) FROM invoice i "
        f"JOIN \"case\" c ON c.id = i.case_id WHERE i.state <> 'cancelled'{more} GROUP BY 1, 2, 3",
        *values,
    )


def received(since: date | None) -> list[Row]:
    """(package, day, fee, n, yen) of money that came in and was not undone."""
    more, values = _since_day("p.paid_on", since)
    return ask(
        f"SELECT c.package_id, {_date('p.paid_on')}, i.fee, COUNT(*), SUM(p.amount) FROM payment p "
        'JOIN invoice i ON i.id = p.invoice_id JOIN "case" c ON c.id = i.case_id '
        f"WHERE p.undone_at IS NULL AND p.kind = 'received'{more} GROUP BY 1, 2, 3",
        *values,
    )


def stages() -> list[Row]:
    """(package, stage, turn, n) of open cases."""
    return ask('SELECT package_id, stage, turn, COUNT(*) FROM "case" WHERE NOT ended GROUP BY 1, 2, 3')


def resting(today: date) -> list[Row]:
    """(package, element, since which day, overdue: 0 or 1, n) of what waits at an element: people's tasks and work."""
    late = "CASE WHEN t.due_on < ? THEN 1 ELSE 0 END"
    rows = ask(
        f"SELECT c.package_id, t.element, {_day('t.opened_at')}, {late}, COUNT(*) FROM task t "
        "JOIN \"case\" c ON c.id = t.case_id WHERE t.state = 'open' GROUP BY 1, 2, 3, 4",
        today if is_postgres() else str(today),
    )
    return rows + ask(
        f"SELECT c.package_id, j.element, {_day('j.created_at')}, 0, COUNT(*) FROM job j "
        "JOIN \"case\" c ON c.id = j.case_id WHERE j.state IN ('queued', 'running', 'parked', 'incident') "
        "AND j.task_id <> '' GROUP BY 1, 2, 3, 4"
    )


def timers() -> list[Row]:
    """(package, element, day on which it is due, n) of what waits for its time."""
    return ask(
        f"SELECT c.package_id, t.element, {_day('t.due_at')}, COUNT(*) FROM timer t "
        'JOIN "case" c ON c.id = t.case_id WHERE NOT c.ended GROUP BY 1, 2, 3'
    )


def answers(ids: Sequence[int]) -> dict[int, Any]:
    """The values of these answers, by row id."""
    return {row.id: row.values for row in Answer.select(Answer.id, Answer.values).where(Answer.id.in_(list(ids)))}
