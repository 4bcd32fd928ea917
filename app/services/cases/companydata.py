"""What its vendor said of the company and the system, as one form, and requests that it be said otherwise.

Shared by 変更届 (`corrections`) and 承継 (`succession`): both are that form filled in anew, both wait for the body.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.errors import N_, NotFound, Refused
from app.forms import FormSpec
from app.services.base import history, jobqueue, permit
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.services.process import receipts
from app.states import EntryKind, RequestState, Right, Side
from app.store import cases, corrections, work
from app.store.models import Case, Correction

LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Line:
    """A field with what stands and what is to stand."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class View:
    """A request and what became of it. `succession`: another company takes the certification over."""

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
    succession: bool


@dataclass(frozen=True)
class Page:
    """The page of a request: the form, and the requests so far, newest first."""

    spec: FormSpec
    values: Mapping[str, Any]
    requests: list[View]
    waiting: bool  # one is being looked at


@dataclass(frozen=True)
class Subject:
    """A case with the answered form that says most of who applies."""

    case: Case
    loaded: Loaded
    element: str
    values: dict[str, Any]


def subject(portal: Portal, number: str, actor: Actor, *, lock: bool = False) -> Subject:
    """What the vendor said of itself last. Raises NotFound while nothing was said, Forbidden for who may only read."""
    case = permit.visible_case(cases.get(number), actor)
    if lock:
        case = cases.lock(case.id)
    if actor.side == Side.VENDOR:
        permit.acting(case, actor, binds=True)
    else:
        actor.require(Right.WORK)
    loaded = portal.releases.loaded(case.release_id)
    form = element(case, loaded)
    if not form or case.ended:
        raise NotFound("There is nothing that could be corrected here")
    return Subject(case, loaded, form, dict(work.latest_answers(case.id)[form].values))


def element(case: Case, loaded: Loaded) -> str:
    """The answered form that says most of who applies."""
    fields, answered = loaded.package.applicant, work.latest_answers(case.id)
    wanted = [key for key in (fields.number, fields.name, fields.representative, *fields.address) if key]
    found: dict[str, int] = {}
    for each, spec in loaded.forms.items():
        if each in answered and answered[each].side == Side.VENDOR:
            found[each] = sum(spec.field(key) is not None for key in wanted)
    best = max(found, key=lambda each: found[each], default="")
    return best if best and found[best] else ""


def page(found: Subject, values: Mapping[str, Any], lang: str) -> Page:
    """The form with these values, and what was asked for so far."""
    rows = corrections.of_case(found.case.id)
    views = [view(row, found.loaded, found.element, lang) for row in rows]
    return Page(found.loaded.forms[found.element], values, views, any(row.state == RequestState.ASKED for row in rows))


def request(
    portal: Portal, found: Subject, wanted: Mapping[str, Any], reason: str, words: tuple[str, str], actor: Actor
) -> None:
    """Ask the body. `words`: what the timeline says, what the mail to the body begins with. Refused: nothing differs,
    no reason, one is being looked at already. Without words for a mail none goes out."""
    case, now, reason = found.case, portal.now(), reason.strip()
    if any(row.state == RequestState.ASKED for row in corrections.of_case(case.id)):
        raise Refused("A correction is being looked at already; take that one back first")
    wanted = {key: value for key, value in wanted.items() if _said(value) != _said(found.values.get(key))}
    if not wanted:
        raise Refused("Nothing differs from what stands")
    if not reason:
        raise Refused("Say why, and from when it is so; the certifying body reads it")
    if len(reason) > LONGEST:
        raise Refused("Write at most %(count)s characters; send longer texts as a file", count=LONGEST)
    row = Correction.create(
        case=case, values=wanted, before={key: found.values.get(key) for key in wanted}, reason=reason, asked_at=now,
        asked_by=actor.user_id, asked_by_name=actor.name,
    )  # fmt: skip
    history.note(case.id, now, EntryKind.COMPANY, by=actor, title=reason[:280], text=words[0])
    receipts.queue_asked(case, found.loaded, _receipt(portal, found, row), actor, now)
    if not words[1]:
        return
    text = f"{portal.say('ja')(words[1])}\n\n{lines(row, found.loaded, found.element)}"
    mail(case, found.loaded, {"to_side": Side.OPERATOR.value, "message": text}, f"correction:{row.id}:asked", now)


def _receipt(portal: Portal, found: Subject, row: Correction) -> receipts.Request:
    say = portal.say("ja")
    title = (
        N_("Another company takes over the certification")
        if succeeds(row, found.loaded)
        else N_("Company data are to be corrected")
    )
    changed = [(each.label, f"{each.before} → {each.after}") for each in _pairs(row, found.loaded, found.element, "ja")]
    return receipts.Request(f"C{row.id}", say(title), (*changed, (say(N_("Reason")), row.reason)))


def asked(correction_id: int, case: int) -> Correction:
    """The request, which still waits; Refused when it was answered."""
    row = corrections.one(correction_id)
    if row is None or row.case_id != case:
        raise NotFound("There is no such request")
    if row.state != RequestState.ASKED:
        raise Refused("This request has been answered already")
    return row


def answered(row: Correction, state: RequestState, answer: str, word: str, actor: Actor, now: datetime) -> None:
    """The body's answer, on record under this word of the timeline."""
    row.state, row.answer, row.answered_at, row.answered_by_name = state, answer.strip()[:LONGEST], now, actor.name
    row.save()
    history.note(row.case_id, now, EntryKind.COMPANY, by=actor, title=row.answer[:280], text=word)


def mail(case: Case, loaded: Loaded, params: Mapping[str, Any], key: str, now: datetime, what: str = "message") -> None:
    """A mail of the package for a purpose, when it has one."""
    if name := loaded.package.mail_for(what):
        jobqueue.queue(case, "mail", {**params, "mail": name}, "", key, now)


def succeeds(row: Correction, loaded: Loaded) -> bool:
    """Whether the request names another company: its corporate number is another one."""
    return bool(loaded.package.applicant.number) and loaded.package.applicant.number in row.values


def view(row: Correction, loaded: Loaded, form: str, lang: str) -> View:
    """The request as pages show it."""
    return View(
        id=row.id,
        case_number=row.case.number,
        company_name=row.case.company_name,
        state=row.state,
        lines=_pairs(row, loaded, form, lang),
        reason=row.reason,
        asked_at=row.asked_at,
        asked_by=row.asked_by_name,
        answer=row.answer,
        answered_at=row.answered_at,
        answered_by=row.answered_by_name,
        succession=succeeds(row, loaded),
    )


def lines(row: Correction, loaded: Loaded, form: str) -> str:
    """What differs, for a mail."""
    return "\n".join(f"- {each.label}：{each.before} → {each.after}" for each in _pairs(row, loaded, form, "ja"))


def _pairs(row: Correction, loaded: Loaded, form: str, lang: str) -> list[Line]:
    spec = loaded.forms.get(form)
    if spec is None:
        return []
    before = {line.key: line.text for line in spec.answers(row.before, lang)}
    return [
        Line(line.label, before.get(line.key, ""), line.text)
        for line in spec.answers({**row.before, **row.values}, lang)
        if line.key in row.values
    ]


def _said(value: Any) -> Any:
    return value if value not in (None, "", [], False) else None
