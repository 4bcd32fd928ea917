"""The first page of whoever runs the portal, as an administrator and as others meet it."""

from __future__ import annotations

from app.connectors.mailreply import Reply
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
