"""補正: a reviewer pins points to answers, the vendor answers each, the next reviewer sees them and what changed."""

from __future__ import annotations

import re

from app.services.demo.walker import Walker
from app.store import database, work
from tests.services.steps import case_of, go, opened, task
from tests.web.conftest import Site
from tests.web.desk_support import Desk, alerts, operator, pdf, text, vendor

POINT = "発行日が3か月より前です😀"


def states(walker: Walker) -> list[str]:
    with database.connection():
        return [row.state for row in work.comments(case_of(walker).id)]


def pin(desk: Desk, **more: str) -> str:
    answer = desk.client.post(
        desk.url + "/comments",
        data={"element": "submit_documents", "field": "registry_certificate", "text": POINT, **more},
    )
    assert answer.status_code == 303
    return answer.location


def test_the_answers_under_review_stand_beside_the_form_with_their_files(site: Site) -> None:
    walker = go(site.bench, until="first_review")
    page = operator(site, task(walker, "first_review").id).page()
    said = text(page)
    assert "株式会社みほん建設システム" in said
    assert "決算書.pdf" in said
    files = re.findall(rf'href="(/cases/{walker.number}/documents/\w+)" target="_blank" rel="noopener"', page.text)
    assert len(files) == 2
    assert site.operator().get(files[0]).status_code == 200
    assert 'name="pin:company_profile:corporate_number"' in page.text


def test_a_point_goes_to_the_vendor_is_answered_and_settled(site: Site) -> None:
    walker = go(site.bench, until="first_review")
    first = operator(site, task(walker, "first_review").id)
    assert pin(first, page="2").endswith("#r-submit_documents-registry_certificate")
    assert POINT in first.page().text
    checked = first.post(outcome="returned", return_to="submit_documents", reason="証明書をお願いします")
    assert checked.status_code == 303
    assert POINT in text(first.page("/check"))
    first.client.post(first.url + "/check", data={"revision": first.revision("/check")})
    assert states(walker) == ["open"]

    desk = vendor(site, task(walker, "submit_documents").id)
    page = desk.page()
    said = text(page)
    assert said.index("補正のお願い") < said.index("会社全部証明（履歴事項全部証明書） 必須")
    assert POINT in said
    assert "2ページ" in said
    assert "証明書をお願いします" in said
    name = re.search(r'name="(point:\d+)"', page.text)
    assert name is not None
    files = re.findall(r'type="hidden" name="(\w+)" value="(\w{32})"', page.text)
    kept = {key: value for key, value in files if key != "registry_certificate"}
    refused = desk.post(registry_certificate=pdf("新しい証明.pdf"), **kept)
    assert refused.status_code == 422
    assert f'href="#point-{name[1].removeprefix("point:")}"' in refused.text
    sent = desk.send(registry_certificate=pdf("新しい証明.pdf"), **kept, **{name[1]: "取り直しました"})
    assert sent.location == f"{desk.url}/done"
    assert states(walker) == ["answered"]

    again = operator(site, task(walker, "first_review").id)
    said = text(again.page())
    assert said.index(POINT) < said.rindex("法人番号")  # open points first; the help names it, too
    assert "取り直しました" in said
    assert "担当 1" in said
    assert "変更あり" in said
    assert "登記事項証明書.pdf" in said
    again.send(outcome="passed")
    assert states(walker) == ["resolved"]


def test_the_home_counts_the_points_that_the_vendor_can_see(site: Site) -> None:
    walker = go(site.bench, until="first_review")
    first = operator(site, task(walker, "first_review").id)
    pin(first)
    pin(first, element="company_profile", field="city")
    first.send(outcome="returned", return_to="submit_documents", reason="お願いします")
    desk = vendor(site, task(walker, "submit_documents").id)
    assert "補正のお願いが1件あります" in text(desk.client.get("/tasks"))


def test_an_answer_is_checked_beside_its_point(site: Site) -> None:
    walker = go(site.bench, until="first_review")
    first = operator(site, task(walker, "first_review").id)
    pin(first)
    first.send(outcome="returned", return_to="submit_documents", reason="お願いします")
    desk = vendor(site, task(walker, "submit_documents").id)
    name = re.search(r'name="(point:\d+)"', desk.page().text)
    assert name is not None
    desk.post("draft", **{name[1]: "取り直しました"})
    said = text(desk.page("/check"))
    assert said.index(POINT) < said.index("取り直しました")


def test_the_vendors_replies_are_kept_with_the_draft(site: Site) -> None:
    walker = go(site.bench, until="first_review")
    first = operator(site, task(walker, "first_review").id)
    pin(first)
    first.send(outcome="returned", return_to="submit_documents", reason="お願いします")
    desk = vendor(site, task(walker, "submit_documents").id)
    name = re.search(r'name="(point:\d+)"', desk.page().text)
    assert name is not None
    desk.post("draft", **{name[1]: "あとで送ります"})
    assert "あとで送ります" in desk.page().text
    saved = desk.client.post(desk.url + "/draft", data={"revision": desk.revision(), name[1]: "スクリプトから"})
    assert saved.status_code == 200
    assert "スクリプトから" in desk.page().text


def test_a_point_can_be_taken_back_before_it_goes_out(site: Site) -> None:
    walker = go(site.bench, until="first_review")
    desk = operator(site, task(walker, "first_review").id)
    pin(desk)
    number = re.search(r'name="take_back" value="(\d+)"', desk.page().text)
    assert number is not None
    answer = desk.client.post(desk.url + "/comments", data={"take_back": number[1]})
    assert answer.status_code == 303
    assert states(walker) == []


def test_pinning_from_the_page_keeps_what_is_typed_into_the_review(site: Site) -> None:
    walker = go(site.bench, until="first_review")
    desk = operator(site, task(walker, "first_review").id)
    place = "submit_documents:registry_certificate"
    answer = desk.client.post(
        desk.url + "/comments",
        data={
            "revision": desk.revision(),
            "outcome": "returned",
            "reason": "書きかけの理由",
            "pin": place,
            f"pin:{place}": POINT,
            f"pin-page:{place}": "3",
            "pin:company_profile:city": "番地が登記と違います",
        },
    )
    assert answer.status_code == 303
    page = desk.page().text
    assert "書きかけの理由" in page
    assert "番地が登記と違います" in page  # a point that somebody wrote is meant, whichever button was pressed
    assert states(walker) == ["draft", "draft"]


def test_points_and_replies_of_a_page_that_is_out_of_date_are_shown_again(site: Site) -> None:
    walker = go(site.bench, until="first_review")
    desk = operator(site, task(walker, "first_review").id)
    place = "pin:company_profile:city"
    desk.post("draft", reason="先に保存")
    late = desk.client.post(desk.url, data={"revision": "0", "outcome": "returned", place: "番地が違います"})
    assert late.status_code == 409
    assert "番地が違います" in late.text
    assert states(walker) == []
    pin(desk)
    desk.send(outcome="returned", return_to="submit_documents", reason="お願いします")
    mine = vendor(site, task(walker, "submit_documents").id)
    name = re.search(r'name="(point:\d+)"', mine.page().text)
    assert name is not None
    mine.post("draft", documents_note="先に")
    late = mine.client.post(mine.url, data={"revision": "0", name[1]: "遅れた回答"})
    assert late.status_code == 409
    assert "遅れた回答" in late.text
    assert "遅れた回答" not in mine.page().text


def test_an_empty_point_is_refused_with_a_word(site: Site) -> None:
    walker = go(site.bench, until="first_review")
    desk = operator(site, task(walker, "first_review").id)
    answer = desk.client.post(
        desk.url + "/comments", data={"element": "submit_documents", "field": "registry_certificate", "text": "  "}
    )
    assert answer.status_code == 422
    assert "直してほしいことを書いてください" in alerts(answer)
    assert (
        desk.client.post(
            desk.url + "/comments", data={"element": "reply_materials", "field": "x", "text": "別の手続き"}
        ).status_code
        == 404
    )


def test_points_without_a_return_are_warned_of_before_they_are_discarded(site: Site) -> None:
    walker = go(site.bench, until="first_review")
    desk = operator(site, task(walker, "first_review").id)
    pin(desk)
    assert desk.post(outcome="passed").status_code == 303
    assert "指摘が1件付いています" in alerts(desk.page("/check"))
    desk.post(outcome="returned", return_to="company_profile", reason="会社情報")
    assert "「書類提出」に付けた指摘が1件" in alerts(desk.page("/check"))


def test_reviews_that_cannot_return_offer_no_points(site: Site) -> None:
    walker = go(site.bench, until="confirm_initial_payment")
    page = operator(site, task(walker, "confirm_initial_payment").id).page().text
    assert 'name="pin"' not in page
    assert "カ）ミホンケンセツシステム" in page


def test_a_point_that_was_typed_is_kept_when_the_pages_of_a_file_are_opened_or_another_task(site: Site) -> None:
    walker = go(site.bench, until="first_review")
    desk = operator(site, task(walker, "first_review").id)
    typed = {"revision": desk.revision(), "pin:company_profile:city": POINT, "open": "f" * 32}
    answer = desk.client.post(f"{desk.url}/comments?scope=all&beside=1", data=typed)
    assert answer.location == f"{desk.url}/pages/{'f' * 32}?scope=all&beside=1"
    typed = {"revision": desk.revision(), "pin:company_profile:street": POINT}
    assert desk.client.post(f"{desk.url}/comments?scope=all", data=typed).location == f"{desk.url}?scope=all"
    assert states(walker) == ["draft", "draft"]


def test_the_enter_key_checks_a_review_and_pins_nothing(site: Site) -> None:
    walker = go(site.bench, until="first_review")
    page = operator(site, task(walker, "first_review").id).page().text
    buttons = re.findall(r'<button[^>]*type="submit"[^>]*form="task-form"[^>]*>', page)
    assert "formaction" not in buttons[0]


def test_vendors_pin_nothing(site: Site) -> None:
    walker = go(site.bench, until="submit_documents")
    desk = vendor(site, task(walker, "submit_documents").id)
    answer = desk.client.post(desk.url + "/comments", data={"element": "company_profile", "field": "city", "text": "x"})
    assert answer.status_code == 404
    assert opened(walker) == ["submit_documents"]
    assert states(walker) == []
