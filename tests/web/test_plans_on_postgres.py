"""On PostgreSQL no list reads more than it shows: its planner chooses by how many rows there are, so there are many."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.engine import Engine
from app.services.people import accounts as people
from app.store import database
from tests.admin.populated import PASSWORD, populate
from tests.support.multiplied import multiply
from tests.support.statements import counted
from tests.web.conftest import Site, open_site
from tests.web.test_plans import LISTS

pytestmark = pytest.mark.postgres
TIMES = 6000  # as many cases more, twice
MOST = 4_000  # rows that one part of a plan reads: more than any list shows, less than there are of what grows
COUNTED = 10_001  # listed rows are counted so far
MEANT = (
    r'GROUP BY "t1"\."state"$',  # cards and invoices of each state, counted
    r"\"state\" = 'lent'\) AND \(\"t1\"\.\"due_back\" <.* AS \"_wrapped\"",  # cards that should be back, counted
)
BOTH = "both@example.jp"


@pytest.fixture
def many(tmp_path: Path, engine: Engine, postgres: str) -> Iterator[Site]:
    """Thousands of cases, and what belongs to them."""
    site = populate(open_site(tmp_path, engine, url=postgres))
    people.add_staff(site.bench.portal, BOTH, "両方", ["operator", "administrator"], PASSWORD)
    with database.connection():
        multiply(TIMES)
    yield site
    database.proxy.obj.close_all()


def parts(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A plan's part with all that it is made of."""
    yield plan
    for each in plan.get("Plans", ()):
        yield from parts(each)


def faults(sql: str, plan: dict[str, Any]) -> list[str]:
    """What a plan has read that it need not."""
    found = []
    for part in parts(plan):
        loops = part["Actual Loops"]
        shown = part["Actual Rows"] * loops
        passed = sum(value * loops for name, value in part.items() if name.startswith("Rows Removed"))
        if passed > MOST or shown > (COUNTED if f"LIMIT {COUNTED}" in sql else MOST):
            place = part.get("Index Name") or part.get("Relation Name") or part.get("Sort Key") or ""
            found.append(f"{part['Node Type']} {place}: {shown} rows, {passed} passed over")
    return found


def test_no_list_reads_more_than_it_shows(many: Site) -> None:
    client = many.person(BOTH)
    found, seen_before = [], set[str]()
    for url in LISTS:
        with counted() as seen:
            assert client.get(url).status_code == 200, url
        with database.connection():
            database.proxy.obj.execute_sql("SET random_page_cost = 1.1")  # thousands count for it as ten times as many
            for sql in seen.statements:
                if sql in seen_before or any(re.search(each, sql) for each in MEANT):
                    continue
                seen_before.add(sql)
                asked = f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}"
                plan = database.proxy.obj.connection().execute(asked).fetchone()[0][0]["Plan"]
                if wrong := faults(sql, plan):
                    found.append(f"{url}: {wrong}: {sql}")
    assert not found, "\n".join(found)
