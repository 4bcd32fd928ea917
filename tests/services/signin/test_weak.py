"""Passwords that attackers try first are refused, with the reason; those that nobody guesses are taken."""

from __future__ import annotations

import pytest

from app.errors import Refused
from app.services.signin import passwords, weak

MAIL, NAME, COMPANY = "tanaka@example.jp", "田中 一郎", "みほん建設システム株式会社"

# As tried from outside (17 of 20 were let in): each has ten characters and more.
COMMON = [
    "qwerty12345", "password123!", "letmein1234", "sunshine123", "iloveyou123", "123456789012", "tanaka12345",
    "nintei-demo-2026", "welcome1234", "admin123456", "1qaz2wsx3edc", "qwertyuiop1", "abc123abc123", "football123",
    "monkey12345", "dragon12345", "monkey-dragon", "P@ssw0rd123", "trustno1234", "Passw0rd2026", "sakura2026!",
]  # fmt: skip


def refused(password: str) -> str:
    with pytest.raises(Refused) as caught:
        passwords.require_good(password, MAIL, NAME, COMPANY)
    return caught.value.message


@pytest.mark.parametrize("password", COMMON)
def test_what_attackers_try_first_is_refused(password: str) -> None:
    assert refused(password)


@pytest.mark.parametrize(
    "password",
    [
        "tanaka@example.jp",
        "みほん建設システム株式会社",
        "tanakaexample",
        "ninteiportal",
        "ｔａｎａｋａ１２３４５６",
        "nintei.example",
        "ccus2026ccus",
        "sakura-sakura",
    ],
)
def test_what_one_is_called_is_refused_and_the_reason_says_so(password: str) -> None:
    assert "your name" in refused(password) or "lists" in refused(password)


@pytest.mark.parametrize(
    "password", ["aaaaaaaaaaaa", "0123456789", "qwertyuiopasdf", "2026-11-30", "asdfghjkl;", "19640101-"]
)
def test_rows_of_keys_and_days_are_refused(password: str) -> None:
    assert refused(password)


@pytest.mark.parametrize(
    "password",
    [
        "a password for tests", "correct horse battery staple", "tanaka ga suki na udon to kitsune", "mK7-vQ2p-Lw9x",
        "きつねうどんと富士登山の夏", "雨の日は自転車に乗らない", "Zug nach Hakata 17:04", "x9fT!kq02Lmw",
    ],
)  # fmt: skip
def test_what_nobody_guesses_is_taken(password: str) -> None:
    passwords.require_good(password, MAIL, NAME, COMPANY)


def test_the_list_has_tens_of_thousands() -> None:
    assert len(weak._published()) >= 29_000


def test_the_demo_people_keep_theirs_and_nobody_else_has_it() -> None:
    passwords.require_good(weak.Sample("nintei-demo-2026"), MAIL)
    assert "lists" in refused("nintei-demo-2026")


def test_a_long_one_takes_no_long_time() -> None:
    passwords.require_good("雨" + "かさ7" * 66, MAIL)


@pytest.mark.parametrize(("password", "word"), [("short", "at least"), ("x1" * 101, "at most")])
def test_length_counts_both_ways(password: str, word: str) -> None:
    assert word in refused(password)


def test_the_password_that_everybody_knows_is_hashed_once_and_others_each_by_themselves() -> None:
    known = weak.Sample("nintei-demo-2026")
    assert passwords.hashed(known) == passwords.hashed(known)
    assert passwords.fits(known, passwords.hashed(known))
    assert passwords.hashed("a password for tests") != passwords.hashed("a password for tests")
