"""The register: certificates that live (issued, listed, extended, suspended, withdrawn)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from app.catalogue import older
from app.errors import NotFound, Permanent
from app.services.base import businessdays, finding, history, jobqueue
from app.services.base.actors import SYSTEM
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.services.companies import proof
from app.services.register import validity
from app.states import CertificateState, EntryKind, Standing
from app.store import cases, database, records, work
from app.store.models import Case, Certificate

EXPIRED = "expired"  # valid, but its day has passed
LISTED = ("name", "subject", "about", "page")  # what the public list says of one, when the applicant agreed to it


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


def view(row: Certificate, today: date) -> CertificateView:
    """The certificate's facts as of today."""
    lapsed = row.state == CertificateState.VALID and row.valid_until < today
    return CertificateView(
        row.number,
        row.system_name,
        row.company_name,
        row.certified_on,
        row.issued_on,
        row.valid_until,
        row.last_audit_on,
        EXPIRED if lapsed else row.state.value,
        older.listing(row.listing or {}),
        row.package_id,
        row.edition,
    )


def listed(portal: Portal, *, text: str = "", state: str = "", order: str = "number") -> list[CertificateView]:
    """The public list."""
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


def _rule(loaded: Loaded) -> Any:
    if loaded.package.certificate is None:
        raise Permanent("The package does not say how its certificates are made (package.toml, [certificate])")
    return loaded.package.certificate


def _dates(portal: Portal, loaded: Loaded, row: Certificate) -> dict[str, Any]:
    return validity.dates(row.number, row.valid_until, _rule(loaded), portal.closing())


def _row(case: Case) -> Certificate:
    row = records.certificate_of(case.id)
    if row is None:
        raise Permanent("The case has no certificate yet")
    return row


def _listing(case: Case, loaded: Loaded) -> dict[str, Any]:
    """What the vendor agreed that the public list says, by purpose: the newest answers to the fields for it."""
    found: dict[str, Any] = {}
    fields = loaded.package.applicant
    for answer in sorted(work.latest_answers(case.id).values(), key=lambda row: row.at):
        found |= {what: said for what in LISTED if (said := fields.said(answer.values, f"listed_{what}"))}
    return found


def issue(portal: Portal, case: Case, loaded: Loaded, params: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Issue the certificate, or a new edition of it."""
    today = businessdays.today(now)
    spec = _rule(loaded)
    listing = _listing(case, loaded)
    row = records.certificate_of(case.id)
    if row is None:
        number = f"{spec.prefix}-{today:%Y}-{cases.next_number(f'certificate:{case.package_id}:{today:%Y}'):04d}"
        row = Certificate.create(
            number=number,
            case=case,
            package_id=case.package_id,
            listing=listing,
            company_name=listing.get("name") or case.company_name,
            system_name=listing.get("subject") or case.system_name,
            certified_on=today,
            issued_on=today,
            valid_until=validity.first_term(today, spec),
            last_audit_on=today,
        )
    else:
        # A new text after a yearly audit is issued because the audit passed: it shows the term that follows.
        row.valid_until, row.renewed = validity.next_term(row.valid_until, _rule(loaded)), True
        row.edition += 1
        row.issued_on, row.listing = today, listing
        row.company_name = listing.get("name") or row.company_name
        row.system_name = listing.get("subject") or row.system_name
        row.save()
    proof.prove(portal, case, SYSTEM, now, reason=row.number)
    finding.keep(case, loaded)
    history.note(case.id, now, EntryKind.CERTIFICATE, title=row.number, data={"edition": row.edition})
    jobqueue.queue(case, "pdf", {"document": spec.document}, "", f"{row.number}:{row.edition}", now)
    return _dates(portal, loaded, row)


def publish(portal: Portal, case: Case, loaded: Loaded, params: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Show the certificate on the public list."""
    row = _row(case)
    row.listed = True
    row.listing = _listing(case, loaded)
    row.save()
    history.note(case.id, now, EntryKind.REGISTER, title=row.number, text="listed")
    return _dates(portal, loaded, row)


def extend(portal: Portal, case: Case, loaded: Loaded, params: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """One term longer, counted from the old end; valid again if it was suspended."""
    row = _row(case)
    if not row.renewed:
        row.valid_until = validity.next_term(row.valid_until, _rule(loaded))
    row.renewed = False
    row.state, row.last_audit_on, row.listing = (
        CertificateState.VALID,
        businessdays.today(now),
        _listing(case, loaded),
    )
    row.save()
    history.note(
        case.id,
        now,
        EntryKind.REGISTER,
        title=row.number,
        text="extended",
        data={"valid_until": row.valid_until.isoformat()},
    )
    return _dates(portal, loaded, row)


def suspend(portal: Portal, case: Case, loaded: Loaded, params: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """停止: not valid until cured."""
    row = _row(case)
    row.state = CertificateState.SUSPENDED
    row.save()
    history.note(case.id, now, EntryKind.REGISTER, title=row.number, text="suspended")
    return {**_dates(portal, loaded, row), **validity.cure(businessdays.today(now), _rule(loaded))}


def withdraw(portal: Portal, case: Case, loaded: Loaded, params: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """取消: over."""
    row = _row(case)
    row.state = CertificateState.WITHDRAWN
    row.save()
    history.note(case.id, now, EntryKind.REGISTER, title=row.number, text="withdrawn")
    return _dates(portal, loaded, row)


def notice(portal: Portal, case: Case, loaded: Loaded, params: Mapping[str, Any], now: datetime) -> None:
    """A typed notice on the vendor's page."""
    history.note(
        case.id, now, EntryKind.NOTICE, title=str(params.get("text", "")), data={"kind": str(params.get("kind", ""))}
    )


def milestone(portal: Portal, case: Case, loaded: Loaded, params: Mapping[str, Any], now: datetime) -> None:
    """The case's public state changes."""
    state = Standing.of(str(params.get("state", "")))
    if state is None or state is Standing.OPEN:
        raise Permanent("There is no case state %(state)s", state=str(params.get("state", "")))
    case.state = state
    history.note(case.id, now, EntryKind.STATE, title=state.value)
