"""The pages of a company: people, invitations, agents, hand-over, and the body on the phone."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from app.services.companies import company
from app.services.people import accounts as people
from app.store import accounts, database
from tests.services.steps import case_of, go, task
from tests.web.conftest import Site, engine
from tests.web.desk_support import VENDOR, alerts, text

__all__ = ["engine"]

NEW = "a password for tests"


class Place:
    """A site with a case, its company and the company's manager."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.walker = go(site.bench, until="submit_documents")
        self.company = int(case_of(self.walker).company_id)
        self.url = f"/company/{self.company}"

    def link(self) -> str:
        """The path of the link in the last mail."""
        self.site.bench.drain()
        found = re.search(r"https?://[^/]+(/(?:invitation|password)/\S+)", self.site.bench.mailbox.letters[-1].text)
        assert found is not None
        return found[1]

    def join(self, email: str, role: str = "member", rights: str = "full") -> FlaskClient:
        """Somebody invited, who has accepted; their browser."""
        form = {"email": email, "role": role, "rights": rights}
        assert self.site.person(VENDOR).post(f"{self.url}/invitations", data=form).status_code == 303
        client, path = self.site.anybody(), self.link()
        assert client.get(path).status_code == 200
        answer = client.post(path, data={"name": "山田 次郎", "password": NEW, "again": NEW})
        assert (answer.status_code, answer.location) == (303, "/tasks")
        return client

    def agent(self, email: str = "agent@example.org", **changed: str) -> FlaskClient:
        """Somebody outside who has accepted to act; their browser."""
        day = self.site.bench.portal.today().isoformat()
        form = {"email": email, "office": "行政書士法人みほん", "rights": "answer", "scope": "all", "first_day": day}
        answer = self.site.person(VENDOR).post(f"{self.url}/agents/new", data={**form, **changed})
        assert answer.status_code == 303, alerts(answer)
        client, path = self.site.anybody(), self.link()
        client.post(path, data={"name": "代行 花子", "password": NEW, "again": NEW})
        return client

    def id_of(self, email: str) -> int:
        with database.connection():
            user = accounts.by_email(email)
        assert user is not None
        return int(user.id)


@pytest.fixture
def place(site: Site) -> Place:
    return Place(site)


def test_the_menu_leads_to_the_company_and_its_people(place: Place) -> None:
    client = place.site.person(VENDOR)
    assert 'href="/company"' in client.get("/tasks").text
    page = text(client.get("/company"))
    for words in ("株式会社みほん建設システム", "例 一郎", "管理者", "担当者を招待する", "代行を依頼する"):
        assert words in page


def test_who_is_invited_chooses_name_and_password_and_sees_the_cases(place: Place) -> None:
    client = place.join("jiro@example.com")
    assert place.walker.number in client.get("/tasks").text
    page = text(client.get("/company"))
    assert "担当者の招待や権限の変更は、会社の管理者が行います" in page
    assert "担当者を招待する" not in page


def test_somebody_of_the_company_is_not_invited_twice(place: Place) -> None:
    place.join("jiro@example.com")
    form = {"email": "jiro@example.com", "role": "member", "rights": "full"}
    answer = place.site.person(VENDOR).post(f"{place.url}/invitations", data=form)
    assert answer.status_code == 422
    assert "すでにこの会社の担当者です" in alerts(answer)


def test_a_forged_used_or_taken_back_link_says_so(place: Place) -> None:
    client = place.site.anybody()
    assert client.get("/invitation/forged").status_code == 404
    boss = place.site.person(VENDOR)
    boss.post(f"{place.url}/invitations", data={"email": "x@example.com", "role": "member", "rights": "full"})
    path = place.link()
    number = re.search(rf"{place.url}/invitations/(\d+)/take-back", boss.get(place.url).text)
    assert number is not None
    assert boss.post(f"{place.url}/invitations/{number[1]}/again").status_code == 303
    assert client.get(path).status_code == 410
    newest = place.link()
    assert client.get(newest).status_code == 200
    boss.post(f"{place.url}/invitations/{number[1]}/take-back")
    closed = client.get(newest)
    assert closed.status_code == 410
    assert "取り消されました" in text(closed)


def test_rights_are_set_by_case(place: Place) -> None:
    client, case = place.join("jiro@example.com"), case_of(place.walker)
    user = place.id_of("jiro@example.com")
    boss = place.site.person(VENDOR)
    assert "案件ごとの権限" in text(boss.get(f"{place.url}/people/{user}"))
    form = {"role": "member", f"rights-{case.id}": "read"}
    assert boss.post(f"{place.url}/people/{user}", data=form).status_code == 303
    assert client.get(f"/cases/{case.number}").status_code == 200
    form[f"rights-{case.id}"] = "none"
    boss.post(f"{place.url}/people/{user}", data=form)
    assert client.get(f"/cases/{case.number}").status_code == 404


def test_an_agent_reads_whose_turn_it_is_by_the_companys_name(place: Place) -> None:
    client = place.agent()
    home = text(client.get("/tasks"))
    assert "いまは 株式会社みほん建設システム の番です" in home
    assert "貴社" not in home.split("認定までの流れ")[0]
    page = text(client.get("/company"))
    assert "代行している会社" in page
    assert client.get(place.url).status_code == 404
    row = task(place.walker, "submit_documents")
    assert "株式会社みほん建設システム" in text(client.get(f"/tasks/{row.id}"))


def test_the_body_sees_who_acts_for_whom(place: Place) -> None:
    client = place.agent(copies="yes")
    number = place.walker.number
    client.post(f"/cases/{number}/messages", data={"text": "代行者からの質問です"})
    page = text(place.site.operator().get(f"/cases/{number}?tab=messages"))
    assert "行政書士法人みほん が 株式会社みほん建設システム を代行" in page
    assert "代行 花子（行政書士法人みほん・株式会社みほん建設システム の代行）" in page


def test_a_mandate_is_changed_and_ended_and_the_session_with_it(place: Place) -> None:
    client, boss = place.agent(), place.site.person(VENDOR)
    found = re.search(rf"{place.url}/agents/(\d+)", boss.get(place.url).text)
    assert found is not None
    url = f"{place.url}/agents/{found[1]}"
    assert 'value="answer" id="rights-answer" checked' in boss.get(url).text
    day = place.site.bench.portal.today().isoformat()
    wrong = boss.post(url, data={"office": "", "rights": "full", "scope": "all", "first_day": day})
    assert wrong.status_code == 422
    assert boss.post(f"{url}/end").status_code == 303
    assert client.get("/tasks").status_code == 302  # signed out
    assert "終了した代行 1件" in text(boss.get(place.url))


def test_an_agent_gives_a_mandate_back(place: Place) -> None:
    client = place.agent()
    found = re.search(r"/company/mandates/(\d+)/resign", client.get("/company").text)
    assert found is not None
    assert client.post(found[0]).status_code == 303
    assert client.get(f"/cases/{place.walker.number}").status_code == 404


def test_a_manager_hands_over_and_is_signed_out(place: Place) -> None:
    place.join("jiro@example.com")
    boss, leaver, heir = place.site.person(VENDOR), place.id_of(VENDOR), place.id_of("jiro@example.com")
    page = text(boss.get(f"{place.url}/people/{leaver}/leave"))
    assert "引き継ぐ方が管理者になります" in page
    none = boss.post(f"{place.url}/people/{leaver}/leave", data={"leaves": "yes"})
    assert none.status_code == 422
    done = boss.post(f"{place.url}/people/{leaver}/leave", data={"successor": str(heir), "leaves": "yes"})
    assert (done.status_code, done.location) == (303, "/login")
    assert boss.get("/tasks").status_code == 302
    assert "管理者" in text(place.site.person("jiro@example.com").get("/company"))


def test_alone_one_is_told_to_invite_first(place: Place) -> None:
    boss = place.site.person(VENDOR)
    page = text(boss.get(f"{place.url}/people/{place.id_of(VENDOR)}/leave"))
    assert "先に後任の方を招待し" in page


def test_the_body_on_the_phone_names_somebody_new(place: Place) -> None:
    staff, leaver = place.site.operator(), place.id_of(VENDOR)
    assert f'href="{place.url}"' in staff.get(f"/cases/{place.walker.number}").text
    form = {"successor": "new", "name": "後任 三郎", "email": "next@example.com", "leaves": "yes"}
    without = staff.post(f"{place.url}/people/{leaver}/leave", data=form)
    assert without.status_code == 422
    assert "後任 三郎" in without.text
    done = staff.post(f"{place.url}/people/{leaver}/leave", data={**form, "reason": "退職。代表から電話"})
    assert done.status_code == 303
    path = place.link()
    client = place.site.anybody()
    assert client.post(path, data={"password": NEW, "again": NEW}).status_code == 303
    assert place.walker.number in place.site.person("next@example.com").get("/tasks").text


def test_strangers_find_no_company(site: Site) -> None:
    place = Place(site)
    people.add_staff(site.bench.portal, "alone@example.com", "ひとり", ["vendor"], NEW)
    client = site.person("alone@example.com")
    assert "まだ会社に登録されていません" in text(client.get("/company"))
    for path in (place.url, f"{place.url}/agents/new", f"{place.url}/people/1", f"{place.url}/people/1/leave"):
        assert client.get(path).status_code == 404
    assert company.mine(people.actor_of(site.bench.portal, place.id_of("alone@example.com"))) == []


def test_every_page_labels_its_inputs(place: Place) -> None:
    place.join("jiro@example.com")
    boss, user = place.site.person(VENDOR), place.id_of("jiro@example.com")
    for path in ("", "/agents/new", f"/people/{user}", f"/people/{user}/leave"):
        for client in (boss, place.site.operator()):
            page = client.get(place.url + path).text
            main = page[page.index("<main") : page.index("</main>")]
            ids = re.findall(r'<(?:input|select|textarea)(?![^>]*type="hidden")[^>]* id="([^"]+)"', main)
            for each in ids:
                assert f'for="{each}"' in main, (path, each)
            assert len(ids) == len(set(ids))
