"""A manager's and an administrator's pages over exactly 1,000 and 100,000 cases: dashboard, lists, filters, files.

The pages are asked for in this process, so that no client's cost is in the figures. CPU of the portal: the lower
quartile of some rounds; on PostgreSQL, whose server is another process, time, while nothing else runs. An export's
first bytes are its headings and first rows; what is more than 10,000 rows is made by a worker, and its first answer is
the page that says so.

    python -m tests.bench.manycases [sizes] [postgres]
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from flask import g
from flask.testing import FlaskClient

from admin import MAKER, add_admin
from app.engine import Engine, Evaluator
from app.services.exports import sheet as sheets
from app.services.pages import counting
from app.services.people import accounts as people
from app.states import BookingState
from app.store import accounts, database, tally
from app.store.database import proxy
from app.store.models import Booking, Case, Clock, Company, Entry, Task
from app.web.frame.exporting import MAKERS
from tests.bench.growth import MEMORY, PASSWORD, index, put
from tests.services.conftest import BPMN
from tests.support.postgres import cluster
from tests.web.conftest import Site, open_site

SIZES = (1_000, 100_000)
ROUNDS = 9
ALLOWED = 1.5  # times
STAGES = ("document_review", "contracts", "exam", "audit")
PAGES = {
    "dashboard (/overview)": "/overview",
    "figures of a fiscal year": "/figures",
    "figures of a calendar year": "/figures?period=year",
    "what waits where": "/figures/diagram",
    "calendar": "/calendar",
    "list of cases": "/cases",
    "list of cases, searched": "/cases?q=2026-0000077",
    "records: cases": "/admin/case/",
    "records: cases of a state": "/admin/case/?f_state=running&f_turn=operator",
    "records: cases by days": "/admin/case/?from=2026-03-01&to=2026-03-31",
    "records: cases, searched": "/admin/case/?q=会社77みほん",
    "records: tasks, searched": "/admin/task/?q=書類",
    "records: nothing found": "/admin/task/?q=絶対に無い",
}


def fill(site: Site, count: int) -> None:
    """So many cases, each of its own company, with a task, a date, a guideline that ended and two timeline entries."""
    portal = site.bench.portal
    now, day, release = portal.now(), portal.today(), portal.releases.current("ccus_api_certification").release_id

    def stamp(n: int) -> str:
        return (now - timedelta(seconds=n * 60)).strftime("%Y-%m-%d %H:%M:%S")

    def case(n: int) -> dict[str, Any]:
        return {
            "id": n, "number": f"2026-{n:07d}", "company_id": n, "company_name": f"会社{n}みほん",
            "system_name": f"系{n}",
            "changed_at": stamp(n), "created_at": stamp(n), "email": f"{n}@a.jp", "stage": STAGES[n % 4],
        }  # fmt: skip

    def task(n: int) -> dict[str, Any]:
        return {
            "id": f"t{n}", "case_id": n, "due_on": str(day + timedelta(days=n % 40 - 10)), "opened_at": stamp(n),
            "case_number": f"2026-{n:07d}", "company_name": f"会社{n}みほん",
        }  # fmt: skip

    every = range(2, count + 1)
    kept = {
        "package_id": "ccus_api_certification", "release": release, "email": "1@a.jp", "turn": "operator",
        "turn_since": now,
    }  # fmt: skip
    with database.transaction():
        put(
            Company,
            {"id": 1, "name": "会社1みほん", "created_at": now},
            ({"id": n, "name": f"会社{n}みほん"} for n in every),
        )
        put(Case, {**kept, **case(1), "company": 1, "changed_at": now, "created_at": now}, (case(n) for n in every))
        put(
            Task,
            {
                **task(1), "case": 1, "element": "first_review", "title": "書類審査（1次）",
                "process": "document_review",
                "side": "operator", "grp": "review", "opened_at": now, "due_on": day,
            },
            (task(n) for n in every),
        )  # fmt: skip
        put(
            Entry, {"case": 1, "at": now, "kind": "applied", "title": ""},
            ({"case_id": n, "at": stamp(n)} for n in (*every, *every)),
        )  # fmt: skip
        put(
            Clock,
            {
                "case": 1, "guideline": "document_review", "title": "書類審査", "side": "operator", "limit_days": 15,
                "used": 9, "started_on": day, "ended_on": day,
            },
            ({"case_id": n, "used": n % 23, "ended_on": str(day - timedelta(days=n % 300))} for n in every),
        )  # fmt: skip
        put(
            Booking,
            {"case": 1, "calendar": "exam", "day": day, "state": BookingState.CONFIRMED, "at": now},
            ({"case_id": n, "day": str(day + timedelta(days=30 - n // 8))} for n in every),
        )
        index(case(n) for n in range(1, count + 1))
        tally.fold()
    proxy.obj.connection().execute("VACUUM ANALYZE" if database.is_postgres() else "ANALYZE")


def lower(act: Callable[[], None]) -> float:
    """Seconds: the lower quartile of the rounds."""
    act()  # what a process keeps is there
    took, clock = [], time.perf_counter if database.is_postgres() else time.process_time
    for _ in range(ROUNDS):
        began = clock()
        act()
        took.append(clock() - began)
        if sum(took) > 30:
            break
    return statistics.quantiles(took, n=4)[0] if len(took) > 1 else took[0]


def looked(client: FlaskClient, url: str) -> Callable[[], None]:
    def act() -> None:
        answer = client.get(url, buffered=False)
        assert answer.status_code in (200, 303), (url, answer.status_code)
        next(iter(answer.response), b"")
        answer.close()

    return act


def first_rows(site: Site) -> Callable[[], None]:
    """Headings and the first rows of all cases, as the file's maker tells them."""

    def act() -> None:
        with site.app.test_request_context("/?kind=case"):
            with database.connection():
                user = accounts.by_email("head@example.jp")
            assert user is not None
            g.actor, g.lang = people.actor_of(site.bench.portal, user.id), "ja"
            sheet = site.app.extensions[MAKERS][MAKER]({"kind": "case"})
            assert len(list(islice(sheets.chunks(sheet, sheets.CSV), 2))) == 2

    return act


def main(sizes: tuple[int, ...] = SIZES, *, on_server: bool = False) -> None:
    evaluator = Evaluator()
    table: dict[str, list[float]] = {}
    try:
        for size in sizes:
            with tempfile.TemporaryDirectory() as folder, cluster(**MEMORY) if on_server else nullcontext() as server:
                url = server.new_database() if server else ""
                site = open_site(Path(folder), Engine(evaluator), BPMN, url=url)
                add_admin(site.app, site.bench.portal)
                with database.connection():
                    fill(site, size)
                began = time.process_time()
                counting.refresh(site.bench.portal, whole=True)
                megabytes = 0 if url else (Path(folder) / "nintei.db").stat().st_size >> 20
                print(
                    f"  {size:,} cases: {megabytes:,} MB; counted in {time.process_time() - began:.1f} s of CPU",
                    flush=True,
                )
                people.add_staff(site.bench.portal, "head@example.jp", "管理 太郎", ["administrator"], PASSWORD)
                client = site.person("head@example.jp")
                acts = {name: looked(client, url) for name, url in PAGES.items()}
                acts["export: first answer"] = looked(client, "/admin/case/export/csv")
                acts["export: first rows"] = first_rows(site)
                for name, act in acts.items():
                    table.setdefault(name, []).append(lower(act))
                proxy.obj.close_all()
    finally:
        evaluator.close()
    print(f"  {'ms' if on_server else 'CPU ms':30}" + "".join(f"{size:>12,}" for size in sizes) + "   ratio")
    for name, found in table.items():
        ratio = found[-1] / found[0]
        said = "".join(f"{took * 1000:12.1f}" for took in found)
        print(f"  {name:30}{said}   {ratio:5.2f}{'  !' if ratio > ALLOWED else ''}")


if __name__ == "__main__":
    numbers = [int(each) for each in sys.argv[1:] if each.isdigit()]
    main(tuple(numbers) or SIZES, on_server="postgres" in sys.argv)
