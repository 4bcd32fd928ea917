"""What a task's page holds beside its form: papers, claims, dates, connection information, cards."""

from __future__ import annotations

import re
from datetime import date

import pytest

from app.services.cards import stock
from app.services.people import accounts as people
from app.services.tasks import forms, send
from app.states import Side
from app.store import accounts, bookings, cases, database, work
from app.store.models import Entry, Job
from tests.services.cardbench import open_letters
from tests.services.conftest import STAFF
from tests.services.steps import case_of, go, opened, staff, task
from tests.web.conftest import Site
from tests.web.desk_support import VENDOR, alerts, operator, text, vendor

SECRET = {
    "connection_url": "https://exam.example/api",
    "connection_id": "minato-042",
    "connection_password": "p4ss-w0rd",
}


def test_papers_to_sign_are_shown_downloaded_and_named_while_they_are_made(site: Site) -> None:
    walker = go(site.bench, until="contracts__vendor")
    page = vendor(site, task(walker, "contracts__vendor").id).page()
    links = re.findall(rf'href="(/cases/{walker.number}/documents/\w+)\?download=1"', page.text)
    assert len(links) == 2
    assert site.person(VENDOR).get(links[0]).data.startswith(b"%PDF")
    assert "表示を更新する" not in text(page)


def test_papers_that_are_still_being_made_are_named(site: Site) -> None:
    walker = go(site.bench, until="api_documents")
    vendor(site, task(walker, "api_documents").id).client.post(f"/tasks/{task(walker, 'api_documents').id}")
    page = vendor(site, task(walker, "submit_card_auth_request").id).page()
    assert "作成中：" in text(page)
    assert "表示を更新する" in text(page)
    site.bench.drain()
    assert "作成中：" not in text(vendor(site, task(walker, "submit_card_auth_request").id).page())


def test_files_that_a_task_hands_out_open_for_its_vendor(site: Site) -> None:
    walker = go(site.bench, until="materials_requested")
    page = vendor(site, task(walker, "materials_requested").id).page().text
    address = f"/cases/{walker.number}/files/api_overview.pdf"
    assert f'href="{address}">API概要説明書</a>' in page
    assert site.person(VENDOR).get(address).status_code == 200
    assert site.person(VENDOR).get(f"/cases/{walker.number}/files/exam_guide.pdf").status_code == 404


def test_who_pays_reads_amount_day_account_and_what_to_write(site: Site) -> None:
    walker = go(site.bench, until="pay_initial_fee")
    said = text(vendor(site, task(walker, "pay_initial_fee").id).page())
    assert "220,000円" in said
    assert "INV-" in said
    assert "お振込先" in said
    assert "振込依頼人名の前に" in said


@pytest.mark.parametrize(("amount", "said"), [("219000", "1000円 少なくなって"), ("221000", "1000円多い入金")])
def test_a_wrong_amount_is_said_before_it_is_sent_and_may_be_sent(amount: str, said: str, site: Site) -> None:
    walker = go(site.bench, until="confirm_initial_payment")
    desk = operator(site, task(walker, "confirm_initial_payment").id)
    answers = {"amount": amount, "paid_on": "2026-03-20", "payer": "カ）ミホンケンセツシステム"}
    assert desk.post(**answers).status_code == 303
    assert said in alerts(desk.page("/check")).replace(",", "")
    sent = desk.client.post(desk.url + "/check", data={"revision": desk.revision("/check")})
    assert sent.status_code == 303
    short = int(amount) < 220000
    site.bench.drain()
    assert opened(walker) == (["pay_initial_fee"] if short else ["api_documents"])
    if short:
        again = text(vendor(site, task(walker, "pay_initial_fee").id).page())
        assert "お支払いの残り" in again
        assert "1,000円" in again


def test_days_offered_are_the_free_ones_and_a_taken_day_is_refused_in_time(site: Site) -> None:
    walker = go(site.bench, until="request_exam_date")
    desk = vendor(site, task(walker, "request_exam_date").id)
    days = re.findall(r'<option value="(\d{4}-\d\d-\d\d)"', desk.page().text)
    assert days
    shown = re.findall(r'data-day="([^"]+)"', desk.page().text)
    assert shown == sorted(set(days))  # the months beside the form show the same days
    day = date.fromisoformat(days[0])
    assert f'data-day-name="{day.month}月{day.day}日（{"月火水木金土日"[day.weekday()]}）"' in desk.page().text, "aloud"
    assert desk.post(wish_1="2026-01-01").status_code == 422
    desk.send(wish_1=days[0], wish_2=days[1])
    first = operator(site, task(walker, "settle_exam_date").id)
    page = first.page().text
    assert re.search(rf'data-day="{days[0]}"><span aria-hidden="true">\d+ ◎', page)
    assert len(re.findall(r"[^<]+ ◎</(?:option|label)>", page)) == 2  # among the days to choose from, too
    assert first.post(outcome="accepted", date=days[0]).status_code == 303
    assert first.page("/check").status_code == 200


def test_a_settled_day_is_shown_where_it_is_acknowledged_and_held(site: Site) -> None:
    walker = go(site.bench, until="exam_date_received")
    with database.connection():
        booking = bookings.latest(case_of(walker).id)
    assert booking is not None
    said = text(vendor(site, task(walker, "exam_date_received").id).page())
    assert f"{booking.day.year}年{booking.day.month}月{booking.day.day}日" in said
    assert booking.place in said


def test_connection_information_is_shown_once_with_a_record_and_kept_nowhere(site: Site) -> None:
    walker = go(site.bench, until="disclose_exam_environment")
    sender = operator(site, task(walker, "disclose_exam_environment").id)
    sender.send(**SECRET)
    assert SECRET["connection_password"] not in sender.page("/done").text
    _finish(site, walker.number, {"post_exam_cards", "precheck_received"})
    desk = vendor(site, task(walker, "connect_exam_environment").id)
    page = desk.page()
    assert SECRET["connection_password"] not in page.text
    button = "接続情報を表示する"
    pressed = re.search(r'action="[^"]*/reveal".*?<button[^>]*>(.*?)</button>', page.text, re.S)
    assert pressed and re.sub(r"<[^>]+>", "", pressed[1]).strip() == button and f"「{button}」を押すと" in text(page)
    shown = desk.client.post(desk.url + "/reveal")
    assert shown.status_code == 200
    for value in SECRET.values():
        assert value in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    again = desk.client.post(desk.url + "/reveal")
    assert again.status_code == 422
    assert SECRET["connection_password"] not in again.text
    assert "すでに表示されています" in alerts(again)
    assert "再発行" in text(desk.page())
    assert operator(site, task(walker, "connect_exam_environment").id).client.post(
        desk.url + "/reveal"
    ).status_code in {403, 422}
    with database.connection():
        record = Entry.get((Entry.case == case_of(walker).id) & (Entry.kind == "secret_shown"))
    assert record.actor_name


def _finish(site: Site, number: str, elements: set[str]) -> None:
    """Finish these steps through the services: their pages have tests of their own."""
    portal = site.bench.portal
    while True:
        site.bench.drain()
        with database.connection():
            case = cases.get(number)
            assert case is not None
            row = next((row for row in work.open_tasks(case.id) if row.element in elements), None)
            if row is None:
                return
            member, user = cases.members(case.id)[0].user_id, accounts.by_email(STAFF[0])
        assert user is not None
        actor = people.actor_of(portal, member if row.side == Side.VENDOR else user.id)
        raw: dict[str, str] = {}
        if row.element == "post_exam_cards":
            stock.make(portal, row.id, actor)
            site.bench.drain()
            raw = {"carrier": "yamato", "tracking_number": "1234-5678-9012", "sent_on": "2026-04-01"}
        forms.save_draft(portal, row.id, raw, actor)
        send.send(portal, row.id, actor)


def test_cards_are_made_by_a_press_and_the_letter_waits_for_them(site: Site) -> None:
    walker = go(site.bench, until="post_test_cards")
    desk = operator(site, task(walker, "post_test_cards").id)
    said = text(desk.page())
    assert "3枚のうち0枚" in said
    assert "カードができると作成されます" in said
    answers = {
        "carrier": "yamato",
        "tracking_number": "1234-5678-9012",
        "sent_on": "2026-03-30",
        "key_tracking_number": "9876-5432-1098",
        "key_tracking_number_2": "9876-5432-1099",
    }
    early = desk.post(**answers)
    assert early.status_code == 303
    refused = desk.client.post(desk.url + "/check", data={"revision": desk.revision("/check")})
    assert refused.status_code == 422
    assert "カードは3枚のうち0枚" in alerts(refused)
    pressed = desk.client.post(desk.url + "/cards")
    assert (pressed.status_code, pressed.location) == (303, f"{desk.url}#cards")
    said = text(desk.page())
    assert "作成中" in said
    assert "カードを作成する" not in said
    desk.client.post(desk.url + "/cards")  # a second press makes no second set
    site.bench.drain()
    said = text(desk.page())
    assert "3枚のうち3枚" in said
    assert "1234-5678-9012" in desk.page().text
    closed = desk.client.post(desk.url + "/check", data={"revision": desk.revision("/check")})
    assert closed.status_code == 422
    open_letters(walker)
    sent = desk.client.post(desk.url + "/check", data={"revision": desk.revision("/check")})
    assert sent.status_code == 303


def test_a_card_that_could_not_be_made_is_said_and_can_be_tried_again(site: Site) -> None:
    walker = go(site.bench, until="post_test_cards")
    desk = operator(site, task(walker, "post_test_cards").id)
    stock.make(site.bench.portal, task(walker, "post_test_cards").id, staff(walker))
    with database.transaction():
        Job.update(state="incident", error="The reader does not answer").where(
            (Job.case == case_of(walker).id) & (Job.operator == "card")
        ).execute()
    page = desk.page()
    assert "The reader does not answer" in alerts(page)
    number = re.search(r'name="retry" value="(\d+)"', page.text)
    assert number is not None
    assert desk.client.post(desk.url + "/cards", data={"retry": number[1]}).status_code == 303
    with database.connection():
        assert Job.get_by_id(int(number[1])).state == "queued"


def test_a_task_without_cards_makes_none(site: Site) -> None:
    walker = go(site.bench, until="first_review")
    desk = operator(site, task(walker, "first_review").id)
    assert desk.client.post(desk.url + "/cards").status_code == 404
    assert vendor(site, task(walker, "first_review").id).client.post(desk.url + "/cards").status_code == 403
