"""The worklist's first page and filters with a thousand and with a hundred thousand open tasks.

Nearly every list fills its page in both, so that the same number of rows is made up.

    python -m tests.bench.worklist
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from app.engine import Evaluator
from app.services.pages import worklist
from app.services.pages.worklist import Filter
from app.store import database, search, tally
from app.store.database import proxy
from app.store.grams import grams
from app.store.models import Case, CaseText, Task
from app.text.fold import VERSION
from tests.bench.service_step import Services

SIZES = (1_000, 100_000)
FILTERS: dict[str, Filter] = {
    "group, first page": Filter(),
    "mine": Filter(scope="mine"),
    "all": Filter(scope="all"),
    "all, page 10": Filter(scope="all", page=10),
    "all, last page": Filter(scope="all", page=999_999),
    "one kind of task": Filter(scope="all", element="t3"),
    "one kind, group": Filter(element="t3"),
    "mine, accounting": Filter(scope="mine", group="accounting"),
    "accounting": Filter(scope="all", group="accounting"),
    "overdue": Filter(scope="all", due="overdue"),
    "overdue, mine": Filter(scope="mine", due="overdue"),
    "within a week, group": Filter(due="week"),
    "newest first": Filter(scope="all", order="newest"),
    "longest first, mine": Filter(scope="mine", order="opened"),
    "by company": Filter(scope="all", order="company"),
    "by company, group": Filter(order="company"),
    "by kind": Filter(scope="all", order="element"),
    "search by number": Filter(scope="all", text="2026-00007"),
    "search by company": Filter(scope="all", text="company 77"),
    "search, two letters": Filter(scope="all", text="77"),
    "search, everything": Filter(scope="all", text="company"),
    "search, mine": Filter(scope="mine", text="company"),
    "search, a title": Filter(scope="all", text="task 7"),
    "search, nothing": Filter(scope="all", text="絶対に無い"),
}


def fill(services: Services, count: int) -> None:
    """Open tasks as they come about, each of a case of its own."""
    now, day = services.portal.now(), services.portal.today()
    release = services.portal.releases.current("thirty").release_id
    with database.transaction():
        for start in range(0, count, 500):
            numbers = range(start, min(start + 500, count))
            Case.insert_many([_case(n, release, now) for n in numbers]).execute()
            Task.insert_many([_task(n, now, day) for n in numbers]).execute()
        found = []
        for case in Case.select():
            text = search.text_of(case.number, case.company_name, case.system_name, case.email)
            CaseText.insert(case=case.id, text=text, fold=VERSION).execute()
            found += [(gram, case.id) for gram in grams(text)]
        found.sort()
        proxy.obj.connection().executemany("INSERT INTO case_gram (gram, case_id) VALUES (?, ?)", found)
        tally.fold()
        proxy.obj.execute_sql("ANALYZE")


def _case(n: int, release: int, now: datetime) -> dict[str, Any]:
    return {
        "id": n + 1,
        "number": f"2026-{n:05d}",
        "package_id": "thirty",
        "release": release,
        "email": f"{n}@example.jp",
        "company_name": f"Company {n}",
        "system_name": f"System {n}",
        "turn_since": now,
        "created_at": now,
        "changed_at": now + timedelta(seconds=n),
    }


def _task(n: int, now: datetime, day: date) -> dict[str, Any]:
    return {
        "id": f"bench-{n}",
        "case": n + 1,
        "element": f"t{n % 10 + 1}",
        "process": "thirty",
        "title": f"Task {n % 10}",
        "side": "operator",
        "grp": ("review", "accounting", "")[n % 3],
        "opened_at": now - timedelta(minutes=n % 5000),
        "due_on": day + timedelta(days=n * 7 % 400 - 100) if n % 11 else None,
        "assignee": 1 if n // 10 % 4 == 0 else None,
        "data": {},
        "case_number": f"2026-{n:05d}",
        "company_name": f"Company {n}",
        "system_name": f"System {n}",
    }


def measured(run: Callable[[], object], times: int = 15) -> float:
    """Seconds: the lower quartile, which says more than the median where others use the machine."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        run()
        found.append(time.perf_counter() - began)
    return statistics.quantiles(found, n=4)[0]


def main() -> None:
    evaluator = Evaluator()
    try:
        table: dict[str, list[float]] = {name: [] for name in FILTERS}
        for size in SIZES:
            with tempfile.TemporaryDirectory() as folder:
                services = Services(Path(folder), evaluator, scripts=False)
                fill(services, size)
                for name, wanted in FILTERS.items():
                    table[name].append(measured(partial(worklist.page, services.portal, services.actor, wanted)))
        for name, (small, large) in table.items():
            print(f"  {name:22} {small * 1000:8.2f} ms  {large * 1000:8.2f} ms   ratio {large / small:6.2f}")
    finally:
        evaluator.close()


if __name__ == "__main__":
    main()
