"""What a made-up case has beside its answers: a task, an invoice, a day, cards, a certificate."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from app.catalogue import Package
from app.catalogue.terms import Fee
from app.connectors.qr import qr
from app.errors import Refused
from app.services.base import businessdays
from app.services.days import bookings
from app.services.money import invoices
from app.states import Side

LINK = "sample"  # stands where the one-time key of a sign-in link would


class Things:
    """Of one day, as the package declares them. `base`: the portal's address, without a slash at its end."""

    def __init__(self, package: Package, today: date, base: str) -> None:
        self.package = package
        self.today = today
        self.base = base
        self.answers: dict[str, dict[str, Any]] = {}  # by element

    def _routed(self) -> dict[str, Any]:
        return {
            key: values[key]
            for element, values in self.answers.items()
            if element in self.package.elements
            for key in self.package.elements[element].listed("routes")
            if key in values
        }

    def _task(self, element: str) -> dict[str, Any]:
        own = self.package.elements.get(element)
        vendors = [
            each for each in self.package.elements.values() if each.kind == "userTask" and each.side == Side.VENDOR
        ]
        shown = own if own is not None and own.kind == "userTask" else next(iter(vendors), None)
        name = shown.name if shown is not None else ""
        return {
            "title": name,
            "name": name,
            "item": "",
            "url": f"{self.base}/tasks/{LINK}",
            "due": businessdays.add_business_days(self.today, 5),
        }

    def _invoice(self, element: str) -> dict[str, Any] | None:
        drawn = self.package.elements.get(element)
        wanted = drawn.properties.get("invoice", "") if drawn is not None else ""
        fee: Fee | None = self.package.fees.get(wanted) or next(iter(self.package.fees.values()), None)
        if fee is None:
            return None
        try:
            amount, rate, tax = invoices.charged(self.package, fee.id, self._routed())
        except (Refused, ArithmeticError, LookupError, TypeError, ValueError):  # a table that is being drawn
            amount, rate, tax = 100_000, 10, 10_000
        return {
            "number": f"INV-{self.today:%Y}-00001",
            "title": fee.title,
            "fee": fee.id,
            "issued_on": self.today,
            "due_on": self.today + timedelta(days=fee.due_days),
            "amount": amount,
            "tax_rate": rate,
            "tax": tax,
            "total": amount + tax,
            "paid": 0,
            "balance": amount + tax,
            "state": "open",
        }

    def _booking(self) -> dict[str, Any] | None:
        calendar = next(iter(self.package.calendars.values()), None)
        if calendar is None:
            return None
        day = next(iter(bookings.possible_days(calendar, self.today)), self.today)
        return {
            "calendar": calendar.id,
            "title": calendar.title,
            "date": day,
            "start": calendar.start,
            "end": calendar.start,
            "place": calendar.place,
            "state": "held",
            "attempt": 1,
            "sequence": 0,
            "held_until": self.today + timedelta(days=calendar.hold_days),
        }

    def _cards(self) -> list[dict[str, Any]]:
        return [
            {
                "serial": f"NT{number:08d}",
                "uid": f"{number:014X}",
                "set_title": each.title,
                "set": each.id,
                "due_back": self.today + timedelta(days=30),
            }
            for number, each in enumerate(self.package.cards.values(), 1)
        ]

    def _certificate(self, company: str, subject: str) -> dict[str, Any] | None:
        if self.package.certificate is None:
            return None
        number = "SAMPLE-0001"
        return {
            "number": number,
            "issued_on": self.today,
            "valid_until": self.today + timedelta(days=364),
            "certified_on": self.today,
            "extended_until": self.today + timedelta(days=729),
            "company_name": company,
            "system_name": subject,
            "edition": 1,
            "state": "valid",
            "listing": {},
            "url": f"{self.base}/systems/{number}",
            "qr": qr(f"{self.base}/systems/{number}"),
        }

    def _shipment(self, element: str) -> Mapping[str, Any] | None:
        posts = [key for key, each in self.package.elements.items() if each.properties.get("presentation") == "post"]
        found = element if element in posts else next((key for key in posts if key in self.answers), "")
        return self.answers.get(found)
