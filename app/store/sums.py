"""Figures: the sums that `counted` gives, kept by day and added up.

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

from app.store.counted import Row, ask
from app.store.database import proxy
from app.store.models import Figure, FigureState

MARK = "m:"  # of kinds whose rows are whole months
MONTHS = "months"


# As it stands now


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
    return ask(
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
    found = ask("SELECT MIN(day) FROM figure WHERE length(day) = 10")
    return str(found[0][0] or "")
