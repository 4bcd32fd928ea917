"""The first page of whoever runs the portal, as an administrator and as others meet it."""

from __future__ import annotations

import pytest

from app.connectors.mailreply import Reply
from app.services.people import accounts
from app.states import Side
from app.store import database
from app.store.models import Role, User, UserRole
from tests.services.broken import applied
from tests.web.conftest import Site
from tests.web.trouble.test_attention import administrator


def test_an_administrator_begins_there_and_each_line_leads_on(small_site: Site) -> None:
    admin = administrator(small_site)
    small_site.bench.mailbox.refuses["w@example.com"] = Reply(550, "5.1.1 User unknown")
    applied(small_site.bench, email="w@example.com")
    assert admin.get("/").location == "/overview"
    page = admin.get("/overview").text
    for said in (
        "要対応",
        "期限切れ",
        "メールサーバーがアドレスを受け付けません",
        "バックアップ",
        "まだ作られていません",
    ):
        assert said in page, said
    for link in ('href="/attention#cause-', 'href="/inbound/undelivered"', 'href="/tasks?scope=all&amp;due=overdue"'):
        assert link in page, link
    assert "style=" not in page
    english = admin.get("/overview?lang=en").text
    assert "None has been made yet" in english and "Nothing is overdue" in english


def test_others_have_no_such_page(small_site: Site) -> None:
    operator = small_site.operator()
    assert operator.get("/overview").status_code == 403
    assert operator.get("/").location == "/tasks"
    assert 'href="/overview"' not in operator.get("/tasks").text
    assert small_site.anybody().get("/overview").status_code == 302


@pytest.mark.parametrize(
    ("role", "start"),
    [
        ("operator", "/tasks"), ("analyst", "/tasks"), ("approver", "/tasks"),
        ("administrator", "/overview"), ("auditor", "/overview"), ("vendor", "/tasks"),
    ],
)  # fmt: skip
def test_where_each_begins_after_signing_in(role: str, start: str, small_site: Site) -> None:
    """By the form, which asks for the password: with and without a page that was wanted."""
    email, password = "begins@example.jp", "a password for tests"
    accounts.add_staff(small_site.bench.portal, email, "例 一郎", ["operator" if role == "vendor" else role], password)
    if role == "vendor":
        with database.transaction():
            User.update(side=Side.VENDOR).where(User.email == email).execute()
            mine = UserRole.user == User.get(User.email == email).id
            UserRole.update(role=Role.get_or_create(name=role)[0]).where(mine).execute()
    for wanted, goes in (("", start), ("?next=/account", "/account")):
        client = small_site.anybody()
        answer = client.post(f"/login{wanted}", data={"email": email, "password": password})
        assert (answer.status_code, answer.location) == (302, goes)
        assert client.get("/account").status_code == 200
