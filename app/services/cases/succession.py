"""承継: another company takes a certification over, by merger, division or transfer, and the body has seen the proof.

It is the form that says who applies, filled in for the other company. Nothing changes before the body has accepted.
Then it is the newest answer of all, so it overrules every older one that names a company (the listing's, too); the case
is the other company's, whose people see all of it, and nobody of the one before sees it any more. Register and
certificate (a new edition of the same term), later invoices, letters and mails say the other company; what was issued
stays as it was issued.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.errors import N_, Refused
from app.forms import Cleaned, FieldError
from app.services.base import finding
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.services.cases import companydata
from app.services.cases.companydata import Page, Subject
from app.services.companies import access, invitations, proof
from app.services.companies import cases as companycases
from app.services.companies import company as companypages
from app.services.register import acts
from app.states import RequestState, Rights, Role, Side
from app.store import accounts, cases, companies, database, records, undo, work
from app.store.models import Answer, Case, Company, Correction, User
from app.text import address

ASKED = ("succession_asked", N_("Another company is to take the certification over:"))
OF_THE_COMPANY = (  # what the form says of the company alone: the other one says it anew
    "email", "name", "contact", "number", "kana", "postal_code", "representative", "representative_title",
    "department", "phone", "payer", "payer_postal_code", "payer_address", "delivery_name", "delivery_postal_code",
    "delivery_address", "listed_name",
)  # fmt: skip


def page(portal: Portal, number: str, actor: Actor) -> Page:
    """The form for the other company: what it says of the system stands, what it says of the company is empty. For the
    company's own people with full rights, and for the staff where nobody of it is left. Raises NotFound, Forbidden."""
    with database.connection():
        found = _subject(portal, number, actor)
        return companydata.page(found, _emptied(found), actor.language)


def ask(portal: Portal, number: str, raw: Mapping[str, Any], reason: str, actor: Actor) -> Cleaned | None:
    """Ask for it; what is wrong with the form, or none when it was sent. Refused: no reason, a request is
    being looked at already."""
    with database.transaction():
        found = _subject(portal, number, actor, lock=True)
        fields, spec = found.loaded.package.applicant, found.loaded.forms[found.element]
        cleaned = spec.clean(raw, context={"today": portal.today()})
        wrong = []
        if cleaned.ok and cleaned.values.get(fields.number) == found.values.get(fields.number):
            same = N_("This is the company that is certified; correct its data instead")
            wrong.append(FieldError(fields.number, same, {}))
        if cleaned.ok and actor.side == Side.OPERATOR and _of_the_body(fields.said(cleaned.values, "email")):
            wrong.append(FieldError(fields.email, invitations.OF_THE_BODY, {}))  # a vendor learns of no address
        cleaned = Cleaned(cleaned.values, (*cleaned.errors, *wrong))
        if not cleaned.ok:
            return cleaned
        companydata.request(portal, found, cleaned.values, reason, ASKED, actor)
    portal.poke()
    return None


def accept(portal: Portal, found: Subject, row: Correction, answer: str, actor: Actor, now: datetime) -> None:
    """The case is the other company's from here on. Inside a transaction, the case locked. Raises Refused."""
    if row.asked_by_id == actor.user_id:
        raise Refused("You entered this yourself, so a colleague has to review it")
    case, loaded, fields = found.case, found.loaded, found.loaded.package.applicant
    values = {**found.values, **row.values}
    if fields.listed_name:
        values[fields.listed_name] = fields.said(values, "name")
    Answer.create(
case=case, element=found.element, values=values, at=now, by=row.asked_by_id, by_name=row.asked_by_name,
        side=Side.VENDOR,
    )  # fmt: skip
    former = [each.user.email for each in cases.members(case.id) if each.user.active]
    _move(portal, case, loaded, values, actor, now)
    work.rename_tasks(case.id, case.company_name, case.system_name)
    certificate = records.certificate_of(case.id)
    if certificate is not None:
        acts.succeeded(portal, case, loaded, certificate, now)
    finding.keep(case, loaded)
    case.revision += 1
    case.save()
    undo.forget(case.id)
    companydata.answered(row, RequestState.ACCEPTED, answer, "succession_accepted", actor, now)
    _tell(case, loaded, row, former, now)


def _move(portal: Portal, case: Case, loaded: Loaded, values: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    """Whose the case is: everybody of the company before loses their seat, the other one's people get theirs."""
    fields, old = loaded.package.applicant, case.company
    email, number = address.required(fields.said(values, "email")), fields.said(values, "number")
    case.email, case.contact_name = email, fields.said(values, "contact") or case.contact_name
    case.company_name = fields.said(values, "name") or case.company_name
    companycases.hold(number)
    for seat in cases.members(case.id):
        seat.delete_instance()
    known = accounts.hold(email)
    if known is not None and known.side != Side.VENDOR:
        raise Refused(invitations.OF_THE_BODY)
    heir = known or invitations.without_password(email, case.contact_name, now)
    new = _company(case, number, fields.said(values, "kana"), heir, now)
    case.company = new
    case.save()
    companies.add_person(new.id, heir.id, Role.MEMBER if companies.managers(new.id) else Role.MANAGER, now, actor.name)
    cases.add_member(case.id, heir.id, now, Rights.FULL, actor.name)
    access.settle(new.id, now)
    companypages.note(portal, new, actor, "case", "", case.number)
    if old is not None:
        companypages.note(portal, old, actor, "case", case.number, "")
        access.settle(old.id, now)
        companycases.close(old, now)
    proof.prove(portal, case, actor, now, reason=case.number)


def _company(case: Case, number: str, kana: str, heir: User, now: datetime) -> Company:
    """The one of this number: the confirmed one, else one that the heir belongs to, else a new one."""
    named = companies.of_number(number)
    found = next((row for row in named if row.proved_at is not None or companies.person(row.id, heir.id)), None)
    return found or companies.create(number, case.company_name, kana, now)


def _tell(case: Case, loaded: Loaded, row: Correction, former: list[str], now: datetime) -> None:
    said = {"message": row.answer}
    there = {each.user.email for each in cases.members(case.id)}
    companydata.mail(
        case, loaded, {**said, "to_side": Side.VENDOR.value}, f"correction:{row.id}:taken_over", now, "taken_over"
    )
    for email in former:
        if email not in there:
            key = f"correction:{row.id}:handed_on:{email}"
            companydata.mail(case, loaded, {**said, "to": email}, key, now, "handed_on")


def _subject(portal: Portal, number: str, actor: Actor, *, lock: bool = False) -> Subject:
    found = companydata.subject(portal, number, actor, lock=lock)
    fields, spec = found.loaded.package.applicant, found.loaded.forms[found.element]
    if records.certificate_of(found.case.id) is None:
        raise Refused("Only a certification is taken over; before it is given, the other company applies itself")
    if any(not key or spec.field(key) is None for key in (fields.number, fields.email)):
        raise Refused("The form of this process does not say number and mail address; call the certifying body")
    return found


def _emptied(found: Subject) -> dict[str, Any]:
    fields = found.loaded.package.applicant
    keys = {getattr(fields, each) for each in OF_THE_COMPANY} | {*fields.address, *fields.key_recipients}
    return {key: value for key, value in found.values.items() if key not in keys}


def _of_the_body(email: str) -> bool:
    known = accounts.by_email(address.one(email)) if email else None
    return known is not None and known.side != Side.VENDOR
