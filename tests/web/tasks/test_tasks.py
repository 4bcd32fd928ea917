"""A task's pages, from the form to what comes next, for both sides and without scripts."""

from __future__ import annotations

import re
from typing import Any

import pytest

from app.services.cases import applications, lifecycle
from app.services.people import accounts
from app.services.signin import newaccount
from app.states import Side
from app.store import cases, database, work
from app.store.models import Draft
from tests.services.steps import actor, case_of, go, opened, task
from tests.web.conftest import Site
from tests.web.desk_support import VENDOR, Desk, alerts, operator, pdf, text, vendor

PAPERS: dict[str, Any] = {"registry_certificate": pdf, "financial_statements": pdf}


def papers() -> dict[str, Any]:
    return {key: make() for key, make in PAPERS.items()}


def test_the_form_says_what_is_asked_by_when_and_offers_check_and_draft(site: Site) -> None:
    walker = go(site.bench, until="submit_documents")
    page = vendor(site, task(walker, "submit_documents").id).page()
    said = text(page)
    assert page.status_code == 200
    assert "書類提出" in said
    assert "会社全部証明（履歴事項全部証明書、発行後3か月以内）" in said
    assert re.search(r"\d{4}年\d+月\d+日", said)
    assert 'value="check"' in page.text
    assert 'value="draft"' in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_every_input_has_a_label(site: Site) -> None:
    walker = go(site.bench, until="company_profile")
    page = vendor(site, task(walker, "company_profile").id).page().text
    ids = re.findall(r'<(?:input|select|textarea)(?![^>]*type="hidden")[^>]* id="([^"]+)"', page)
    labels = set(re.findall(r'<label[^>]* for="([^"]+)"', page))
    assert ids
    assert set(ids) <= labels


def test_form_check_done_takes_the_case_to_the_other_side(site: Site) -> None:
    walker = go(site.bench, until="submit_documents")
    desk = vendor(site, task(walker, "submit_documents").id)
    assert desk.post(**papers(), documents_note="補足です").location == f"{desk.url}/check"
    check = desk.page("/check")
    assert "登記.pdf" in text(check)
    assert "補足です" in text(check)
    assert f'href="{desk.url}#f-documents_note"' in check.text
    assert opened(walker) == ["submit_documents"]
    sent = desk.client.post(desk.url + "/check", data={"revision": desk.revision("/check")})
    assert (sent.status_code, sent.location) == (303, f"{desk.url}/done")
    assert opened(walker) == ["first_review"]
    done = text(desk.page("/done"))
    assert "「書類提出」を送信しました" in done
    assert walker.number in done


def test_the_done_page_leads_to_the_same_cases_next_task(site: Site) -> None:
    walker = go(site.bench, until="materials_requested")
    desk = vendor(site, task(walker, "materials_requested").id)
    assert desk.post().location == f"{desk.url}/done"
    following = task(walker, "reply_materials").id
    assert f'href="/tasks/{following}"' in desk.page("/done").text


def test_an_acknowledgement_has_one_button_and_needs_no_check(site: Site) -> None:
    walker = go(site.bench, until="materials_requested")
    desk = vendor(site, task(walker, "materials_requested").id)
    page = desk.page().text
    assert 'value="send"' in page
    assert 'value="draft"' not in page
    answer = desk.client.post(desk.url, data={})
    assert (answer.status_code, answer.location) == (303, f"{desk.url}/done")
    assert "「追加資料のご案内を確認する」を確認済みにしました" in text(desk.page("/done"))
    again = desk.client.post(desk.url, data={})  # pressed twice: the first press has done it
    assert (again.status_code, again.location) == (303, f"{desk.url}/done")
    assert "すでに完了しています" in text(desk.page())


def test_what_is_missing_is_said_on_top_and_at_the_field_and_nothing_typed_is_lost(site: Site) -> None:
    walker = go(site.bench, until="company_profile")
    desk = vendor(site, task(walker, "company_profile").id)
    typed = {"corporate_number": "7000012050003", "company_name": "株式会社😀", "city": "千代田区"}
    answer = desk.post(**typed)
    assert answer.status_code == 422
    assert 'href="#f-corporate_number"' in answer.text
    assert 'id="f-corporate_number-error"' in answer.text
    assert alerts(answer)
    for value in typed.values():
        assert f'value="{value}"' in answer.text


def test_ten_thousand_characters_and_emoji_come_back_as_typed(site: Site) -> None:
    walker = go(site.bench, until="submit_documents")
    desk = vendor(site, task(walker, "submit_documents").id)
    long = "現場の入退場😀" * 1250  # 10,000 characters
    answer = desk.post(documents_note=long)
    assert answer.status_code == 422
    assert long in answer.text
    assert long in desk.page().text


def test_a_draft_is_kept_across_sessions_and_the_way_back_leads_to_it(site: Site) -> None:
    walker = go(site.bench, until="submit_documents")
    desk = vendor(site, task(walker, "submit_documents").id)
    saved = desk.post("draft", documents_note="途中まで")
    assert (saved.status_code, saved.location) == (303, desk.url)
    assert "保存しました" in text(desk.page())
    lost = site.anybody().get(desk.url)
    assert lost.status_code in {302, 303}
    assert f"next=%2Ftasks%2F{task(walker, 'submit_documents').id}" in lost.location
    assert "途中まで" in vendor(site, task(walker, "submit_documents").id).page().text


def test_two_tabs_do_not_overwrite_each_other(site: Site) -> None:
    walker = go(site.bench, until="submit_documents")
    desk = vendor(site, task(walker, "submit_documents").id)
    opened_at = desk.revision()
    assert desk.post("draft", documents_note="こちらが先").status_code == 303
    late = desk.client.post(desk.url, data={"revision": opened_at, "action": "draft", "documents_note": "あとから"})
    assert late.status_code == 409
    assert "あとから" in late.text
    assert "data-draft-url" not in late.text  # nothing is saved over the other version by itself
    assert "あなたが別の画面で" in alerts(late)
    assert "こちらが先" in desk.page().text
    shown = re.search(r'name="revision" value="(\d+)"', late.text)
    assert shown is not None
    knowingly = {"revision": shown[1], "action": "draft", "documents_note": "あとから"}
    assert desk.client.post(desk.url, data=knowingly).status_code == 303
    assert "あとから" in desk.page().text


def test_a_draft_that_changed_after_its_check_is_not_sent(site: Site) -> None:
    walker = go(site.bench, until="submit_documents")
    desk = vendor(site, task(walker, "submit_documents").id)
    desk.post(**papers())
    checked = desk.revision("/check")
    desk.post("draft", documents_note="別の画面から")
    late = desk.client.post(desk.url + "/check", data={"revision": checked})
    assert late.status_code in {409, 422}
    assert opened(walker) == ["submit_documents"]


def test_the_check_page_of_an_incomplete_draft_shows_the_form_with_its_errors(site: Site) -> None:
    walker = go(site.bench, until="submit_documents")
    desk = vendor(site, task(walker, "submit_documents").id)
    desk.post("draft", documents_note="まだ")
    answer = desk.page("/check")
    assert answer.status_code == 422
    assert "まだ" in answer.text


def test_a_finished_task_says_who_when_and_what_comes_next_and_what_was_typed_too_late(site: Site) -> None:
    walker = go(site.bench, until="first_review")
    slow = operator(site, task(walker, "first_review").id, 1)
    revision = slow.revision()
    operator(site, task(walker, "first_review").id).send(outcome="passed")
    page = slow.page()
    assert page.status_code == 200
    assert "担当 1" in text(page)
    assert "すでに完了しています" in text(page)
    late = slow.client.post(slow.url, data={"revision": revision, "outcome": "rejected", "reason": "書きかけの理由"})
    assert late.status_code == 409
    assert "書きかけの理由" in alerts(late) + text(late)


def test_finishing_goes_on_in_the_same_list(site: Site) -> None:
    first, second = (
        go(site.bench, until="first_review"),
        go(site.bench, until="first_review", application={"email": "other@example.com", "system_name": "べつ"}),
    )
    desk = operator(site, task(first, "first_review").id)
    query = "?scope=all&q=&element=first_review"
    answer = desk.client.post(desk.url + query, data={"revision": "0", "outcome": "passed"})
    assert answer.location.startswith(desk.url + "/check?scope=all&element=first_review")
    sent = desk.client.post(answer.location, data={"revision": "1"})
    done = desk.client.get(sent.location).text
    assert f'href="/tasks/{task(second, "first_review").id}?scope=all' in done
    assert 'href="/tasks?scope=all&amp;element=first_review"' in done


def test_tasks_of_others_are_no_tasks_at_all(site: Site) -> None:
    walker = go(site.bench, until="submit_documents")
    other = go(site.bench, until="submit_documents", application={"email": "other@example.com", "system_name": "べつ"})
    stranger = Desk(site.person("other@example.com"), task(walker, "submit_documents").id)
    for answer in (
        stranger.page(),
        stranger.page("/check"),
        stranger.page("/done"),
        stranger.client.post(stranger.url, data={"documents_note": "x"}),
        stranger.client.post(stranger.url + "/draft", data={"documents_note": "x"}),
        stranger.client.post(stranger.url + "/reveal"),
        stranger.client.post(stranger.url + "/comments"),
    ):
        assert answer.status_code == 404
    assert opened(other) == ["submit_documents"]
    staffs = vendor(
        site,
        task(
            go(site.bench, until="first_review", application={"email": VENDOR, "system_name": "三つ目"}), "first_review"
        ).id,
    )
    assert staffs.page().status_code == 404


def test_an_analyst_reads_a_review_but_cannot_send_it(site: Site) -> None:
    accounts.add_staff(site.bench.portal, "analyst@example.jp", "分析", ["analyst"], "a password for tests")
    walker = go(site.bench, until="first_review")
    desk = Desk(site.person("analyst@example.jp"), task(walker, "first_review").id)
    page = desk.page()
    assert page.status_code == 200
    assert "task-form" not in page.text
    assert "この仕事は行えません" in text(page)
    assert desk.client.post(desk.url, data={"outcome": "passed"}).status_code == 403
    assert desk.client.post(desk.url + "/check").status_code == 403
    assert desk.client.post(desk.url + "/draft", data={"outcome": "passed"}).status_code == 403
    assert desk.client.post(desk.url + "/cards").status_code == 403
    assert opened(walker) == ["first_review"]


def test_a_colleague_with_reading_rights_sees_the_form_and_why_it_is_closed(site: Site) -> None:
    walker = go(site.bench, until="submit_documents")
    task_id = task(walker, "submit_documents").id
    vendor(site, task_id).post("draft", documents_note="途中まで")
    with database.transaction():
        user = newaccount.create_account(
            "reader@example.com", "読む人", Side.VENDOR, ["vendor"], "a password for tests", walker.portal.now()
        )
        cases.add_member(case_of(walker).id, user.id, walker.portal.now(), "read")
    desk = Desk(site.person("reader@example.com"), task_id)
    page = desk.page()
    assert page.status_code == 200
    assert "閲覧だけが認められています" in text(page)
    assert "途中まで" in page.text
    assert "<fieldset disabled" in page.text
    assert desk.client.post(desk.url, data={"documents_note": "x"}).status_code == 403


def test_staff_do_not_see_what_the_vendor_is_typing(site: Site) -> None:
    walker = go(site.bench, until="submit_documents")
    task_id = task(walker, "submit_documents").id
    vendor(site, task_id).post("draft", documents_note="まだ送っていない文")
    page = operator(site, task_id).page()
    assert page.status_code == 200
    assert "まだ送っていない文" not in page.text
    assert "相手側の番です" in text(page)


def test_whoever_did_the_first_review_is_told_why_the_second_is_not_theirs(site: Site) -> None:
    walker = go(site.bench, until="first_review")
    operator(site, task(walker, "first_review").id, 2).send(outcome="passed")
    site.bench.drain()
    for element in ("materials_requested", "reply_materials"):
        desk = vendor(site, task(walker, element).id)
        if element == "materials_requested":
            desk.client.post(desk.url)
        else:
            desk.send(system_requirements=pdf(), security_requirements=pdf(), system_overview_documents=pdf())
    desk = operator(site, task(walker, "second_review").id, 2)
    page = desk.page()
    assert page.status_code == 200
    assert "担当 3さんが担当したため" in text(page)
    assert "task-form" not in page.text
    refused = desk.client.post(desk.url, data={"outcome": "passed"})
    assert refused.status_code == 422
    assert "担当 3さんが担当したため" in alerts(refused)
    other = text(operator(site, task(walker, "second_review").id, 0).page())
    assert "これまでの経緯" in other
    assert "担当 3" in other


def test_a_mails_address_finds_the_task_or_says_why_not(site: Site) -> None:
    walker = go(site.bench, until="submit_documents")
    client = site.person(VENDOR)
    found = client.get(f"/cases/{walker.number}/tasks/submit_documents")
    assert (found.status_code, found.location) == (303, f"/tasks/{task(walker, 'submit_documents').id}")
    done = client.get(f"/cases/{walker.number}/tasks/company_profile", follow_redirects=True)
    assert "「会社情報入力」はすでに完了しています" in text(done)
    early = client.get(f"/cases/{walker.number}/tasks/reply_materials", follow_redirects=True)
    assert "まだ開始できません" in text(early)
    assert client.get(f"/cases/{walker.number}/tasks/no_such_step").status_code == 404
    go(site.bench, until="submit_documents", application={"email": "other@example.com", "system_name": "べつ"})
    stranger = site.person("other@example.com")
    assert stranger.get(f"/cases/{walker.number}/tasks/submit_documents").status_code == 404


def test_row_buttons_change_the_form_and_keep_what_is_typed(site: Site) -> None:
    walker = go(site.bench, until="audit__operator")
    desk = operator(site, task(walker, "audit__operator").id)
    rows = {"audit_outcome": "minor", "remarks": "書きかけ", "findings": "0", "findings-0-finding": "手順書がない"}
    added = desk.post("check", **rows, add_row="findings")
    assert added.status_code == 303
    assert added.location.endswith("#f-findings")
    page = desk.page().text
    assert "手順書がない" in page
    assert "書きかけ</textarea>" in page
    assert 'name="findings-1-finding"' in page
    removed = desk.client.post(
        desk.url, data={**rows, "findings": ["0", "1"], "revision": desk.revision(), "remove_row": "findings-0"}
    )
    assert removed.status_code == 303
    assert "手順書がない" not in desk.page().text


def test_a_task_that_ended_while_it_was_open_says_so(site: Site) -> None:
    walker = go(site.bench, until="submit_documents")
    desk = vendor(site, task(walker, "submit_documents").id)
    lifecycle.withdraw(walker.portal, walker.number, "見送り", actor(walker))
    page = desk.page()
    assert page.status_code == 200
    assert "不要になりました" in text(page)
    assert desk.client.post(desk.url, data={"documents_note": "x"}).status_code == 409


@pytest.mark.parametrize("role", ["vendor", "operator"])
def test_english_readers_get_english_pages(role: str, site: Site) -> None:
    walker = go(site.bench, until="first_review" if role == "operator" else "submit_documents")
    element = opened(walker)[0]
    desk = operator(site, task(walker, element).id) if role == "operator" else vendor(site, task(walker, element).id)
    page = desk.client.get(desk.url + "?lang=en").text
    assert "Check the answers" in page
    assert "確認する" not in page


def test_the_small_package_goes_through_the_same_pages(small_site: Site) -> None:
    portal = small_site.bench.portal
    application = {
        "company_name": "読書会",
        "contact_name": "例",
        "email": "reader@example.com",
        "reader_kind": "person",
        "books": "3",
    }
    started = applications.apply(portal, "library_card", application)
    small_site.bench.drain()
    with database.connection():
        case = cases.get(started.number)
        assert case is not None
        row = next(row for row in work.open_tasks(case.id) if row.side == Side.OPERATOR)
    sent = operator(small_site, row.id).send(outcome="approved")
    assert sent.location == f"/tasks/{row.id}/done"


def test_secrets_are_not_kept_in_the_clear_while_they_wait_to_be_sent(site: Site) -> None:
    walker = go(site.bench, until="disclose_exam_environment")
    desk = operator(site, task(walker, "disclose_exam_environment").id)
    secret = {
        "connection_url": "https://exam.example/api",
        "connection_id": "minato",
        "connection_password": "p4ss😀w0rd",
    }
    desk.post(**secret)
    with database.connection():
        kept = Draft.get(Draft.task == task(walker, "disclose_exam_environment").id)
    assert secret["connection_password"] not in str(kept.values)
    assert f'value="{secret["connection_password"]}"' in desk.page().text
    check = desk.page("/check").text
    assert secret["connection_password"] not in check
    assert "●●●●●●" in check


def test_the_page_after_sending_says_that_the_next_step_is_being_prepared_and_then_names_it(site: Site) -> None:
    walker = go(site.bench, until="review_result")
    desk = vendor(site, task(walker, "review_result").id)
    assert desk.post().location == f"{desk.url}/done"
    done = desk.page("/done")
    assert "次の手順を準備しています" in text(done) and "運営主体の番" not in text(done)
    assert "data-live-soon" in done.text, "it looks again at once"
    site.bench.drain()
    assert "次の手順を準備しています" not in text(desk.page("/done")) and "契約" in text(desk.page("/done"))
