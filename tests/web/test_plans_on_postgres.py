"""On PostgreSQL no list reads more than it shows: its planner chooses by how many rows there are, so there are many."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from admin import add_admin
from app.engine import Engine
from app.services.people import accounts as people
from app.store import database
from tests.services.steps import go
from tests.support.multiplied import multiply
from tests.support.statements import counted
from tests.web.conftest import Site, open_site
from tests.web.test_plans import LISTS

pytestmark = pytest.mark.postgres
TIMES = 4000  # as many cases more, twice
MOST = 2_500  # rows that one part of a plan reads: more than any list shows, less than there are of what grows
COUNTED = (4_000, 10_001)  # index rows of a word, and listed rows, are counted so far
MEANT = (
    r'GROUP BY ("t1"\."key_version", )?"t1"\."state"$',  # cards and invoices of each state, counted
    r'COUNT\("t1"\."id"\) FROM "(case|mail)" AS "t1" GROUP BY',  # counted for whoever watches
    r"\"state\" = 'lent'\) AND \(\"t1\"\.\"due_back\" <.* AS \"_wrapped\"",  # cards that should be back, counted
)
BOTH = "both@example.jp"
ENDS = ("security.logout", "demo.")  # no page
READS = ("SELECT", "(SELECT", "WITH")


@pytest.fixture
def many(tmp_path: Path, engine: Engine, postgres: str) -> Iterator[Site]:
    """Thousands of cases, and what belongs to them."""
    site = open_site(tmp_path, engine, url=postgres)
    add_admin(site.app, site.bench.portal)
    go(site.bench, until="precheck_received")
    people.add_staff(site.bench.portal, BOTH, "両方", ["operator", "administrator", "analyst"], "a password for tests")
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
        if passed > MOST or shown > max([MOST, *(each for each in COUNTED if f"LIMIT {each}" in sql)]):
            place = part.get("Index Name") or part.get("Relation Name") or part.get("Sort Key") or ""
            found.append(f"{part['Node Type']} {place}: {shown} rows, {passed} passed over")
    return found


def addresses(site: Site) -> set[str]:
    """The lists, and every page that is of no one case, person or the like."""
    rules = [rule for rule in site.app.url_map.iter_rules() if not rule.arguments and "GET" in (rule.methods or set())]
    return {*LISTS, *(str(rule) for rule in rules if not rule.endpoint.startswith(ENDS))}


def test_no_list_reads_more_than_it_shows(many: Site) -> None:
    client = many.person(BOTH)
    found, known = [], set[str]()
    for url in sorted(addresses(many)):
        with counted() as seen:
            client.get(url).get_data()
        with database.connection():
            database.proxy.obj.execute_sql("SET random_page_cost = 1.1")  # thousands count for it as ten times as many
            for sql in seen.statements:
                shape = re.sub(r"'[^']*'|\b\d+\b", "?", sql)
                if shape in known or not sql.startswith(READS) or any(re.search(each, sql) for each in MEANT):
                    continue
                known.add(shape)
                asked = f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}"
                plan = database.proxy.obj.connection().execute(asked).fetchone()[0][0]["Plan"]
                if wrong := faults(sql, plan):
                    found.append(f"{url}: {wrong}: {sql}")
    assert not found, "\n".join(found)
