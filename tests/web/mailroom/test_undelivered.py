"""Pages of mails that did not arrive, of machines' mails, and of one that may be forged: as an operator meets them."""

from __future__ import annotations

import pytest

from app.connectors.mailreply import Reply
from app.services.demo.walker import Walker
from app.services.mailroom import receive
from app.store import database
from app.store.models import Mail
from tests.services.mailroom.test_inbound import VENDOR, asked, reply, row
from tests.services.mails.test_deliveries import bounce, review_2
from tests.services.process.test_jobs import REVIEW
from tests.services.steps import case_of, go
from tests.support.bounces import standard
from tests.web.conftest import Site


@pytest.fixture
def bounced(site: Site) -> Walker:
    """A case whose vendor never got the mail that asks for more."""
    walker = go(site.bench, until="reply_materials")
    receive.receive(site.bench.portal, bounce(walker))
    return walker


def test_every_page_says_that_it_did_not_arrive_and_leads_to_mending_it(site: Site, bounced: Walker) -> None:
    clerk, url = site.operator(), f"/cases/{bounced.number}/mails/{review_2(bounced).id}/again"
    case = clerk.get(f"/cases/{bounced.number}").text
    assert "メールが届いていません。運営主体の番です" in case
    assert "このアドレスはありません" in case
    assert url in case
    for path in (
        f"/cases/{bounced.number}?tab=mail",
        "/inbound/undelivered",
        f"/cases/{bounced.number}/mails/{review_2(bounced).id}",
    ):
        page = clerk.get(path).text
        assert "届いていません" in page
        assert url in page
    assert "届いていません" in clerk.get("/cases").text
    assert "届いていないメールが 1 件あります" in clerk.get("/tasks?scope=all").text
    assert "メールが届きませんでした" in clerk.get(f"/cases/{bounced.number}?tab=timeline").text
    assert "配信の報告" in clerk.get("/inbound?state=report").text
    theirs = site.person(VENDOR).get(f"/cases/{bounced.number}?tab=mail").text
    assert "届いていません" in theirs
    assert url not in theirs
    assert site.person(VENDOR).get(url).status_code == 403


def test_the_address_is_mended_and_the_mail_sent_again_with_one_form(site: Site, bounced: Walker) -> None:
    clerk, url = site.operator(), f"/cases/{bounced.number}/mails/{review_2(bounced).id}/again"
    assert VENDOR in clerk.get(url).text
    refused = clerk.post(url, data={"address-1": "right@example.com"})
    assert refused.status_code == 422
    assert 'value="right@example.com"' in refused.text
    done = clerk.post(url, data={"address-1": "right@example.com", "reason": "田中様から電話"})
    assert (done.status_code, done.location) == (303, f"/cases/{bounced.number}?tab=mail")
    page = clerk.get(done.location).text
    assert "right@example.com に送り直します" in page
    assert "送り直しました" in page
    assert case_of(bounced).email == "right@example.com"
    again = clerk.post(url, data={"address-1": "right@example.com"})
    assert again.status_code == 303  # somebody has seen to it: said on the case
    with database.connection():
        assert Mail.select().where(Mail.again_of.is_null(False)).count() == 1


def test_it_is_said_to_have_arrived(site: Site, bounced: Walker) -> None:
    clerk, url = site.operator(), f"/cases/{bounced.number}/mails/{review_2(bounced).id}/settle"
    assert clerk.post(url, data={"how": "arrived", "why": ""}).status_code == 422
    assert clerk.post(url, data={"how": "arrived", "why": "電話で"}).status_code == 303
    assert "届いていないメールが" not in clerk.get("/tasks?scope=all").text


def test_a_mail_that_may_be_forged_says_so_where_it_is_listed_and_where_it_is_taken_in(site: Site) -> None:
    walker = go(site.bench, until="reply_materials")
    receive.receive(site.bench.portal, reply(asked(walker), Authentication_Results="localhost; dmarc=fail"))
    clerk, url = site.operator(), f"/inbound/{row().id}"
    assert "なりすましの疑い" in clerk.get("/inbound?state=unknown").text
    assert "差出人のドメインは、このメールを自分のところのものではないと示しています" in clerk.get(url).text
    assert clerk.post(f"{url}/case", data={"number": walker.number}).status_code == 422
    assert url not in site.person(VENDOR).get("/tasks").text
    assert clerk.post(f"{url}/case", data={"number": walker.number, "sure": "yes"}).status_code == 303


def test_an_absence_note_lies_apart_and_can_be_an_answer(site: Site) -> None:
    walker = go(site.bench, until="reply_materials")
    receive.receive(site.bench.portal, reply(asked(walker), subject="自動応答: 不在です", files=()))
    clerk, url = site.operator(), f"/inbound/{row().id}"
    assert "自動応答: 不在です" not in clerk.get("/inbound").text
    assert "自動応答: 不在です" in clerk.get("/inbound?state=absence").text
    assert "不在の自動返信です" in clerk.get(url).text
    assert "自動応答: 不在です" in clerk.get("/inbound?state=absence&q=不在").text
    assert clerk.post(f"{url}/accept").status_code == 303
    assert "自動応答: 不在です" in clerk.get("/inbound?state=unknown").text


def test_the_vendors_home_says_which_address_gets_no_mail_and_whom_to_tell(site: Site, bounced: Walker) -> None:
    home = site.person(VENDOR).get("/tasks").text
    assert f"{VENDOR} にメールが届いていません" in home
    assert "このアドレスはありません" in home
    assert "正しいアドレスを運営主体にお知らせください" in home
    assert f'href="/cases/{bounced.number}/mails/{review_2(bounced).id}"' in home
    assert f'href="/cases/{bounced.number}?tab=messages"' in home
    url = f"/cases/{bounced.number}/mails/{review_2(bounced).id}/again"
    site.operator().post(url, data={"address-1": "right@example.com", "reason": "田中様から電話"})
    assert "にメールが届いていません" not in site.person("right@example.com").get("/tasks").text


def test_a_mail_that_the_server_took_for_nobody_is_shown_once_and_sent_from_the_same_form(site: Site) -> None:
    walker = go(site.bench, until="second_review")
    site.bench.mailbox.refuses[VENDOR] = Reply(550, "no such user")
    walker.take(REVIEW)
    clerk, mail = site.operator(), mail_of("review-3")
    url = f"/cases/{walker.number}/mails/{mail}/again"
    page = clerk.get(f"/cases/{walker.number}").text
    assert page.count("届いていません：") == 1
    assert "件あります。お待ちです" not in page
    assert url in page.partition('id="trouble"')[2]
    board = clerk.get("/attention").text
    assert url in board  # to be mended, not to be tried again in vain
    assert ">もう一度試す<" not in board.partition("<table")[2]
    form = clerk.get(url).text
    assert f'action="/cases/{walker.number}/mails/{mail}/settle"' not in form  # it cannot have arrived
    refused = clerk.post(f"/cases/{walker.number}/mails/{mail}/settle", data={"how": "arrived", "why": "電話"})
    assert refused.status_code == 422
    assert "メールサーバーが受け付けておらず" in refused.text
    assert clerk.post(url, data={"address-1": "right@example.com", "reason": "電話"}).status_code == 303
    site.bench.drain()
    assert [letter.to for letter in site.bench.mailbox.of("review-3")] == [("right@example.com",)]


def mail_of(mail_id: str) -> int:
    with database.connection():
        return int(Mail.select().where(Mail.mail_id == mail_id).order_by(Mail.id.desc()).get().id)


def invited(site: Site, url: str, email: str = "new@example.com") -> str:
    """Somebody is invited to the company; gives the Message-ID of the mail."""
    form = {"email": email, "role": "member", "rights": "read"}
    assert site.person(VENDOR).post(f"{url}/invitations", data=form).status_code == 303
    site.bench.drain()
    return str(site.bench.mailbox.of("company-invitation")[-1].message_id)


def test_an_invitation_that_came_back_is_said_where_one_invites_and_gone_when_it_goes_out_again(site: Site) -> None:
    walker = go(site.bench, until="submit_documents")
    url, clerk = f"/company/{case_of(walker).company_id}", site.operator()
    first = invited(site, url)
    receive.receive(site.bench.portal, standard(whom="new@example.com", ours=first))
    assert "届いていません" in site.person(VENDOR).get(url).text
    assert "new@example.com" in clerk.get("/inbound/undelivered").text
    second = invited(site, url)
    assert second != first
    assert "new@example.com" not in clerk.get("/inbound/undelivered").text
    assert "届いていません" not in site.person(VENDOR).get(url).text
    receive.receive(site.bench.portal, standard(whom="new@example.com", ours=second, number=2))
    assert "new@example.com" in clerk.get("/inbound/undelivered").text
    seen = f"/inbound/undelivered/{mail_of('company-invitation')}/seen"
    assert site.person(VENDOR).post(seen).status_code == 403
    assert (
        clerk.post(f"/inbound/undelivered/{mail_of('review-1')}/seen").status_code == 404
    )  # a case's has its own page
    assert clerk.post(seen).status_code == 303
    assert "new@example.com" not in clerk.get("/inbound/undelivered").text
    assert "すでに" in clerk.get(clerk.post(seen).location).text
