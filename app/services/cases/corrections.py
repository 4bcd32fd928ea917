"""変更届: a vendor wants what was said of the company or the system corrected after it was sent; the body looks at it.

It is the form in which it was said, filled in as it stands now. Nothing changes before the body has accepted: then it
is an answer like the one before, and case, company, register and certificate, lists, search, and every later invoice,
letter and mail are called so. The corporate number says who somebody is: it is not corrected here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.errors import N_, NotFound, Refused
from app.forms import Cleaned, FieldError, FormSpec
from app.services.base import finding, history, jobqueue, permit
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.services.companies import admissions
from app.services.companies import company as companypages
from app.services.register import acts
from app.states import EntryKind, RequestState
from app.store import cases, corrections, database, records, statements, undo, work
from app.store import waiting as waiting_counts
from app.store.models import Answer, Case, Correction

LONGEST = 2_000
WORK = "proves_company"  # the group whose review confirms who a company is looks at corrections, too
ASKED = N_("The vendor asks to correct what was said of the company or the system:")
ACCEPTED = N_("The correction of %(day)s has been accepted:")
REFUSED = N_("The correction of %(day)s has not been accepted:")


@dataclass(frozen=True, slots=True)
class Line:
    """A field with what stands and what is to stand."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class View:
    """A request and what became of it."""

    id: int
    case_number: str
    company_name: str
    state: RequestState
    lines: list[Line]
    reason: str
    asked_at: datetime
    asked_by: str
    answer: str
    answered_at: datetime | None
    answered_by: str


@dataclass(frozen=True)
class Page:
    """The vendor's page: the form as it stands, and the requests so far, newest first."""

    spec: FormSpec
    values: Mapping[str, Any]
    requests: list[View]
    waiting: bool  # one is being looked at


def page(portal: Portal, number: str, actor: Actor) -> Page:
    """What can be corrected. Raises NotFound while nothing was said, Forbidden for who may only read."""
    with database.connection():
        case, loaded, element, values = _subject(portal, number, actor)
        rows = corrections.of_case(case.id)
        views = [_view(row, loaded, element, actor.language) for row in rows]
        return Page(loaded.forms[element], values, views, any(row.state == RequestState.ASKED for row in rows))


def ask(portal: Portal, number: str, raw: Mapping[str, Any], reason: str, actor: Actor) -> Cleaned | None:
    """Ask for it; what is wrong with the form, or none when it was sent. Refused: nothing differs, no reason, one is
    being looked at already."""
    now, reason = portal.now(), reason.strip()
    with database.transaction():
        case, loaded, element, values = _subject(portal, number, actor, lock=True)
        if any(row.state == RequestState.ASKED for row in corrections.of_case(case.id)):
            raise Refused("A correction is being looked at already; take that one back first")
        cleaned = loaded.forms[element].clean(raw, context={"today": portal.today()})
        fixed = loaded.package.applicant.number
        if fixed and cleaned.values.get(fixed) != values.get(fixed):
            wrong = FieldError(fixed, N_("The corporate number is not corrected here; call the certifying body"), {})
            cleaned = Cleaned(cleaned.values, (*cleaned.errors, wrong))
        if not cleaned.ok:
            return cleaned
        wanted = {key: value for key, value in cleaned.values.items() if _said(value) != _said(values.get(key))}
        if not wanted:
            raise Refused("Nothing differs from what stands")
        if not reason:
            raise Refused("Say why, and from when it is so; the certifying body reads it")
        if len(reason) > LONGEST:
            raise Refused("Write at most %(count)s characters; send longer texts as a file", count=LONGEST)
        row = Correction.create(
            case=case, values=wanted, before={key: values.get(key) for key in wanted}, reason=reason, asked_at=now,
            asked_by=actor.user_id, asked_by_name=actor.name,
        )  # fmt: skip
        history.note(case.id, now, EntryKind.COMPANY, by=actor, title=reason[:280], text="correction_asked")
        say = portal.say("ja")
        _mail(
            case,
            loaded,
            "operator",
            f"correction:{row.id}:asked",
            f"{say(ASKED)}\n\n{_lines(row, loaded, element)}",
            now,
        )
    portal.poke()
    return None


def take_back(portal: Portal, number: str, correction_id: int, actor: Actor) -> None:
    """The vendor does not want it any more, while nobody has answered."""
    with database.transaction():
        case, _, _, _ = _subject(portal, number, actor, lock=True)
        row = _asked(correction_id, case.id)
        row.state, row.answered_at, row.answered_by_name = RequestState.LAPSED, portal.now(), actor.name
        row.save()
        history.note(case.id, portal.now(), EntryKind.COMPANY, by=actor, text="correction_taken_back")


# The body


def waiting(portal: Portal, actor: Actor) -> list[View]:
    """What waits for the body's answer, oldest first."""
    actor.require("operator", "analyst", "administrator")
    with database.connection():
        found = []
        for row in corrections.asked():
            loaded = portal.releases.loaded(row.case.release_id)
            found.append(_view(row, loaded, _element(row.case, loaded), actor.language))
        return found


def count() -> int:
    """How many wait."""
    with database.connection():
        return waiting_counts.counts().corrections


def accept(portal: Portal, correction_id: int, answer: str, actor: Actor) -> None:
    """It is so from now on, wherever it is said. Raises Refused (answered already), Forbidden, NotFound."""
    now = portal.now()
    with database.transaction():
        permit.may_work(portal, actor, WORK)
        case = cases.lock(_of(correction_id))
        row, loaded = _asked(correction_id, case.id), portal.releases.loaded(case.release_id)
        element, fields = _element(case, loaded), loaded.package.applicant
        values = {**work.latest_answers(case.id)[element].values, **row.values}
        certificate = records.certificate_of(case.id)
        if certificate is not None:  # the register asked once how it names them: now so
            for key, listed in ((fields.name, fields.listed_name), (fields.subject, fields.listed_subject)):
                if key in row.values and listed:
                    values[listed] = row.values[key]
        statements.insert(
            Answer, case=case, element=element, values=values, at=now, by=row.asked_by_id, by_name=row.asked_by_name,
            side="vendor",
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
        _answered(row, RequestState.ACCEPTED, answer, actor, now)
        _tell(portal, case, loaded, element, row, ACCEPTED, now)
    portal.poke()


def refuse(portal: Portal, correction_id: int, answer: str, actor: Actor) -> None:
    """It stays as it is; the vendor is told why."""
    now = portal.now()
    if not answer.strip():
        raise Refused("Say why it stays as it is; the vendor reads it")
    with database.transaction():
        permit.may_work(portal, actor, WORK)
        case = cases.lock(_of(correction_id))
        row, loaded = _asked(correction_id, case.id), portal.releases.loaded(case.release_id)
        _answered(row, RequestState.REFUSED, answer, actor, now)
        _tell(portal, case, loaded, _element(case, loaded), row, REFUSED, now)
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


def _answered(row: Correction, state: RequestState, answer: str, actor: Actor, now: datetime) -> None:
    row.state, row.answer, row.answered_at, row.answered_by_name = state, answer.strip()[:LONGEST], now, actor.name
    row.save()
    what = "correction_accepted" if state == RequestState.ACCEPTED else "correction_refused"
    history.note(row.case_id, now, EntryKind.COMPANY, by=actor, title=row.answer[:280], text=what)


def _tell(portal: Portal, case: Case, loaded: Loaded, element: str, row: Correction, words: str, now: datetime) -> None:
    say = portal.say("ja")
    text = say(words) % {"day": f"{row.asked_at:%Y-%m-%d}"}
    parts = [text, _lines(row, loaded, element), row.answer]
    _mail(case, loaded, "vendor", f"correction:{row.id}:answered", "\n\n".join(part for part in parts if part), now)


def _mail(case: Case, loaded: Loaded, to: str, key: str, message: str, now: datetime) -> None:
    if mail := loaded.package.mail_for("message"):
        jobqueue.queue(case, "mail", {"mail": mail, "to_side": to, "message": message}, "", key, now)


def _of(correction_id: int) -> int:
    row = corrections.one(correction_id)
    if row is None:
        raise NotFound("There is no such request")
    return int(row.case_id)


def _asked(correction_id: int, case: int) -> Correction:
    row = corrections.one(correction_id)
    if row is None or row.case_id != case:
        raise NotFound("There is no such request")
    if row.state != RequestState.ASKED:
        raise Refused("This request has been answered already")
    return row


def _subject(
    portal: Portal, number: str, actor: Actor, *, lock: bool = False
) -> tuple[Case, Loaded, str, dict[str, Any]]:
    """(case, release, element, values) of what its vendor said of itself last."""
    case = permit.visible_case(cases.get(number), actor)
    if lock:
        case = cases.lock(case.id)
    permit.acting(case, actor, binds=True)
    loaded = portal.releases.loaded(case.release_id)
    element = _element(case, loaded)
    if not element or case.ended:
        raise NotFound("There is nothing that could be corrected here")
    return case, loaded, element, dict(work.latest_answers(case.id)[element].values)


def _element(case: Case, loaded: Loaded) -> str:
    """The answered form that says most of who applies."""
    fields, answered = loaded.package.applicant, work.latest_answers(case.id)
    wanted = [key for key in (fields.number, fields.name, fields.representative, *fields.address) if key]
    found: dict[str, int] = {}
    for element, spec in loaded.forms.items():
        if element in answered and answered[element].side == "vendor":
            found[element] = sum(spec.field(key) is not None for key in wanted)
    best = max(found, key=lambda each: found[each], default="")
    return best if best and found[best] else ""


def _view(row: Correction, loaded: Loaded, element: str, lang: str) -> View:
    return View(
        row.id, row.case.number, row.case.company_name, row.state, _pairs(row, loaded, element, lang), row.reason,
        row.asked_at, row.asked_by_name, row.answer, row.answered_at, row.answered_by_name,
    )  # fmt: skip


def _pairs(row: Correction, loaded: Loaded, element: str, lang: str) -> list[Line]:
    spec = loaded.forms.get(element)
    if spec is None:
        return []
    before = {line.key: line.text for line in spec.answers(row.before, lang)}
    return [
        Line(line.label, before.get(line.key, ""), line.text)
        for line in spec.answers({**row.before, **row.values}, lang)
        if line.key in row.values
    ]


def _lines(row: Correction, loaded: Loaded, element: str) -> str:
    return "\n".join(f"- {each.label}：{each.before} → {each.after}" for each in _pairs(row, loaded, element, "ja"))


def _said(value: Any) -> Any:
    return value if value not in (None, "", [], False) else None
