"""What strangers and the ill-willed try at every route: others' ids, fields that no form has, addresses that lead away,
a session that they know, markup and formulas in whatever people may type."""

from __future__ import annotations

import csv
import inspect
import io
import re
import zipfile
from typing import Any
from urllib.parse import urlsplit

import pytest
from werkzeug.routing import Rule

from app.engine import Engine
from app.services.mailroom import receive
from app.states import RIGHTS, Account, Right
from app.store import accounts, database
from app.store.models import Case, Invoice, User, UserRole
from tests.services.conftest import APPLICATION, STAFF
from tests.web.conftest import engine
from tests.web.desk_support import VENDOR, pdf, text
from tests.web.frame import town as towns
from tests.web.frame.routes import right_of
from tests.web.frame.town import OTHER, PASSWORD, READING, Town, methods

__all__ = ["engine"]

EVIL = "evil.example"
AWAY = ("//evil.example/x", "https://evil.example/", "/\\evil.example", "https:evil.example", "/\t/evil.example/")
MARK = "=1+1<img src=x onerror=alert(1)>"
PLANTED = "<img src=x"
TUS = {"Tus-Resumable": "1.0.0", "Upload-Length": "10", "Upload-Offset": "0"}
# Fields that no form has, by the names of what is kept.
MORE = {
    "side": "operator", "roles": "administrator", "role_id": "1", "active": "", "groups": "review,accounting",
    "is_admin": "yes", "fs_uniquifier": "0" * 64, "user_id": "1", "by": "1", "actor": "1", "amount": "1",
    "paid": "yes", "company_id": "1", "release": "1", "turn": "operator", "stage": "end", "assignee": "1",
    "created_at": "2000-01-01", "member": "1", "proved_at": "2000-01-01", "next": AWAY[0], "back": AWAY[1],
    "url": AWAY[1], "return": AWAY[1],
}  # fmt: skip


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Town:
    return towns.found(tmp_path_factory.mktemp("hostile"), engine)


def of_vendors(rule: Rule) -> bool:
    names = right_of(rule.endpoint).split()
    return "public" not in names and any(Right[name] in RIGHTS[Account.VENDOR] for name in names)


def nobodys(known: dict[str, Any]) -> dict[str, Any]:
    """Values of the same kind under which there is nothing."""
    given = {"number": "2026-9999", "case": "2026-9999", "package_id": known["package_id"], "element": known["element"]}
    return {key: given.get(key, 987654 if isinstance(value, int) else "f" * len(value)) for key, value in known.items()}


def same(answer: Any) -> tuple[Any, ...]:
    """What an answer gives away, apart from the ids that were asked with and the numbers that each page has."""
    words = text(answer) if "<main" in answer.text else answer.text
    return answer.status_code, re.sub(r"[0-9a-f-]{16,}|[\w-]{40,}|\b[A-Z0-9]{4}-[A-Z0-9]{4}\b|\d+", "#", words)


def test_what_is_another_companys_looks_as_what_is_not_there(town: Town) -> None:
    browser, known = town.site.person(OTHER), town.known()
    missing, before, tried = nobodys(known), town.everything(), 0
    for rule in town.rules():
        if not set(rule.arguments) & (known.keys() - {"package_id", "element"}) or not of_vendors(rule):
            continue
        for method in methods(rule):
            theirs, none = town.address(rule, known), town.address(rule, missing)
            data = {"reason": "x", "step": "send", "answer": "yes", "revision": "1", "action": "check", "text": "x"}
            found = [same(browser.open(url, method=method, data=dict(data), headers=TUS)) for url in (theirs, none)]
            assert found[0] == found[1], (method, theirs, none)
            assert found[0][0] in {400, 303, 403, 404, 405, 409, 410, 415, 422}, (method, theirs, found[0][0])
            tried += 1
    assert tried > 50
    after = town.everything()
    assert {name for name in before if before[name] != after[name]} == set()


def own(model: Any, *fields: str) -> list[tuple[Any, ...]]:
    with database.connection():
        return sorted(model.select(*(getattr(model, name) for name in fields)).tuples())


def kept() -> dict[str, Any]:
    """What no form of these may change."""
    return {
        "accounts": own(User, "id", "email", "side", "groups", "active", "password"),
        "roles": own(UserRole, "user", "role"),
        "invoices": own(Invoice, "id", "amount", "state"),
        "cases": own(Case, "id", "number", "company", "release", "created_at"),
    }


@pytest.mark.parametrize("who", ["vendor", "agent", "in the group", "auditor"])
def test_fields_that_no_form_has_change_nothing_and_no_answer_leads_away(town: Town, who: str) -> None:
    browser, known, before, tried = town.browser(who), town.known(), kept(), 0
    for rule in town.rules():
        for method in sorted((rule.methods or set()) - READING):
            if rule.endpoint in {"security.logout", "plays.within"}:
                continue
            answer = browser.open(town.address(rule, known), method=method, data=MORE, headers={"Referer": AWAY[1]})
            assert answer.status_code < 500 or answer.status_code == 503, (rule.endpoint, answer.status_code)
            assert EVIL not in answer.headers.get("Location", ""), rule.endpoint
            answer.close()
            tried += 1
    assert tried > 150
    assert kept() == before


def test_a_profile_an_application_and_an_answer_take_what_they_ask_for(town: Town) -> None:
    with database.connection():
        before = dict(accounts.by_email(VENDOR).__data__)  # type: ignore[union-attr]
    more = {**MORE, "email": "thief@example.com", "password": "x" * 20, "confirmed_at": "2020-01-01"}
    browser = town.site.person(VENDOR)
    assert browser.post("/account/profile", data={**more, "name": "例 二郎", "language": "en"}).status_code == 303
    with database.connection():
        after = dict(accounts.by_email(VENDOR).__data__)  # type: ignore[union-attr]
    changed = {key for key in before if before[key] != after[key]}
    assert changed <= {"name", "language", "update_datetime"} and after["name"] == "例 二郎"
    said = {**APPLICATION, "consent": "true", "email": "third@example.net", "system_name": "第三のシステム"}
    sent = town.site.anybody().post(
        "/apply", data={**said, "step": "send", "state": "certified", "company": "1", "number": "2000-0001", **MORE}
    )
    assert sent.status_code == 303
    with database.connection():
        case = Case.select().where(Case.email == "third@example.net").get()
    assert (case.state.value, case.company_id) == ("open", None) and case.number != "2000-0001"


@pytest.mark.parametrize("way", ["next", "back"])
def test_signing_in_leads_nowhere_but_here(town: Town, way: str) -> None:
    for address in AWAY:
        browser = town.site.anybody()
        data = {"email": STAFF[0], "password": PASSWORD, way: address}
        answer = browser.post("/login", query_string={way: address}, data=data)
        assert answer.status_code in {200, 302, 303}, address  # 200: the form again, since it leads away
        place = urlsplit(answer.headers.get("Location", "/").replace("\\", "/").replace("\t", ""))
        assert place.netloc in {"", "localhost"} and not place.path.startswith("//"), place


def test_a_session_that_somebody_else_knows_before_is_not_the_one_that_signs_in(town: Town) -> None:
    thief, victim = town.site.anybody(), town.site.anybody()
    thief.get("/login")
    planted = thief.get_cookie("session")
    victim.set_cookie("session", planted.value if planted is not None else "a session of mine")
    assert victim.post("/login", data={"email": STAFF[0], "password": PASSWORD}).status_code == 302
    assert victim.get("/account").status_code == 200
    assert thief.get("/account").status_code == 302, "the one that was planted signed in, too"
    first = victim.get_cookie("session")
    assert victim.post("/login", data={"email": STAFF[1], "password": PASSWORD}).status_code in {302, 303}
    assert first is not None and victim.get_cookie("session").value != "a session of mine"  # type: ignore[union-attr]


def planted(town: Town) -> int:
    """Markup, which is a formula as well, wherever people may type or name a file; how many places took it."""
    vendor, staff, boss = town.browser("vendor"), town.browser("in the group"), town.browser("administrator")
    case, day = town.walker.number, town.site.bench.portal.today()
    company, known = town.known()["company_id"], town.known()
    tries = [
        (vendor, "/account/profile", {"name": MARK, "language": "ja"}),
        (staff, "/account/profile", {"name": MARK, "language": "ja"}),
        (boss, "/account/profile", {"name": MARK, "language": "ja"}),
        (vendor, f"/cases/{case}/messages", {"text": MARK}),
        (staff, f"/cases/{case}/messages", {"text": MARK, "internal": "yes"}),
        (staff, "/worklist/views", {"name": MARK, "query": f"q={MARK}"}),
        (staff, "/absences", {"delegate": known["user_id"], "first": day, "last": day, "note": MARK}),
        (boss, "/calendar/closing", {"day": "2026-12-28", "reason": MARK, "title": MARK, "month": "2026-12"}),
        (boss, "/admin/closing_day/new/", {"day": "2026-12-29", "title": MARK}),
        (boss, "/designer/make", {"package": known["package_id"], "number": "1", "title": MARK}),
        (boss, "/cards/desks", {"name": MARK}),
        (vendor, f"/company/{company}/invitations", {"email": "x@example.com", "role": "member", "rights": "full"}),
        (vendor, f"/company/{company}/agents/new", {"email": "y@example.com", "office": MARK, "rights": "answer",
                                                     "scope": "all", "first_day": day.isoformat()}),
        (town.site.anybody(), "/apply", {**APPLICATION, "consent": "true", "step": "send", "email": "z@example.com",
                                        "company_name": MARK, "system_name": MARK, "contact_name": MARK}),
        (staff, f"/tasks/{known['task_id']}/draft", {"revision": "0", "remarks": MARK, "comment": MARK}),
    ]  # fmt: skip
    took = sum(who.post(url, data=data).status_code in {200, 201, 204, 303} for who, url, data in tries)
    letter = (
        f"From: {MARK} <{VENDOR}>\r\nTo: portal@example.jp\r\nSubject: {case} {MARK}\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n'
        f"{MARK}\r\n--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment;"
        f' filename="{MARK}.pdf"\r\n\r\n'
    )
    receive.receive(town.site.bench.portal, letter.encode() + pdf()[0].read() + b"\r\n--b--\r\n")
    town.site.bench.drain()
    return took


def test_markup_in_names_texts_and_files_is_text_on_every_page(town: Town) -> None:
    assert planted(town) >= 9
    shown = 0
    for who in ("administrator", "vendor"):
        browser, known = town.browser(who), town.known()
        for rule in town.rules():
            if "GET" not in (rule.methods or set()) or rule.endpoint in {"static", "plays.within"}:
                continue
            answer = browser.get(town.address(rule, known))
            if answer.status_code == 200 and answer.mimetype == "text/html":
                assert PLANTED not in answer.text, (who, rule.endpoint)
                shown += "&lt;img src=x" in answer.text
            answer.close()  # a file that is not read to its end holds on to the database
    assert shown > 20


def exports(town: Town) -> set[str]:
    """Every route that gives rows as a file: by what its view calls, so that none that comes is left out."""
    found = set()
    for endpoint, view in town.site.app.view_functions.items():
        if endpoint.startswith("records_"):
            found |= {endpoint} if endpoint.endswith(".export") else set()
        elif re.search(r"\bexporting\.(?:answer|take)\(", inspect.getsource(inspect.unwrap(view))):
            found.add(endpoint)
    return found


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_formula_in_a_name_is_a_text_in_every_export(town: Town, form: str) -> None:
    planted(town)
    boss, wanted, told = town.browser("administrator"), exports(town), 0
    assert {"audit.export", "payments.export", "ledger.download", "register.systems_csv"} <= wanted
    for rule in town.site.app.url_map.iter_rules():
        if rule.endpoint not in wanted or "GET" not in (rule.methods or set()):
            continue
        wanted.discard(rule.endpoint)
        url = town.address(rule, {**town.known(), "form": form, "export_type": form})
        answer = boss.get(url, query_string={"form": form})
        assert answer.status_code == 200, url
        texts = [answer.data.decode("utf-8-sig")] if answer.mimetype == "text/csv" else []
        if texts:
            for line in csv.reader(io.StringIO(texts[0])):
                assert [cell for cell in line if re.match(r"[=+@\t\r]|-(?![\d.,]+$)", cell)] == [], url
        else:
            with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
                texts = [book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/")]
            assert texts and not any(re.search(r"<f[ >/]", each) for each in texts), url
        told += any(MARK[:4] in each for each in texts)
    assert wanted == set(), "routes that could not be asked"
    assert told >= 3, "what was typed is there, as a text"
