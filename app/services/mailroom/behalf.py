"""The body completes and sends a step for the vendor, who answered it by mail.

Only from a draft that the vendor did not touch; on record with who did it, for whom, and which mail it came from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.errors import NotFound, Refused, Stale
from app.forms import Answer as AnswerLine
from app.forms import BoundForm, Cleaned, FieldError, FieldSpec, FormSpec
from app.forms.spec import Kind
from app.services.base import permit
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.mailroom.match import find, note
from app.services.mailroom.take import form_spec
from app.services.tasks import drafts, filling, forms, view
from app.services.tasks import send as tasks
from app.services.trouble import incidents
from app.states import InboundState, Right, Side, TaskState
from app.store import accounts, cases, database, work
from app.store.models import Case, InboundMail


@dataclass(frozen=True)
class AnswerPage:
    """The form of the step, filled from the mail, for the body to complete and send."""

    mail_id: int
    task: view.TaskView
    form: BoundForm
    revision: int
    files: Mapping[str, int]  # document → number of the mail's file that it is


def page(
    portal: Portal,
    mail_id: int,
    actor: Actor,
    *,
    raw: Mapping[str, Any] | None = None,
    errors: Iterable[FieldError] = (),
    lang: str = "",
) -> AnswerPage:
    """The step's form with what came by mail. Raises Refused when the vendor fills it in, Stale when it is finished."""
    with database.connection():
        row, setting = _for_body(portal, mail_id, actor)
        draft = work.draft(setting.task.id)
        held: Mapping[str, Any] = draft.values if draft is not None else {}
        spec = form_spec(setting)
        uploads = {key: held.get(key) for key in _uploads(spec)}
        return AnswerPage(
            mail_id,
            view.view(setting.task, portal.today(), portal.closing()),
            FormSpec(spec.element, tuple(_shown(each) for each in spec.fields)).bind(
                raw if raw is not None else held,
                lang=lang or actor.language,
                choices=filling.choices(portal, setting, lang or actor.language),
                context={**filling.context(portal, setting), **uploads},
                errors=list(errors),
            ),
            draft.revision if draft else 0,
            {each["document"]: int(each["number"]) for each in row.placed},
        )


def form_of(portal: Portal, mail_id: int, actor: Actor) -> FormSpec:
    """The form with which a post is read."""
    with database.connection():
        return form_spec(_for_body(portal, mail_id, actor)[1])


def check(
    portal: Portal,
    mail_id: int,
    actor: Actor,
    raw: Mapping[str, Any] | None = None,
    opened: drafts.OpenPage = drafts.ANYWHERE,
) -> tuple[Cleaned, list[AnswerLine], int]:
    """Keep what the body completed (`raw`), and clean the draft: what is wrong, the answers in words, its revision."""
    with database.transaction():
        _, setting = _for_body(portal, mail_id, actor, lock=True)
        draft = work.draft(setting.task.id)
        if raw is not None:
            held = draft.values if draft is not None else {}
            uploads = {key: held[key] for key in _uploads(form_spec(setting)) if key in held}
            drafts.keep(setting.task, {**raw, **uploads}, actor, portal.now(), opened)
            draft = work.draft(setting.task.id)
        cleaned = forms.clean(portal, setting, draft.values if draft else {})
        lines = form_spec(setting).answers(cleaned.values, actor.language)
        return cleaned, lines, draft.revision if draft else 0


def send(portal: Portal, mail_id: int, actor: Actor, revision: int | None = None) -> None:
    """Complete the step with the draft, on the vendor's behalf. Raises Refused when the answers do not check."""
    with incidents.noted(portal), database.transaction():
        row, setting = _for_body(portal, mail_id, actor, lock=True)
        draft = work.draft(setting.task.id)
        if draft is None:
            raise Stale("The form was cleared after you opened this page; check it again")
        drafts.require_as_checked(draft, revision, actor)
        cleaned = forms.clean(portal, setting, draft.values)
        if not cleaned.ok:
            raise Refused("Some answers need another look")
        tasks.complete(portal, setting, cleaned.values, actor, portal.now(), setting.case.company_name)
        work.drop_draft(draft)
        note(portal, setting.case, row.subject, "sent", actor, setting.task.element)
    portal.poke()


def _for_body(portal: Portal, mail_id: int, actor: Actor, *, lock: bool = False) -> tuple[InboundMail, permit.Setting]:
    """The mail and the open step into whose draft it was taken, for the body, which may answer it."""
    actor.require(Right.MAILROOM)
    row = find(mail_id, actor, lock=lock)
    if row.state != InboundState.TAKEN:
        raise Refused("File the mail under a step first")
    if lock:
        cases.lock(row.case_id)
    task = work.task(row.task_id)
    if task is None:
        raise NotFound("There is no such task")
    if task.state != TaskState.OPEN:
        raise Stale("“%(title)s” has already been completed", title=task.title)
    case: Case = task.case
    loaded = portal.releases.loaded(case.release_id)
    draft = work.draft(task.id)
    typist = accounts.user(draft.saved_by_id) if draft is not None and draft.saved_by_id else None
    if typist is not None and typist.side == Side.VENDOR:
        # What somebody typed and did not send is theirs alone: the body neither reads it nor sends it for them.
        raise Refused("The vendor is filling in “%(title)s” and can see the files from this mail there; ask "
                      "them to submit it",
                      title=task.title)  # fmt: skip
    return row, permit.of(task, case, loaded)


def _uploads(spec: FormSpec) -> list[str]:
    return [field.key for field in spec.inputs() if field.type is Kind.FILE]


def _shown(field: FieldSpec) -> FieldSpec:
    """Files are those of the mail: shown, not asked."""
    if field.type is Kind.FILE:
        return replace(field, readonly=True)
    return replace(field, fields=tuple(_shown(each) for each in field.fields)) if field.fields else field
