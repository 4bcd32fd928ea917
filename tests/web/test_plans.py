"""Lists of what grows are read by an index in their order, however many rows there are."""

from __future__ import annotations

import re

from app.services.people import accounts as people
from app.store import database
from tests.services.steps import go
from tests.support.statements import counted
from tests.web.conftest import Site

# Tables of which a portal has the more rows the longer it is used.
GROWING = {
    "answer", "bank_line", "booking", "card", "card_event", "case", "case_gram", "case_text", "certificate", "claim",
    "company", "company_person", "correction", "delivery", "document", "entry", "inbound_mail", "incident", "invoice",
    "job", "mail", "mandate", "member", "payment", "surplus", "task", "task_tally", "trail_entry", "user", "visit",
}  # fmt: skip
LISTS = (
    *("/tasks?scope=all" + more for more in (
        "", "&element=post_test_cards", "&order=newest", "&order=company", "&order=element", "&due=week", "&q=2026",
        "&q=みほん", "&q=みほ", "&q=絶対に無い", "&trouble=1",
    )),
    "/tasks?scope=group", "/tasks?scope=mine", "/cases", "/cases?order=due", "/cases?order=number", "/cases?q=みほん",
    "/cases?state=open", "/cases?trouble=1", "/cases?turn=operator", "/cases?turn=vendor&order=due", "/post", "/cards",
    "/cards?state=ready", "/attention", "/overview", "/calendar", "/payments", "/inbound", "/systems", "/audit",
    "/company/claims",
)  # fmt: skip
# What is read in whole, as few rows fit whatever the years were, or as it costs an index's entry a row.
MEANT = (
    r'GROUP BY "t1"\."state"$',  # cards and invoices of each state, counted
    r'ORDER BY COALESCE\(\(SELECT MIN\("t2"\."due_on"\)',  # duefirst.FEW cases at most
    r'FROM "booking" AS "t1" .* \(\("t1"\."day" >=',  # what comes
    r'FROM "surplus"',  # what was paid too much
)


def faults(sql: str, plan: list[str]) -> list[str]:
    """What a plan of SQLite reads that it need not: a growing table as it lies, or a list put in order after all of it
    was read."""
    names = {alias: table for table, alias in re.findall(r'"?(\w+)"? AS "?(\w+)"?', sql)}
    found = []
    for line in plan:
        scanned = re.match(r"SCAN (\w+)( USING)?", line)
        ordered = scanned and (scanned[2] or re.search(r'ORDER BY "t1"."id"( DESC)? LIMIT', sql))
        if scanned and names.get(scanned[1], scanned[1]) in GROWING and not (ordered and " LIMIT " in sql):
            found.append(line)
    if re.search(r"\bcase_id IN \(\d", sql) and not any("case_id=?" in line for line in plan):
        found.append("not by the cases that are named")
    listed = " LIMIT " in sql and not re.search(r"json_each|_id\"? IN \(|case_id\"? = ", sql)  # of few cases
    return found + [line for line in plan if listed and line == "USE TEMP B-TREE FOR ORDER BY"]


def test_no_list_reads_more_than_it_shows(site: Site) -> None:
    go(site.bench, until="post_test_cards")
    people.add_staff(
        site.bench.portal, "both@example.jp", "両方", ["operator", "administrator"], "a password for tests"
    )
    client = site.person("both@example.jp")
    found = []
    for url in LISTS:
        with counted() as seen:
            assert client.get(url).status_code == 200, url
        for sql in seen.statements:
            if sql.startswith(("SELECT", "WITH")) and not any(re.search(each, sql) for each in MEANT):
                with database.connection():
                    plan = database.proxy.obj.execute_sql(f"EXPLAIN QUERY PLAN {sql}").fetchall()
                if wrong := faults(sql, [row[3] for row in plan]):
                    found.append(f"{url}: {wrong}: {sql}")
    assert not found, "\n".join(found)
