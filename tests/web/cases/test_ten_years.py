"""The pages of a case that has lived for years: nothing is asked more often than in the first, nothing is lost."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from werkzeug.test import Client

from app.services.base.actors import Actor
from app.services.mails import whose
from app.services.pages import case as cases_page
from app.states import Side, TaskState
from app.store import database, work
from tests.services.register.test_ten_years import Years
from tests.services.steps import actor, case_of, opened
from tests.support.statements import counted
from tests.web.conftest import Site

TABS = ("flow", "timeline", "documents", "mail", "money", "answers", "messages")
AUDITS = 3  # what would grow with each has grown after three


def statements(client: Client, number: str) -> dict[str, int]:
    found = {}
    for tab in TABS:
        url = f"/cases/{number}?tab={tab}"
        client.get(url)  # what a process keeps is there
        with counted() as seen:
            assert client.get(url).status_code == 200
        found[tab] = len(seen.statements)
    return found


@pytest.fixture
def years(site: Site, tmp_path: Path) -> Years:
    return Years(site.bench, tmp_path)


def live(years: Years) -> None:
    for _ in range(AUDITS):
        years.to_the_opening()
        years.passed()
        if "annual_audit_result" in opened(years.walker):
            years.take("annual_audit_result", "vendor")


def parts(client: Client, url: str) -> list[str]:
    """The pages of a list, from the newest to where no link leads on."""
    found: list[str] = []
    while url:
        found.append(client.get(url).get_data(as_text=True))
        links = re.findall(r'href="([^"]+&amp;part=(\d+))"', found[-1])
        url = next((link.replace("&amp;", "&") for link, part in links if int(part) == len(found) + 1), "")
    return found


def test_pages_of_later_years_ask_no_more_and_lead_to_all_that_was(
    site: Site, years: Years, monkeypatch: pytest.MonkeyPatch
) -> None:
    walker = years.walker
    clients = {"vendor": site.person(actor(walker).email), "staff": site.operator()}
    first = {who: statements(client, walker.number) for who, client in clients.items()}
    live(years)
    last = {who: statements(client, walker.number) for who, client in clients.items()}
    for who, found in last.items():
        more = {tab: (first[who][tab], count) for tab, count in found.items() if count > first[who][tab] + 2}
        assert not more, who  # the banner of a settled year may have a word more to say; nothing goes by rows

    monkeypatch.setattr(cases_page, "MAILS", 20)
    case = case_of(walker)
    loaded = site.bench.portal.releases.loaded(case.release_id)
    people = {"vendor": actor(walker), "staff": Actor(None, "", Side.OPERATOR)}
    for who, client in clients.items():
        with database.connection():
            every = whose.of_case(case, loaded, people[who])
            tasks = [
                row
                for row in work.tasks_of(case.id)
                if row.state != TaskState.CANCELLED and (who == "staff" or row.side == Side.VENDOR)
            ]
        pages = parts(client, f"/cases/{walker.number}?tab=mail")
        listed = [int(each) for page in pages for each in re.findall(r"/mails/(\d+)\"", page)]
        assert listed == [each.id for each in every], who
        assert len(pages) == -(-len(every) // 20) > 2
        assert "これより古いものはありません" in client.get(f"/cases/{walker.number}?tab=mail&part=99").get_data(
            as_text=True
        )

        shown = client.get(f"/cases/{walker.number}").get_data(as_text=True)
        whole = client.get(f"/cases/{walker.number}?tab=flow&steps=all").get_data(as_text=True)
        assert shown.count('class="steps__step') == 2 * cases_page.STEPS  # beside the picture, and as a list
        assert f"{walker.number}?tab=flow&amp;steps=all" in shown
        assert whole.count('class="steps__step') == 2 * len(tasks) > 2 * cases_page.STEPS


def test_a_list_of_mails_is_read_without_their_texts(site: Site, years: Years) -> None:
    case = case_of(years.walker)
    loaded = site.bench.portal.releases.loaded(case.release_id)
    who = actor(years.walker)
    with database.connection():
        every = whose.of_case(case, loaded, who)
        listed = whose.listed(case, loaded, who, whose.readable(case, loaded, who))
    assert [(each.id, each.subject, each.state, each.attachments) for each in listed] == [
        (each.id, each.subject, each.state, each.attachments) for each in every
    ]
    assert all(each.text for each in every)
    assert not any(each.text or each.html for each in listed)
