"""The second factor: asked for after the password by whatever way, once each, and never to be walked around."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from admin import add_admin
from app.services.base import chain
from app.services.base.actors import Actor
from app.services.mails import links
from app.services.people import accounts
from app.services.signin import codes, factors, guessing, passwords
from app.states import Act
from app.store import database
from app.store.models import Guess, RecoveryCode, Session, TrailEntry, User
from app.store.models import factors as rows
from tests.services.conftest import STAFF
from tests.support.codeapp import CodeApp
from tests.web.conftest import Site

PASSWORD = "a password for tests"
SIGN_IN = {"email": STAFF[0], "password": PASSWORD}


def user(email: str = STAFF[0]) -> User:
    with database.connection():
        return User.get(User.email == email)


def actor(site: Site, email: str = STAFF[0]) -> Actor:
    return accounts.actor_of(site.bench.portal, user(email).id)


@pytest.fixture
def app(site: Site) -> CodeApp:
    """Somebody of the staff has an app that makes codes."""
    return set_up(site)[0]


def set_up(site: Site, email: str = STAFF[0]) -> tuple[CodeApp, list[str]]:
    """As if it had been set up long ago: the codes of these minutes are all to come."""
    who = actor(site, email)
    secret, sealed = codes.begin(site.bench.portal, who)
    found = CodeApp(secret)
    recovery = codes.finish(site.bench.portal, who, sealed, found.code())
    with database.connection():
        rows.CodeApp.update(step=0).execute()
    return CodeApp(secret), recovery


def half(site: Site) -> FlaskClient:
    client = site.anybody()
    assert client.post("/login", data=SIGN_IN).status_code == 302
    return client


def inside(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def test_the_pages_set_an_app_up_and_its_code_is_asked_for_after_the_password(site: Site) -> None:
    client = site.operator()
    page = client.get("/account/code").get_data(as_text=True)
    secret = re.search(r'<code class="break">([A-Z2-7 ]+)</code>', page)
    sealed = re.search(r'name="sealed" value="([^"]+)"', page)
    assert secret and sealed and 'src="data:image/svg+xml' in page
    made = CodeApp(secret[1])
    wrong = client.post("/account/code", data={"sealed": sealed[1], "code": "000000"})
    assert wrong.status_code == 422 and secret[1] in wrong.get_data(as_text=True), "the same picture again"
    shown = client.post("/account/code", data={"sealed": sealed[1], "code": made.code()}).get_data(as_text=True)
    assert len(re.findall(r"<code>[A-Z2-9]{5}(-[A-Z2-9]{5}){3}</code>", shown)) == 10
    fresh = half(site)
    asked = fresh.get("/tasks?x=1")
    assert asked.headers["Location"] == "/second?next=%2Ftasks%3Fx%3D1"
    assert "確認コード" in fresh.get("/second").get_data(as_text=True)
    done = fresh.post("/second", data={"code": made.code(), "next": "/tasks?x=1"})
    assert done.headers["Location"] == "/tasks?x=1" and inside(fresh)


def test_after_the_password_alone_nobody_is_signed_in(site: Site, app: CodeApp) -> None:
    client = half(site)
    walk = [
        rule.rule for rule in site.app.url_map.iter_rules() if "<" not in rule.rule and "GET" in (rule.methods or ())
    ]
    for path in walk:
        answer = client.get(path)
        assert user().name not in answer.get_data(as_text=True), path
        assert answer.status_code != 200 or not answer.request.path.startswith(("/account", "/tasks", "/cases")), path
    assert client.get("/worklist", headers={"Accept": "application/json"}).status_code in {401, 404}
    assert client.post("/account/profile", data={"name": "x", "language": "ja"}).status_code != 200
    assert user().name != "x"


def test_json_sign_in_remember_me_and_tokens_do_not_walk_around_it(site: Site, app: CodeApp) -> None:
    client = site.anybody()
    answer = client.post("/login?include_auth_token", json={**SIGN_IN, "remember": True})
    assert answer.get_json()["response"]["tf_required"] is True
    assert "authentication_token" not in answer.get_data(as_text=True)
    assert not inside(client)
    for name in ("session", "nintei_device"):
        client.delete_cookie(name)
    assert not inside(client), "what remembers opens nothing either"
    with site.app.test_request_context():
        token = user().get_auth_token()
    assert site.anybody().get("/account", headers={"Authentication-Token": token}).status_code == 302


def test_a_code_counts_once(site: Site, app: CodeApp) -> None:
    code = app.code()
    assert half(site).post("/second", data={"code": code}).status_code == 303
    again = half(site)
    refused = again.post("/second", data={"code": code})
    assert refused.status_code == 422 and not inside(again)
    assert again.post("/second", data={"code": app.code()}).status_code == 303


def test_full_width_digits_are_digits(site: Site, app: CodeApp) -> None:
    wide = app.code().translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert half(site).post("/second", data={"code": wide}).status_code == 303


def test_guessing_codes_is_held_up_and_the_right_password_forgives_none(site: Site, app: CodeApp) -> None:
    codes_given = 0
    for _ in range(guessing.PAIR.free):
        client = half(site)  # the right password, each time
        assert client.post("/second", data={"code": "000000"}).status_code == 422
        codes_given += 1
    client = half(site)
    held = client.post("/second", data={"code": app.code()})
    assert held.status_code == 429 and held.headers["Retry-After"] and not inside(client)
    with database.connection():
        assert Guess.select().where(Guess.way == "code").count() == codes_given


def test_a_recovery_code_lets_in_once(site: Site) -> None:
    _, recovery = set_up(site)
    client = half(site)
    typed = recovery[0].lower().replace("-", " ")
    assert client.post("/second", data={"recovery": typed}).headers["Location"] == "/account#second"
    assert inside(client)
    again = half(site)
    assert again.post("/second", data={"recovery": recovery[0]}).status_code == 422 and not inside(again)


def test_the_mailed_link_for_a_password_asks_for_it_too(site: Site, app: CodeApp) -> None:
    with database.connection():
        address = links.password(site.bench.portal, user(), 1)
    path, changed = urlsplit(address).path, "another one for these tests"
    client = site.anybody()
    assert client.post(path, data={"password": changed, "again": changed}).headers["Location"] == "/login"
    assert not inside(client)
    client.post("/login", data={"email": STAFF[0], "password": changed})
    assert not inside(client)


def test_a_half_session_ends_with_the_password_and_by_time(site: Site, app: CodeApp) -> None:
    client = half(site)
    with database.transaction():
        passwords.put(site.bench.portal, user(), "another password for tests")
    assert client.post("/second", data={"code": app.code()}).headers["Location"] == "/login"
    assert not inside(client)
    with database.transaction():
        passwords.put(site.bench.portal, user(), PASSWORD)
    late = half(site)
    with database.transaction():
        Session.update(until=datetime.now(UTC) - timedelta(seconds=1)).where(Session.half).execute()
    assert late.post("/second", data={"code": app.code()}).headers["Location"] == "/login"
    assert not inside(late), "the right code came too late"


def test_the_cookie_of_the_half_session_is_worth_nothing_afterwards(site: Site, app: CodeApp) -> None:
    client = half(site)
    before = client.get_cookie("session")
    assert before is not None
    client.post("/second", data={"code": app.code()})
    thief = site.anybody()
    thief.set_cookie("session", before.value)
    assert inside(client) and not inside(thief)
    assert thief.get("/second").status_code == 303


def test_sessions_elsewhere_end_when_a_factor_is_added(site: Site) -> None:
    elsewhere, client = site.operator(), site.operator()
    page = client.get("/account/code").get_data(as_text=True)
    secret, sealed = re.search(r'break">([A-Z2-7 ]+)<', page), re.search(r'name="sealed" value="([^"]+)"', page)
    assert secret and sealed
    client.post("/account/code", data={"sealed": sealed[1], "code": CodeApp(secret[1]).code()})
    assert inside(client) and not inside(elsewhere)


def test_setting_up_and_removing_ask_again_who_it_is(site: Site, app: CodeApp) -> None:
    client = site.operator()
    with database.connection():
        Session.update(proved_at=datetime.now(UTC) - timedelta(hours=1)).execute()
    for path in ("/account/code", "/account/passkeys/new"):
        assert "prove_password" in client.get(path).get_data(as_text=True)
    for path in ("/account/code/remove", "/account/recovery", "/account/passkeys", "/account/passkeys/1"):
        assert "prove_password" in client.post(path, data={"act": "remove"}).get_data(as_text=True)
    assert user().factors == "code"


def test_the_secret_is_sealed_and_the_recovery_codes_are_digests(site: Site) -> None:
    made, recovery = set_up(site)
    with database.connection():
        [kept] = rows.CodeApp.select()
        digests = [each.digest for each in RecoveryCode.select()]
    assert made.made.secret not in kept.sealed
    assert not any(factors.plain(code) in digest or code in digest for code in recovery for digest in digests)


def test_the_owner_is_told_and_it_is_on_record(site: Site, app: CodeApp) -> None:
    site.bench.drain()
    told = site.bench.mailbox.of("sign-in-changed")
    assert [letter.to for letter in told] == [(STAFF[0],)]
    with database.connection():
        [entry] = TrailEntry.select().where(TrailEntry.act == Act.FACTOR_ADDED)
        assert STAFF[0] in entry.what and "TOTP" in entry.what


def test_another_accounts_setup_page_is_worth_nothing(site: Site) -> None:
    secret, sealed = codes.begin(site.bench.portal, actor(site, STAFF[1]))
    client = site.operator()
    client.post("/account/code", data={"sealed": sealed, "code": CodeApp(secret).code()})
    assert user().factors == ""


def test_who_lost_everything_is_helped_by_an_administrator(site: Site, app: CodeApp) -> None:
    add_admin(site.app, site.bench.portal)
    accounts.add_staff(site.bench.portal, "admin@example.jp", "管理 担当", ["administrator"], PASSWORD)
    client, admin = site.operator(), site.person("admin@example.jp")
    assert "二つ目の確認" in admin.get(f"/admin/user/edit/?id={user().id}").get_data(as_text=True)
    admin.post(f"/admin/user/take-factors/?id={user().id}")
    assert user().factors == "" and not inside(client)
    assert inside(half(site))


def test_staff_without_one_are_led_to_set_one_up_where_they_need_one(site: Site) -> None:
    object.__setattr__(site.bench.portal, "settings", replace(site.bench.portal.settings, staff_second_factor=True))
    client = half(site)
    for path in ("/tasks", "/cases", "/account", "/account?x=1"):
        assert client.get(path).headers["Location"] == "/account/second"
    assert (
        client.post("/account/profile", data={"name": "x", "language": "ja"}).headers["Location"] == "/account/second"
    )
    assert client.get("/tasks", headers={"Accept": "application/json"}).status_code == 403
    assert user().name != "x"
    page = client.get("/account/second").get_data(as_text=True)
    assert "/account/code" in page
    setup = client.get("/account/code").get_data(as_text=True)
    secret, sealed = re.search(r'break">([A-Z2-7 ]+)<', setup), re.search(r'name="sealed" value="([^"]+)"', setup)
    assert secret and sealed
    client.post("/account/code", data={"sealed": sealed[1], "code": CodeApp(secret[1]).code()})
    assert client.get("/account").status_code == 200


def test_the_history_says_how_somebody_came_in(site: Site, app: CodeApp) -> None:
    half(site).post("/second", data={"code": app.code()})
    with database.connection():
        told = [chain.details(each.what) for each in TrailEntry.select().where(TrailEntry.act == Act.SIGNED_IN)]
    assert [each["after"]["way"] for each in told] == ["code"]  # type: ignore[index]


def test_a_wrong_password_and_the_right_code_tell_nothing(site: Site, app: CodeApp) -> None:
    client = site.anybody()
    client.post("/login", data={"email": STAFF[0], "password": "not the password"})
    assert client.post("/second", data={"code": app.code()}).headers["Location"] == "/login"
    assert not inside(client)


def test_nobody_chooses_their_session(site: Site, app: CodeApp) -> None:
    """Session fixation: a cookie that an attacker has planted is another one after each step."""
    client = site.anybody()
    seen = set()
    for step in (
        lambda: client.post("/login", data=SIGN_IN),
        lambda: client.post("/second", data={"code": app.code()}),
    ):
        step()
        with client.session_transaction() as session:
            seen.add(session["sid"])
    assert len(seen) == 2


def test_a_password_alone_opens_no_keys_where_there_is_a_second_factor(site: Site, app: CodeApp) -> None:
    client = half(site)
    client.post("/second", data={"code": app.code()})
    url = "/cards/keys/2"
    asked = client.post(url)
    page = asked.get_data(as_text=True)
    assert asked.status_code == 200 and 'name="prove_code"' in page and 'name="prove_password"' not in page
    wrong = client.post(url, data={"prove_password": PASSWORD})
    assert wrong.status_code == 422 and "パスワードだけでは" in wrong.get_data(as_text=True)
    assert client.post(url, data={"prove_code": "000000"}).status_code == 422
    right = client.post(url, data={"prove_code": app.code()})
    assert "prove_code" not in right.get_data(as_text=True)
    assert 'name="prove_password"' not in client.get("/cards/keys").get_data(as_text=True), "the page asks for none"
