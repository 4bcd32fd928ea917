"""Diagrams in the designer, by an analyst's hands in Chromium."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from app.engine import Engine
from tests.browser.designing import Desk, desk
from tests.services.conftest import engine

__all__ = ["engine"]
DIAGRAM = "document_review.bpmn"


@pytest.fixture
def window(tmp_path: Path, engine: Engine, browser: Browser) -> Iterator[Desk]:
    with desk(tmp_path, engine, browser) as found:
        yield found


def extensions(data: bytes, element: str) -> int:
    """How many of our extension elements stand in it."""
    found = re.search(rf'<bpmn:(\w+) id="{element}".*?</bpmn:\1>', data.decode(), re.DOTALL)
    assert found is not None, element
    return len(re.findall(r"<spiffworkflow:(?:property|parameter|serviceTaskOperator)\b", found.group()))


def test_an_analyst_changes_a_step_and_its_english_by_the_panel(window: Desk) -> None:
    page = window.page
    before = window.saved(DIAGRAM)
    window.open(DIAGRAM, "first_review")
    name = page.get_by_label("名前", exact=True)
    expect(name).to_have_value("書類審査（1次）")
    expect(page.get_by_label("英語", exact=True)).to_have_value("Document review (first)")
    expect(page.locator(".bjs-powered-by")).to_be_visible()
    name.fill("書類の一次審査")
    name.press("Tab")
    saved = window.until(DIAGRAM, lambda data: "書類の一次審査".encode() in data)
    english = window.until("english.toml", lambda data: "書類の一次審査".encode() in data).decode()
    assert '"書類の一次審査" = "Document review (first)"' in english and '"書類審査（1次）"' not in english
    changed = [line for line in saved.splitlines() if line not in before.splitlines()]
    assert len(changed) <= 3
    page.get_by_role("button", name="元に戻す").click()
    window.until(DIAGRAM, lambda data: data == before)
