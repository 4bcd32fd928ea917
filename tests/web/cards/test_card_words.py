"""What a card's life says in words: nothing stands there as the machine keeps it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.services.pages.carddesk import Event
from app.web.cards import words as card_words
from tests.web.conftest import Site


def event(act: str, phase: str, text: str) -> Event:
    return Event(datetime(2026, 11, 24, tzinfo=UTC), act, phase, "virtual", "", text)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (event("personalise", "confirmed", "KCV issuer=1B1385 reader=5AC5F9"), ["K0 1B1385", "K1 5AC5F9"]),
        (event("ask_back", "confirmed", "2026-11-30"), ["30"]),
        (event("lend", "confirmed", "2026-0005"), ["2026-0005"]),
    ],
)
def test_check_values_and_days_are_told_in_words(site: Site, told: Event, words: list[str]) -> None:
    with site.app.test_request_context():
        said = card_words.said(told)
    assert all(word in said for word in words)
    assert "issuer=" not in said
    assert "2026-11-30" not in said


def test_a_wiped_card_has_no_check_values(site: Site) -> None:
    with site.app.test_request_context():
        assert not card_words.said(event("wipe", "confirmed", "KCV issuer= reader="))


def test_the_checks_of_a_card_that_failed_are_told_in_words(site: Site) -> None:
    told = event("wipe", "failed", "uid=ok serial=ok keys_and_data=authentication_failed")
    with site.app.test_request_context():
        said = card_words.said(told)
    assert "authentication_failed" not in said
    assert "keys_and_data" not in said
    assert said.count(", ") == 2


def test_a_code_that_nobody_knows_is_still_told(site: Site) -> None:
    with site.app.test_request_context():
        assert card_words.said(event("wipe", "failed", "new_code")) == "new_code"
