"""The records on PostgreSQL: every list and record, searched, narrowed, in order, page by page, and as a file."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from admin import listing, querying
from admin.asking import Ask
from admin.kinds import Kind
from admin.nouns import BY_MODEL
from app.engine import Engine
from app.store import database
from tests.admin.populated import ADMIN, populate
from tests.support.postgres import Postgres
from tests.web.conftest import Site, engine, open_site

__all__ = ["engine"]
pytestmark = [pytest.mark.postgres]

KINDS = sorted(BY_MODEL.values(), key=lambda each: each.name)


def called(kind: object) -> str:
    return str(getattr(kind, "name", kind))


@pytest.fixture(scope="module")
def site(postgres_cluster: Postgres, tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Iterator[Site]:
    url = postgres_cluster.new_database()
    yield populate(open_site(tmp_path_factory.mktemp("records"), engine, url=url))
    database.proxy.obj.close_all()
    postgres_cluster.drop(url)


@pytest.fixture(scope="module")
def client(site: Site) -> FlaskClient:
    return site.person(ADMIN)


@pytest.mark.parametrize("kind", KINDS, ids=called)
def test_a_list_and_its_records_are_read(kind: Kind, client: FlaskClient) -> None:
    page = client.get(f"/admin/{kind.name}/")
    assert page.status_code == 200
    found = re.search(r'href="(/admin/[a-z_]+/details/\?id=[^"]+)"', page.text)
    if found is not None:
        assert client.get(found[1].replace("&amp;", "&")).status_code == 200
    for query in (
        {"q": "みほん 2026"}, {"who": "担当"}, {"company": "みほん"}, {"from": "2020-01-01", "to": "2030-01-01"},
        *({"sort": f"{sign}{name}"} for name in kind.sort for sign in ("", "-")),
    ):  # fmt: skip
        assert client.get(f"/admin/{kind.name}/", query_string=query).status_code == 200, query
    assert client.get(f"/admin/{kind.name}/export/csv").status_code == 200


@pytest.mark.parametrize("kind", [each for each in KINDS if each.sort], ids=called)
def test_every_order_goes_on_to_the_end_and_back(kind: Kind, site: Site) -> None:
    with database.connection():
        every = [row._pk for row in kind.model.select(kind.model._meta.primary_key)]
        for sort in ("", *kind.sort, *(f"-{name}" for name in kind.sort)):
            ask, seen, pages = Ask(sort=sort), [], []
            while True:
                page = listing.page(kind, ask, 3)
                seen += [row._pk for row in page.rows]
                pages.append([row._pk for row in page.rows])
                if not page.after or len(seen) > len(every):
                    break
                last = querying.place_of(kind, ask, page.rows[-1])
                ask = Ask(sort=sort, after=last)
            assert sorted(map(str, seen)) == sorted(map(str, every)), (kind.name, sort)
            if len(pages) > 1:
                first = querying.place_of(kind, ask, listing.page(kind, ask, 3).rows[0])
                assert [row._pk for row in listing.page(kind, Ask(sort=sort, before=first), 3).rows] == pages[-2]
