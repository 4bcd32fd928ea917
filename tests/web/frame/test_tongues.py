"""The language of parts: Japanese on an English page is said to be Japanese."""

from __future__ import annotations

from app.web.frame.tongues import marked
from tests.services.steps import go
from tests.web.conftest import Site
from tests.web.desk_support import VENDOR


def test_a_text_that_is_japanese_is_marked_and_one_with_a_japanese_name_is_not() -> None:
    assert marked("<h1>監査日が決まりました</h1>") == '<h1><bdi lang="ja">監査日が決まりました</bdi></h1>'
    assert marked("<p> みほん 株式会社\n</p>") == '<p> <bdi lang="ja">みほん 株式会社</bdi>\n</p>'
    assert (
        marked("<p>We sent a mail to 例 一郎 of the company.</p>") == "<p>We sent a mail to 例 一郎 of the company.</p>"
    )
    assert marked("<p>Home</p>") == "<p>Home</p>"


def test_texts_that_hold_no_elements_are_left() -> None:
    for text in (
        "<title>監査</title>", "<textarea>監査\n</textarea>", "<option>監査</option>", "<script>a('監査')</script>",
        "<!-- 監査 -->", '<a title="監査">x</a>',
    ):  # fmt: skip
        assert marked(text) == text


def test_english_pages_mark_what_people_wrote_and_japanese_pages_are_as_they_were(site: Site) -> None:
    walk = go(site.bench, until="second_review")
    vendor = site.person(VENDOR)
    page = vendor.get(f"/cases/{walk.number}?tab=answers&lang=en").text
    assert '<bdi lang="ja">' in page
    assert "<bdi" not in vendor.get(f"/cases/{walk.number}?tab=answers&lang=ja").text
