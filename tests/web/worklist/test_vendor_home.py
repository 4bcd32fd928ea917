"""The vendor's home where there are several cases, or something may be requested while the body works."""

from __future__ import annotations

import re

from tests.services.conftest import APPLICATION
from tests.services.steps import go
from tests.web.conftest import Site


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_of_several_cases_it_says_how_many_wait_and_of_a_certified_one_its_number_and_last_day(site: Site) -> None:
    walker = go(site.bench, until="certificate_received")
    walker.take({"complete": "certificate_received", "by": "vendor"})
    go(site.bench, until="submit_documents", application={"system_name": "二つ目のシステム"})
    page = words(site.person(APPLICATION["email"]).get("/tasks").text)
    assert "手続き中の案件は2件です。" in page
    assert re.search(r"認定番号 CCUS-API-\d{4}-0001 有効期限 \d{4}年", page)
    assert page.count("この下に表示") == 1, "the case that is shown in full is said to be so, and has no second button"


def test_what_may_be_requested_meanwhile_is_said_where_the_body_works(site: Site) -> None:
    go(site.bench, until="post_test_cards")
    page = words(site.person(APPLICATION["email"]).get("/tasks").text)
    assert "いま申請できること" in page
    assert "そのあいだに「認定試験の希望日を申し込む」を行えます" in page
