"""Who reads from abroad is told once a page which clock the times go by."""

from __future__ import annotations

import pytest

from tests.web.conftest import Site


@pytest.mark.parametrize("path", ["/login", "/tasks", "/payments", "/account"])
def test_each_page_says_once_that_its_times_are_those_of_japan(site: Site, path: str) -> None:
    client = site.anybody() if path == "/login" else site.operator()
    assert client.get(f"{path}?lang=ja").text.count("時刻は日本時間です") == 1
    assert client.get(f"{path}?lang=en").text.count("All times are Japan time (UTC+9).") == 1
