"""What tests look at pages with finds what is wrong in what is new, and does not look again at what was right."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser import axe as looking
from tests.browser.axe import axe
from tests.support.needs import needs

pytestmark = [pytest.mark.browser, needs("chromium", "frontend")]

PAGE = "<html lang=en><title>t</title><main><h1>Head</h1><p class=a>Words</p>{}</main>"


@pytest.fixture(autouse=True)
def _nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "_passed", set())


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ("<img src='data:,'>", "image-alt"),
        ("<section><div><input></div></section>", "label"),
        ("<p class=a style='color: #ddd'>Pale</p>", "color-contrast"),
        ("<div style='background: #111'><div><div><p class=a>Dark on dark</p></div></div></div>", "color-contrast"),
        ("<a href='#x' aria-labelledby=nobody></a>", "link-name"),
        ("<button role=button class=b></button>", "button-name"),
    ],
)
def test_what_is_new_and_wrong_is_found_as_often_as_one_looks(page: Page, more: str, rule: str) -> None:
    page.set_content(PAGE.format(""))
    assert axe(page) == []
    page.set_content(PAGE.format(more))
    for _ in range(2):
        assert [each.partition(":")[0] for each in axe(page)] == [rule]


def test_a_page_without_a_title_is_found(page: Page) -> None:
    page.set_content(PAGE.format(""))
    assert axe(page) == []
    page.set_content(PAGE.format("").replace("<title>t</title>", ""))
    assert [each.partition(":")[0] for each in axe(page)] == ["document-title"]


def test_what_was_right_is_not_looked_at_again_but_what_is_seen_only_now_is(page: Page) -> None:
    hidden = PAGE.format("<p class=b style='color: #ddd; display: none'>Pale</p>")
    page.set_content(hidden)
    assert axe(page) == []
    page.set_content(hidden)
    page.evaluate("delete window.axe")
    assert axe(page) == []
    assert page.evaluate("typeof window.axe") == "undefined"
    page.evaluate("document.querySelector('.b').style.display = 'block'")
    assert [each.partition(":")[0] for each in axe(page)] == ["color-contrast"]
