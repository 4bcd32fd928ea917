"""However many rows there are, a list reads a page of them: by an index, without sorting the table."""

from __future__ import annotations

import re

import pytest

from admin import listing
from app.engine import Engine
from app.services.exports import large
from app.store import database
from app.store.database import proxy
from app.store.models import Company
from tests.admin.populated import ADMIN, add_people
from tests.services.steps import case_of, go
from tests.support.statements import counted
from tests.web.conftest import Site, engine, open_site

__all__ = ["engine"]
MANY = 12_000


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Site:
    found = add_people(open_site(tmp_path_factory.mktemp("many"), engine))
    case = case_of(go(found.bench, until="submit_documents"))
    columns = ["number", "created_at", "changed_at", "turn_since"]
    with database.transaction():
        names = [row[1] for row in proxy.obj.execute_sql('PRAGMA table_info("case")').fetchall()]
        rest = [name for name in names if name not in {"id", "apply_key", *columns}]
        listed = ", ".join(f'"{name}"' for name in rest)
        made = "'9' || substr('00000' || n, -5) , " + ", ".join(
            f"datetime(\"{name}\", '-' || n || ' minutes') || '.000000'" for name in columns[1:]
        )
        proxy.obj.execute_sql(
            f"WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {MANY}) "
            f'INSERT INTO "case" (number, created_at, changed_at, turn_since, {listed}) '
            f'SELECT {made}, {listed} FROM c, "case" WHERE "case".id = {case.id}'
        )
    return found


def plans(statements: list[str]) -> str:
    """How SQLite goes about the statements that read cases."""
    with database.connection():
        return "\n".join(
            str(row)
            for sql in statements
            if 'FROM "case" AS' in sql
            for row in proxy.obj.execute_sql(f"EXPLAIN QUERY PLAN {sql}").fetchall()
        )


@pytest.mark.parametrize("sort", ["", "-number", "company_name", "system_name", "created_at", "-changed_at"])
def test_a_page_is_read_in_the_order_of_an_index(sort: str, site: Site) -> None:
    client, url = site.person(ADMIN), f"/admin/case/?sort={sort}"
    for _ in range(3):  # the first page, and pages behind it
        with counted() as found:
            page = client.get(url)
        assert "10,000" in page.text  # counted so far
        plan = plans(found.statements)
        assert "USE TEMP B-TREE FOR ORDER BY" not in plan
        url = page.text.partition('rel="next"')[0].rpartition('<a href="')[2].partition('"')[0].replace("&amp;", "&")


def test_a_file_begins_before_its_rows_are_read(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large, "DIRECT", MANY + 10)
    with counted() as found:
        answer = site.person(ADMIN).get("/admin/case/export/csv", buffered=False)
        first = next(iter(answer.response))
    assert first.decode("utf-8-sig").startswith("番号,")
    assert plans([each for each in found.statements if "COUNT(" not in each]) == ""  # counted, and no row read
    rows = sum(each.count(b"\r\n") for each in answer.response)
    assert rows == MANY + 1
    assert listing.PIECE < MANY
    answer.close()


def test_a_search_looks_through_some_rows_says_so_and_goes_on(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    with database.transaction():
        for n in range(30):
            Company.create(name=f"会社{n}みほん", created_at=site.bench.portal.now())
    monkeypatch.setattr(listing, "LOOKED", 10)
    client = site.person(ADMIN)
    with counted() as found:
        page = client.get("/admin/company/?q=会社29みほん")
    assert "会社29みほん" in page.text
    looked = [each for each in found.statements if "LIMIT 10 " in f"{each} " and '"company"' in each]
    assert len(looked) == 1  # once for list and count together
    old = client.get("/admin/company/?q=会社1みほん")
    assert "該当する記録がありません" in old.text or "会社1みほん" in old.text
    seen, url, page = set[str](), "/admin/company/?q=会社", old
    for _ in range(6):
        page = client.get(url)
        seen |= set(re.findall(r"会社\d+みほん", page.text))
        if "もっと前" not in page.text:
            break
        url = page.text.partition("もっと前")[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    assert {f"会社{n}みほん" for n in range(30)} <= seen
