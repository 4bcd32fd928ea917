"""Pages over many rows: a thousand, a hundred thousand and a million open tasks, one company with ten thousand cases.

Worklist, list of cases, a case of the big company, searches, post and card desk, asked for in this process (no client's
cost). CPU of the portal (the lower quartile) and statements; then what the largest takes beside the smallest. On
PostgreSQL, whose server is another process, it is time: nothing else should run then. Each size is served by a process
of its own, and they are asked by turns. Every size has the big company; four tasks a case are open, one in fifty is a
parcel, one case in ten has cards on loan. With a folder SQLite's databases stay in it, and are taken from it the next
time.

    python -m tests.bench.growth [sizes] [folder | postgres]
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from datetime import timedelta
from itertools import chain, islice
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from app.engine import Engine, Evaluator
from app.services.pages import counting
from app.services.people import accounts as people
from app.store import database, search, tally
from app.store.database import Table, proxy
from app.store.grams import grams
from app.store.models import Card, Case, CaseGram, CaseText, Company, Job, Task
from app.text.fold import VERSION
from tests.services.conftest import BPMN
from tests.support.postgres import cluster
from tests.support.statements import counted
from tests.web.conftest import Site, open_site

SIZES = (1_000, 100_000, 1_000_000)
BIG = 10_000  # cases of one company
A_CASE = 4  # open tasks
FILLED = 400  # parcels and cards on loan at the least: every list fills its page at every size
ELEMENTS = ("first_review", "second_review", "confirm_loan_form", "precheck__operator")
PAGES = {
    "worklist": "/tasks?scope=all",
    "worklist, one kind": "/tasks?scope=all&element=second_review",
    "worklist, mine": "/tasks?scope=mine",
    "list of cases": "/cases",
    "list of cases, first due": "/cases?order=due",
    "case of the big company": "/cases/2026-0000001",
    "search in the worklist": "/tasks?scope=all&q=2026-0000077",
    "search, a name of many": "/tasks?scope=all&q=みほん",
    "search, two letters of it": "/tasks?scope=all&q=みほ",
    "search, four figures": "/tasks?scope=all&q=0077",
    "search in the cases": "/cases?q=みほん",
    "search, nothing": "/cases?q=絶対に無い",
    "search, letters of a tenth": "/tasks?scope=all&q=1みほん",
    "/post": "/post",
    "/cards": "/cards",
    "worklist, needs attention": "/tasks?scope=all&trouble=1",
    "list of cases, needs attention": "/cases?trouble=1",
    "needs attention (60)": "/attention",
    "overview": "/overview",
    "figures": "/figures",
}
MEMORY = {"shared_buffers": "1GB", "max_wal_size": "4GB"}  # of a server for the largest
STUCK = 60  # cases in which a job failed for good
ROUNDS = 21
HEAD = "head@example.jp"
PASSWORD = "a password for tests"


def put(model: type[Table], first: dict[str, Any], rest: Iterable[dict[str, Any]]) -> None:
    """Rows as they come about, past peewee: `first` as always, the others say what is different from it, as stored."""
    row = model(**first)
    fields = model._meta.sorted_fields
    base = {field.column_name: field.db_value(row.__data__.get(field.name)) for field in fields}
    base = {name: value for name, value in base.items() if name != "id" or value is not None}
    load(model._meta.table_name, list(base), (list({**base, **each}.values()) for each in chain([{}], rest)))
    if database.is_postgres() and isinstance(base.get("id"), int):
        proxy.obj.execute_sql(
            f"SELECT setval(pg_get_serial_sequence('\"{model._meta.table_name}\"', 'id'), MAX(id)) "
            f'FROM "{model._meta.table_name}"'
        )


def load(table: str, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Rows as they are stored, the quickest way that the database has."""
    columns, found = ", ".join(f'"{name}"' for name in names), iter(rows)
    connection = proxy.obj.connection()
    if database.is_postgres():
        with connection.cursor() as cursor, cursor.copy(f'COPY "{table}" ({columns}) FROM STDIN') as copy:
            for row in found:
                copy.write_row(row)
        return
    text = f'INSERT INTO "{table}" ({columns}) VALUES ({", ".join("?" * len(names))})'
    while part := list(islice(found, 20_000)):
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
        tally.fold()  # nothing counts for SQLite how many rows there are of what: a portal does not either


def index(cases: Iterable[dict[str, Any]]) -> None:
    """What the cases are found by."""
    rows = iter(cases)
    while part := list(islice(rows, 20_000)):
        said = [
            (search.text_of(each["number"], each["company_name"], each["system_name"]), each["id"]) for each in part
        ]
        load(CaseText._meta.table_name, ["case_id", "text", "fold"], ((key, text, VERSION) for text, key in said))
        load(
            CaseGram._meta.table_name, ["gram", "case_id"],
            sorted((gram, key) for text, key in said for gram in grams(text)),
        )  # fmt: skip


def serve(size: int, folder: Path, url: str, pipe: Connection) -> None:
    """A portal of this size in a process of its own, which says what each page cost that is asked for through the pipe:
    (seconds, statements), the statements only when they are asked for."""
    evaluator = Evaluator()
    clock = time.perf_counter if url else time.process_time
    try:
        begun = (folder / "nintei.db").exists()
        site, began = open_site(folder, Engine(evaluator), BPMN, url=url), time.monotonic()
        if not begun:
            with database.connection():
                fill(site, size)
                if url:  # it counts what there is by itself, a while later
                    proxy.obj.execute_sql("VACUUM ANALYZE")
            counting.refresh(site.bench.portal, whole=True)
            people.add_staff(site.bench.portal, HEAD, "管理 太郎", ["administrator"], PASSWORD)
        client = site.person(HEAD)
        size_of = 0 if url else (folder / "nintei.db").stat().st_size >> 20
        pipe.send(f"{size:,} tasks: {size_of:,} MB, {time.monotonic() - began:.0f} s")
        while asked := pipe.recv():
            page, statements = asked
            with counted() if statements else nullcontext() as seen:
                began = clock()
                answer = client.get(page)
                took = clock() - began
            assert answer.status_code == 200, (page, answer.status_code)
            pipe.send((took, len(seen.statements) if seen else 0))
        proxy.obj.close_all()
    finally:
        evaluator.close()


def ask(pipe: Connection, url: str, *, statements: bool = False) -> tuple[float, int]:
    """What one request of the page costs there."""
    pipe.send((url, statements))
    took, count = pipe.recv()
    return took, count


def main(sizes: tuple[int, ...] = SIZES, keep: str = "") -> None:
    context, on_server = get_context("spawn"), keep == "postgres"
    with tempfile.TemporaryDirectory() as made, cluster(**MEMORY) if on_server else nullcontext() as server:
        pipes: list[Connection] = []
        processes = []
        for size in sizes:
            pipe, theirs = context.Pipe()
            folder = Path(made if on_server else keep or made) / str(size)
            folder.mkdir(parents=True, exist_ok=True)
            url = server.new_database() if server else ""
            processes.append(context.Process(target=serve, args=(size, folder, url, theirs)))
            processes[-1].start()
            print(f"  {pipe.recv()}", flush=True)
            pipes.append(pipe)
        print(
            f"  {'ms (statements)' if on_server else 'CPU ms (statements)':30}"
            + "".join(f"{size:>18,}" for size in sizes)
            + "   ratio"
        )
        for name, url in PAGES.items():
            counts = [ask(pipe, url, statements=True)[1] for pipe in pipes]  # what a process keeps is there then
            took: list[list[float]] = [[] for _ in pipes]
            for _ in range(ROUNDS):  # by turns: what else the machine does falls on all sizes alike
                for each, pipe in zip(took, pipes, strict=True):
                    each.append(ask(pipe, url)[0])
            found = [statistics.quantiles(each, n=4)[0] for each in took]
            said = "".join(f"{each * 1000:11.1f} ({count:4})" for each, count in zip(found, counts, strict=True))
            print(f"  {name:30}{said}   {found[-1] / found[0]:5.2f}", flush=True)
        for pipe, process in zip(pipes, processes, strict=True):
            pipe.send(None)
            process.join()


if __name__ == "__main__":
    numbers = [each for each in sys.argv[1:] if each.isdigit()]
    main(tuple(map(int, numbers)) or SIZES, keep=next((each for each in sys.argv[1:] if not each.isdigit()), ""))
