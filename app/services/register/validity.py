"""Until when a certificate holds, and when its next audit may begin: for the register and for rehearsals."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from app.catalogue import CertificateRule
from app.services.base import businessdays


def first_term(today: date, rule: CertificateRule) -> date:
    """The last day of the term that begins today."""
    return months_later(today, rule.valid_months) - timedelta(days=1)


def next_term(end: date, rule: CertificateRule) -> date:
    """The last day of the term that follows this end."""
    return months_later(end + timedelta(days=1), rule.valid_months) - timedelta(days=1)


def dates(number: str, valid_until: date, rule: CertificateRule, closing: frozenset[date]) -> dict[str, Any]:
    """What the operators of the register answer: routing values."""
    opens = businessdays.add_business_days(valid_until, -rule.audit_opens_bd, closing)
    return {
        "number": number,
        "valid_until": valid_until.isoformat(),
        "next_audit_opens": morning(opens),
        "audit_deadline": morning(valid_until + timedelta(days=1)),
    }


def cure(today: date, rule: CertificateRule) -> dict[str, Any]:
    """Until when a certificate that is suspended today can be cured."""
    return {"audit_deadline": morning(today + timedelta(days=rule.cure_days + 1))}


def morning(day: date) -> str:
    """The first instant of the day in Japan, as the diagrams' timers read it."""
    return datetime.combine(day, time(0), businessdays.JAPAN).astimezone(UTC).isoformat()


def months_later(day: date, months: int) -> date:
    """The same day some months on; the last of a shorter month."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month, last)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
