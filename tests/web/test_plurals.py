"""In English one case is not “1 cases”: what the pages count has a form for one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from flask_babel import force_locale, ngettext

from tests.web.conftest import Site

CATALOGUE = Path("app/web/translations/ja/LC_MESSAGES/messages.po")
NOUNS = "cases|cards|mails|lines|tasks|items|rows|entries|values|invoices|payments|reminders|records|fields|differences"
# Of (so many), all (of two and more) and more than (a limit): never one.
COUNTED = re.compile(rf"(?<!of )(?<!all )(?<!than )%\((?:count|num)\)s ({NOUNS})\b")


def test_what_a_page_counts_has_a_form_for_one() -> None:
    with CATALOGUE.open("rb") as file:
        found = [
            message.id
            for message in read_po(file, locale="ja")
            if isinstance(message.id, str)
            and any(place.startswith("app/web/") for place, _ in message.locations)
            and COUNTED.search(message.id)
        ]
    assert found == []


@pytest.mark.parametrize(("count", "said"), [(1, "1 case runs on it"), (2, "2 cases run on it")])
def test_one_is_said_as_one_in_english(site: Site, count: int, said: str) -> None:
    with site.app.test_request_context(), force_locale("en"):
        assert ngettext("%(num)s case runs on it", "%(num)s cases run on it", count) == said
