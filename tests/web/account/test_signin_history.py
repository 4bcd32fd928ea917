"""Who came in, when, how and from where: for the person and for the administrator; and what ends a session."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from admin import add_admin
from app.services.people import accounts, staffing
from app.services.signin import passwords
from app.states import Act
from app.store import database
from app.store.models import Session, TrailEntry, User
from tests.services.conftest import STAFF
from tests.web.conftest import Site

ADMIN, PASSWORD = "admin@example.jp", "a password for tests"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


def signed_in(site: Site) -> FlaskClient:
    client = site.anybody()
    client.environ_base["HTTP_USER_AGENT"] = FIREFOX
    client.post("/login", data={"email": STAFF[0], "password": PASSWORD})
    return client


def inside(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def user() -> User:
    with database.connection():
        return User.get(User.email == STAFF[0])


def acts() -> list[str]:
    with database.connection():
        return [str(each.act) for each in TrailEntry.select()]


@pytest.fixture
def admin(site: Site) -> FlaskClient:
    add_admin(site.app, site.bench.portal)
    accounts.add_staff(site.bench.portal, ADMIN, "管理 担当", ["administrator"], PASSWORD)
    return site.person(ADMIN)


def test_the_person_sees_how_somebody_came_in_and_who_tried(site: Site) -> None:
    site.anybody().post("/login", data={"email": STAFF[0], "password": "not this one"})
    page = signed_in(site).get("/account/sign-ins").get_data(as_text=True)
    assert "Firefox, Windows" in page and "127.0.0.1" in page
    assert "ログインしました" in page or "ログイン" in page
    assert "パスワードの誤り" in page or "パスワード" in page
    other = site.operator(1).get("/account/sign-ins").get_data(as_text=True)
    assert "Firefox, Windows" not in other, "of one's own account alone"


def test_the_administrator_sees_one_accounts(site: Site, admin: FlaskClient) -> None:
    signed_in(site)
    edit = admin.get(f"/admin/user/edit/?id={user().id}").get_data(as_text=True)
    assert f"/sign-ins?account={user().id}" in edit
    page = admin.get(f"/sign-ins?account={user().id}").get_data(as_text=True)
    assert STAFF[0] in page and "Firefox, Windows" in page
    assert "Firefox, Windows" not in admin.get(f"/sign-ins?account={user().id + 1}").get_data(as_text=True)
    assert site.operator(1).get(f"/sign-ins?account={user().id}").status_code == 403


def test_the_administrator_ends_the_sessions_of_somebody_whose_machine_is_lost(site: Site, admin: FlaskClient) -> None:
    lost, others = signed_in(site), [signed_in(site) for _ in range(2)]
    page = admin.get(f"/sign-ins?account={user().id}").get_data(as_text=True)
    assert page.count("Firefox, Windows") >= 3
    with database.connection():
        first = Session.select().where(Session.user == user().id).order_by(Session.id).first()
    form = {"account": user().id, "session": first.id}
    assert others[0].post("/sign-ins/end", data=form).status_code == 403 and inside(lost)
    admin.post("/sign-ins/end", data=form)
    assert not inside(lost) and inside(others[0])
    admin.post("/sign-ins/end", data={**form, "session": "all"})
    assert not any(inside(each) for each in others) and inside(admin)
    with database.connection():
        told = list(TrailEntry.select().where(TrailEntry.act == Act.SESSION_ENDED))
    assert [(each.person, each.subject) for each in told] == [(_id(ADMIN), str(user().id))] * 3
    for nobody in ({"account": "999999", "session": "all"}, {"account": "x", "session": "y"}, form):
        assert admin.post("/sign-ins/end", data=nobody).status_code == 303


def test_an_auditor_sees_sessions_and_lockouts_and_is_offered_no_end_of_them(site: Site) -> None:
    signed_in(site)
    accounts.add_staff(site.bench.portal, "audit@example.jp", "監査 担当", ["auditor"], PASSWORD)
    page = site.person("audit@example.jp").get(f"/sign-ins?account={user().id}").get_data(as_text=True)
    assert "Firefox, Windows" in page and "/sign-ins/end" not in page and "/sign-ins/lift" not in page


def test_other_roles_end_the_sessions_of_the_account(site: Site, admin: FlaskClient) -> None:
    client = signed_in(site)
    admin.post(
        f"/admin/user/edit/?id={user().id}", data={"name": "佐藤", "active": "y", "roles": ["operator", "analyst"]}
    )
    assert not inside(client) and inside(admin)
    assert Act.ROLE_CHANGED in acts()


def test_the_same_roles_end_nothing(site: Site, admin: FlaskClient) -> None:
    client = signed_in(site)
    with database.connection():
        roles = sorted(role.name for role in user().roles)
    admin.post(f"/admin/user/edit/?id={user().id}", data={"name": "佐藤", "active": "y", "roles": roles})
    assert inside(client)


def test_who_is_switched_off_is_out(site: Site, admin: FlaskClient) -> None:
    client = signed_in(site)
    admin.post(f"/admin/user/edit/?id={user().id}", data={"name": "佐藤", "roles": ["operator"]})
    assert not inside(client)
    assert not inside(signed_in(site))


def test_a_new_password_ends_sessions_is_on_record_and_told(site: Site) -> None:
    client, elsewhere = signed_in(site), signed_in(site)
    fresh = "another one for these tests"
    client.post("/account/password", data={"current": PASSWORD, "password": fresh, "again": fresh})
    assert inside(client) and not inside(elsewhere)
    site.bench.drain()
    assert [letter.to for letter in site.bench.mailbox.of("sign-in-changed")] == [(STAFF[0],)]
    assert Act.PASSWORD_SET in acts()


def test_asking_for_a_link_is_on_record_whoever_it_is_for(site: Site) -> None:
    for email in (STAFF[0], "nobody@example.jp"):
        site.anybody().post("/password", data={"email": email})
    with database.connection():
        found = [each.what for each in TrailEntry.select().where(TrailEntry.act == Act.PASSWORD_RESET_SENT)]
    assert len(found) == 2 and not any("nobody@example.jp" in each for each in found)


def test_an_invitation_goes_by_mail_and_no_administrator_knows_the_password(site: Site, admin: FlaskClient) -> None:
    admin.post("/admin/user/new/", data={"email": "new@example.jp", "name": "新人 花子", "roles": ["operator"]})
    site.bench.drain()
    [letter] = site.bench.mailbox.of("staff-invitation")
    assert letter.to == ("new@example.jp",)
    with database.connection():
        made = User.get(User.email == "new@example.jp")
    assert not made.password
    wanted = staffing.Account("新人 花子", True, frozenset({"analyst"}), ())
    who = accounts.actor_of(site.bench.portal, _id(ADMIN))
    staffing.change_account(site.bench.portal, made.id, wanted, who)
    path = "/password/" + letter.text.split("/password/")[1].split()[0].rstrip(")>")
    fresh = "another one for these tests"
    done = site.anybody().post(path, data={"password": fresh, "again": fresh})
    assert done.headers["Location"] == "/login", "the link outlives a change of roles"
    with database.connection():
        assert passwords.fits(fresh, User.get(User.email == "new@example.jp").password)


def _id(email: str) -> int:
    with database.connection():
        return int(User.get(User.email == email).id)
