"""Days as pages write them: whoever reads one is never left to guess its year."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from app.errors import Refused
from app.web.frame import duewords, problems, written
from tests.web.conftest import Site


@pytest.mark.parametrize(
    ("lang", "this", "other", "said"),
    [
        ("ja", "12月26日（土）", "2025年12月26日（金）", "変更の申し出は2025年12月26日（金）で締め切りました"),
        ("en", "26 Dec", "26 Dec 2025", "The day could be changed until 26 December 2025"),
    ],
)
def test_a_day_of_another_year_says_its_year(small_site: Site, lang: str, this: str, other: str, said: str) -> None:
    with small_site.app.test_request_context(f"/?lang={lang}"):
        assert small_site.bench.portal.today().year == 2026
        assert written.short_day(date(2026, 12, 26)) == this
        assert written.short_day(date(2025, 12, 26)) == other
        assert written.short_day(datetime(2025, 12, 25, 23, 0, tzinfo=UTC)) == other, "as it is in Japan"
        refused = Refused(
            "The day could be changed until %(day)s; please call the certifying body", day=date(2025, 12, 26)
        )
        assert said in problems.sentence(refused)


@pytest.mark.parametrize(
    ("lang", "left", "over"),
    [("ja", "あと9営業日", "2営業日超過"), ("en", "9 business days left", "2 business days overdue")],
)
def test_what_is_counted_in_business_days_is_called_so(small_site: Site, lang: str, left: str, over: str) -> None:
    today = small_site.bench.portal.today()
    with small_site.app.test_request_context(f"/?lang={lang}"):
        for days, count, said in ((13, 9, left), (-4, -2, over)):
            row: Any = SimpleNamespace(due_on=today + timedelta(days=days), days_left=count)
            assert duewords.due_words(row)[1] == said
