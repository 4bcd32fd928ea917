"""Pages over many rows: a thousand, a hundred thousand and a million open tasks, one company with ten thousand cases.

Worklist, list of cases, a case of the big company, searches, post and card desk, asked for in this process (no client's
cost), SQLite. CPU of the server and statements; then what the largest takes beside the smallest. Every size has the big
company; four tasks a case are open, one in fifty is a parcel, one case in ten has cards on loan.

    python -m tests.bench.growth [sizes]
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from app.engine import Engine, Evaluator
from app.services.pages import counting
from app.services.people import accounts as people
from app.store import database, search, tally
from app.store.database import Table, proxy
from app.store.models import Card, Case, CaseGram, CaseText, Company, Job, Task
from app.text.fold import VERSION
from tests.services.conftest import BPMN
from tests.support.statements import counted
from tests.web.conftest import Site, open_site

SIZES = (1_000, 100_000, 1_000_000)
BIG = 10_000  # cases of one company
A_CASE = 4  # open tasks
FILLED = 400  # parcels and cards on loan at the least: every list fills its page at every size
ELEMENTS = ("first_review", "second_review", "confirm_loan_form", "precheck__operator")
PAGES = {
    "worklist": "/tasks?scope=all",
    "worklist, mine": "/tasks?scope=mine",
    "list of cases": "/cases",
    "case of the big company": "/cases/2026-0000001",
    "search in the worklist": "/tasks?scope=all&q=2026-0000077",
    "search, a name of many": "/tasks?scope=all&q=みほん",
    "search in the cases": "/cases?q=みほん",
    "search, nothing": "/cases?q=絶対に無い",
    "/post": "/post",
    "/cards": "/cards",
    "worklist, needs attention": "/tasks?scope=all&trouble=1",
    "list of cases, needs attention": "/cases?trouble=1",
    "needs attention (60)": "/attention",
    "overview": "/overview",
    "figures": "/figures",
}
STUCK = 60  # cases in which a job failed for good
ROUNDS = 9
PASSWORD = "a password for tests"


def put(model: type[Table], first: dict[str, Any], rest: Iterable[dict[str, Any]]) -> None:
    """Rows as they come about, past peewee: `first` as always, the others say what is different from it, as stored."""
    row = model(**first)
    fields = model._meta.sorted_fields
    base = {field.column_name: field.db_value(row.__data__.get(field.name)) for field in fields}
    names = [name for name, value in base.items() if name != "id" or value is not None]
    text = f'INSERT INTO "{model._meta.table_name}" ({", ".join(names)}) VALUES ({", ".join("?" * len(names))})'
    base = {name: base[name] for name in names}
    rows: Iterator[list[Any]] = (list({**base, **each}.values()) for each in rest)
    connection = proxy.obj.connection()
    connection.execute(text, list(base.values()))
    while part := list(islice(rows, 20_000)):
        connection.executemany(text, part)


def fill(site: Site, count: int) -> None:
    """So many open tasks, on a quarter as many cases, and the big company's cases beside them."""
    portal = site.bench.portal
    now, day, release = portal.now(), portal.today(), portal.releases.current("ccus_api_certification").release_id
    of_many = count // A_CASE
    every, parcels = of_many + BIG, max(count // 50, FILLED)

    def stamp(n: int) -> str:
        return (now - timedelta(seconds=n)).strftime("%Y-%m-%d %H:%M:%S")

    def case(n: int) -> dict[str, Any]:  # the big company's first
        company, name = (1, "株式会社みほん") if n <= BIG else (n, f"会社{n}みほん")
        return {
            "id": n, "number": f"2026-{n:07d}", "company_id": company, "company_name": name, "system_name": f"系{n}",
            "changed_at": stamp(n), "email": f"{n % 50}@a.jp",
        }  # fmt: skip

    def task(n: int) -> dict[str, Any]:
        at, post = BIG + 1 + n // A_CASE, n % (count // parcels) == 0
        element = "post_test_cards" if post else ELEMENTS[n % A_CASE]
        return {
            "id": f"t{n}", "case_id": at, "element": element, "title": f"作業 {element}", "due_on": str(day),
            "presentation": "post" if post else "", "assignee_id": 1 if n % 7 == 0 else None,
            "opened_at": stamp(n), "case_number": f"2026-{at:07d}", "company_name": f"会社{at}みほん",
        }  # fmt: skip

    first = {
        "package_id": "ccus_api_certification", "release": release, "email": "a@a.jp", "turn": "operator",
        "turn_since": now, "created_at": now, "changed_at": now, "stage": "document_review",
    }  # fmt: skip
    with database.transaction():
        companies = [1, *range(BIG + 1, every + 1)]
        put(Company, {"id": 1, "name": "株式会社みほん", "created_at": now},
            ({"id": n, "name": f"会社{n}みほん"} for n in companies[1:]))  # fmt: skip
        put(Case, {**first, **case(1), "company": 1, "changed_at": now}, (case(n) for n in range(2, every + 1)))
        put(
            Task,
            {
                **task(0), "case": BIG + 1, "process": "document_review", "side": "operator", "grp": "review",
                "assignee": 1, "opened_at": now, "due_on": day,
            },
            (task(n) for n in range(1, count)),
        )  # fmt: skip
        put(
            Card,
            {
                "serial": "T-0", "set_id": "test", "state": "lent", "case": BIG + 1, "lent_on": day,
                "due_back": day + timedelta(days=90), "changed_at": now,
            },
            ({"serial": f"T-{n}", "case_id": BIG + 1 + n % of_many} for n in range(1, max(of_many // 10, FILLED))),
        )  # fmt: skip
        index(case(n) for n in range(1, every + 1))
        put(
            Job,
            {
                "key": "stuck-0", "case": BIG + 1, "task_id": "x", "element": "mail_exam_8", "operator": "mail",
                "state": "incident", "attempts": 3, "run_at": now, "created_at": now,
                "said": {"message": "The package has no mail %(mail)s", "params": {"mail": "exam-8"}},
            },
            ({"key": f"stuck-{n}", "case_id": BIG + 1 + n % of_many} for n in range(1, STUCK)),
        )  # fmt: skip
        tally.fold()
    proxy.obj.connection().execute("ANALYZE")


def index(cases: Iterable[dict[str, Any]]) -> None:
    """What the cases are found by."""
    connection, rows = proxy.obj.connection(), iter(cases)
    texts, grams = CaseText._meta.table_name, CaseGram._meta.table_name
    while part := list(islice(rows, 20_000)):
        said = [
            (search.text_of(each["number"], each["company_name"], each["system_name"]), each["id"]) for each in part
        ]
        connection.executemany(
            f"INSERT INTO {texts} (case_id, text, fold) VALUES (?, ?, '{VERSION}')", [(key, text) for text, key in said]
        )
        found = sorted((gram, key) for text, key in said for gram in search.grams(text))
        connection.executemany(f"INSERT INTO {grams} (gram, case_id) VALUES (?, ?)", found)


def measured(client: FlaskClient, url: str) -> tuple[float, int]:
    """(CPU seconds: the lower quartile, statements) of a page."""
    took, asked = [], 0
    for _ in range(ROUNDS):
        began = time.process_time()
        answer = client.get(url)
        took.append(time.process_time() - began)
        assert answer.status_code == 200, (url, answer.status_code)
        if sum(took) > 60:
            break
    with counted() as seen:
        client.get(url)
    asked = len(seen.statements)
    return (statistics.quantiles(took, n=4)[0] if len(took) > 1 else took[0]), asked


def main(sizes: tuple[int, ...] = SIZES) -> None:
    evaluator = Evaluator()
    table: dict[str, list[tuple[float, int]]] = {name: [] for name in PAGES}
    try:
        for size in sizes:
            with tempfile.TemporaryDirectory() as folder:
                site = open_site(Path(folder), Engine(evaluator), BPMN)
                began = time.monotonic()
                with database.connection():
                    fill(site, size)
                megabytes = (Path(folder) / "nintei.db").stat().st_size >> 20
                print(f"  {size:,} tasks: {megabytes:,} MB, made in {time.monotonic() - began:.0f} s", flush=True)
                began = time.monotonic()
                counting.refresh(site.bench.portal, whole=True)
                print(f"    all figures counted in {time.monotonic() - began:.1f} s", flush=True)
                people.add_staff(site.bench.portal, "head@example.jp", "管理 太郎", ["administrator"], PASSWORD)
                client = site.person("head@example.jp")
                for name, url in PAGES.items():
                    client.get(url)  # what a process keeps is there
                    table[name].append(measured(client, url))
                    print(f"    {name:26} {table[name][-1][0] * 1000:9.1f} ms  {table[name][-1][1]:4}", flush=True)
                proxy.obj.close_all()
    finally:
        evaluator.close()
    print(f"  {'CPU ms (statements)':26}" + "".join(f"{size:>18,}" for size in sizes) + "   ratio")
    for name, found in table.items():
        said = "".join(f"{took * 1000:11.1f} ({asked:4})" for took, asked in found)
        print(f"  {name:26}{said}   {found[-1][0] / found[0][0]:5.2f}")


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or SIZES)
