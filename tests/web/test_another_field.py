"""A package of another field: another applicant, other fields, groups of its own, no cards. Walked over HTTP from the
application to the register and through a yearly renewal; every page speaks its words, and none of another's."""

from __future__ import annotations

import re
import shutil
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.catalogue.fields import form_fields
from app.engine import Engine
from app.services.people import accounts
from app.services.process import timers
from app.store import cases, database, work
from app.store.models import User
from tests.services.conftest import BPMN, STAFF
from tests.web.conftest import Site, open_site
from tests.web.desk_support import Desk, alerts

FIELDS = Path(__file__).parents[1] / "fields"
OTHERS = re.compile(
    ".{0,20}(?:CCUS|建設|技能者|就業履歴|ベンダ|運営主体|システム|監査|試験|認定|カード|API|経理|契約書|(?<!株式)会社).{0,10}"
)
PASSWORD = "a password of the kitchen"
OWNER = "owner@example.com"
APPLICATION = {
    "shop_owner": "みほん食堂株式会社", "person_in_charge": "味見 花子", "mail_address": OWNER,
    "kitchen_name": "みほん食堂 本店",
}  # fmt: skip
ABOUT = {
    "owner_number": "7000012050002", "owner_kana": "ミホンショクドウ", "zip": "100-0001", "pref": "東京都",
    "town": "千代田区", "lot": "1-1", "owner_name": "見本 一", "phone_number": "03-1234-5678",
    "rooms": ["調理室", "食品庫"],
}  # fmt: skip


def words(page: TestResponse) -> str:
    """All that a reader sees of a page."""
    shown = re.sub(r"<(script|style|svg|template)\b.*?</\1>", " ", page.text, flags=re.DOTALL)
    for said in re.findall(r'(?:title|alt|placeholder|aria-label)="([^"]*)"', shown):
        shown += f" {said}"
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", shown)))


class Kitchen:
    """The portal with the package, and what is asked of each of its pages."""

    def __init__(self, site: Site, others: re.Pattern[str] = OTHERS) -> None:
        self.others = others
        self.site, self.bench, self.number = site, site.bench, ""
        package = site.bench.portal.releases.current("kitchen_registration").package
        codes = {
            *package.elements,
            *package.groups,
            *(key for form in package.forms.values() for key in form_fields(form)),
        }
        self.codes = re.compile(
            "|".join(rf"\b{code}\b" for code in sorted(codes) if "_" in code or code in package.groups)
        )
        accounts.add_staff(
            site.bench.portal, "chief@example.jp", "管理 担当", ["administrator"], "a password for tests"
        )
        with database.connection():
            User.update(groups="inspectors,window").where(User.email == STAFF[0]).execute()
        self.office, self.owner = site.operator(), site.anybody()

    def read(self, client: FlaskClient, url: str, *, ours: bool = True) -> str:
        """A page that is there, in words of ours, without a raw code."""
        page = client.get(url, follow_redirects=True)
        assert page.status_code == 200, url
        said = words(page)
        if ours:
            assert not self.others.findall(said), (url, self.others.findall(said))
        assert not self.codes.findall(said), (url, self.codes.findall(said))
        return said

    def open(self, element: str) -> list[Any]:
        with database.connection():
            case = cases.get(self.number)
            assert case is not None
            return [row for row in work.open_tasks(case.id) if row.element == element]

    def answer(self, client: FlaskClient, task_id: str, **answers: Any) -> None:
        """The form, its check, the last press; the pages in between are read."""
        desk = Desk(client, task_id)
        self.read(client, desk.url)
        posted = desk.post(**answers)
        assert posted.status_code == 303, alerts(posted)
        if posted.location.endswith("/check"):
            self.read(client, desk.url + "/check")
            sent = client.post(desk.url + "/check", data={"revision": desk.revision("/check")})
            assert sent.status_code == 303, alerts(sent)
        self.read(client, desk.url + "/done")
        self.bench.drain()

    def apply(self) -> None:
        url = "/apply/kitchen_registration"
        visitor = self.owner
        assert "厨房の名前" in self.read(visitor, url)
        assert visitor.post(url, data={**APPLICATION, "step": "check"}).status_code == 200
        assert visitor.post(url, data={**APPLICATION, "step": "send"}).status_code == 303
        said = self.read(visitor, "/apply/done")
        found = re.search(r"\d{4}-\d{4}", said)
        assert found, said
        self.number = found[0]
        self.bench.drain()
        (mail,) = self.bench.mailbox.of("welcome")
        token = re.search(r"/enter/([\w-]+)", mail.text)
        assert token, mail.text
        self.read(visitor, f"/enter/{token[1]}")
        done = visitor.post(f"/enter/{token[1]}", data={"password": PASSWORD, "again": PASSWORD})
        assert done.status_code == 303, alerts(done)
        self.bench.drain()


def walk(kitchen: Kitchen) -> None:
    """From the application to the register."""
    office, owner = kitchen.office, kitchen.owner
    kitchen.apply()
    assert "厨房の説明" in kitchen.read(owner, "/tasks")
    (describe,) = kitchen.open("describe_kitchen")
    kitchen.answer(owner, describe.id, **ABOUT)
    rooms = kitchen.open("inspect_room")
    assert sorted(row.title for row in rooms) == ["現地の点検｜調理室", "現地の点検｜食品庫"]
    listed = kitchen.read(office, "/tasks?scope=all", ours=kitchen.others is OTHERS)  # of all packages
    assert "衛生監視" in listed
    assert all(row.title in listed for row in rooms)
    letters = kitchen.bench.mailbox.of("go-and-see")
    asked = {each.subject.partition("「")[2].partition("」")[0]: each.text for each in letters}
    assert asked.keys() == {"現地の点検｜調理室", "現地の点検｜食品庫"}
    assert all(f"場所は{title.partition('｜')[2]}です" in text for title, text in asked.items())
    for row in rooms:
        assert row.title in kitchen.read(office, f"/tasks/{row.id}")
        kitchen.answer(office, row.id, state_of_room="clean")
    (decide,) = kitchen.open("decide_registration")
    kitchen.answer(office, decide.id, verdict="register")


@pytest.fixture
def kitchen(tmp_path: Path, engine: Engine) -> Kitchen:
    """The portal with this package alone."""
    return Kitchen(open_site(tmp_path, engine, FIELDS))


def test_it_passes_the_check_without_an_error(kitchen: Kitchen) -> None:
    package = kitchen.bench.portal.releases.current("kitchen_registration").package
    assert [str(each) for each in kitchen.bench.portal.releases.check(package) if each.severity == "error"] == []


def test_from_the_application_to_the_register_and_the_renewal_in_its_own_words(kitchen: Kitchen) -> None:
    office, owner, visitor = kitchen.office, kitchen.owner, kitchen.site.anybody()
    assert "登録厨房一覧" in kitchen.read(visitor, "/")
    walk(kitchen)
    with database.connection():
        case = cases.get(kitchen.number)
        assert case is not None
        assert (case.company_name, case.system_name, case.state) == (
            "みほん食堂株式会社",
            "みほん食堂 本店",
            "certified",
        )
        assert case.company is not None and case.company.corporate_number == ABOUT["owner_number"]
    said = kitchen.read(visitor, "/systems")
    assert "登録厨房一覧" in said and "みほん食堂 本店" in said
    number = re.search(r"KT-\d{4}-\d{4}", said)
    assert number
    assert "この登録は、本日" in kitchen.read(visitor, f"/systems/{number[0]}")
    every_page(kitchen, office, owner)
    before = kitchen.read(visitor, f"/systems/{number[0]}")
    kitchen.bench.portal.clock.moment += timedelta(days=345)  # type: ignore[attr-defined]
    timers.wake(kitchen.bench.portal)
    kitchen.bench.drain()
    assert kitchen.bench.mailbox.of("year-is-over")
    (report,) = kitchen.open("report_year")
    kitchen.answer(owner, report.id, changed="no")
    (confirm,) = kitchen.open("confirm_year")
    kitchen.answer(office, confirm.id, read="on")
    assert kitchen.read(visitor, f"/systems/{number[0]}") != before
    every_page(kitchen, office, owner)
    for mail in kitchen.bench.mailbox.letters:
        assert not OTHERS.findall(f"{mail.subject} {mail.text}"), mail.text


def every_page(kitchen: Kitchen, office: FlaskClient, owner: FlaskClient) -> None:
    """What each side can open without a task."""
    tabs = ("flow", "timeline", "documents", "mail", "money", "answers", "messages")
    case = f"/cases/{kitchen.number}"
    for url in ("/tasks", "/cases", "/company", "/account", case, *(f"{case}?tab={tab}" for tab in tabs)):
        kitchen.read(owner, url)
    staff = (
        "/tasks",
        "/tasks?scope=all",
        "/tasks?scope=group",
        "/cases",
        "/absences",
        "/account",
        "/inbound",
    )
    for url in (*staff, case, *(f"{case}?tab={tab}" for tab in tabs)):
        kitchen.read(office, url)
    chief = kitchen.site.person("chief@example.jp")
    for url in ("/settings", "/attention", "/company/claims"):
        kitchen.read(chief, url)
    menu = office.get("/tasks").text
    assert [url for url in ("/calendar", "/payments", "/post", "/cards") if f'href="{url}"' in menu] == []
    assert 'href="/systems"' in menu


def test_beside_the_certification_each_speaks_its_own_words(tmp_path: Path, engine: Engine) -> None:
    place = tmp_path / "packages"
    shutil.copytree(FIELDS / "kitchens", place / "kitchens")
    for name in ("_shared", "ccus_api_certification"):
        shutil.copytree(BPMN / name, place / name)
    (tmp_path / "data").mkdir()
    kitchen = Kitchen(open_site(tmp_path / "data", engine, place), re.compile(OTHERS.pattern.replace("|カード", "")))
    choice = kitchen.read(kitchen.site.anybody(), "/apply", ours=False)
    assert "優良厨房の登録" in choice and "就業履歴データ登録標準API連携認定" in choice
    walk(kitchen)
    case = f"/cases/{kitchen.number}"
    assert "保健所" in words(kitchen.owner.get(case))
    for url in (case, f"{case}?tab=timeline", f"{case}?tab=messages", "/tasks"):
        shown = words(kitchen.owner.get(url))
        assert not re.findall("CCUS|建設|就業履歴|ベンダ|運営主体|監査|試験", shown[shown.index(kitchen.number) :]), url


ENGLISH = re.compile(
    r".{0,30}\b(?:CCUS|compan(?:y|ies)|vendors?|audits?|exams?|operating body|systems?|IC cards?)\b.{0,20}",
    re.IGNORECASE,
)


def test_in_english_it_speaks_its_own_words_too(kitchen: Kitchen) -> None:
    walk(kitchen)
    kitchen.others = ENGLISH
    case = f"/cases/{kitchen.number}"
    tabs = ("flow", "timeline", "documents", "mail", "answers", "messages")
    pages = ("/tasks", "/cases", case, *(f"{case}?tab={tab}" for tab in tabs), "/systems", "/account")
    for client in (kitchen.owner, kitchen.office):
        client.set_cookie("lang", "en")
        for url in pages:
            kitchen.read(client, url)
    assert "Up to registration" in kitchen.read(kitchen.owner, case)
    assert "Certified kitchens" in kitchen.read(kitchen.owner, "/systems")
