"""The pages of a file: points pinned to a page or a spot, answered there, and what other people see of them."""

from __future__ import annotations

import re

import pytest

from app.services.demo.walker import Walker
from app.store import database, records, work
from app.store.models import Comment
from tests.services.steps import case_of, go, task
from tests.web.conftest import Site
from tests.web.desk_support import PDF, Desk, operator, pdf, text, vendor

POINT = "3行目の商号が登記と違います"
FIELD = "submit_documents.registry_certificate"


@pytest.fixture
def walker(site: Site) -> Walker:
    return go(site.bench, until="first_review")


@pytest.fixture
def review(site: Site, walker: Walker) -> Desk:
    return operator(site, task(walker, "first_review").id)


def document(walker: Walker, key: str = FIELD) -> str:
    with database.connection():
        row = records.latest_document(case_of(walker).id, key)
    assert row is not None
    return str(row.id)


def pages(walker: Walker) -> str:
    return f"/pages/{document(walker)}"


def points(walker: Walker) -> list[Comment]:
    with database.connection():
        return work.comments(case_of(walker).id)


def pin(desk: Desk, walker: Walker, **more: str) -> str:
    answer = desk.client.post(desk.url + pages(walker), data={"text": POINT, "page": "2", **more})
    assert answer.status_code == 303
    return str(answer.location)


def give_back(review: Desk) -> None:
    review.send(outcome="returned", return_to="submit_documents", reason="お願いします")


def test_the_review_leads_to_the_pages_of_each_file(walker: Walker, review: Desk) -> None:
    page = review.page().text
    assert f'name="open" value="{document(walker)}"' in page
    shown = review.page(pages(walker))
    assert "登記事項証明書.pdf" in text(shown)
    assert f'data-file="/cases/{walker.number}/documents/{document(walker)}"' in shown.text
    assert 'name="page"' in shown.text  # without scripts a page is named by its number
    assert "script-src 'self'" in shown.headers["Content-Security-Policy"]


def test_a_point_keeps_its_page_and_its_spot(walker: Walker, review: Desk) -> None:
    place = pin(review, walker, x="0.25", y="0.4")
    [row] = points(walker)
    assert place == f"{review.url}{pages(walker)}#point-{row.id}"
    assert (row.document_id, row.page, row.x, row.y) == (document(walker), 2, 0.25, 0.4)
    shown = review.page(pages(walker)).text
    assert 'data-point="1" data-state="draft" data-page="2" data-x="0.25" data-y="0.4"' in shown
    assert f'href="{review.url}{pages(walker)}#point-{row.id}"' in review.page().text


@pytest.mark.parametrize(
    ("page", "x", "y", "kept"),
    [
        ("２", "", "", (2, None, None)),
        ("2", "0.5", "", (2, None, None)),
        ("2", "1.5", "0.5", (2, None, None)),
        ("2", "nan", "0.5", (2, None, None)),
        ("", "0.5", "0.5", (None, None, None)),
        ("0", "", "", (None, None, None)),
        ("表紙", "", "", (None, None, None)),
    ],
)
def test_what_is_no_place_is_not_kept_and_the_point_is(
    page: str, x: str, y: str, kept: tuple[object, ...], walker: Walker, review: Desk
) -> None:
    pin(review, walker, page=page, x=x, y=y)
    [row] = points(walker)
    assert (row.page, row.x, row.y) == kept
    assert row.text == POINT


def test_an_empty_point_is_refused_where_it_was_written(walker: Walker, review: Desk) -> None:
    answer = review.client.post(review.url + pages(walker), data={"text": " ", "page": "7"})
    assert answer.status_code == 422
    assert "直してほしいこと" in text(answer)
    assert 'value="7"' in answer.text
    assert points(walker) == []


def test_a_page_named_in_the_review_belongs_to_the_only_file_of_its_field(walker: Walker, review: Desk) -> None:
    review.client.post(
        review.url + "/comments",
        data={"element": "submit_documents", "field": "registry_certificate", "text": POINT, "page": "1"},
    )
    [row] = points(walker)
    assert (row.document_id, row.page) == (document(walker), 1)
    assert POINT in text(review.page(pages(walker)))


def test_a_point_is_taken_back_on_the_page(walker: Walker, review: Desk) -> None:
    pin(review, walker)
    [row] = points(walker)
    answer = review.client.post(review.url + pages(walker), data={"take_back": str(row.id)})
    assert answer.status_code == 303
    assert points(walker) == []


def test_the_vendor_sees_the_marks_once_they_are_sent_and_answers_there(
    site: Site, walker: Walker, review: Desk
) -> None:
    pin(review, walker, x="0.25", y="0.4")
    [row] = points(walker)
    give_back(review)
    desk = vendor(site, task(walker, "submit_documents").id)
    assert f'href="{desk.url}{pages(walker)}#point-{row.id}">登記事項証明書.pdf　2ページ' in desk.page().text
    shown = desk.page(pages(walker))
    assert 'data-x="0.25" data-y="0.4"' in shown.text
    assert POINT in text(shown)
    assert 'id="new-point"' not in shown.text
    kept = desk.client.post(desk.url + pages(walker), data={f"point:{row.id}": "商号を改めました"})
    assert kept.status_code == 303
    assert [(each.state, each.reply) for each in points(walker)] == [("answered", "商号を改めました")]
    assert "商号を改めました" in desk.page().text


def test_the_next_reviewer_finds_open_points_first_and_those_of_the_version_before(
    site: Site, walker: Walker, review: Desk
) -> None:
    for number in ("1", "2"):
        pin(review, walker, page=number, text=f"指摘その{number}")
    first, second = points(walker)
    give_back(review)
    old = document(walker)
    desk = vendor(site, task(walker, "submit_documents").id)
    replies = {f"point:{first.id}": "直しました", f"point:{second.id}": "直しました"}
    kept = re.findall(r'type="hidden" name="(financial_statements)" value="(\w{32})"', desk.page().text)
    desk.send(registry_certificate=pdf("訂正後.pdf", PDF + b"2"), **dict(kept), **replies)
    with database.transaction():
        Comment.update(state="open").where(Comment.id == second.id).execute()
    again = operator(site, task(walker, "first_review").id)
    new = document(walker)
    assert new != old
    shown = again.page(f"/pages/{new}")
    said = text(shown)
    assert "第2版" in said
    assert "第1版" in said
    assert "指摘その1" in said
    assert f'href="{again.url}/pages/{old}#point-{first.id}"' in shown.text
    before = again.page(f"/pages/{old}").text
    assert before.index("指摘その2") < before.index("指摘その1")
    assert 'data-point="2" data-state="open"' in before


def test_nobody_else_has_these_pages(site: Site, walker: Walker, review: Desk) -> None:
    other = go(site.bench, until="submit_documents", application={"email": "other@example.com", "system_name": "べつ"})
    thief = Desk(site.person("other@example.com"), task(other, "submit_documents").id)
    assert thief.page(pages(walker)).status_code == 404
    assert thief.client.get(review.url + pages(walker)).status_code == 404
    mine = vendor(site, task(walker, "first_review").id)
    assert mine.page(pages(walker)).status_code == 404
    assert thief.client.post(thief.url + pages(walker), data={"text": "x"}).status_code == 404


def test_a_file_that_the_task_is_not_about_has_no_pages_there(site: Site, walker: Walker, review: Desk) -> None:
    assert review.page(f"/pages/{'0' * 32}").status_code == 404
    late = go(site.bench, until="second_review", application={"email": "late@example.com", "system_name": "あと"})
    assert review.page(f"/pages/{document(late)}").status_code == 404


def test_the_vendor_pins_nothing(site: Site, walker: Walker, review: Desk) -> None:
    give_back(review)
    desk = vendor(site, task(walker, "submit_documents").id)
    answer = desk.client.post(desk.url + pages(walker), data={"text": "こちらからも", "page": "1"})
    assert answer.status_code == 404
    assert points(walker) == []
