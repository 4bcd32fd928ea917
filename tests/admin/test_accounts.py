"""Accounts of the body, made and switched off in the browser by an administrator."""

from __future__ import annotations

import re
from typing import Any

import pytest

from admin import add_admin
from app.engine import Engine
from app.services.pages import worklist
from app.services.people import accounts as people
from app.store import accounts, cases, changes, database, work
from tests.services.conftest import STAFF
from tests.services.steps import case_of, go, staff, task
from tests.web.conftest import Site, engine, open_site
from tests.web.desk_support import text

__all__ = ["engine"]

ADMIN, NEW = "admin@example.jp", "yamada@example.jp"
FORM = {"email": NEW, "name": "山田 新", "roles": ["operator"], "groups": ["review", "office"]}


@pytest.fixture
def site(tmp_path: Any, engine: Engine) -> Site:
    site = open_site(tmp_path, engine)
    add_admin(site.app, site.bench.portal)
    people.add_staff(site.bench.portal, ADMIN, "管理 担当", ["administrator"], "a password for tests")
    return site


def account(email: str) -> Any:
    with database.connection():
        return accounts.by_email(email)


def link(site: Site) -> str:
    site.bench.drain()
    found = re.search(r"https?://[^/]+(/password/\S+)", site.bench.mailbox.letters[-1].text)
    assert found is not None
    return found[1]


def test_a_new_colleague_chooses_the_password_by_mail_and_works(site: Site) -> None:
    answer = site.person(ADMIN).post("/admin/user/new/", data=FORM)
    assert answer.status_code == 302
    made = account(NEW)
    assert (made.side, made.password, made.groups) == ("operator", None, "review,office")
    path = link(site)
    assert site.bench.mailbox.letters[-1].to == (NEW,)
    assert (
        site.anybody().post(path, data={"password": "a password of mine", "again": "a password of mine"}).status_code
        == 303
    )
    assert site.person(NEW).get("/tasks").status_code == 200
    with database.connection():
        change = changes.recent("account")[0]
    assert (change.by_name, change.subject, change.after) == ("管理 担当", NEW, "operator")
    site.anybody().post("/login", data={"email": NEW, "password": "a password of mine"})
    assert account(NEW).last_login_at == site.bench.portal.now()
    assert "審査、事務" in text(site.person(ADMIN).get("/admin/user/"))


def test_the_link_is_sent_again_until_there_is_a_password(site: Site) -> None:
    admin = site.person(ADMIN)
    admin.post("/admin/user/new/", data=FORM)
    number, first = account(NEW).id, link(site)
    page = text(admin.get(f"/admin/user/edit/?id={number}"))
    assert "まだパスワードが設定されていません" in page
    site.bench.portal.clock.moment = site.bench.portal.now().replace(day=9)
    assert site.anybody().get(first).status_code == 410  # too old after 7 days
    assert admin.post(f"/admin/user/send-link/?id={number}").status_code == 303
    site.anybody().post(link(site), data={"password": "a password of mine", "again": "a password of mine"})
    sent = len(site.bench.mailbox.letters)
    assert admin.post(f"/admin/user/send-link/?id={number}", follow_redirects=True).status_code == 200
    site.bench.drain()
    assert len(site.bench.mailbox.letters) == sent


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": "no address"},
        {"email": STAFF[0]},
        {"roles": []},
        {"roles": ["vendor"]},
        {"roles": ["auditor", "operator"]},
        {"name": "  "},
    ],
)
def test_a_wrong_account_is_refused_and_nothing_is_made(wrong: dict[str, Any], site: Site) -> None:
    answer = site.person(ADMIN).post("/admin/user/new/", data={**FORM, **wrong})
    assert answer.status_code == 422
    assert account(NEW) is None


def test_only_administrators_make_accounts(site: Site) -> None:
    people.add_staff(site.bench.portal, "reads@example.jp", "分析", ["analyst"], "a password for tests")
    for email in (STAFF[0], "reads@example.jp"):
        answer = site.person(email).post("/admin/user/new/", data=FORM)
        assert answer.status_code in {302, 403}
        assert account(NEW) is None
        assert site.person(email).post("/admin/user/send-link/?id=1").status_code in {302, 403}


@pytest.mark.parametrize("how", ["switched off", "no operator any more"])
def test_open_tasks_go_back_to_the_group_and_are_named(how: str, site: Site) -> None:
    walker = go(site.bench, until="first_review")
    row, person = task(walker, "first_review"), staff(walker)
    worklist.assign(walker.portal, [row.id], person.user_id, person)
    admin = site.person(ADMIN)
    url = f"/admin/user/edit/?id={person.user_id}"
    assert walker.number in text(admin.get(url))
    roles = ["operator"] if how == "switched off" else ["analyst"]
    form = {"name": person.name, "roles": roles, **({} if how == "switched off" else {"active": "y"})}
    here = site.person(STAFF[0])
    answer = admin.post(url, data=form, follow_redirects=True)
    assert "グループに戻した仕事" in text(answer) or "グループに戻した仕事" in answer.text
    with database.connection():
        assert work.task(row.id).assignee_id is None
        told = [entry for entry in cases.timeline(case_of(walker).id, internal=True) if entry.kind == "assigned"]
    assert told[0].actor_name == "管理 担当"
    assert here.get("/tasks").status_code == 302  # other roles begin with another session
    if how != "switched off":
        assert site.person(STAFF[0]).get("/tasks").status_code == 200


def test_the_menu_leads_the_body_to_the_settings(site: Site) -> None:
    people.add_staff(site.bench.portal, "reads@example.jp", "分析", ["analyst"], "a password for tests")
    for email in (ADMIN, "reads@example.jp"):
        assert 'href="/settings"' in site.person(email).get("/systems").text
    assert 'href="/settings"' in site.operator().get("/systems").text


ROWS = "メールアドレス\t氏名\t役割\t係\n"
ROWS += "yamada@example.jp\t山田 新\t運営主体 担当者・analyst\t審査、office\n"
ROWS += "ＳＡＴＯ２@example.jp\t佐藤 二\tanalyst\t\n"


def test_several_accounts_are_made_from_the_rows_of_a_spreadsheet_after_each_was_seen(site: Site) -> None:
    client = site.person(ADMIN)
    assert "まとめて追加" in client.get("/admin/user/").text
    seen = client.post("/admin/user/many/", data={"rows": ROWS, "step": "look"})
    assert seen.status_code == 200 and "2件のアカウントを作る" in seen.text
    assert all(each in text(seen) for each in ("山田 新", "sato2@example.jp", "審査、事務"))
    assert account(NEW) is None, "nothing before it was seen"
    assert client.post("/admin/user/many/", data={"rows": ROWS, "step": "make"}).status_code == 303
    assert (account(NEW).name, account(NEW).groups) == ("山田 新", "review,office")
    with database.connection():
        assert accounts.role_names(accounts.by_email("sato2@example.jp").id) == {"analyst"}
    site.bench.drain()
    assert {letter.to for letter in site.bench.mailbox.of("staff-invitation")} == {(NEW,), ("sato2@example.jp",)}


def test_of_several_accounts_none_is_made_while_a_line_is_wrong(site: Site) -> None:
    lines = (
        f"{NEW},山田 新,operator,審査",
        f"{NEW},同じ人,operator,",
        f"{STAFF[0]},いる人,operator,",
        "no address,だれか,operator,",
        "a@example.jp,,operator,",
        "b@example.jp,役割なし,,",
        "c@example.jp,ない役,king,",
        "d@example.jp,両方,auditor operator,",
    )
    client = site.person(ADMIN)
    for step in ("look", "make"):
        answer = client.post("/admin/user/many/", data={"rows": "mail,name\n" + "\n".join(lines), "step": step})
        assert answer.status_code == 422
        summary = answer.text.partition('class="error-summary"')[2].partition("</div>")[0]
        assert [number for number in range(2, 10) if f"{number}行目：" in summary] == [3, 4, 5, 6, 7, 8, 9], summary
        assert account(NEW) is None
    for nothing in ("", "ただの文", 'x@example.jp,"開いたまま'):
        answer = client.post("/admin/user/many/", data={"rows": nothing, "step": "make"})
        assert answer.status_code == 422, nothing
    assert site.operator().get("/admin/user/many/").status_code == 403
