"""The pages around a 法人番号: not confirmed yet, named by two, confirmed, and a case that is given to its company."""

from __future__ import annotations

import re

import pytest

from app.services.demo.walker import Walker
from app.store import companies as rows
from app.store import database
from tests.services.steps import case_of, go, task
from tests.web.conftest import Site, engine
from tests.web.desk_support import VENDOR, alerts, text

__all__ = ["engine"]

SECOND = "second@example.net"


def apply(site: Site, until: str = "first_review", email: str = SECOND) -> Walker:
    """Somebody else's application with the same number."""
    said = {"email": email, "system_name": "二つめの門", "company_name": "もうひとつの会社", "contact_name": "別 次郎"}
    return go(site.bench, until=until, application=said)


def number_of(walker: Walker) -> int:
    return int(case_of(walker).company_id)


def claim_of(walker: Walker) -> int:
    with database.connection():
        return int(next(row.id for row in rows.claims_of_case(case_of(walker).id) if row.state == "asked"))


def test_the_attack_of_typing_a_number_first_gives_the_attacker_nothing(site: Site) -> None:
    attacker = go(site.bench, until="submit_documents")
    victim = apply(site)
    bad, good = site.person(VENDOR), site.person(SECOND)
    assert bad.get(f"/cases/{victim.number}").status_code == 404
    claim = claim_of(victim)
    for company in (number_of(attacker), number_of(victim)):
        for answer in ("yes", "no"):
            tried = bad.post(f"/company/{company}/claims/{claim}", data={"answer": answer, "reason": "x"})
            assert tried.status_code in {403, 404}
    tried = bad.post(f"/company/claims/{claim}", data={"decision": "same", "reason": "x"})
    assert tried.status_code == 403
    assert bad.get("/company/claims").status_code == 403
    assert bad.post(f"/company/{number_of(attacker)}/proof", data={"reason": "x"}).status_code == 403
    assert bad.post(f"/cases/{victim.number}/company").status_code == 404
    for path in ("", "?tab=documents", "/all.zip", "/withdraw", "/diagram.json"):
        assert bad.get(f"/cases/{victim.number}{path}").status_code == 404
    assert bad.get(f"/tasks/{task(victim, 'first_review').id}").status_code == 404
    assert bad.get(f"/company/{number_of(victim)}").status_code == 404
    # Neither reads anywhere that there is another: not on the pages, not in the mails.
    site.bench.drain(victim.portal)
    for client, own, other in ((bad, attacker, victim), (good, victim, attacker)):
        foreign = (other.number, case_of(other).company_name, case_of(other).contact_name, case_of(other).email)
        for path in ("/tasks", "/company", "/cases", f"/cases/{own.number}", f"/cases/{own.number}?tab=timeline"):
            page = client.get(path).text
            assert not any(word in page for word in foreign), path
            assert "会社の管理者に依頼" not in page
        letters = [each for each in site.bench.mailbox.letters if case_of(own).email in each.to]
        assert not any(word in each.text + each.html for each in letters for word in foreign)


def test_both_read_that_their_number_is_not_confirmed_yet(site: Site) -> None:
    first = go(site.bench, until="submit_documents")
    second = apply(site, "submit_documents")
    pages = {}
    for email, walker in ((VENDOR, first), (SECOND, second)):
        client = site.person(email)
        company = text(client.get("/company"))
        assert "確認前" in company
        assert "担当者を招待する" in company
        case = text(client.get(f"/cases/{walker.number}"))
        pages[email] = case[case.index("法人番号") : case.index("この案件について")]
    assert pages[VENDOR] == pages[SECOND]
    assert "運営主体が書類の審査で確認します" in pages[VENDOR]


def test_staff_see_both_side_by_side_and_decide_with_a_reason(site: Site) -> None:
    first, second = go(site.bench, until="submit_documents"), apply(site)
    staff = site.operator()
    assert "法人番号" in staff.get("/tasks").text
    assert 'href="/company/claims"' in staff.get("/tasks").text
    for walker in (first, second):
        assert "/company/claims" in staff.get(f"/cases/{walker.number}").text
        assert "/company/claims" in staff.get(f"/company/{number_of(walker)}").text
    page = text(staff.get("/company/claims"))
    for words in ("先に名乗った申請", "あとから名乗った申請", "もうひとつの会社", "別 次郎", SECOND, VENDOR,
                  "会社全部証明（履歴事項全部証明書）", "まだありません", "法人番号 7000012050002"):  # fmt: skip
        assert words in page, words
    url = f"/company/claims/{claim_of(second)}"
    without = staff.post(url, data={"decision": "other"})
    assert without.status_code == 422
    assert "理由を書いてください" in alerts(without)
    assert re.search(r'value="other"[^>]*checked', without.text)
    assert staff.post(url, data={"decision": "other", "reason": "登記の会社が違う"}).status_code == 303
    assert "決めるものはありません" in text(staff.get("/company/claims"))
    assert 'href="/company/claims"' not in staff.get("/tasks").text
    assert "登記の会社が違う" in text(staff.get(f"/cases/{second.number}?tab=timeline"))
    client = site.person(SECOND)
    assert "登記の会社が違う" not in client.get(f"/cases/{second.number}?tab=timeline").text
    assert "法人番号を確認できませんでした" in text(client.get(f"/cases/{second.number}"))
    assert "法人番号を確認できませんでした" in text(client.get("/company"))


def test_who_only_reads_sees_the_list_and_decides_nothing(site: Site) -> None:
    from app.services.people import accounts

    go(site.bench, until="submit_documents")
    second = apply(site)
    accounts.add_staff(site.bench.portal, "look@example.jp", "見る人", ["analyst"], "a password for tests")
    reader = site.person("look@example.jp")
    assert "あとから名乗った申請" in text(reader.get("/company/claims"))
    assert 'name="decision"' not in reader.get("/company/claims").text
    tried = reader.post(f"/company/claims/{claim_of(second)}", data={"decision": "same", "reason": "x"})
    assert tried.status_code == 403


def test_the_review_says_that_passing_it_confirms_the_company(site: Site) -> None:
    first = go(site.bench, until="first_review")
    staff = site.operator()
    url = f"/tasks/{task(first, 'first_review').id}"
    page = text(staff.get(url))
    assert "この審査を通過とすると、会社が確認済みになります" in page
    assert "7000012050002" in page
    assert "/company/claims" not in staff.get(url).text
    apply(site, "submit_documents")
    assert "/company/claims" in staff.get(url).text


def test_staff_confirm_by_hand_and_take_it_back(site: Site) -> None:
    first = go(site.bench, until="submit_documents")
    staff, url = site.operator(), f"/company/{number_of(first)}"
    assert staff.post(f"{url}/proof", data={"reason": " "}).status_code == 422
    assert staff.post(f"{url}/proof", data={"reason": "窓口で登記を確認"}).status_code == 303
    assert "確認しました（担当 1）" in text(staff.get(url))
    assert "確認前" not in text(site.person(VENDOR).get("/company"))
    assert staff.post(f"{url}/proof/revoke", data={"reason": "別の会社だった"}).status_code == 303
    assert "確認前" in text(site.person(VENDOR).get("/company"))


@pytest.fixture
def asked(site: Site) -> tuple[Site, Walker, Walker]:
    """A proved company, and somebody's application with its number."""
    return site, go(site.bench, until="materials_requested"), apply(site)


def test_a_question_stands_on_the_managers_home_and_its_mail_leads_to_a_page_they_may_open(
    asked: tuple[Site, Walker, Walker],
) -> None:
    site, first, second = asked
    boss, staff = site.person(VENDOR), site.operator()
    home = boss.get("/tasks")
    assert "これは貴社の申請ですか" in text(home)
    place = f"/company/{number_of(first)}#claim-{claim_of(second)}"
    assert f'href="{place}"' in home.text
    site.bench.drain(first.portal)
    letter = next(each for each in site.bench.mailbox.letters if each.mail_id == "company-claim")
    links = set(re.findall(r"https?://[^/\s]+(/[^\s\"<）]*)", letter.text))
    assert links == {place}
    for link in links:
        page = boss.get(link.partition("#")[0])
        assert page.status_code == 200
        assert f'id="{link.partition("#")[2]}"' in page.text
    assert "電話を受けて代わりに回答する" in text(staff.get(f"/cases/{second.number}"))
    assert "管理者に依頼" not in text(site.person(SECOND).get(f"/cases/{second.number}"))


def test_a_manager_without_a_case_of_their_own_reads_it_too(asked: tuple[Site, Walker, Walker]) -> None:
    from app.store.models import Member

    site, _, _ = asked
    with database.transaction():
        Member.delete().execute()
    assert "これは貴社の申請ですか" in text(site.person(VENDOR).get("/tasks"))


def test_with_yes_who_applied_is_let_in_and_gives_the_case_when_they_want(asked: tuple[Site, Walker, Walker]) -> None:
    site, first, second = asked
    boss, client = site.person(VENDOR), site.person(SECOND)
    url = f"/company/{number_of(first)}"
    assert boss.post(f"{url}/claims/{claim_of(second)}", data={"answer": "yes"}).status_code == 303
    assert "別 次郎" in text(boss.get(url))
    assert boss.get(f"/cases/{second.number}").status_code == 404
    assert second.number not in boss.get(url).text
    page = client.get(f"/cases/{second.number}")
    assert "株式会社みほん建設システムの案件にする" in text(page)
    assert "これまでに提出したものも見えます" in text(page)
    assert client.post(f"/cases/{second.number}/company").status_code == 303
    assert boss.get(f"/cases/{second.number}").status_code == 200
    assert second.number in boss.get(url).text
    assert "会社の案件になりました" in text(client.get(f"/cases/{second.number}?tab=timeline"))
    assert client.post(f"/cases/{second.number}/company").status_code == 422


def test_with_no_the_applicant_reads_it_and_stays_alone(asked: tuple[Site, Walker, Walker]) -> None:
    site, first, second = asked
    boss = site.person(VENDOR)
    boss.post(f"/company/{number_of(first)}/claims/{claim_of(second)}", data={"answer": "no"})
    assert boss.get(f"/cases/{second.number}").status_code == 404
    assert "自社の申請ではない" in text(site.person(SECOND).get(f"/cases/{second.number}"))


def test_staff_give_the_case_on_the_phone(asked: tuple[Site, Walker, Walker]) -> None:
    site, first, second = asked
    staff = site.operator()
    url = f"/company/{number_of(first)}/claims/{claim_of(second)}"
    assert staff.post(url, data={"answer": "yes", "reason": "総務部から電話"}).status_code == 303
    case = f"/cases/{second.number}"
    assert "まだ会社の案件ではありません" in text(staff.get(case))
    without = staff.post(f"{case}/company", data={"reason": ""})
    assert without.status_code == 422
    assert "記録に残り" in alerts(without)
    assert staff.post(f"{case}/company", data={"reason": "申請した方から電話"}).status_code == 303
    assert site.person(VENDOR).get(case).status_code == 200


def test_who_is_invited_by_a_company_that_is_not_confirmed_is_told_so(site: Site) -> None:
    first = go(site.bench, until="submit_documents")
    boss = site.person(VENDOR)
    form = {"email": "new@example.com", "role": "member", "rights": "full"}
    assert boss.post(f"/company/{number_of(first)}/invitations", data=form).status_code == 303
    site.bench.drain()
    letter = site.bench.mailbox.letters[-1]
    assert "運営主体がまだ確認していません" in letter.text
    found = re.search(r"https?://[^/]+(/invitation/\S+)", letter.text)
    assert found is not None
    assert "運営主体がまだ確認していません" in text(site.anybody().get(found[1]))
