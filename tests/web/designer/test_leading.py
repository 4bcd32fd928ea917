"""From other pages into a draft, at the file and the place that somebody wants to change."""

from __future__ import annotations

from app.services.people import accounts
from tests.web.conftest import Site

PACKAGE = "library_card"
WHERE = "/designer/at?package=library_card&file=package.toml&at=groups.desk"


def test_a_way_leads_into_the_one_draft_or_to_a_choice(small_site: Site) -> None:
    portal = small_site.bench.portal
    accounts.add_staff(portal, "hanako@example.jp", "分析 花子", ["analyst"], "a password for tests")
    client = small_site.person("hanako@example.jp")
    page = client.get(WHERE)
    assert page.status_code == 200 and 'value="groups.desk"' in page.text
    data = {"package": PACKAGE, "title": "見直し", "file": "package.toml", "at": "groups.desk"}
    made = client.post("/designer/make", data=data).headers["Location"]
    assert made.endswith("?file=package.toml&at=groups.desk")
    assert client.get(WHERE).headers["Location"] == made
    assert client.get("/designer/at?package=nobody").status_code == 200
    second = client.post("/designer/make", data={"package": PACKAGE, "title": "もう一つ"}).headers["Location"]
    text = client.get(WHERE).text
    assert made.replace("&", "&amp;") in text and f"{second}?file=package.toml&amp;at=groups.desk" in text


def test_settings_and_groups_name_where_a_release_says_them(site: Site) -> None:
    portal = site.bench.portal
    accounts.add_staff(portal, "hanako@example.jp", "分析 花子", ["analyst"], "a password for tests")
    client = site.person("hanako@example.jp")
    places = {
        "/settings/ccus_api_certification/body.name": "settings.body.name.value",
        "/settings/ccus_api_certification/calendars:exam:capacity": "calendars.exam.capacity",
        "/settings/ccus_api_certification/guidelines:document_review:days": "guidelines.document_review.days",
        "/settings/ccus_api_certification/reminders:before_bd": "reminders.before_bd",
    }
    for url, place in places.items():
        assert (
            f"/designer/at?package=ccus_api_certification&amp;file=package.toml&amp;at={place}" in client.get(url).text
        )
    assert "file=document_review.bpmn&amp;at=first_review" in client.get("/settings/groups").text
    assert "/designer/at?file=package.toml&amp;at=calendars" in client.get("/settings").text
    assert "/designer/at" not in site.operator().get("/settings/groups").text
