"""What diagrams ask of the register: certificates are issued, listed, extended, suspended, withdrawn, given up.

Each is done inside the step's transaction. What it gives are routing values: the dates by which the process waits.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from app.errors import Permanent
from app.forms import spec as form
from app.services.base import businessdays, finding, history, jobqueue
from app.services.base.actors import SYSTEM
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.services.companies import proof
from app.services.register import names, validity
from app.states import KEPT, CertificateState, EntryKind, Side, Standing
from app.store import bookings, cases, records, work
from app.store.models import Case, Certificate


def _rule(loaded: Loaded) -> Any:
    if loaded.package.certificate is None:
        raise Permanent("The package does not say how its certificates are made (package.toml, [certificate])")
    return loaded.package.certificate


def _dates(portal: Portal, loaded: Loaded, row: Certificate) -> dict[str, Any]:
    return {
        **validity.dates(row.number, row.valid_until, _rule(loaded), portal.closing()),
        "state": row.state.value,
    }


def _row(case: Case) -> Certificate:
    row = records.certificate_of(case.id)
    if row is None:
        raise Permanent("The case has no certificate yet")
    return row


def _audited(case: Case, loaded: Loaded, today: date) -> date:
    """The day of the audit: as the body has recorded it, else the one that was settled and has come, else today."""
    held: dict[str, date] = {}
    for row in bookings.of_case(case.id):
        if row.day <= today and row.state in KEPT:
            held[row.calendar] = max(row.day, held.get(row.calendar, row.day))
    for element, answer in work.latest_answers(case.id).items():
        for spec in form.inputs(loaded.forms[element].fields) if element in loaded.forms else ():
            said = str(answer.values.get(spec.key) or "")
            settled = held.get(spec.booked)
            if settled is None or not said or answer.side != Side.OPERATOR:
                continue
            if settled <= businessdays.today(answer.at):  # what was recorded before is of an earlier one
                held[spec.booked] = min(date.fromisoformat(said), today)
    return max(held.values(), default=today)


def _passed(portal: Portal, case: Case, loaded: Loaded, row: Certificate, today: date) -> None:
    """One audit more has passed; said twice of the same one, it counts once."""
    rule, closing = _rule(loaded), portal.closing()
    terms = row.terms or validity.terms_of(row.certified_on, row.valid_until, rule)
    row.terms = validity.passed(row.certified_on, terms, today, rule, closing)
    row.valid_until = validity.last_day(row.certified_on, row.terms, rule)
    row.last_audit_on = _audited(case, loaded, today)


def issue(portal: Portal, case: Case, loaded: Loaded, params: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Issue the certificate, or a new edition of it: what is issued anew shows the term of the audit that passed."""
    today, spec = businessdays.today(now), _rule(loaded)
    row = records.certificate_of(case.id)
    if row is None:
        listing = names.wished(case, loaded)
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
            valid_until=validity.last_day(today, 1, spec),
            last_audit_on=_audited(case, loaded, today),
            terms=1,
        )
    else:
        _passed(portal, case, loaded, row, today)
        row.edition, row.issued_on = row.edition + 1, today
    names.take(case, loaded, row, now)
    row.save()
    proof.prove(portal, case, SYSTEM, now, reason=row.number)
    finding.keep(case, loaded)
    history.note(case.id, now, EntryKind.CERTIFICATE, title=row.number, data={"edition": row.edition})
    jobqueue.queue(case, "pdf", {"document": spec.document}, "", f"{row.number}:{row.edition}", now)
    return _dates(portal, loaded, row)


def renamed(portal: Portal, case: Case, loaded: Loaded, row: Certificate, now: datetime) -> None:
    """The body has accepted other names: the register says them, and a new edition of the certificate is made,
    of the same term."""
    if names.changed(row, names.wished(case, loaded)):
        _anew(case, loaded, row, now)
    names.take(case, loaded, row, now)
    row.save()


def succeeded(portal: Portal, case: Case, loaded: Loaded, row: Certificate, now: datetime) -> None:
    """承継: another company holds it now. The register says so, and a new edition of the certificate is made,
    of the same term."""
    before = row.company_name
    row.company_name = case.company_name  # also where both are called alike
    _note(case, row, "succeeded", now, former=before, holder=case.company_name)
    _anew(case, loaded, row, now)
    names.take(case, loaded, row, now)
    row.save()


def _anew(case: Case, loaded: Loaded, row: Certificate, now: datetime) -> None:
    row.edition, row.issued_on = row.edition + 1, businessdays.today(now)
    history.note(case.id, now, EntryKind.CERTIFICATE, title=row.number, data={"edition": row.edition})
    jobqueue.queue(case, "pdf", {"document": _rule(loaded).document}, "", f"{row.number}:{row.edition}", now)


def publish(portal: Portal, case: Case, loaded: Loaded, params: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Show the certificate on the public list."""
    row = _row(case)
    row.listed = True
    names.take(case, loaded, row, now)
    row.save()
    history.note(case.id, now, EntryKind.REGISTER, title=row.number, text="listed")
    return _dates(portal, loaded, row)


def read(portal: Portal, case: Case, loaded: Loaded, params: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """How the register stands, and whether what the vendor has it say would be another text."""
    row = _row(case)
    differs = names.changed(row, names.wished(case, loaded))
    return {**_dates(portal, loaded, row), "text_changed": differs}


def extend(portal: Portal, case: Case, loaded: Loaded, params: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """An audit has passed: one term longer, counted from the day certified; valid again if it was suspended."""
    row = _row(case)
    was, differs = row.state, names.changed(row, names.wished(case, loaded))
    _passed(portal, case, loaded, row, businessdays.today(now))
    row.state = CertificateState.VALID
    names.take(case, loaded, row, now)
    row.save()
    _note(case, row, "extended", now, valid_until=row.valid_until.isoformat())
    if was == CertificateState.SUSPENDED:
        _note(case, row, "restored", now)
    return {**_dates(portal, loaded, row), "was": was.value, "text_changed": differs}


def suspend(portal: Portal, case: Case, loaded: Loaded, params: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """停止: not valid until cured. One that is suspended already stays so from its own day."""
    row, rule, closing = _row(case), _rule(loaded), portal.closing()
    was = row.state
    day = _cured_until(case) if was == CertificateState.SUSPENDED else None
    if day is None:
        day = validity.cure_day(businessdays.today(now), row.valid_until, rule, closing)
    if was == CertificateState.VALID:
        row.state = CertificateState.SUSPENDED
        row.save()
        _note(case, row, "suspended", now, cure_last_day=day.isoformat())
    return {**_dates(portal, loaded, row), **validity.cure(day, rule, closing), "was": was.value}


def _cured_until(case: Case) -> date | None:
    """Until when it can be cured, as it was said when it was suspended."""
    rows = cases.timeline(case.id, internal=True, kinds=(EntryKind.REGISTER,))
    days = (str((row.data or {}).get("cure_last_day") or "") for row in rows if row.text == "suspended")
    return next((date.fromisoformat(day) for day in days if day), None)


def withdraw(portal: Portal, case: Case, loaded: Loaded, params: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """取消: the certificate ends and does not come back."""
    return _ended(portal, case, loaded, CertificateState.WITHDRAWN, "withdrawn", now)


def give_up(portal: Portal, case: Case, loaded: Loaded, params: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """廃止: over, by its holder's own wish."""
    return _ended(portal, case, loaded, CertificateState.ENDED, "ended", now)


def _ended(
    portal: Portal, case: Case, loaded: Loaded, state: CertificateState, word: str, now: datetime
) -> dict[str, Any]:
    row = _row(case)
    row.state = state
    row.save()
    _note(case, row, word, now)
    return _dates(portal, loaded, row)


def _note(case: Case, row: Certificate, text: str, now: datetime, **data: str) -> None:
    history.note(case.id, now, EntryKind.REGISTER, title=row.number, text=text, data=data)


def notice(portal: Portal, case: Case, loaded: Loaded, params: Mapping[str, Any], now: datetime) -> None:
    """A typed notice on the vendor's page."""
    history.note(
        case.id, now, EntryKind.NOTICE, title=str(params.get("text", "")), data={"kind": str(params.get("kind", ""))}
    )


def milestone(portal: Portal, case: Case, loaded: Loaded, params: Mapping[str, Any], now: datetime) -> None:
    """The case's public state changes. Said again, it is on record once."""
    state = Standing.of(str(params.get("state", "")))
    if state is None or state is Standing.OPEN:
        raise Permanent("There is no case state %(state)s", state=str(params.get("state", "")))
    if case.state == state:
        return
    case.state = state
    row = records.certificate_of(case.id)
    end = loaded.package.declared.end(
        state.value, row.state.value if row is not None else "", dormant=bool((case.withdrawal or {}).get("dormant"))
    )
    data = {"end": end.title} if end is not None else {}  # as the package calls it today: the record keeps that
    history.note(case.id, now, EntryKind.STATE, title=state.value, data=data)
