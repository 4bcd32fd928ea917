"""Until when a certificate holds: a function of the day certified and of the terms passed."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from app.catalogue import CertificateRule
from app.services.base.businessdays import JAPAN
from app.services.register import validity

YEARLY = CertificateRule("X", "certificate", 12, 60, 60)
NONE: frozenset[date] = frozenset()


@pytest.mark.parametrize(
    ("certified", "terms", "until"),
    [
        ("2027-01-08", 1, "2028-01-07"),
        ("2027-01-08", 10, "2037-01-07"),
        ("2028-02-29", 1, "2029-02-28"),  # 民法143条2項: no such day, so with the month
        ("2028-02-29", 4, "2032-02-28"),  # the day is there: the day before
        ("2028-02-29", 5, "2033-02-28"),
        ("2027-03-01", 1, "2028-02-29"),
        ("2027-03-01", 2, "2029-02-28"),
        ("2026-12-31", 1, "2027-12-30"),
    ],
)
def test_a_term_ends_the_day_before_the_day_that_corresponds(certified: str, terms: int, until: str) -> None:
    assert validity.last_day(date.fromisoformat(certified), terms, YEARLY) == date.fromisoformat(until)


def test_terms_of_other_lengths_end_with_shorter_months() -> None:
    monthly = CertificateRule("X", "certificate", 1, 5, 60)
    assert validity.last_day(date(2027, 1, 31), 1, monthly) == date(2027, 2, 28)
    assert validity.last_day(date(2027, 1, 31), 2, monthly) == date(2027, 3, 30)


def test_an_audit_counts_once_however_often_its_result_is_said() -> None:
    certified, day = date(2027, 1, 8), date(2027, 12, 15)
    once = validity.passed(certified, 1, day, YEARLY, NONE)
    assert (once, validity.passed(certified, once, day, YEARLY, NONE)) == (2, 2)
    assert validity.passed(certified, once, date(2028, 3, 1), YEARLY, NONE) == 2
    assert validity.passed(certified, once, date(2028, 12, 1), YEARLY, NONE) == 3


def test_what_was_kept_before_terms_were_counted_is_counted_from_its_dates() -> None:
    for terms in range(1, 12):
        until = validity.last_day(date(2027, 1, 8), terms, YEARLY)
        assert validity.terms_of(date(2027, 1, 8), until, YEARLY) == terms
    assert validity.terms_of(date(2028, 2, 29), date(2029, 2, 27), YEARLY) == 1  # by an older rule


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(JAPAN)


def test_what_ends_with_a_day_ends_when_the_day_is_over_and_people_are_at_work() -> None:
    friday, saturday = validity.over(date(2028, 1, 7), NONE), validity.over(date(2028, 1, 8), NONE)
    assert local(friday) == local(saturday) == datetime(2028, 1, 11, 9, 0, tzinfo=JAPAN)  # Monday 10 is a holiday
    assert local(validity.over(date(2028, 3, 9), NONE)).date() == date(2028, 3, 10)


def test_the_last_day_of_a_cure_is_one_on_which_the_body_works_and_its_end_comes_after_it() -> None:
    day = validity.cure_day(date(2029, 1, 9), date(2029, 1, 7), YEARLY, NONE)  # sixty days later is Saturday, 10 March
    assert day == date(2029, 3, 12)
    said = validity.cure(day, YEARLY, NONE)
    assert said["cure_last_day"] == "2029-03-12"
    assert local(said["audit_deadline"]) == datetime(2029, 3, 13, 9, 0, tzinfo=JAPAN)


def test_who_fails_long_before_the_end_can_be_cured_until_the_end_at_least() -> None:
    assert validity.cure_day(date(2029, 10, 10), date(2030, 1, 7), YEARLY, NONE) == date(2030, 1, 7)


def test_the_last_day_that_is_named_and_the_instant_of_the_timer_belong_together() -> None:
    said = validity.dates("X-1", date(2028, 1, 7), YEARLY, NONE)
    assert said["audit_last_day"] == said["valid_until"] == "2028-01-07"
    assert local(said["audit_deadline"]).date() > date(2028, 1, 7)
    assert local(said["next_audit_opens"]) == datetime(2027, 10, 6, 9, 0, tzinfo=JAPAN)
