"""Calendar, post, cards, absences and settings: what each desk says and who may change what."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta

import pytest
from pypdf import PdfReader

from app.services.cards import stock
from app.services.demo.sampleday import sample_pdf
from app.services.demo.walker import Walker
from app.services.papers import seen
from app.services.people import accounts
from app.states import ChangeKind
from app.store import cards, changes, database, work
from app.store.models import Absence, Booking, Card, CardEvent, Document, Job, Setting
from tests.services.cardbench import open_letters
from tests.services.steps import case_of, go, opened, staff, task
from tests.web.conftest import Site
from tests.web.desk_support import VENDOR, alerts, text

SURE = {"sure": "yes"}  # the second press of what cannot be taken back
PAGES = ("/calendar", "/payments", "/payments/bank", "/post", "/cards")
TODAY = date(2026, 4, 1)  # by the tests' clock


@pytest.fixture
def analyst(site: Site) -> Site:
    accounts.add_staff(site.bench.portal, "reads@example.jp", "分析 担当", ["analyst"], "a password for tests")
    accounts.add_staff(site.bench.portal, "admin@example.jp", "管理 担当", ["administrator"], "a password for tests")
    return site


def test_every_desk_opens_empty_and_says_what_will_come(analyst: Site) -> None:
    for client in (analyst.operator(), analyst.person("reads@example.jp")):
        for path in PAGES:
            answer = client.get(path)
            assert answer.status_code == 200, path
            assert "<h1" in answer.text
    assert "案件が郵送の工程に進むと" in text(analyst.operator().get("/post"))


def test_vendors_and_strangers_stay_outside(site: Site) -> None:
    go(site.bench, until="submit_documents")
    for path in (*PAGES, "/absences", "/settings", "/cards/NT26000001"):
        assert site.person(VENDOR).get(path).status_code == 403, path
        assert site.anybody().get(path).status_code == 302, path


# Calendar


def booked(site: Site, day: date, **values: object) -> Walker:
    walker = go(site.bench, until="submit_documents", application=values.pop("application", {}))
    with database.transaction():
        Booking.create(
            case=case_of(walker),
            calendar="exam",
            day=day,
            start="13:00",
            end="16:00",
            place="試験室",
            state="held",
            held_until=day - timedelta(days=5),
            at=site.bench.portal.now(),
            **values,
        )
    return walker


def test_a_date_stands_on_its_day_with_company_and_state(site: Site) -> None:
    walker = booked(site, date(2026, 4, 15))
    said = text(site.operator().get("/calendar?month=2026-04"))
    assert "認定試験日" in said
    assert "みほん建設システム" in said
    assert "仮押さえ" in said
    assert f'href="/cases/{walker.number}"' in site.operator().get("/calendar?month=2026-04").text
    assert "この月に日程はありません" in text(site.operator().get("/calendar?month=2026-05"))


def test_clashes_are_said_before_they_happen(site: Site) -> None:
    other = {"company_name": "大空株式会社", "email": "sora@example.com", "system_name": "そらゲート"}
    one, two = booked(site, date(2026, 4, 15)), booked(site, date(2026, 4, 15), application=other)
    said = text(site.operator().get("/calendar?month=2026-04"))
    assert "1日1件までのところ、2件入っています" in said
    assert f"{one.number} と {two.number} が、同じ時間に同じ場所" in said


def test_a_closing_day_is_added_with_its_reason_and_taken_back(site: Site) -> None:
    booked(site, date(2026, 4, 15))
    client = site.operator()
    answer = client.post("/calendar/closing", data={"day": "2026-04-15", "reason": "創立記念日"})
    assert answer.location == "/calendar?month=2026-04"
    page = text(client.get(answer.location))
    assert "創立記念日" in page
    assert "1件の予定があります" in page
    assert "この日は営業日ではありません" in page
    assert date(2026, 4, 15) in site.bench.portal.closing()
    client.post("/calendar/closing/remove", data={"day": "2026-04-15"})
    assert site.bench.portal.closing() == frozenset()
    with database.connection():
        assert [(row.before, row.after) for row in reversed(changes.recent("closing_day"))] == [
            ("", "創立記念日"), ("創立記念日", "")]  # fmt: skip


@pytest.mark.parametrize(
    ("day", "reason", "said"),
    [
        ("", "理由", "日を入力してください"),
        ("2026-04-01", "理由", "明日以降"),
        ("2026-04-05", "理由", "もともと営業日ではありません"),
        ("2026-04-15", " ", "理由を入力してください"),
        ("2036-04-15", "理由", "先すぎます"),
    ],
)
def test_a_wrong_closing_day_is_refused_and_what_was_typed_stays(day: str, reason: str, said: str, site: Site) -> None:
    answer = site.operator().post("/calendar/closing", data={"day": day, "reason": reason, "month": "2026-06"})
    assert answer.status_code == 422
    assert said in alerts(answer)
    assert f'value="{day}"' in answer.text
    assert "2026年6月" in answer.text
    assert site.bench.portal.closing() == frozenset()


def test_wrong_months_are_this_month_or_no_page(site: Site) -> None:
    client = site.operator()
    assert "2026年4月" in text(client.get("/calendar?month=soon"))
    assert client.get("/calendar?month=2026-13").status_code == 404
    assert client.get("/calendar?month=0000-00").status_code == 404
    assert "2026年1月" in text(client.get("/calendar?month=2026-01"))
    assert client.get("/calendar?month=2026-12").text.count("/calendar?month=2027-01") == 1


def test_the_calendar_file_of_the_page_opens_without_signing_in(site: Site) -> None:
    booked(site, date(2026, 4, 15))
    found = re.search(r'href="(/calendar/[^"]+\.ics)"', site.operator().get("/calendar").text)
    assert found is not None
    assert "BEGIN:VEVENT" in site.anybody().get(found[1]).text


def test_analysts_do_not_change_the_calendar(analyst: Site) -> None:
    client = analyst.person("reads@example.jp")
    assert "closing-day" not in client.get("/calendar").text
    assert client.post("/calendar/closing", data={"day": "2026-04-15", "reason": "x"}).status_code == 403
    assert client.post("/calendar/closing/remove", data={"day": "2026-04-15"}).status_code == 403


# Post and cards


def packed(site: Site, until: str = "post_test_cards", **plan: object) -> Walker:
    """A case whose cards are made and whose letters are written."""
    walker = go(site.bench, until=until, business_days_ago=60, **plan)
    if until == "post_test_cards":
        stock.make(walker.portal, task(walker, until).id, staff(walker))
        site.bench.drain(walker.portal)
        open_letters(walker)
    return walker


def test_a_parcel_waits_for_its_cards_and_says_so(site: Site) -> None:
    walker = go(site.bench, until="post_test_cards", business_days_ago=60)
    row = task(walker, "post_test_cards").id
    client = site.operator()
    page = client.get("/post")
    assert "3枚のうち0枚が準備済み" in text(page)
    assert f'value="{row}"' not in page.text
    answer = client.post("/post", data={"action": "send", "task": [row], f"{row}.carrier": "yamato"})
    assert answer.status_code == 422
    assert "post_test_cards" in opened(walker)


def test_tracking_numbers_typed_in_a_row_complete_exactly_the_ticked_posts(site: Site) -> None:
    walker = packed(site)
    row = task(walker, "post_test_cards").id
    client = site.operator()
    page = client.get("/post")
    assert f'name="task" value="{row}"' in page.text
    assert "送付状" in text(page)
    assert "〒" in text(page)
    typed = {
        f"{row}.carrier": "yamato",
        f"{row}.tracking_number": "4012-3456-7890",
        f"{row}.sent_on": "2026-04-01",
        f"{row}.key_tracking_number": "1234567890",
        f"{row}.key_tracking_number_2": "1234567891",
    }
    unticked = client.post("/post", data={"action": "send", **typed})
    assert unticked.status_code == 422
    assert 'value="4012-3456-7890"' in unticked.text
    assert "post_test_cards" in opened(walker)
    wrong = client.post("/post", data={"action": "send", "task": [row], **typed, f"{row}.tracking_number": "x"})
    assert wrong.status_code == 422
    assert "追跡番号は" in wrong.text
    assert 'value="1234567890"' in wrong.text
    assert client.post("/post", data={"action": "send", "task": [row], **typed}).location == "/post"
    assert "post_test_cards" not in opened(walker)
    with database.connection():
        answer = work.latest_answers(case_of(walker).id)["post_test_cards"]
        assert {each.state for each in cards.of_case(case_of(walker).id)} == {"lent"}
    assert answer.values["tracking_number"] == "4012-3456-7890"
    again = client.post("/post", data={"action": "send", "task": [row], **typed})
    assert again.status_code == 422
    assert "post_test_cards" not in opened(walker)


def test_pasted_numbers_fill_and_tick_rows_and_send_nothing(site: Site) -> None:
    walker = packed(site)
    row = task(walker, "post_test_cards").id
    client = site.operator()
    pasted = f"番号\t追跡\n{walker.number}\t４０１２-3456-7890\t1234-567890\n9999-0000\t111111\n"
    page = client.post("/post", data={"action": "paste", "pasted": pasted})
    assert page.status_code == 200
    assert 'value="4012-3456-7890"' in page.text
    assert 'value="1234-567890"' in page.text
    assert f'name="task" value="{row}" checked' in page.text
    assert "post_test_cards" in opened(walker)
    nothing = client.post("/post", data={"action": "paste", "pasted": "こんにちは"})
    assert nothing.status_code == 422
    assert "こんにちは" in nothing.text


def test_all_papers_of_the_ticked_posts_come_as_one_pdf_and_are_on_record(site: Site) -> None:
    walker = packed(site)
    row = task(walker, "post_test_cards").id
    client = site.operator()
    with database.transaction():  # the tests' printer writes no real PDF
        digest = site.bench.portal.blobs.put(sample_pdf("送付状"))
        Document.update(digest=digest).where(Document.kind == "made").execute()
    answer = client.post("/post/letters", data={"task": [row]})
    assert answer.mimetype == "application/pdf"
    assert len(PdfReader(io.BytesIO(answer.data)).pages) == 1  # the cover letter: key letters are never among them
    with database.connection():
        assert len(seen.of_case(case_of(walker).id)) >= 3
    client.post("/post/letters", data={})
    assert "印刷できる書類" in alerts(client.get("/post"))


def test_the_card_desk_makes_what_a_case_wants(site: Site) -> None:
    walker = go(site.bench, until="post_test_cards", business_days_ago=60)
    row = task(walker, "post_test_cards").id
    client = site.operator()
    assert f'action="/cards/make/{row}"' in client.get("/cards").text
    assert client.post(f"/cards/make/{row}").location == "/cards"
    with database.connection():
        assert Job.select().where((Job.operator == "card") & (Job.state == "queued")).count() == 3
    client.post(f"/cards/make/{row}")
    site.bench.drain()
    with database.connection():
        assert cards.counts() == {"ready": 3}
    assert "貸出準備済み 3" in text(client.get("/cards"))


def lent(site: Site) -> tuple[Walker, Card]:
    walker = go(site.bench, until="cards_received", business_days_ago=60)
    with database.connection():
        return walker, cards.of_case(case_of(walker).id)[0]


def test_loans_are_listed_overdue_ones_marked_and_cards_found(site: Site) -> None:
    _, card = lent(site)
    client = site.operator()
    assert card.serial in text(client.get("/cards"))
    with database.transaction():
        Card.update(due_back=TODAY - timedelta(days=1)).where(Card.serial == card.serial).execute()
    assert "期限切れ 1" in text(client.get("/cards"))
    found = client.get(f"/cards?q={card.serial}").text
    assert found[found.index('id="search"') :].count(f"/cards/{card.serial}") >= 1
    assert 'id="loans"' not in found, "what was found is not followed by all that is lent"
    assert client.get("/cards?q=%27%25&state=nowhere").status_code == 200


def test_a_cards_life_is_told_and_what_became_of_it_is_marked(site: Site) -> None:
    walker, card = lent(site)
    client = site.operator()
    page = text(client.get(f"/cards/{card.serial}"))
    assert "発行" in page
    assert "貸出" in page
    assert walker.number in page
    client.post(f"/cards/{card.serial}/mark", data={"state": "returned", "reason": "窓口で受領"})
    assert "窓口で受領" in text(client.get(f"/cards/{card.serial}"))
    client.post(f"/cards/{card.serial}/mark", data={"state": "returned"})
    assert "記録できません" in alerts(client.get(f"/cards/{card.serial}"))
    client.post(f"/cards/{card.serial}/mark", data={"state": "ready"})
    with database.connection():
        assert cards.by_serial(card.serial).state == "returned"  # type: ignore[union-attr]
    assert client.get("/cards/NT99999999").status_code == 404


def test_a_returned_card_is_wiped_by_the_reader_and_a_lent_one_is_not(site: Site) -> None:
    _, card = lent(site)
    client = site.operator()
    client.post(f"/cards/{card.serial}/wipe", data=SURE)
    assert "返却されたカードだけ" in alerts(client.get(f"/cards/{card.serial}"))
    client.post(f"/cards/{card.serial}/mark", data={"state": "returned"})
    for _ in range(2):  # pressed twice, wiped once
        client.post(f"/cards/{card.serial}/wipe", data=SURE)
    site.bench.drain()
    with database.connection():
        assert cards.by_serial(card.serial).state == "wiped"  # type: ignore[union-attr]
        acts = [(each.act, each.phase) for each in cards.events(card.id)]
    assert acts.count(("wipe", "confirmed")) == 1
    assert "検査・消去" in text(client.get(f"/cards/{card.serial}"))


def test_a_card_that_is_not_the_ledgers_is_kept_apart(site: Site) -> None:
    walker, card = lent(site)
    client = site.operator()
    with database.transaction():  # another card lies on the reader
        other = cards.of_case(case_of(walker).id)[1]
        Card.update(uid=other.uid).where(Card.serial == card.serial).execute()
    client.post(f"/cards/{card.serial}/mark", data={"state": "returned"})
    client.post(f"/cards/{card.serial}/wipe", data=SURE)
    site.bench.drain()
    with database.connection():
        assert cards.by_serial(card.serial).state == "quarantined"  # type: ignore[union-attr]
    assert "隔離中" in text(client.get(f"/cards/{card.serial}"))


def test_analysts_see_cards_and_post_but_move_nothing(analyst: Site) -> None:
    walker, card = lent(analyst)
    client = analyst.person("reads@example.jp")
    assert card.serial in text(client.get("/cards"))
    assert "/mark" not in client.get(f"/cards/{card.serial}").text
    making = f"/cards/make/{task(walker, 'cards_received').id}"
    for path in (
        f"/cards/{card.serial}/mark",
        f"/cards/{card.serial}/wipe",
        making,
        "/cards/jobs/1/retry",
        "/post",
        "/post/letters",
    ):
        assert client.post(path, data={"state": "lost"}).status_code == 403, path
    with database.connection():
        assert CardEvent.select().where(CardEvent.act == "lost").count() == 0


# Absences and settings


def test_an_absence_names_a_delegate_and_is_taken_back(site: Site) -> None:
    client = site.operator()
    other = accounts.colleagues()[1]
    data = {"delegate": str(other.id), "first": "2026-04-01", "last": "2026-04-03", "note": "休暇"}
    assert client.post("/absences", data=data).location == "/absences"
    assert f"代理：{other.name}さん" in text(client.get("/absences"))
    assert "担当 1" in text(site.person(other.email).get("/absences"))
    with database.connection():
        row = Absence.get()
    site.person(other.email).post(f"/absences/{row.id}/end")  # not theirs to end
    assert "休暇" in text(client.get("/absences"))
    client.post(f"/absences/{row.id}/end")
    assert "不在の予定はありません" in text(client.get("/absences"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"first": ""},
        {"delegate": ""},
        {"last": "2026-03-01"},
        {"first": "2026-01-01", "last": "2026-01-02"},
        {"delegate": "99999"},
    ],
)
def test_a_wrong_absence_is_refused_and_what_was_typed_stays(wrong: dict[str, str], site: Site) -> None:
    data = {"delegate": str(accounts.colleagues()[1].id), "first": "2026-04-02", "last": "2026-04-03", "note": "出張"}
    data |= wrong
    answer = site.operator().post("/absences", data=data)
    assert answer.status_code == 422
    assert alerts(answer)
    assert 'value="出張"' in answer.text


def test_settings_are_changed_in_the_browser_and_who_did_is_on_record(analyst: Site) -> None:
    client = analyst.person("admin@example.jp")
    before = text(client.get("/settings"))
    assert "運営主体の名称" in before
    assert "見本" in before
    path = "/settings/ccus_api_certification/contact.name"
    assert client.post(path, data={"value": "認定の窓口"}).location == path
    assert "認定の窓口" in text(client.get("/settings"))
    after = text(client.get(path))
    assert "だれが変えたか" in after
    assert "認定の窓口 管理 担当" in after
    with database.connection():
        assert Setting.get().changed_by == "管理 担当"
        assert len(changes.recent(ChangeKind.SETTING)) == 1
    client.post(path, data={"value": "認定の窓口"})
    with database.connection():
        assert len(changes.recent(ChangeKind.SETTING)) == 1  # nothing changed, nothing on record


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("contact.name", "  ", "値を入力"),
        ("exam.retest_days", "many", "整数"),
        ("contact.name", "x" * 101, "長すぎます"),
    ],
)
def test_a_wrong_value_is_refused_and_stays_typed(name: str, value: str, said: str, analyst: Site) -> None:
    answer = analyst.person("admin@example.jp").post(f"/settings/ccus_api_certification/{name}", data={"value": value})
    assert answer.status_code == 422
    assert said in alerts(answer)
    assert f'value="{value}"' in answer.text
    with database.connection():
        assert Setting.select().count() == 0


def test_unknown_settings_are_no_page_and_others_may_not(analyst: Site) -> None:
    client = analyst.person("admin@example.jp")
    assert client.get("/settings/ccus_api_certification/body.nothing").status_code == 404
    assert client.post("/settings/nothing/body.name", data={"value": "x"}).status_code == 404
    path = "/settings/ccus_api_certification/contact.name"
    assert analyst.person("reads@example.jp").post(path, data={"value": "x"}).status_code == 303
    assert analyst.operator().post(path, data={"value": "y"}).status_code == 403
    assert analyst.operator().get("/settings").status_code == 200


def test_what_cannot_be_taken_back_asks_first_without_scripts(site: Site) -> None:
    _, card = lent(site)
    client = site.operator()
    lost = {"state": "lost", "reason": "移動中に紛失"}
    asked = client.post(f"/cards/{card.serial}/mark", data=lost)
    assert asked.status_code == 200
    assert "取り消せません" in text(asked)
    assert 'name="reason" value="移動中に紛失"' in asked.text
    with database.connection():
        assert cards.by_serial(card.serial).state == "lent"  # type: ignore[union-attr]
    assert client.post(f"/cards/{card.serial}/mark", data={**lost, **SURE}).status_code == 303
    with database.connection():
        assert cards.by_serial(card.serial).state == "lost"  # type: ignore[union-attr]
