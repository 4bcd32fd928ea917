"""The register as it is read: what the public sees of a certificate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from app.catalogue import older
from app.errors import NotFound
from app.services.base import businessdays
from app.services.base.portal import Portal
from app.states import CertificateState, EntryKind
from app.store import cases, database, records
from app.store.models import Certificate

EXPIRED = "expired"  # valid, but its day has passed


@dataclass(frozen=True, slots=True)
class CertificateView:
    """A certificate as the public sees it."""

    number: str
    system_name: str
    company_name: str
    certified_on: date
    issued_on: date
    valid_until: date
    last_audit_on: date | None
    state: str  # a CertificateState's text, or EXPIRED
    listing: Mapping[str, Any]
    package_id: str
    edition: int
    since: date | None = None  # of a suspended or withdrawn one: since when

    @property
    def valid(self) -> bool:
        """Whether it holds today."""
        return self.state == CertificateState.VALID.value


def standing(row: Certificate, today: date) -> str:
    """How it stands today: a CertificateState's text, or EXPIRED."""
    lapsed = row.state == CertificateState.VALID and row.valid_until < today
    return EXPIRED if lapsed else row.state.value


def view(row: Certificate, today: date) -> CertificateView:
    """The certificate's facts as of today."""
    return CertificateView(
        number=row.number,
        system_name=row.system_name,
        company_name=row.company_name,
        certified_on=row.certified_on,
        issued_on=row.issued_on,
        valid_until=row.valid_until,
        last_audit_on=row.last_audit_on,
        state=standing(row, today),
        listing=older.listing(row.listing or {}),
        package_id=row.package_id,
        edition=row.edition,
    )


def listed(portal: Portal, *, text: str = "", state: str = "", order: str = "number") -> list[CertificateView]:
    """The certificates that the public register lists."""
    with database.connection():
        wanted = CertificateState.VALID if state == EXPIRED else CertificateState.of(state)
        rows = [view(row, portal.today()) for row in records.register(text, wanted, order)]
    return [row for row in rows if not state or row.state == state]


def find(portal: Portal, number: str) -> CertificateView:
    """One listed certificate; NotFound when the register has none of this number."""
    with database.connection():
        row = records.certificate(number)
        if row is None or not row.listed:
            raise NotFound("The register has no certificate %(number)s", number=number)
        change = next(
            (
                each
                for each in cases.timeline(row.case_id, internal=True, kinds=(EntryKind.REGISTER,))
                if each.text == row.state.value
            ),
            None,
        )
        return replace(view(row, portal.today()), since=businessdays.today(change.at) if change else None)
