"""Every door of the web, found from its map and its sources: HEAD, numbers without bounds, what no text holds."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from app.engine import Engine
from tests.web.conftest import open_site
from tests.web.doors import PROJECT, Doors, names_read, open_doors

TWENTY = "9" * 20
ODD = ["\x00", "a\x00b", "\ud800", "\u202e", "\x85", "🏗", "ｱ" * 300, "-1", "1e999", "0x10", "٣", TWENTY, "9" * 5000]


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Iterator[Doors]:
    yield open_doors(open_site(tmp_path_factory.mktemp("doors"), engine))


def _pages(doors: Doors) -> Iterator[tuple[str, str, FlaskClient]]:
    for who, client in doors.people().items():
        for rule in doors.pages(who):
            yield doors.path(rule), who, client


def test_head_is_answered_as_get_on_every_page_and_for_everybody(doors: Doors) -> None:
    """RFC 9110 section 9.3.2. Mail programs, link checkers and proxies look at a link before a person follows it."""
    wrong = []
    asked = set()
    for path, who, client in _pages(doors):
        head, get = client.head(path), client.get(path)
        asked.add(get.status_code)
        if head.status_code != get.status_code or head.data or head.content_type != get.content_type:
            wrong.append(f"{who} {path}: {head.status_code} for HEAD, {get.status_code} for GET")
        get.close()  # a file that is not read to its end holds on to the database
    assert wrong == []
    assert {200, 302, 403, 404} <= asked


def test_a_link_in_a_mail_is_answered_for_head_as_for_get_and_is_not_used_up(doors: Doors) -> None:
    """A fresh one, an invitation and a password's alike: what a scanner of mails does."""
    from app.store import database
    from app.store.models import Case, EntryLink

    client, now = doors.site.anybody(), doors.site.bench.portal.now()
    with database.connection():
        case = Case.get(Case.number == doors.number)
    with database.transaction():
        link = EntryLink.create(
            case=case,
            token="fresh",
            email="new@example.com",
            expires_at=now.replace(year=2030),
        )
    assert client.head("/enter/fresh").status_code == 200
    assert client.get("/enter/fresh").status_code == 200
    with database.connection():
        assert EntryLink.get_by_id(link.id).used_at is None


def test_a_number_that_no_row_has_is_no_page(doors: Doors) -> None:
    """404; or 405 where another address than this one takes the method."""
    found = 0
    for who in ("anybody", "operator"):
        client = doors.people()[who]
        for rule in doors.site.app.url_map.iter_rules():
            for name, number in product(doors.numbers(rule), (TWENTY, "9" * 5000, str(2**31), str(2**63))):
                path = doors.path(rule, **{name: 777_777_777}).replace("777777777", number)
                for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                    assert client.open(path, method=method).status_code in {404, 405}, (who, method, path)
                    found += 1
    assert found > 300


def test_numbers_without_bounds_in_a_query_are_no_mistake_of_ours(doors: Doors) -> None:
    """Each name that a view reads, on each page: the last page, everything or 404, and never 500."""
    names = names_read("args")
    assert {"page", "id", "skip", "after", "q", "month"} <= names
    for path, who, client in _pages(doors):
        if who in {"operator", "administrator"}:
            for query in (dict.fromkeys(names, TWENTY), dict.fromkeys(names, "-1"), {"page": TWENTY, "id": "1" * 5000}):
                assert client.get(path, query_string=query).status_code < 500, (path, query)


def test_the_last_page_is_shown_for_a_number_behind_it(doors: Doors) -> None:
    client = doors.people()["administrator"]
    for path in ("/cases", "/systems", "/inbound?state=taken", "/tasks?scope=all", "/admin/entry/", "/admin/case/"):
        joint = "&" if "?" in path else "?"
        answer = client.get(f"{path}{joint}page={TWENTY}")
        assert answer.status_code == 200, path
        if path.startswith(("/admin/case", "/cases")):
            assert doors.number in answer.text, path


def test_no_post_of_any_name_is_a_mistake_of_ours(doors: Doors) -> None:
    """What no text holds, and numbers without bounds, in every field that a view reads."""
    names = sorted(names_read("form"))
    for turn in range(len(ODD)):
        data = {name: ODD[(turn + place) % len(ODD)] for place, name in enumerate(names)}
        data |= {f"{each}-{ODD[turn]}": ODD[turn] for each in ("rights", "place", "invoice")}
        sent = urlencode(data, errors="surrogatepass")
        who = ("vendor", "operator")[turn % 2]
        client = doors.people()[who]
        for rule in list(doors.rules("POST"))[turn % 4 :: 4]:
            path = doors.path(rule)
            answer = client.post(path, data=sent, content_type="application/x-www-form-urlencoded")
            assert answer.status_code < 500, (who, path, turn, answer.text[:2000])


def test_json_nested_without_end_is_told_off(doors: Doors) -> None:
    client = doors.people()["vendor"]
    bodies = (b"[" * 100_000, b'{"a":' * 100_000 + b"1" + b"}" * 100_000, b"[" * 60 + b"]" * 60, b"NaN", b"\xff")
    for number, rule in enumerate(doors.rules("POST")):
        answer = client.post(doors.path(rule), data=bodies[number % 5], content_type="application/json")
        assert answer.status_code < 500, (rule, number % 5)
    path = f"/tasks/{doors.known['task_id']}/draft"
    assert client.post(path, data=b"[" * 100_000, content_type="application/json").status_code in {400, 403, 404}


def test_texts_in_json_come_without_what_no_text_holds(doors: Doors) -> None:
    app = doors.site.app
    with app.test_request_context(
        "/", method="POST", data=b'{"a\\u0000": ["x\\ud800\\u202ey\\r\\nz"]}', content_type="application/json"
    ):
        from flask import request

        assert request.get_json() == {"a": ["xy\nz"]}


def test_an_address_holds_nothing_that_no_text_holds(doors: Doors) -> None:
    for who in ("anybody", "operator"):
        client = doors.people()[who]
        for rule in doors.pages(who):
            texts = [name for name in rule._converters if name not in doors.numbers(rule)]
            for name, odd in product(texts, ("%00", "%E2%80%AE", "a%0D%0Ab")):
                if type(rule._converters[name]).__name__ == "AnyConverter":
                    continue
                path = doors.path(rule, **{name: "ODDODD"}).replace("ODDODD", odd)
                assert client.get(path).status_code in {404, 302, 308}, (who, path)


def test_a_view_asks_whether_it_is_only_asked_and_reads_numbers_by_their_bounds() -> None:
    """The kind of fault, kept out of the sources: `method == "GET"`, `int()` of what was sent."""
    for file in [*Path(PROJECT / "app/web").rglob("*.py"), *Path(PROJECT / "admin").glob("*.py")]:
        tree = ast.parse(file.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.Compare) and ast.unparse(node.left) == "request.method":
                assert not any(isinstance(each, ast.Constant) and each.value == "GET" for each in node.comparators), (
                    file
                )
            if isinstance(node, ast.Call):
                told = ast.unparse(node)
                assert not told.startswith(("int(request", "int(posted", "int(typed", "int(given")), (file, told)
                assert "type=int" not in told or "request." not in told, (file, told)
