"""The public register: which systems are certified, and is this certificate valid today?"""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.engine import Engine
from app.store import cases, database
from app.store.models import Case, Certificate, Release
from tests.services.conftest import PACKAGES
from tests.web.conftest import Site, open_site

TODAY = date(2026, 4, 1)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Site:
    site = open_site(tmp_path_factory.mktemp("register"), engine, PACKAGES)
    with database.transaction():
        certify(site, "N-1", "ゲート一号", "青空株式会社")
        certify(site, "N-2", "顔認証", "緑川株式会社", state="suspended")
        certify(site, "N-3", "カード", "=HYPERLINK(1)", state="withdrawn")
        certify(site, "N-4", "期限切れ", "黒田", valid_until=TODAY - timedelta(days=1))
        certify(site, "N-5", "掲載前", "白井", listed=False)
        certify(site, "N-6", "最終日", "赤井", valid_until=TODAY, listing={"listing_url": "javascript:alert(1)"})
    return site


def certify(site: Site, number: str, system: str, company: str, **more: Any) -> None:
    now = site.bench.portal.now()
    case = Case.create(
        number=f"case {number}", package_id="library", release=Release.get(), email="x@example.jp", turn_since=now,
        created_at=now, changed_at=now,
    )  # fmt: skip
    if more.get("state"):
        cases.log(case.id, now, "register", title=number, text=more["state"])
    Certificate.create(**{
        "number": number, "case": case, "package_id": "library", "system_name": system, "company_name": company,
        "certified_on": TODAY - timedelta(days=100), "issued_on": TODAY - timedelta(days=100),
        "valid_until": TODAY + timedelta(days=200), "last_audit_on": TODAY - timedelta(days=100), "listed": True,
        **more,
    })  # fmt: skip


@pytest.fixture
def reader(shared: Site) -> FlaskClient:
    client = shared.anybody()
    client.set_cookie("lang", "en")
    return client


def numbers(reader: FlaskClient, query: str = "") -> list[str]:
    return [each["number"] for each in reader.get(f"/systems.json{query}").get_json()["systems"]]


def test_the_list_shows_what_is_listed(reader: FlaskClient) -> None:
    page = reader.get("/systems").text
    assert "ゲート一号" in page
    assert "掲載前" not in page
    assert numbers(reader) == ["N-1", "N-2", "N-3", "N-4", "N-6"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=顔認証", ["N-2"]),
        ("?q=青空", ["N-1"]),
        ("?q=N-3", ["N-3"]),
        ("?q=nothing", []),
        ("?state=valid", ["N-1", "N-6"]),
        ("?state=suspended", ["N-2"]),
        ("?state=withdrawn", ["N-3"]),
        ("?state=expired", ["N-4"]),
        ("?state=nonsense&order=nonsense", ["N-1", "N-2", "N-3", "N-4", "N-6"]),
        ("?order=valid_until", ["N-4", "N-6", "N-1", "N-2", "N-3"]),
    ],
)
def test_the_list_is_searched_narrowed_and_sorted(reader: FlaskClient, query: str, found: list[str]) -> None:
    assert numbers(reader, query) == found


def test_a_list_without_hits_says_what_to_do(reader: FlaskClient) -> None:
    page = reader.get("/systems?q=nothing").text
    assert re.search(r"No matching [\w ]+", page), "in the package's own word"
    assert 'value="nothing"' in page


def test_pages_beyond_the_last_show_the_last(reader: FlaskClient) -> None:
    assert "ゲート一号" in reader.get("/systems?page=99").text
    assert reader.get("/systems?page=x").status_code == 200


@pytest.mark.parametrize(
    ("number", "kind", "words"),
    [
        ("N-1", "valid", "this certificate is valid"),
        ("N-2", "suspended", "suspended since Wed 1 Apr 2026"),
        ("N-3", "revoked", "revoked on Wed 1 Apr 2026"),
        ("N-4", "expired", "expired on Tue 31 Mar 2026"),
        ("N-6", "valid", "this certificate is valid"),
    ],
)
def test_one_line_says_whether_the_certificate_is_valid_today(
    reader: FlaskClient, number: str, kind: str, words: str
) -> None:
    page = reader.get(f"/systems/{number}").text
    line = page[page.index(f"verdict verdict--{kind}") :].split("</p>")[0]
    assert words in line
    assert page.index("verdict") < page.index('class="facts"')


def test_certificates_that_are_not_listed_are_not_there(reader: FlaskClient) -> None:
    assert reader.get("/systems/N-5").status_code == 404
    assert reader.get("/systems/nothing").status_code == 404


def test_an_address_that_is_none_becomes_no_link(reader: FlaskClient) -> None:
    assert "javascript:" not in reader.get("/systems/N-6").text


def test_the_table_opens_in_spreadsheets_and_calculates_nothing(reader: FlaskClient) -> None:
    answer = reader.get("/systems.csv?state=withdrawn")
    assert answer.mimetype == "text/csv"
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    assert rows[1][0] == "N-3"
    assert rows[1][2] == "'=HYPERLINK(1)"


def test_programs_learn_the_day_to_which_the_answer_belongs(reader: FlaskClient) -> None:
    found = reader.get("/systems.json?q=N-4").get_json()
    assert found["as_of"] == "2026-04-01"
    assert found["systems"][0]["valid"] is False
    assert found["systems"][0]["url"].endswith("/systems/N-4")
