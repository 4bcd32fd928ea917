"""What people do with a case as a whole, by plain forms."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest

from app.engine import Engine
from app.errors import Permanent
from app.services.cases import lifecycle, talking
from app.services.demo.walker import Walker
from app.store import accounts, cases, database, jobrows, records
from tests.services.steps import actor, case_of, go, opened, staff, task
from tests.web.conftest import Site, open_site

VENDOR = "ichiro.rei@example.com"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Iterator[Site]:
    yield open_site(tmp_path_factory.mktemp("actions"), engine)


@pytest.fixture
def new_case(shared: Site) -> Callable[..., Walker]:
    """A case of the same vendor, of a system of its own, that has walked up to a step."""
    return lambda until, **plan: go(
        shared.bench,
        until=until,
        application={"system_name": f"システム {uuid4().hex}", **plan.pop("application", {})},
        **plan,
    )


def test_a_message_reaches_the_other_side_and_its_mail(shared: Site, new_case: Any) -> None:
    walker = new_case("company_profile")
    url = f"/cases/{walker.number}/messages"
    assert shared.person(VENDOR).post(url, data={"voice": "open", "text": "質問です\n二行目"}).status_code == 303
    assert "質問です\n二行目" in shared.operator().get(f"/cases/{walker.number}?tab=messages").text
    shared.bench.drain()
    assert shared.bench.mailbox.of("new-message")[-1].to != (VENDOR,)
    assert shared.operator().post(url, data={"text": "回答です"}).status_code == 303
    shared.bench.drain()
    assert shared.bench.mailbox.of("new-message")[-1].to == (VENDOR,)


def test_an_internal_note_stays_inside_and_sends_nothing(shared: Site, new_case: Any) -> None:
    walker = new_case("company_profile")
    url, sent = f"/cases/{walker.number}/messages", len(shared.bench.mailbox.letters)
    assert shared.operator().post(url, data={"voice": "internal", "text": "内緒のメモ"}).status_code == 303
    shared.bench.drain()
    assert len(shared.bench.mailbox.letters) == sent
    assert "message--internal" in shared.operator().get(f"/cases/{walker.number}?tab=messages").text
    assert "内緒のメモ" not in shared.person(VENDOR).get(f"/cases/{walker.number}?tab=messages").text
    assert shared.person(VENDOR).post(url, data={"voice": "internal", "text": "x"}).status_code == 403


@pytest.mark.parametrize(("text", "said"), [("", "メッセージを入力してください"), ("あ" * 10_001, "10000文字以内")])
def test_a_refused_message_is_shown_again_with_the_reason(text: str, said: str, shared: Site, new_case: Any) -> None:
    walker = new_case("company_profile")
    answer = shared.person(VENDOR).post(f"/cases/{walker.number}/messages", data={"text": text})
    assert answer.status_code == 422
    assert said in answer.text
    assert text in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_a_reminder_goes_out_once_a_day(shared: Site, new_case: Any) -> None:
    walker = new_case("submit_documents")
    url, sent = f"/cases/{walker.number}/remind", len(shared.bench.mailbox.of("reminder"))
    assert shared.operator().post(url).status_code == 303
    again = shared.operator().post(url)
    assert again.status_code == 422
    assert "今日はすでに催促しています" in again.text
    assert 'role="alert"' in again.text
    shared.bench.drain()
    assert len(shared.bench.mailbox.of("reminder")) == sent + 1
    assert shared.person(VENDOR).post(url).status_code == 403


def test_a_mistyped_address_is_mended_before_the_link_is_used_and_not_after(shared: Site) -> None:
    walker = shared.bench.walker(application={"email": "mistyped@example.com", "system_name": "あて先"})
    walker.begin()
    url = f"/cases/{walker.number}/address"
    page = shared.operator().get(f"/cases/{walker.number}").text
    assert 'value="mistyped@example.com"' in page
    bad = shared.operator().post(url, data={"email": "no address"})
    assert bad.status_code == 422
    assert 'value="no address"' in bad.text
    assert shared.operator().post(url, data={"email": "Right@example.com"}).status_code == 303
    shared.bench.drain()
    assert shared.bench.mailbox.of("entry-link-again")[-1].to == ("right@example.com",)
    assert shared.operator().post(url, data={"email": "right@example.com"}).status_code == 303
    shared.bench.drain()
    assert len(shared.bench.mailbox.of("entry-link-again")) == 2
    walker.take({"message": "entry_link_followed", "by": "vendor"})
    late = shared.operator().post(url, data={"email": "third@example.com"})
    assert late.status_code == 422
    assert f'action="{url}"' not in late.text


def test_a_colleague_joins_and_leaves(shared: Site, new_case: Any) -> None:
    walker = new_case("company_profile")
    url, vendor = f"/cases/{walker.number}/members", shared.person(VENDOR)
    bad = vendor.post(url, data={"email": "nonsense", "rights": "read"})
    assert (bad.status_code, 'value="nonsense"' in bad.text, 'role="alert"' in bad.text) == (422, True, True)
    assert vendor.post(url, data={"email": "Colleague@example.com", "rights": "read"}).status_code == 303
    shared.bench.drain()
    letter = shared.bench.mailbox.of("company-invitation")[-1]
    assert letter.to == ("colleague@example.com",)
    link = re.search(r"/invitation/\S+", letter.text)
    assert link is not None
    new = {"name": "同僚 花子", "password": "a password for tests", "again": "a password for tests"}
    assert shared.anybody().post(link[0], data=new).status_code == 303
    colleague = shared.person("colleague@example.com")
    page = colleague.get(f"/cases/{walker.number}").text
    assert "閲覧のみ" in page
    assert f'action="{url}"' not in page
    assert colleague.post(url, data={"email": "more@example.com"}).status_code == 403
    assert colleague.post(f"/cases/{walker.number}/withdraw", data={"reason": "x", "agreed": "yes"}).status_code == 403
    with database.connection():
        ids = {row.user.email: row.user_id for row in cases.members(case_of(walker).id)}
    assert colleague.post(f"{url}/{ids[VENDOR]}/remove").status_code == 403
    assert vendor.post(f"{url}/{ids[VENDOR]}/remove").status_code == 422  # the last one with full rights
    assert vendor.post(f"{url}/{ids['colleague@example.com']}/remove").status_code == 303
    assert colleague.get(f"/cases/{walker.number}").status_code == 404


def test_an_invitation_is_read_by_the_invited_alone(shared: Site, new_case: Any) -> None:
    walker = new_case("company_profile")
    shared.operator().post(f"/cases/{walker.number}/members", data={"email": "new@example.com", "rights": "full"})
    shared.bench.drain()
    with database.connection():
        row = next(row for row in records.mails(case_of(walker).id) if row.mail_id == "account-invitation")
    url = f"/cases/{walker.number}/mails/{row.id}"
    assert shared.person(VENDOR).get(url).status_code == 404
    assert shared.person("new@example.com").get(url).status_code == 200


def test_whoever_takes_themselves_off_is_led_to_their_other_cases(shared: Site, new_case: Any) -> None:
    walker = new_case("company_profile")
    vendor = shared.person(VENDOR)
    shared.operator().post(f"/cases/{walker.number}/members", data={"email": "heir@example.com", "rights": "full"})
    with database.connection():
        own = accounts.by_email(VENDOR)
    assert own is not None
    answer = vendor.post(f"/cases/{walker.number}/members/{own.id}/remove")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/cases")


def test_an_incident_is_shown_with_its_reason_and_tried_again(shared: Site, new_case: Any) -> None:
    walker = new_case("first_review")
    shared.bench.drain()  # what earlier tests left
    shared.bench.mailbox.fail_with = [Permanent("550 no such mailbox")]
    talking.say(shared.bench.portal, walker.number, "こんにちは", staff(walker))
    assert shared.bench.drain() == ["incident"]
    page = shared.operator().get(f"/cases/{walker.number}?tab=mail").text
    assert page.count("550 no such mailbox") == 2  # beside the mail, and among what waits for a person
    with database.connection():
        job = jobrows.jobs_of(case_of(walker).id, "incident")[0]
    url = f"/cases/{walker.number}/jobs/{job.id}/retry"
    assert f'action="{url}"' in page
    assert shared.person(VENDOR).post(url).status_code == 403
    assert shared.operator().post(url).status_code == 303
    assert shared.bench.drain() == ["done"]
    assert shared.operator().post(url).status_code == 422


def test_a_vendor_withdraws_after_seeing_what_has_to_be_settled(shared: Site, new_case: Any) -> None:
    walker = new_case("cards_received", business_days_ago=40)
    url, vendor = f"/cases/{walker.number}/withdraw", shared.person(VENDOR)
    page = vendor.get(url).text
    assert "返却が必要なカード" in page
    assert "初期費用" in page
    for data, said in (({"reason": "方針の変更"}, "確認の欄にチェック"), ({"agreed": "yes"}, "理由を入力してください")):
        answer = vendor.post(url, data=data)
        assert answer.status_code == 422
        assert said in answer.text
        assert 'role="alert"' in answer.text
        assert (data.get("reason", "checked")) in answer.text
    assert vendor.post(url, data={"reason": "方針の変更", "agreed": "yes"}).status_code == 303
    shared.bench.drain()
    assert opened(walker) == ["settle_withdrawal"]
    assert vendor.post(url, data={"reason": "もう一度", "agreed": "yes"}).status_code == 422
    assert f'href="{url}"' not in vendor.get(f"/cases/{walker.number}").text


def test_the_body_closes_a_case_and_the_page_says_who_did(shared: Site, new_case: Any) -> None:
    walker = new_case("submit_documents")
    url = f"/cases/{walker.number}/withdraw"
    assert "案件を終了する" in shared.operator().get(url).text
    assert shared.operator().post(url, data={"reason": "連絡が取れない", "agreed": "yes"}).status_code == 303
    page = shared.person(VENDOR).get(f"/cases/{walker.number}?tab=timeline").text
    assert "運営主体が案件を終了しました" in page
    assert "連絡が取れない" in page


def test_a_certified_case_is_not_withdrawn_even_while_a_reply_is_awaited(shared: Site, new_case: Any) -> None:
    walker = new_case("certificate_received", business_days_ago=200)
    case = case_of(walker)
    assert (case.state, opened(walker)) == ("certified", ["certificate_received"])
    vendor = shared.person(VENDOR)
    assert f"/cases/{walker.number}/withdraw" not in vendor.get(f"/cases/{walker.number}").text
    answer = vendor.post(f"/cases/{walker.number}/withdraw", data={"reason": "x", "agreed": "yes"})
    assert answer.status_code == 422
    assert not lifecycle.can_withdraw(case, walker.portal.releases.loaded(case.release_id))
    assert case_of(walker).state == "certified"


@pytest.mark.parametrize("path", ["messages", "members", "withdraw"])
def test_nothing_is_done_to_a_case_of_somebody_else(path: str, shared: Site, new_case: Any) -> None:
    walker = new_case("company_profile", application={"email": "somebody@example.com"})
    mine = new_case("company_profile")
    assert actor(mine).email == VENDOR
    data = {"text": "x", "email": "x@example.com", "reason": "x", "agreed": "yes"}
    assert shared.person(VENDOR).post(f"/cases/{walker.number}/{path}", data=data).status_code == 404
    assert shared.anybody().post(f"/cases/{walker.number}/{path}", data=data).status_code in {302, 303, 401}


def test_what_cannot_be_done_says_why(shared: Site, new_case: Any) -> None:
    walker = new_case("post_test_cards", business_days_ago=40)
    assert "aria-disabled" not in shared.operator().get(f"/cases/{walker.number}").text
    lifecycle.withdraw(shared.bench.portal, walker.number, "終了", staff(walker))
    asked = shared.operator().get(f"/tasks/{task(walker, 'settle_withdrawal').id}").text
    assert re.search(r'<textarea[^>]*name="withdrawal_reason"[^>]*>\s*終了\s*</textarea>', asked), "not asked for again"
    walker.take(
        {
            "complete": "settle_withdrawal",
            "by": "operator",
            "answer": {
                "withdrawal_reason": "終了",
                "cards_state": "none",
                "fees_state": "none",
                "contracts_state": "none",
                "settled_on": "@today",
            },
        }
    )
    page = shared.operator().get(f"/cases/{walker.number}").text
    assert 'aria-disabled="true"' in page
    assert "この案件は終了しています" in page
    assert "この案件は終了しました" in page
