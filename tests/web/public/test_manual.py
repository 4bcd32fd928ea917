"""The manuals of docs/ as pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import NotFound
from app.web.public import manual

TEXT = """# ベンダの手引き

はじめに。[運営主体の手引き](operators.md#post) と ![画面](images/home.png)

## ホーム {#home.tasks #cases.case}

<script>alert(1)</script>

## やりとり
"""


@pytest.fixture
def docs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(manual, "FOLDER", tmp_path)
    (tmp_path / "vendors.md").write_text(TEXT, encoding="utf-8")
    return tmp_path


def test_headings_carry_the_places_to_which_pages_lead(docs: Path) -> None:
    page = manual.read("vendors", "ja")
    assert page["title"] == "ベンダの手引き"
    assert page["contents"] == [("home.tasks", "ホーム"), ("やりとり", "やりとり")]
    assert '<h2 id="home.tasks"' in page["text"]
    assert 'id="cases.case"' in page["text"]
    assert "{#" not in page["text"]


def test_links_among_manuals_and_pictures_work_in_the_site(docs: Path) -> None:
    text = manual.read("vendors", "ja")["text"]
    assert 'href="/help/operators#post"' in text
    assert 'src="/help/images/home.png"' in text


def test_html_in_a_manual_stays_text(docs: Path) -> None:
    assert "<script>" not in manual.read("vendors", "ja")["text"]


def test_english_is_read_where_it_is_written(docs: Path) -> None:
    assert manual.read("vendors", "en")["title"] == "ベンダの手引き"
    (docs / "vendors.en.md").write_text("# For vendors\n", encoding="utf-8")
    assert manual.read("vendors", "en")["title"] == "For vendors"
    assert manual.read("vendors", "ja")["title"] == "ベンダの手引き"


@pytest.mark.parametrize("name", ["operators", "settings", "../secret", ""])
def test_only_manuals_are_pages(docs: Path, name: str) -> None:
    with pytest.raises(NotFound):
        manual.read(name, "ja")
