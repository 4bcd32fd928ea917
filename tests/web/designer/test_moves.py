"""進行中の案件を移す, and 案件を直す, as they are pressed, without scripts."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from app.services.base.actors import Actor
from app.services.moves import doing
from tests.services.broken import again, applied, open_task, send
from tests.services.moves.support import GONE, LIBRARY, RENAMED, WISHED, person, released
from tests.web.conftest import Site

WHY = "手順を見直したため"


@pytest.fixture
def admin(small_site: Site) -> FlaskClient:
    return small_site.person(person(small_site.bench, "administrator").email)


@pytest.fixture
def analyst(small_site: Site) -> FlaskClient:
    return small_site.person(person(small_site.bench, "analyst").email)


def worked(site: Site) -> None:
    while doing.work(site.bench.portal):
        pass


def test_cases_are_moved_watched_and_taken_back(small_site: Site, admin: FlaskClient) -> None:
    case = applied(small_site.bench)
    number = released(small_site.bench, RENAMED)
    assert f"/designer/moves/{LIBRARY}/{number}" in admin.get("/designer").text
    page = admin.get(f"/designer/moves/{LIBRARY}/{number}").text
    assert case.number in page and "そのまま移せる" in page and "申請の確認" in page
    nothing = admin.post(f"/designer/moves/{LIBRARY}/{number}", data={"case": case.number, "reason": " "})
    assert nothing.status_code == 422 and "理由" in nothing.text
    asked = admin.post(f"/designer/moves/{LIBRARY}/{number}", data={"case": case.number, "reason": WHY})
    assert asked.status_code == 303
    here = asked.headers["Location"]
    assert "data-live" in admin.get(here).text
    worked(small_site)
    page = admin.get(here).text
    assert "data-live" not in page and "移した" in page and WHY in page
    assert again(case).release_id != case.release_id
    told = admin.get(f"/cases/{case.number}?tab=timeline").text
    assert f"プロセスの版 {number} に移しました" in told and WHY in told
    assert admin.post(f"{here}/undo").status_code == 303
    worked(small_site)
    assert again(case).release_id == case.release_id
    assert "元に戻した" in admin.get(here).text


def test_a_question_is_answered_tried_and_moved_with(small_site: Site, admin: FlaskClient) -> None:
    case = applied(small_site.bench)
    number = released(small_site.bench, GONE)
    here = f"/designer/moves/{LIBRARY}/{number}"
    page = admin.get(here).text
    assert "決めることがある" in page and "なくなりました" in page
    [key] = re.findall(r'name="(d:gone[^"]+)"', page)
    tried = admin.get(here, query_string={key: "to:examine"}).text
    assert "まだ何も移していません" in tried and "そのまま移せる" in tried
    assert again(case).release_id == case.release_id
    data = {key: "to:examine", "case": case.number, "reason": WHY}
    assert admin.post(here, data=data).status_code == 303
    worked(small_site)
    assert open_task(case, "examine").title == "申請の確認"


def test_one_case_is_decided_by_itself(small_site: Site, admin: FlaskClient) -> None:
    one, other = (applied(small_site.bench, email=f"reader{number}@example.com") for number in range(2))
    here = f"/designer/moves/{LIBRARY}/{released(small_site.bench, GONE)}"
    page = admin.get(here).text
    assert "1件ずつ決める" in page
    [key] = re.findall(r'name="(d:gone[^"]+)"', page)
    alone = f"one:{one.number}:{key.removeprefix('d:')}"
    assert alone in page
    tried = admin.get(here, query_string={key: "to:examine", alone: "-"}).text
    assert tried.count('name="case"') == 1 and f'name="case" value="{other.number}"' in tried
    assert f'name="{alone}" value="-"' in tried, "it goes with what is sent"
    data = {key: "to:examine", alone: "-", "case": [one.number, other.number], "reason": WHY}
    shown = admin.get(admin.post(here, data=data).headers["Location"])
    worked(small_site)
    assert shown.status_code == 200
    assert open_task(one, "approve") and open_task(other, "examine")


def test_an_analysts_move_is_approved_by_another(small_site: Site, admin: FlaskClient, analyst: FlaskClient) -> None:
    case = applied(small_site.bench)
    number = released(small_site.bench, RENAMED)
    data = {"case": case.number, "reason": WHY}
    here = analyst.post(f"/designer/moves/{LIBRARY}/{number}", data=data).headers["Location"]
    page = analyst.get(here).text
    assert f"{here}/approve" not in page and "承認待ち" in page
    assert f"{here}/approve" in admin.get(here).text
    assert admin.post(f"{here}/approve").status_code == 303
    worked(small_site)
    assert again(case).release_id != case.release_id
    assert analyst.post(f"{here}/undo").status_code == 303
    worked(small_site)
    timeline = admin.get(f"/cases/{case.number}?tab=timeline").text
    back, moved = timeline.split("プロセスの版 1 に戻しました")[1].split(f"プロセスの版 {number} に移しました")
    assert "analyst 花子" in back and WHY not in back, "whoever took it back, and not why it was moved"
    assert "administrator 花子" in moved and WHY in moved


def test_whoever_approves_sees_what_was_answered(small_site: Site, admin: FlaskClient, analyst: FlaskClient) -> None:
    one, other = (applied(small_site.bench, email=f"reader{number}@example.com") for number in range(2))
    here = f"/designer/moves/{LIBRARY}/{released(small_site.bench, GONE)}"
    [key] = re.findall(r'name="(d:gone[^"]+)"', analyst.get(here).text)
    alone = f"one:{one.number}:{key.removeprefix('d:')}"
    data = {key: "to:examine", alone: "-", "case": [other.number], "reason": WHY}
    page = admin.get(analyst.post(here, data=data).headers["Location"]).text
    [link] = re.findall(rf'href="({re.escape(here)}\?[^"]+)"', page)
    seen = admin.get(link.replace("&amp;", "&")).text
    assert f'name="{key}" value="to:examine"' in seen and f'name="{alone}" value="-"' in seen


def test_a_value_that_a_case_lacks_is_chosen_by_what_people_call_it_and_stands_in_its_history(
    small_site: Site, admin: FlaskClient
) -> None:
    case = applied(small_site.bench)
    here = f"/designer/moves/{LIBRARY}/{released(small_site.bench, WISHED)}"
    page = admin.get(here).text
    [key] = re.findall(r'<select[^>]* name="(d:name[^"]+)"', page)
    assert '<option value="yes">急ぐ</option>' in page and "true、false" not in page
    data = {key: "yes", "case": case.number, "reason": WHY}
    assert admin.post(here, data=data).status_code == 303
    worked(small_site)
    assert again(case).data["hurry"] == "yes"
    assert "急ぎ：急ぐ" in admin.get(f"/cases/{case.number}?tab=timeline").text


def test_both_diagrams_of_a_case_are_side_by_side(small_site: Site, analyst: FlaskClient) -> None:
    case = applied(small_site.bench)
    number = released(small_site.bench, RENAMED)
    page = analyst.get(f"/designer/moves/{LIBRARY}/{number}/cases/{case.number}").text
    assert f"/cases/{case.number}/diagram/library_card.xml" in page
    drawn = analyst.get(f"/designer/moves/diagrams/{LIBRARY}/{number}/library_card.xml")
    assert drawn.status_code == 200 and "申請内容の確認" in drawn.text


def test_the_pages_are_for_analysts_and_administrators(small_site: Site) -> None:
    case = applied(small_site.bench)
    number = released(small_site.bench, RENAMED)
    clerk = small_site.operator()
    assert clerk.get(f"/designer/moves/{LIBRARY}/{number}").status_code == 403
    assert clerk.post(f"/designer/moves/{LIBRARY}/{number}", data={"case": case.number}).status_code == 403
    assert clerk.get(f"/cases/{case.number}/mend").status_code == 403
    assert "/mend" not in clerk.get(f"/cases/{case.number}").text


def test_a_case_is_mended_after_what_follows_was_shown_and_taken_back(small_site: Site, admin: FlaskClient) -> None:
    case = applied(small_site.bench)
    here = f"/cases/{case.number}/mend"
    assert here in admin.get(f"/cases/{case.number}").text
    page = admin.get(here).text
    [task] = set(re.findall(r'name="task" value="(\w+)"', page))
    shown = admin.get(here, query_string={"kind": "place", "task": task, "element": "collect"}).text
    assert "「カードの受け取り」から続けます" in shown
    [revision] = re.findall(r'name="revision" value="(\d+)"', shown)
    data = {"kind": "place", "task": task, "element": "collect", "revision": revision}
    without = admin.post(here, data={**data, "reason": ""})
    assert without.status_code == 422 and "記録" in without.text
    assert admin.post(here, data={**data, "reason": WHY}).status_code == 303
    assert open_task(case, "collect")
    told = admin.get(f"/cases/{case.number}?tab=timeline").text
    assert "案件を直しました：「カードの受け取り」に移しました" in told and WHY in told
    assert admin.post(f"{here}/undo").status_code == 303
    assert open_task(case, "approve")
    send(small_site.bench, case, "approve", outcome="approved")


def test_what_is_skipped_is_where_the_case_stands_whatever_step_is_chosen(small_site: Site, admin: FlaskClient) -> None:
    case = applied(small_site.bench)
    send(small_site.bench, case, "approve", outcome="approved")
    here = f"/cases/{case.number}/mend"
    [task] = set(re.findall(r'name="task" value="(\w+)"', admin.get(here).text))
    shown = admin.get(here, query_string={"kind": "skip", "task": task, "element": "approve"}).text
    assert "「1日おく」を、回答なしで" in shown
    value = admin.get(here, query_string={"kind": "value", "name": "limit", "value": "true"}).text
    assert "はい (true) にします" in value


def test_a_routing_value_is_corrected_by_the_name_and_the_options_that_people_know(
    small_site: Site, admin: FlaskClient
) -> None:
    case = applied(small_site.bench)
    send(small_site.bench, case, "approve", outcome="approved")
    here = f"/cases/{case.number}/mend"
    page = admin.get(here).text
    [link] = re.findall(r'href="([^"]+name=outcome[^"]*)"', page)
    row = page.partition(link)[0].rpartition("<tr>")[2]
    assert "判断" in row and "outcome</span>" in row and "発行する (approved)" in row
    assert 'data-label="この値を見る分岐"><span>判断<' in row
    asked = admin.get(link.replace("&amp;", "&")).text
    assert re.findall(r'name="value" value="(\w+)"', asked) == ["approved", "refused"] and "発行しない" in asked
    shown = admin.get(here, query_string={"kind": "value", "name": "outcome", "value": "refused"}).text
    assert "判断 (outcome)" in shown and "発行しない (refused)" in shown and "発行する (approved)" in shown
    [revision] = re.findall(r'name="revision" value="(\d+)"', shown)
    data = {"kind": "value", "name": "outcome", "value": "refused", "revision": revision, "reason": WHY}
    assert admin.post(here, data=data).status_code == 303
    told = admin.get(f"/cases/{case.number}?tab=timeline").text
    assert "分岐用の項目「判断」の値を直しました" in told and "発行する → 発行しない" in told


def test_an_analyst_is_not_offered_to_mend_a_case_that_no_approved_move_names(
    small_site: Site, analyst: FlaskClient
) -> None:
    case = applied(small_site.bench)
    assert "/mend" not in analyst.get(f"/cases/{case.number}").text
    assert analyst.get(f"/cases/{case.number}/mend").status_code == 403


def test_the_pages_speak_english(small_site: Site, admin: FlaskClient) -> None:
    who: Actor = person(small_site.bench, "administrator")
    assert who.email
    case = applied(small_site.bench)
    number = released(small_site.bench, GONE)
    admin.get("/language/en?next=/")
    with admin.session_transaction() as session:
        session["language"] = "en"
    page = admin.get(f"/designer/moves/{LIBRARY}/{number}", headers={"Accept-Language": "en"}).text
    assert case.number in page


def test_words_alone_go_with_the_diagrams_of_now(small_site: Site, admin: FlaskClient) -> None:
    case = applied(small_site.bench)
    mail = {"mail/hello.md": lambda text: text + "\n追って連絡します。\n"}
    number = released(small_site.bench, {**RENAMED, **mail})
    answer = admin.post(f"/designer/moves/{LIBRARY}/{number}/words", data={"base": "1"})
    here = answer.headers["Location"]
    page = admin.get(here).text
    assert "まだ移していません" in page and "そのまま移せる" in page
    assert admin.post(here, data={"case": case.number, "reason": WHY}).status_code == 303
    worked(small_site)
    assert open_task(case, "approve").title == "申請の確認"
    package = small_site.bench.portal.releases.loaded(again(case).release_id).package
    assert "追って連絡します" in package.mails["hello"].body
    again_asked = admin.post(f"{here}/words", data={"base": here.rpartition("/")[2]}, follow_redirects=True)
    assert "同じです" in again_asked.text
