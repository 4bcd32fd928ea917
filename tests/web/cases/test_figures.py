"""The pages of figures: for whom, in which language, what they draw, and the files that one takes out."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest

from app.services.pages import counting
from tests.services.broken import applied, send
from tests.web.conftest import Site
from tests.web.trouble.test_attention import administrator


@pytest.fixture
def some(small_site: Site) -> Site:
    first = applied(small_site.bench, email="a@example.com")
    applied(small_site.bench, email="b@example.com")
    send(small_site.bench, first, "approve", outcome="refused", reason="対象外です")
    counting.refresh(small_site.bench.portal, whole=True)
    return small_site


def test_a_page_shows_tables_with_bars_and_no_style_of_its_own(some: Site) -> None:
    page = some.operator().get("/figures").text
    for said in ("数字", "月ごと", "申請の確認", "会計年度", "2026-04"):
        assert said in page, said
    assert "style=" not in page and "<svg" in page
    english = some.operator().get("/figures?lang=en&period=month").text
    assert "By month" in english and "This fiscal year (from April)" in english


def test_a_wrong_period_is_said_and_nothing_is_lost(some: Site) -> None:
    answer = some.operator().get("/figures?period=free&first=2026-05-01&last=2026-04-01&lang=ja")
    assert answer.status_code == 422
    assert "期間" in answer.text and 'value="2026-05-01"' in answer.text


def test_tables_are_taken_out_as_csv_and_excel_on_record(some: Site) -> None:
    operator = some.operator()
    csv = operator.get("/figures/export?table=months&form=csv&period=month&lang=ja")
    assert csv.status_code == 200
    lines = csv.data.decode("utf-8-sig").splitlines()
    assert lines[1].startswith("2026-04,2,0,")
    excel = operator.get("/figures/export?table=steps&form=xlsx")
    assert excel.data[:2] == b"PK"
    assert operator.get("/figures/export?table=nothing&form=csv").status_code == 404
    assert operator.get("/figures/export?table=months&form=exe").status_code == 404
    assert operator.get("/figures/export").status_code == 200  # by month, as CSV


def test_the_diagram_says_how_many_rest_where(some: Site) -> None:
    operator = some.operator()
    page = operator.get("/figures/diagram?lang=ja").text
    found = re.search(r'data-state="([^"]*)"', page)
    assert found is not None
    state = json.loads(unescape(found[1]))
    assert (state["open"], state["failed"], state["badges"]) == (["approve"], [], {"approve": "1"})
    assert "申請の確認" in page
    source = re.search(r'data-source="([^"]*)"', page)
    assert source is not None
    drawn = operator.get(source[1])
    assert drawn.status_code == 200 and b"approve" in drawn.data


def test_figures_are_for_the_body(some: Site) -> None:
    assert administrator(some).get("/figures").status_code == 200
    assert some.anybody().get("/figures").status_code == 302
