"""The pages of keys: masters made by two people in browsers of their own, and the two letters of a key file."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.services.cards import stock
from app.store import database
from app.store.models import KeyLetter, User
from hardware.keys import combine, parse_component
from tests.services.steps import case_of, go, staff, task
from tests.web.conftest import Site
from tests.web.desk_support import alerts, text, vendor

PASSWORD = "a password for tests"
COMPONENT = re.compile(r"<code>((?:[0-9A-F]{4} ){7}[0-9A-F]{4})</code>")


def keeper(site: Site, number: int) -> FlaskClient:
    """A member of the staff who looks after cards."""
    with database.transaction():
        User.update(groups="cards").where(User.email == f"{('sato', 'suzuki', 'tanaka')[number]}@example.jp").execute()
    return site.operator(number)


def bring(client: FlaskClient, version: int = 2, password: str = PASSWORD) -> TestResponse:
    return client.post(f"/cards/keys/{version}", data={"prove_password": password})


def test_two_people_make_a_version_in_the_browser_and_each_sees_a_component_once(site: Site) -> None:
    first, second = keeper(site, 0), keeper(site, 1)
    assert "見本" in text(first.get("/cards/keys"))
    one = bring(first)
    assert one.status_code == 200
    assert one.headers["Cache-Control"] == "no-store"
    mine = COMPONENT.findall(one.text)
    assert len(mine) == 2
    assert not COMPONENT.findall(first.get("/cards/keys").text)
    assert "あなたが作りました" in text(first.get("/cards/keys"))
    assert "2つ目は別の方が作ります" in alerts(first.get(bring(first).location))
    two = bring(second)
    theirs = COMPONENT.findall(two.text)
    assert "第2版ができました" in text(two)
    page = text(second.get("/cards/keys"))
    for a, b in zip(mine, theirs, strict=True):
        assert combine(parse_component(a), parse_component(b)).kcv.hex().upper() in page
        assert a not in two.text
    assert "担当 1 <sato@example.jp>" in page
    assert "担当 2 <suzuki@example.jp>" in page
    assert "の鍵は、すでにできています" in alerts(second.get(bring(second).location))


def test_a_component_wants_the_persons_own_password(site: Site) -> None:
    client = keeper(site, 0)
    wrong = bring(client, password="not this one")
    assert "パスワードが違います" in alerts(wrong)
    for _ in range(10):
        bring(client, password="not this one")
    assert "まで受け付けを止めています" in alerts(bring(client))


def test_a_version_that_was_begun_can_be_given_up(site: Site) -> None:
    client = keeper(site, 0)
    bring(client)
    assert client.post("/cards/keys/2/abandon", data={"sure": "yes"}).status_code == 303
    assert "待っています" not in text(client.get("/cards/keys"))


def test_keys_are_not_for_other_groups_and_not_for_companies(site: Site) -> None:
    client = site.operator(2)
    assert 'name="prove_password"' not in client.get("/cards/keys").text
    assert "鍵を扱うグループ" in alerts(client.get(bring(client).location))
    walker = go(site.bench, until="submit_documents")
    company = vendor(site, task(walker, "submit_documents").id).client
    for address in ("/cards/keys", f"/cards/letters/{task(walker, 'submit_documents').id}"):
        assert company.get(address).status_code == 403


@pytest.fixture
def letters(site: Site) -> str:
    """The address of a case's key letters."""
    walker = go(site.bench, until="post_test_cards")
    row = task(walker, "post_test_cards").id
    stock.make(walker.portal, row, staff(walker))
    site.bench.drain(walker.portal)
    assert case_of(walker).number in text(site.operator().get(f"/cards/letters/{row}"))
    return f"/cards/letters/{row}"


def ids(emails: tuple[str, ...] = ("sato", "suzuki")) -> list[int]:
    with database.connection():
        return [User.get(User.email == f"{each}@example.jp").id for each in emails]


def opening(client: FlaskClient, address: str, number: int) -> TestResponse:
    with database.connection():
        letter = KeyLetter.get(KeyLetter.number == number).id
    return client.post(f"{address}/{letter}/open", data={"prove_password": PASSWORD})


def test_each_letter_is_opened_by_its_person_and_the_page_says_why_not_the_other(site: Site, letters: str) -> None:
    first, second, third = (site.operator(number) for number in range(3))
    assert "先に決めてください" in text(first.get(letters))
    same = first.post(f"{letters}/keepers", data={"keeper_1": ids()[0], "keeper_2": ids()[0]})
    assert "異なる2名" in alerts(first.get(same.location))
    first.post(f"{letters}/keepers", data={"keeper_1": ids()[0], "keeper_2": ids()[1]})
    assert "担当 1さんだけです。代理では開けません" in text(third.get(letters))
    opened = opening(first, letters, 1)
    assert opened.mimetype == "application/pdf"
    assert "no-store" in opened.headers["Cache-Control"]
    assert "もう一通を開いた方は、こちらの封書を開けません" in text(first.get(letters))
    assert "もう一通を開いた方は" in alerts(first.get(opening(first, letters, 2).location))
    assert opening(second, letters, 2).mimetype == "application/pdf"
    assert "2通とも印刷しました" in text(third.get(letters))


def test_letters_are_made_anew_on_their_page(site: Site, letters: str) -> None:
    client = site.operator()
    form = {"recipient_1": "例 一郎", "recipient_2": "例 一郎", "reason": "印刷の失敗"}
    assert "異なる2名" in alerts(client.get(client.post(f"{letters}/anew", data={**form, "sure": "yes"}).location))
    client.post(f"{letters}/anew", data={**form, "recipient_2": "例 三郎", "sure": "yes"})
    assert "作成中" in text(client.get(letters))
    site.bench.drain()
    assert "例 三郎 様" in text(client.get(letters))


def test_a_letter_wants_the_persons_own_password_too(site: Site, letters: str) -> None:
    client = site.operator()
    client.post(f"{letters}/keepers", data={"keeper_1": ids()[0], "keeper_2": ids()[1]})
    with database.connection():
        letter = KeyLetter.get(KeyLetter.number == 1).id
    wrong = client.post(f"{letters}/{letter}/open", data={"prove_password": "x"})
    assert wrong.status_code == 422 and "パスワードが違います" in wrong.get_data(as_text=True)
    lately = client.post(f"{letters}/{letter}/open")
    assert lately.status_code == 200 and lately.mimetype == "text/html", "having signed in just now is not enough"
    with database.connection():
        assert KeyLetter.get_by_id(letter).openings == 0


def test_the_task_leads_to_its_letters_and_other_tasks_have_none(site: Site, letters: str) -> None:
    page = site.operator().get(letters.replace("/cards/letters/", "/tasks/"))
    assert f'href="{letters}"' in page.text
    assert site.operator().get("/cards/letters/nothing").status_code == 404
