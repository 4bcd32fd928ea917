"""Until when a certificate holds, and when its next audit may begin: for the register and for rehearsals.

Validity is a function of the day certified and of the number of terms passed, and of nothing else: no step adds "a year
more" to what another step has left. A term is counted in months by the civil code (民法 143条): it ends the day before
the day that corresponds to the first one, and where the last month lacks that day, with the month.

A day that people are told is a whole day. What depends on its end happens in the morning of the body's next business
day, never at a weekend.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from app.catalogue import CertificateRule
from app.services.base import businessdays

OPENING = time(9)  # in Japan; what time brings about happens while people are there who can be asked


def last_day(certified_on: date, terms: int, rule: CertificateRule) -> date:
    """The last day of so many terms that began on the day certified."""
    month = certified_on.month - 1 + rule.valid_months * terms
    year, month = certified_on.year + month // 12, month % 12 + 1
    length = monthrange(year, month)[1]
    if certified_on.day > length:
        return date(year, month, length)
    return date(year, month, certified_on.day) - timedelta(days=1)


def terms_of(certified_on: date, until: date, rule: CertificateRule) -> int:
    """How many terms end by this day, for what was kept before terms were counted."""
    terms = 1
    while last_day(certified_on, terms, rule) + timedelta(days=7) < until:
        terms += 1
    return terms


def opens(until: date, rule: CertificateRule, closing: frozenset[date]) -> date:
    """The day on which the audit opens by which a term that ends so is followed by another."""
    return businessdays.add_business_days(until, -rule.audit_opens_bd, closing)


def passed(certified_on: date, terms: int, today: date, rule: CertificateRule, closing: frozenset[date]) -> int:
    """The terms passed after an audit passes today: one more, once for each audit that was open."""
    until = last_day(certified_on, terms, rule)
    return terms + 1 if today >= opens(until, rule, closing) else terms


def dates(number: str, until: date, rule: CertificateRule, closing: frozenset[date]) -> dict[str, Any]:
    """What the operators of the register answer: routing values."""
    return {
        "number": number,
        "valid_until": until.isoformat(),
        "next_audit_opens": morning(opens(until, rule, closing)),
        "audit_last_day": until.isoformat(),
        "audit_near": morning(businessdays.add_business_days(until, -rule.audit_near_bd, closing)),
        "audit_deadline": over(until, closing),
    }


def cure_day(today: date, until: date, rule: CertificateRule, closing: frozenset[date]) -> date:
    """The last day on which a certificate that holds until then and is suspended today can be cured: never before its
    own end. One on which the body is closed is the next on which it is not (民法 142条)."""
    day = max(today + timedelta(days=rule.cure_days), until)
    while not businessdays.is_business_day(day, closing):
        day += timedelta(days=1)
    return day


def cure(day: date, rule: CertificateRule, closing: frozenset[date]) -> dict[str, Any]:
    """What is answered beside when a certificate can be cured until this day."""
    return {
        "cure_last_day": day.isoformat(),
        "cure_near": morning(businessdays.add_business_days(day, -rule.audit_near_bd, closing)),
        "audit_deadline": over(day, closing),
    }


def over(day: date, closing: frozenset[date]) -> str:
    """The instant at which something happens whose last day this was."""
    return morning(businessdays.add_business_days(day, 1, closing))


def morning(day: date) -> str:
    """When the body's day begins, as the diagrams' timers read it."""
    return datetime.combine(day, OPENING, businessdays.JAPAN).astimezone(UTC).isoformat()
