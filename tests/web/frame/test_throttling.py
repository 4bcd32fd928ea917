"""Guessed passwords wait longer each time, wherever they are asked, and nobody who belongs here is locked out."""

from __future__ import annotations

import ast
import json
import logging
import re
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import web
from app.engine import Engine
from app.services import upkeep
from app.services.mails.portalmails import Wording
from app.services.people import accounts
from app.services.signin import guessing, passwords
from app.store import attempts, database, datastore, guesses
from app.store.models import Guess, KnownPlace, TrailEntry
from app.web.account import passwordforms, signins
from app.web.frame.proxies import TrustedProxies
from app.web.server import Server
from tests.services.conftest import PACKAGES, STAFF, open_bench
from tests.web.conftest import Site
from tests.web.desk_support import text

RIGHT = "a password for tests"
HERE, THERE = "203.0.113.1", "198.51.100.1"
PROJECT = Path(__file__).parents[3]


def sign_in(browser: FlaskClient, password: str, email: str = STAFF[0], place: str = HERE, **more: Any) -> TestResponse:
    given = {"email": email, "password": password}
    return browser.post("/login", data=given, environ_overrides={"REMOTE_ADDR": place}, **more)


def later(site: Site, **span: float) -> None:
    site.bench.portal.clock.moment += timedelta(**span)  # type: ignore[attr-defined]


def guess(site: Site, count: int, email: str = STAFF[0], place: str = HERE) -> list[int]:
    """The statuses of so many wrong passwords, each from a browser without a past."""
    return [sign_in(site.anybody(), f"wrong {n}", email, place).status_code for n in range(count)]


def enters(site: Site, email: str = STAFF[0], place: str = HERE) -> bool:
    """Whether the right password lets a new browser in."""
    return sign_in(site.anybody(), RIGHT, email, place).status_code == 302


# How long


def test_five_wrong_passwords_are_free_and_each_after_them_waits_twice_as_long(small_site: Site) -> None:
    assert guess(small_site, 5) == [200] * 5
    waits = []
    for _ in range(8):
        held = sign_in(small_site.anybody(), "wrong")
        assert held.status_code == 429
        waits.append(int(held.headers["Retry-After"]) // 60)
        later(small_site, seconds=int(held.headers["Retry-After"]))
        assert guess(small_site, 1) == [200]
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]


def test_the_right_password_waits_too_and_then_clears_what_was_mistyped(small_site: Site) -> None:
    guess(small_site, 5)
    held = sign_in(small_site.anybody(), RIGHT)
    assert held.status_code == 429
    assert 'role="alert"' in held.text
    assert "1分" in text(held)
    later(small_site, minutes=1)
    assert enters(small_site)
    assert guess(small_site, 5) == [200] * 5


def test_what_was_mistyped_counts_for_a_day(small_site: Site) -> None:
    guess(small_site, 5)
    later(small_site, hours=24, seconds=1)
    assert guess(small_site, 5) == [200] * 5


def test_the_page_and_the_programs_answer_say_how_long_in_the_readers_language(small_site: Site) -> None:
    guess(small_site, 5)
    english = small_site.anybody()
    english.set_cookie("lang", "en")
    assert "1 minutes from now" in text(sign_in(english, "wrong"))
    told = sign_in(small_site.anybody(), "wrong", headers={"Accept": "application/json"})
    assert (told.status_code, told.headers["Retry-After"]) == (429, "60")
    assert "1分" in told.json["error"]


def test_the_page_says_until_when_and_leads_to_the_mailed_link_which_lets_in_at_once(small_site: Site) -> None:
    guess(small_site, 5)
    later(small_site, seconds=15)
    page = sign_in(small_site.anybody(), "wrong")
    assert "10:01 まで受け付けを止めています" in page.text  # the minute in which it is open again, in Japan
    assert 'href="/password"' in page.text
    assert "お待ちいただく必要はありません" in page.text


def test_who_asked_for_too_many_links_is_not_led_back_to_where_they_are_asked_for(small_site: Site) -> None:
    browser = small_site.anybody()
    answers = [browser.post("/password", data={"email": f"{n}@example.com"}) for n in range(40)]
    held = next(each for each in answers if each.status_code == 429)
    assert "まで受け付けを止めています" in held.text
    assert "お待ちいただく必要はありません" not in held.text


# Wherever it is asked


def as_json(browser: FlaskClient, path: str, place: str = HERE, **given: str) -> TestResponse:
    return browser.post(path, json=given, headers={"Accept": "application/json"},
                        environ_overrides={"REMOTE_ADDR": place})  # fmt: skip


def test_forty_guesses_as_json_are_no_more_than_by_the_form(small_site: Site) -> None:
    browser = small_site.anybody()
    said = [as_json(browser, "/login", email=STAFF[0], password=f"x{n}").status_code for n in range(40)]
    assert Counter(said) == {400: 5, 429: 35}
    assert as_json(browser, "/login", email=STAFF[0], password=RIGHT).status_code == 429
    later(small_site, minutes=1)
    assert as_json(small_site.anybody(), "/login", email=STAFF[0], password=RIGHT).status_code == 200


def verify(browser: FlaskClient, password: str) -> int:
    return browser.post("/verify", data={"password": password}).status_code


def verify_json(browser: FlaskClient, password: str) -> int:
    return as_json(browser, "/verify", "127.0.0.1", password=password).status_code


def change(browser: FlaskClient, password: str) -> int:
    given = {"current": password, "password": "another one for tests", "again": "another one for tests"}
    return browser.post("/account/password", data=given).status_code


WAYS = {"verify": verify, "verify by JSON": verify_json, "change the password": change}


@pytest.mark.parametrize("way", WAYS)
def test_a_password_asked_of_who_is_signed_in_counts_as_well(way: str, small_site: Site) -> None:
    browser = small_site.operator()
    said = [WAYS[way](browser, f"wrong {n}") for n in range(12)]
    assert 429 not in said[:5]
    assert said[5:] == [429] * 7
    assert WAYS[way](browser, RIGHT) == 429
    assert browser.get("/tasks").status_code == 200  # the work goes on
    later(small_site, minutes=1)
    assert WAYS[way](browser, RIGHT) in {200, 302, 303}


def test_what_is_guessed_in_one_way_counts_in_the_others(small_site: Site) -> None:
    browser = small_site.operator()
    for n, way in enumerate([*WAYS.values(), verify, change]):
        assert way(browser, f"wrong {n}") != 429
    assert {way(browser, "wrong") for way in WAYS.values()} == {429}
    assert sign_in(small_site.anybody(), RIGHT, place="127.0.0.1").status_code == 429
    assert enters(small_site, place=THERE)


def test_every_form_of_the_library_that_asks_for_a_password_goes_through_the_one_check(small_site: Site) -> None:
    security: Any = small_site.app.extensions["security"]
    assert security.forms["login_form"].cls is passwordforms.SignIn
    assert security.forms["verify_form"].cls is passwordforms.Verify
    assert {rule.endpoint for rule in small_site.app.url_map.iter_rules() if rule.endpoint.startswith("security.")} <= {
        "security.login", "security.logout", "security.verify", "security.static",
    }  # fmt: skip
    assert small_site.app.config["SECURITY_API_ENABLED_METHODS"] == ["session"]


def test_our_own_code_looks_at_a_password_only_inside_the_check() -> None:
    """`passwords.fits` and the library's look at one: each use stands in a call of `guessing.checked`."""
    looks = {"fits", "verify_password", "verify_and_update_password"}
    bare = []
    for path in [*(PROJECT / "app").rglob("*.py"), *(PROJECT / "admin").rglob("*.py")]:
        tree = ast.parse(path.read_text())
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        checks = [node for node in calls if ast.unparse(node.func).endswith("guessing.checked")]
        inside = {id(child) for node in checks for child in ast.walk(node)}
        for node in calls:
            name = ast.unparse(node.func)
            ours = name.startswith("passwords.") or ("." not in name and path.name == "passwords.py")
            if name.rpartition(".")[2] in looks and (ours or "verify" in name) and id(node) not in inside:
                bare.append(f"{path.name}: {name}")
    assert bare == []


# Many at once


@pytest.fixture(params=["sqlite", "postgres"])
def served(request: pytest.FixtureRequest, tmp_path: Path, engine: Engine) -> Iterator[str]:
    """The address of the pages, served by threads over either database."""
    url = f"sqlite:///{tmp_path}/nintei.db" if request.param == "sqlite" else request.getfixturevalue("postgres")
    bench = open_bench(tmp_path, url, engine, PACKAGES)
    app = web.create_app(bench.portal, datastore.Accounts(bench.portal.today))
    app.config.update(WTF_CSRF_ENABLED=False)
    server = Server(app, patience=5, host="127.0.0.1", port=0, threads=16)
    [(host, port)] = server.places
    thread = threading.Thread(target=server.run)
    thread.start()
    yield f"http://{host}:{port}"
    server.stop()
    thread.join(20)
    if database.is_postgres():
        database.proxy.obj.close_all()


def at_once(count: int, path: str, given: bytes, kind: str) -> Counter[int]:
    """What so many browsers are answered that post this at the same moment."""
    gate, said = threading.Barrier(count), []

    def one() -> None:
        asked = urllib.request.Request(path, given, {"Content-Type": kind, "Accept": "application/json"})
        gate.wait()
        try:
            said.append(urllib.request.urlopen(asked, timeout=120).status)
        except urllib.error.HTTPError as error:
            said.append(error.code)

    threads = [threading.Thread(target=one) for _ in range(count)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return Counter(said)


def test_of_thirty_at_once_five_are_looked_at(served: str) -> None:
    given = json.dumps({"email": STAFF[0], "password": "x"}).encode()
    assert at_once(30, f"{served}/login", given, "application/json") == {400: 5, 429: 25}
    with database.connection():
        assert Guess.select().count() == 5
    asked = urllib.parse.urlencode({"step": "send"}).encode()
    said = at_once(40, f"{served}/apply", asked, "application/x-www-form-urlencoded")
    assert said[429] == 10, "thirty applications an hour from one place, and no more when they come at once"


# Neither the owner nor the office is locked out


def test_a_stranger_elsewhere_does_not_hold_up_the_owner(small_site: Site) -> None:
    guess(small_site, 12, place=THERE)
    assert sign_in(small_site.anybody(), RIGHT, place=THERE).status_code == 429
    assert enters(small_site, place=HERE)


def test_the_owners_browser_goes_through_where_a_stranger_guesses_beside_it(small_site: Site) -> None:
    browser = small_site.anybody()
    assert sign_in(browser, RIGHT).status_code == 302
    browser.post("/logout")
    guess(small_site, 12)
    assert not enters(small_site)
    assert sign_in(browser, RIGHT).status_code == 302


def test_a_known_browser_that_was_stolen_guesses_no_more_than_another(small_site: Site) -> None:
    browser = small_site.anybody()
    sign_in(browser, RIGHT)
    browser.post("/logout")
    said = [sign_in(browser, f"wrong {n}", place=f"203.0.113.{n + 20}").status_code for n in range(8)]
    assert said == [200] * 5 + [429] * 3


def test_many_places_do_not_help_and_a_known_one_goes_through(small_site: Site) -> None:
    assert enters(small_site, place=HERE)
    for number in range(50):
        assert guess(small_site, 1, place=f"192.0.2.{number}") == [200]
    assert guess(small_site, 1, place="192.0.2.99") == [429]
    assert not enters(small_site, place=THERE)
    assert enters(small_site, place=HERE)


def test_a_mailed_link_lets_the_owner_in_whatever_strangers_do(small_site: Site) -> None:
    portal, letters = small_site.bench.portal, small_site.bench.mailbox
    for number in range(51):
        guess(small_site, 1, place=f"192.0.2.{number}")
    assert not enters(small_site, place=THERE)
    passwords.send_link(portal, STAFF[0], Wording("x", "[x](%(url)s)\n"))
    small_site.bench.drain()
    found = re.search(r"https?://[^/]+(/password/\S+)", letters.letters[-1].text)
    assert found is not None
    browser, new = small_site.anybody(), "a third one for tests"
    there = {"REMOTE_ADDR": THERE}
    assert browser.post(found[1], data={"password": new, "again": new}, environ_overrides=there).status_code == 303
    assert sign_in(browser, new, place=THERE).status_code == 302


def test_eleven_wrong_passwords_for_eleven_addresses_close_the_office_to_nobody(small_site: Site) -> None:
    for number in range(11):
        assert guess(small_site, 1, f"{number}@example.jp") == [200]
    assert enters(small_site, STAFF[1])


def test_a_place_that_goes_through_addresses_waits_whether_they_exist_or_not(small_site: Site) -> None:
    assert enters(small_site, STAFF[2])
    for number in range(30):
        assert guess(small_site, 1, f"{number}@example.jp") == [200]
    known, unknown = guess(small_site, 1, STAFF[0]), guess(small_site, 1, "nobody@example.jp")
    assert known == unknown == [429]
    assert enters(small_site, STAFF[2])  # who has signed in from there
    assert enters(small_site, STAFF[0], THERE)


def test_a_flood_from_one_place_holds_up_all_but_known_browsers(small_site: Site) -> None:
    browser = small_site.anybody()
    sign_in(browser, RIGHT)
    browser.post("/logout")
    with database.transaction():
        now = small_site.bench.portal.now()
        for number in range(200):
            guesses.add(at=now, until=now + timedelta(hours=24), account=f"a{number}", place=HERE, known=True,
                        way="sign-in")  # fmt: skip
    assert not enters(small_site)
    assert sign_in(browser, RIGHT).status_code == 302


def test_the_addresses_of_one_customer_are_one_place(small_site: Site) -> None:
    for number in range(5):
        assert guess(small_site, 1, place=f"2001:db8:1:2::{number + 1}") == [200]
    assert guess(small_site, 1, place="2001:db8:1:2:ffff::9") == [429]
    assert guess(small_site, 1, place="2001:db8:1:3::1") == [200]
    assert guessing.place("::ffff:203.0.113.1") == "203.0.113.1"
    assert guessing.place("fe80::1%eth0") == "fe80::/64"
    assert guessing.place("nonsense") == guessing.place(None) == "unknown"


@pytest.mark.parametrize("spelled", ["SATO@example.jp", " sato@example.jp ", "ｓａｔｏ＠ｅｘａｍｐｌｅ．ｊｐ"])
def test_another_spelling_is_the_same_account(spelled: str, small_site: Site) -> None:
    guess(small_site, 5)
    assert sign_in(small_site.anybody(), "wrong", spelled).status_code == 429


def test_whether_an_address_is_known_makes_no_difference_to_the_work(small_site: Site) -> None:
    bound, counts = database.proxy.obj, {}
    sign_in(small_site.anybody(), "wrong", "first@example.jp")  # what is read once for all
    for email in (STAFF[0], "nobody@example.jp"):
        statements: list[str] = []
        run = bound.execute_sql
        bound.execute_sql = lambda sql, *more, run=run, to=statements, **kw: (to.append(sql), run(sql, *more, **kw))[1]
        try:
            sign_in(small_site.anybody(), "wrong", email)
        finally:
            bound.execute_sql = run
        counts[email] = Counter(sql.split()[0] for sql in statements if "role" not in sql.lower())
    assert counts[STAFF[0]] == counts["nobody@example.jp"]


def test_nothing_typed_is_no_guess(small_site: Site) -> None:
    for _ in range(12):
        assert sign_in(small_site.anybody(), "", place=HERE).status_code == 200
        assert sign_in(small_site.anybody(), "x", "", HERE).status_code == 200
    assert enters(small_site)


STRANGE: list[dict[str, Any]] = [{"email": ["a"], "password": {"b": 1}}, {"email": 7, "password": 8}, {"password": "x"}]


@pytest.mark.parametrize("given", STRANGE)
def test_strange_json_is_refused_and_counts_nothing(given: dict[str, Any], small_site: Site) -> None:
    answer = small_site.anybody().post("/login", json=given, headers={"Accept": "application/json"})
    assert answer.status_code in {400, 429}
    with database.connection():
        assert Guess.select().where(Guess.user.is_null(False)).count() == 0


# The administrator


@pytest.fixture
def admin(small_site: Site) -> FlaskClient:
    accounts.add_staff(small_site.bench.portal, "admin@example.jp", "管理 太郎", ["administrator"], RIGHT)
    return small_site.person("admin@example.jp")


def lift(browser: FlaskClient, scope: str) -> TestResponse:
    """Press the button of this rule's row."""
    page = browser.get("/sign-ins").text
    found = re.search(rf'name="scope" value="{scope}"><input type="hidden" name="id" value="(\d+)"', page)
    assert found is not None
    return browser.post("/sign-ins/lift", data={"scope": scope, "id": found[1]})


def test_the_administrator_reads_who_is_held_up_and_lifts_it(small_site: Site, admin: FlaskClient) -> None:
    assert 'href="/sign-ins"' in admin.get("/tasks").text
    assert "止められている方はいません" in text(admin.get("/sign-ins"))
    guess(small_site, 5)
    page = text(admin.get("/sign-ins"))
    for words in ("担当 1", STAFF[0], HERE, "この場所からのこのアカウント", "パスワード違い"):
        assert words in page, words
    assert lift(admin, "pair").status_code == 303
    assert enters(small_site)
    page = text(admin.get("/sign-ins"))
    assert "止められている方はいません" in page
    assert "解除" in page
    assert "管理 太郎" in page


@pytest.mark.parametrize("scope", ["account", "strangers", "place"])
def test_each_rule_is_lifted(scope: str, small_site: Site, admin: FlaskClient) -> None:
    now = small_site.bench.portal.now()
    with database.transaction():
        for n in range({"account": 50, "strangers": 30, "place": 200}[scope]):
            account = guessing.digest(STAFF[0]) if scope == "account" else f"a{n}"
            place = f"192.0.2.{n}" if scope == "account" else HERE
            guesses.add(at=now, until=now + timedelta(hours=24), account=account, place=place,
                        known=scope == "place", way="sign-in")  # fmt: skip
    assert not enters(small_site)
    lift(admin, scope)
    assert enters(small_site)


def test_what_is_over_cannot_be_lifted(small_site: Site, admin: FlaskClient) -> None:
    guess(small_site, 5)
    page = admin.get("/sign-ins").text
    found = re.search(r'name="scope" value="pair"><input type="hidden" name="id" value="(\d+)"', page)
    assert found is not None
    later(small_site, days=2)
    answer = admin.post("/sign-ins/lift", data={"scope": "pair", "id": found[1]}, follow_redirects=True)
    assert "もう止められていません" in answer.text


def test_only_an_administrator_sees_it(small_site: Site) -> None:
    operator = small_site.operator()
    assert operator.get("/sign-ins").status_code == 403
    assert operator.post("/sign-ins/lift", data={"scope": "pair", "id": "1"}).status_code == 403
    assert 'href="/sign-ins"' not in operator.get("/tasks").text


def test_wrong_passwords_lock_outs_and_lifts_are_in_the_log_without_a_secret(
    small_site: Site, admin: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "nintei.security")
    secret = "my-password-in-the-wrong-field"
    for _ in range(5):
        sign_in(small_site.anybody(), "hunter-two-hunter")
    sign_in(small_site.anybody(), "hunter-two-hunter", secret)
    lift(admin, "pair")
    said = caplog.text
    assert said.count("wrong password: account") == 5
    assert f"<{STAFF[0]}> from {HERE}" in said
    assert "held up until" in said
    assert "lifted by account " in said
    assert "an address without an account" in said
    assert "hunter" not in said
    assert secret not in said
    with database.connection():
        kept = str([list(row.__data__.values()) for model in (Guess, TrailEntry) for row in model.select()])
    assert "hunter" not in kept
    assert secret not in kept
    assert secret not in text(admin.get("/sign-ins"))


def test_all_is_forgotten_in_time(small_site: Site) -> None:
    guess(small_site, 6)
    enters(small_site, STAFF[1])
    later(small_site, days=91)
    upkeep.tick(small_site.bench.portal)
    with database.connection():
        assert (Guess.select().count(), KnownPlace.select().count()) == (0, 0)


# A proxy that nobody has named


@pytest.fixture
def unheard() -> Iterator[None]:
    signins._seen.clear()
    yield
    signins._seen.clear()


@pytest.mark.usefixtures("unheard")
def test_a_proxy_that_is_not_named_is_told_of_once(
    small_site: Site, admin: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    small_site.app.wsgi_app = TrustedProxies(small_site.app.wsgi_app, ["192.0.2.7"])  # type: ignore[method-assign]
    for proxy in ("192.0.2.7", "10.0.0.9", "10.0.0.9"):
        headers, base = {"X-Forwarded-For": "198.51.100.5"}, {"REMOTE_ADDR": proxy}
        assert small_site.anybody().get("/login", headers=headers, environ_overrides=base).status_code == 200
    assert caplog.text.count("X-Forwarded-For comes from") == 1
    assert "10.0.0.9" in caplog.text
    page = text(admin.get("/sign-ins"))
    assert page.count("10.0.0.9") == 1
    assert "NINTEI_TRUSTED_PROXIES" in page


# Other ways in, as before


def test_who_is_signed_in_goes_on_working(small_site: Site) -> None:
    operator = small_site.operator()
    guess(small_site, 12, place="127.0.0.1")
    assert operator.get("/tasks").status_code == 200
    assert operator.post("/apply/resend", data={}).status_code == 422


def test_thirty_mails_an_hour_can_be_asked_for_from_one_place(small_site: Site) -> None:
    browser, asked = small_site.anybody(), {"number": "2026-0001", "email": "a@example.jp"}
    for _ in range(30):
        assert browser.post("/apply/resend", data=asked).status_code == 303
    assert browser.post("/apply/resend", data=asked).status_code == 429
    other = browser.post("/apply/resend", data=asked, environ_overrides={"REMOTE_ADDR": THERE})
    assert other.status_code == 303
    assert browser.get("/apply/resend").status_code == 200
    later(small_site, hours=1, seconds=1)
    assert browser.post("/apply/resend", data=asked).status_code == 303


def test_applications_are_held_up_too(small_site: Site) -> None:
    browser = small_site.anybody()
    for _ in range(30):
        assert browser.post("/apply", data={"step": "send"}).status_code in {404, 422}
    assert browser.post("/apply", data={"step": "send"}).status_code == 429
    assert browser.post("/apply", data={"step": "check"}).status_code in {404, 422}


def test_what_may_be_asked_for_so_often_is_forgotten_in_time(small_site: Site) -> None:
    small_site.anybody().post("/apply/resend", data={"number": "2026-0001", "email": "a@example.jp"})
    with database.transaction():
        attempts.forget(small_site.bench.portal.now() + timedelta(hours=2))
        assert attempts.count("link", small_site.bench.portal.now()) == 0
