"""The worklist's first page and filters with a thousand and with a hundred thousand open tasks.

python -m tests.bench.worklist
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from app.engine import Evaluator
from app.services import worklist
from app.services.worklist import Filter
from app.store import cases, database
from app.store.models import Task
from tests.bench.service_step import Services

SIZES = (1_000, 100_000)
FILTERS: dict[str, Filter] = {
    "group, first page": Filter(),
    "mine": Filter(scope="mine"),
    "all": Filter(scope="all"),
    "all, page 10": Filter(scope="all", page=10),
    "one kind of task": Filter(scope="all", element="t3"),
    "overdue": Filter(scope="all", due="overdue"),
    "search by number": Filter(scope="all", text="2026-00007"),
    "newest first": Filter(scope="all", order="newest"),
}


def fill(case: int, count: int) -> None:
    """Open tasks as they come about, many at once."""
    now, day = datetime(2026, 4, 1, tzinfo=UTC), date(2026, 4, 1)
    rows = [
        {
            "id": f"bench-{case}-{n}",
            "case": case,
            "element": f"t{n % 30 + 1}",
            "process": "thirty",
            "title": f"Task {n % 30}",
            "side": "operator",
            "grp": ("review", "accounting", "")[n % 3],
            "opened_at": now,
            "due_on": day + timedelta(days=n % 400),
            "assignee": 1 if n % 50 == 0 else None,
            "data": {},
            "case_number": f"2026-{n:05d}",
            "company_name": f"Company {n}",
            "system_name": f"System {n}",
        }
        for n in range(count)
    ]
    with database.transaction():
        for start in range(0, count, 500):
            Task.insert_many(rows[start : start + 500]).execute()


def measured(run: Callable[[], object], times: int = 7) -> float:
    """Median seconds."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        run()
        found.append(time.perf_counter() - began)
    return statistics.median(found)


def main() -> None:
    evaluator = Evaluator()
    try:
        table: dict[str, list[float]] = {name: [] for name in FILTERS}
        for size in SIZES:
            with tempfile.TemporaryDirectory() as folder:
                services = Services(Path(folder), evaluator, scripts=False)
                case = services.case()
                fill(case, size)
                with database.connection():
                    assert cases.by_id(case) is not None
                    database.proxy.obj.execute_sql("ANALYZE")
                for name, wanted in FILTERS.items():
                    table[name].append(
                        measured(
                            lambda wanted=wanted: worklist.page(  # type: ignore[misc]
                                services.portal, services.actor, wanted
                            )
                        )
                    )
        for name, (small, large) in table.items():
            print(f"  {name:22} {small * 1000:8.2f} ms  {large * 1000:8.2f} ms   ratio {large / small:6.2f}")
    finally:
        evaluator.close()


if __name__ == "__main__":
    main()
