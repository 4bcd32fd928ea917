"""A long form is filled in part by part, also without scripts; a page that says what is wrong says so in its title."""

from __future__ import annotations

import re

from tests.services.steps import go
from tests.web.conftest import Site
from tests.web.desk_support import VENDOR


def test_a_long_form_lists_its_parts_and_each_saves_and_leads_to_the_next(site: Site) -> None:
    walk = go(site.bench, until="company_profile")
    vendor = site.person(VENDOR)
    address = vendor.get(f"/cases/{walk.number}/tasks/company_profile").headers["Location"]
    page = vendor.get(address).text
    parts = re.findall(r'<li><a href="#([\w-]+)">', page.partition('class="f-parts"')[2].partition("</nav>")[0])
    assert len(parts) >= 4
    for part in parts:
        assert f'<fieldset class="f-group" id="{part}"' in page or f'id="{part}" tabindex="-1"' in page, part
    presses = re.findall(r'name="action" value="(part:[\w-]+)"', page)
    assert presses == [f"part:{part}" for part in parts[1:]]
    saved = vendor.post(address, data={"revision": "0", "action": presses[0], "billing_name": "経理部"})
    assert saved.status_code == 303
    assert saved.headers["Location"].endswith(f"#{parts[1]}")
    assert "経理部" in vendor.get(address).text


def test_a_page_that_says_what_is_wrong_begins_its_title_with_it(site: Site) -> None:
    walk = go(site.bench, until="company_profile")
    vendor = site.person(VENDOR)
    address = vendor.get(f"/cases/{walk.number}/tasks/company_profile").headers["Location"]
    assert "<title>エラー：" in vendor.post(address, data={"revision": "0", "action": "check"}).text
    assert "<title>エラー：" not in vendor.get(address).text
    visitor = site.anybody()
    assert "<title>エラー：" in visitor.post("/apply", data={"step": "check"}).text
    assert "<title>Error: " in visitor.post("/apply?lang=en", data={"step": "check"}).text
    assert "<title>エラー：" in site.anybody().post("/login", data={"email": "a@b.example", "password": "x"}).text
