"""A case in its tenth year beside its first: the same pages, CPU of the server, its function calls, and their ratios.
Calls are the same whatever else the machine does.

One certification passes nine annual audits by clock; its pages are asked for in this process after the first
certification and after each third audit. SQLite.

    python -m tests.bench.years
"""

from __future__ import annotations

import cProfile
import pstats
import tempfile
import time
from pathlib import Path

from app.engine import Engine, Evaluator
from app.states import TaskState
from app.store import database, work
from tests.services.conftest import BPMN
from tests.services.register.test_ten_years import Years
from tests.services.steps import actor, case_of, opened
from tests.web.conftest import Site, open_site

AUDITS = 9
ROUNDS = 30
TABS = {"the case": "", "history": "?tab=timeline", "documents": "?tab=documents", "mail": "?tab=mail"}


def took(site: Site, years: Years) -> dict[str, tuple[float, int]]:
    """Seconds of CPU and function calls of each page, for the vendor and for the staff, while the staff are to settle
    the year's day: the least, so that other work on the machine has the smallest say."""
    years.to_the_opening()
    years.asked()
    with database.connection():
        [task] = [row for row in work.tasks_of(case_of(years.walker).id) if row.state == TaskState.OPEN]
    found = {}
    for whose, client in (("vendor", site.person(actor(years.walker).email)), ("staff", site.operator())):
        pages = {name: f"/cases/{years.walker.number}{query}" for name, query in TABS.items()} | {"home": "/tasks"}
        if whose == "staff":
            pages |= {"worklist's pane": f"/tasks/{task.id}?beside=1", "task": f"/tasks/{task.id}"}
        for name, url in pages.items():
            times = []
            for _ in range(ROUNDS):
                began = time.process_time()
                answer = client.get(url)
                times.append(time.process_time() - began)
                assert answer.status_code == 200, url
            profile = cProfile.Profile()
            profile.runcall(client.get, url)
            found[f"{name} ({whose})"] = min(times), pstats.Stats(profile).total_calls  # type: ignore[attr-defined]
    years.settled()
    years.concluded()
    if "annual_audit_result" in opened(years.walker):
        years.take("annual_audit_result", "vendor")
    return found


def main() -> None:
    evaluator = Evaluator()
    try:
        with tempfile.TemporaryDirectory() as folder:
            site = open_site(Path(folder), Engine(evaluator), BPMN)
            years = Years(site.bench, Path(folder))
            first = took(site, years)
            for _ in range(AUDITS - 1):
                years.to_the_opening()
                years.passed()
                if "annual_audit_result" in opened(years.walker):
                    years.take("annual_audit_result", "vendor")
            last = took(site, years)
    finally:
        evaluator.close()
    print(f"  {'CPU ms, calls':24}{'first year':>20}{'tenth year':>20}   ratios")
    for name, (seconds, calls) in first.items():
        later, more = last[name]
        both = f"{seconds * 1000:11.1f} {calls:8}{later * 1000:11.1f} {more:8}"
        print(f"  {name:24}{both}   {later / seconds:5.2f} {more / calls:5.2f}")


if __name__ == "__main__":
    main()
