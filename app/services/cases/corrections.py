"""変更届: a vendor wants what was said of the company or the system corrected after it was sent; the body looks at it.

It is the form in which it was said, filled in as it stands now. Nothing changes before the body has accepted: then it
is an answer like the one before, and case, company, register and certificate, lists, search, and every later invoice,
letter and mail are called so. The corporate number says who somebody is: where that changes, another company takes the
certification over (`succession`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.errors import N_, NotFound, Refused
from app.forms import Cleaned, FieldError
from app.services.base import finding, history, permit, trail
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.services.cases import companydata, succession
from app.services.cases.companydata import Page, Subject, View
from app.services.companies import admissions
from app.services.companies import company as companypages
from app.services.register import acts
from app.states import Act, EntryKind, RequestState, Right, Side, Thing
from app.store import cases, corrections, database, records, undo, work
from app.store import waiting as waiting_counts
from app.store.models import Answer, Case, Correction

WORK = "proves_company"  # the group whose review confirms who a company is looks at corrections, too
ASKED = ("correction_asked", N_("The vendor asks for a correction of the company or system data:"))
BY_BODY = ("correction_asked", "")  # one of the body has entered it, and looks at it once more before it holds
ACCEPTED = N_("The correction of %(day)s has been accepted:")
REFUSED = N_("The correction of %(day)s has not been accepted:")


def page(portal: Portal, number: str, actor: Actor) -> Page:
    """What can be corrected. Raises NotFound while nothing was said, Forbidden for who may only read."""
    with database.connection():
        found = companydata.subject(portal, number, actor)
        return companydata.page(found, found.values, actor.language)


def ask(portal: Portal, number: str, raw: Mapping[str, Any], reason: str, actor: Actor) -> Cleaned | None:
    """Ask for it; what is wrong with the form, or none when it was sent. Refused: nothing differs, no reason, one is
    being looked at already."""
    with database.transaction():
        found = companydata.subject(portal, number, actor, lock=True)
        cleaned = found.loaded.forms[found.element].clean(raw, context={"today": portal.today()})
        fixed = found.loaded.package.applicant.number
        if fixed and cleaned.values.get(fixed) != found.values.get(fixed):
            wrong = FieldError(fixed, N_("The corporate number is not corrected here; call the certifying body"), {})
            cleaned = Cleaned(cleaned.values, (*cleaned.errors, wrong))
        if not cleaned.ok:
            return cleaned
        words = ASKED if actor.side == Side.VENDOR else BY_BODY
        companydata.request(portal, found, cleaned.values, reason, words, actor)
    portal.poke()
    return None


def take_back(portal: Portal, number: str, correction_id: int, actor: Actor) -> None:
    """The vendor does not want it any more, while nobody has answered."""
    with database.transaction():
        case = companydata.subject(portal, number, actor, lock=True).case
        row = companydata.asked(correction_id, case.id)
        row.state, row.answered_at, row.answered_by_name = RequestState.LAPSED, portal.now(), actor.name
        row.save()
        history.note(case.id, portal.now(), EntryKind.COMPANY, by=actor, text="correction_taken_back")


# The body


def waiting(portal: Portal, actor: Actor) -> list[View]:
    """What waits for the body's answer, oldest first."""
    actor.require(Right.SEE_DESKS)
    with database.connection():
        found = []
        for row in corrections.asked():
            loaded = portal.releases.loaded(row.case.release_id)
            found.append(companydata.view(row, loaded, companydata.element(row.case, loaded), actor.language))
        return found


def count() -> int:
    """How many requests for a correction wait."""
    with database.connection():
        return waiting_counts.counts().corrections


def accept(portal: Portal, correction_id: int, answer: str, actor: Actor) -> None:
    """It is so from now on, wherever it is said. Raises Refused (answered already), Forbidden, NotFound."""
    now = portal.now()
    with database.transaction():
        permit.may_work(portal, actor, WORK)
        case = cases.lock(_of(correction_id))
        row, loaded = companydata.asked(correction_id, case.id), portal.releases.loaded(case.release_id)
        form = companydata.element(case, loaded)
        found = Subject(case, loaded, form, dict(work.latest_answers(case.id)[form].values))
        if companydata.succeeds(row, loaded):
            succession.accept(portal, found, row, answer, actor, now)
        else:
            _accept(portal, found, row, answer, actor, now)
    portal.poke()


def _accept(portal: Portal, found: Subject, row: Correction, answer: str, actor: Actor, now: datetime) -> None:
    case, loaded, fields = found.case, found.loaded, found.loaded.package.applicant
    values = {**found.values, **row.values}
    certificate = records.certificate_of(case.id)
    if certificate is not None:  # the register asked once how it names them: now so
        for key, listed in ((fields.name, fields.listed_name), (fields.subject, fields.listed_subject)):
            if key in row.values and listed:
                values[listed] = row.values[key]
    Answer.create(
case=case, element=found.element, values=values, at=now, by=row.asked_by_id, by_name=row.asked_by_name,
        side=Side.VENDOR,
    )  # fmt: skip
    admissions.learn(portal, case, loaded, values, actor, now)
    _company(portal, case, loaded, row.values, actor)
    work.rename_tasks(case.id, case.company_name, case.system_name)
    if certificate is not None:
        acts.renamed(portal, case, loaded, certificate, now)
    finding.keep(case, loaded)
    case.revision += 1
    case.save()
    undo.forget(case.id)
    companydata.answered(row, RequestState.ACCEPTED, answer, "correction_accepted", actor, now)
    trail.note(
        now, actor, Act.CASE_CHANGED, trail.about(Thing.CASE, case.id, case.number, case.id),
        before=row.before, after=row.values, why=row.reason,
    )  # fmt: skip
    _tell(portal, found, row, ACCEPTED, now)


def refuse(portal: Portal, correction_id: int, answer: str, actor: Actor) -> None:
    """It stays as it is; the vendor is told why."""
    now = portal.now()
    if not answer.strip():
        raise Refused("Say why nothing is changed; the vendor will read this")
    with database.transaction():
        permit.may_work(portal, actor, WORK)
        case = cases.lock(_of(correction_id))
        row, loaded = companydata.asked(correction_id, case.id), portal.releases.loaded(case.release_id)
        companydata.answered(row, RequestState.REFUSED, answer, "correction_refused", actor, now)
        _tell(portal, Subject(case, loaded, companydata.element(case, loaded), {}), row, REFUSED, now)
    portal.poke()


def _company(portal: Portal, case: Case, loaded: Loaded, changed: Mapping[str, Any], actor: Actor) -> None:
    """A confirmed company is called as the body has seen."""
    company, fields = case.company, loaded.package.applicant
    if company is None:
        return
    name, kana = fields.said(changed, "name") or company.name, fields.said(changed, "kana") or company.kana
    if (name, kana) != (company.name, company.kana):
        companypages.note(portal, company, actor, "name", company.name, name)
        company.name, company.kana = name, kana
        company.save()


def _tell(portal: Portal, found: Subject, row: Correction, words: str, now: datetime) -> None:
    text = portal.say("ja")(words) % {"day": f"{row.asked_at:%Y-%m-%d}"}
    parts = [text, companydata.lines(row, found.loaded, found.element), row.answer]
    params = {"to_side": Side.VENDOR.value, "message": "\n\n".join(part for part in parts if part)}
    companydata.mail(found.case, found.loaded, params, f"correction:{row.id}:answered", now)


def _of(correction_id: int) -> int:
    row = corrections.one(correction_id)
    if row is None:
        raise NotFound("There is no such request")
    return int(row.case_id)
