"""Everything that a task's page shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.errors import NinteiError
from app.forms import Answer as AnswerLine
from app.forms import BoundForm, FieldError
from app.services.base import clocks, permit
from app.services.base.actors import Actor
from app.services.base.nouns import Looked
from app.services.base.portal import Portal
from app.services.base.releases import Loaded, settings_of
from app.services.pages import offers
from app.services.papers import documents, intake, printable, signatures
from app.services.process import secrets
from app.services.tasks import comments, drafts, filling, forms, holding, nouns, reviews, view
from app.services.tasks.comments import CommentView
from app.services.tasks.reviews import Reviewed
from app.states import JobState, Side
from app.store import clockrows, database, jobrows, work


@dataclass(frozen=True, slots=True)
class Left:
    """What a colleague had typed into the form before: for who has the task now to see, and to go on with."""

    name: str
    at: datetime
    lines: list[AnswerLine]


@dataclass(frozen=True)
class TaskPage:
    """Everything that a task's page shows."""

    task: view.TaskView
    case: Any
    form: BoundForm
    asks: bool  # whether the form has inputs
    documentation: str
    refusal: NinteiError | None  # why this person may not do it
    on_behalf_of: str
    revision: int
    nouns: Mapping[str, Any]  # what cards, letters, money, days, points, companies show (`base.nouns.Noun.shown`)
    reviewed: list[Reviewed]
    signatures: Mapping[str, list[signatures.Told]]  # by document id, of the files that the page shows
    unprintable: list[tuple[str, str]]  # (label, characters) of what is reviewed and papers cannot show
    documents: list[documents.DocumentView]
    being_made: list[str]  # titles of documents that are still being made
    shown: list[Reviewed]  # fields of other answers that this task shows, as a tracking number
    secret: tuple[str, str]  # (element, none | sealed | shown); ("", "") when the task shows none
    post_to: str  # where the original is to be sent, line by line; "" when none follows
    offer: offers.Offer | None  # of a step that wishes for a day: what one should know before
    properties: Mapping[str, str]
    prior: list[Reviewed]  # what earlier reviewers of the same answers decided, newest first
    returned: Reviewed | None  # why the vendor has this task again
    last: Reviewed | None  # what the vendor answered last time
    prefilled: bool  # whether the form holds that now
    saved_at: datetime | None  # of the draft
    holder: holding.Holder | None  # who of the staff has the task
    held: bool  # by a colleague: it has to be taken over first
    left: Left | None  # what a colleague had typed, and the reader may adopt
    incidents: list[Any]  # jobs of this task that need a person


def page(
    portal: Portal,
    task_id: str,
    actor: Actor,
    *,
    errors: Iterable[FieldError] = (),
    raw: Mapping[str, Any] | None = None,
    lang: str = "",
) -> TaskPage:
    """The page of a task. `raw`: what was just typed, shown again with its errors; else the draft or what is known."""
    with database.connection():
        setting = permit.find(portal, task_id, actor)
        task, case, loaded = setting.task, setting.case, setting.loaded
        refusal: NinteiError | None = None
        behalf = ""
        try:
            behalf = permit.may_do(setting, actor)
        except NinteiError as error:
            refusal = error
        own = task.side == actor.side  # what the other side is typing is nobody's business
        draft = row = work.draft(task_id) if own else None
        held = isinstance(refusal, permit.Held)
        if row is not None and not held and not drafts.own(row, task, actor):
            draft = None  # a colleague's half-made judgement is nobody else's
        values = raw
        if values is None:
            values = secrets.unseal(portal, draft.values) if draft else _known(setting) if own else {}
        spec = forms.form(setting)
        properties = setting.element.properties
        names = (
            *reviews.offered(setting),
            *setting.element.listed("makes"),
            *_around(setting, "makes"),
        )
        shows = documents.named(case, loaded, list(dict.fromkeys(names)), actor)
        of_nouns = nouns.shown(Looked(portal, setting, actor, own))
        made = {document.key for document in shows} | of_nouns["sealed"]
        secret = properties.get("shows_secrets", "")
        before = reviews.last(setting, actor.language) if own else None
        looked_at = reviews.answers(setting, actor.language)
        return TaskPage(
            task=_view(portal, setting, actor),
            case=case,
            form=spec.bind(
                values,
                lang=lang or actor.language,
                choices=filling.choices(portal, setting, lang or actor.language),
                context=filling.context(portal, setting),
                errors=list(errors),
                comments=_at_fields(of_nouns["comments"]) if task.side == Side.VENDOR else None,
            ),
            asks=spec.asks,
            documentation=setting.element.documentation,
            refusal=refusal,
            on_behalf_of=behalf,
            revision=row.revision if row else 0,
            nouns=of_nouns,
            reviewed=looked_at,
            signatures=signatures.of_files(
                [ref.id for each in looked_at for line in each.lines for ref in line.files]
                + [reference for _, reference in intake.file_references(dict(values))]
            ),
            unprintable=printable.told(portal, [line for each in looked_at for line in each.lines]),
            documents=shows,
            being_made=[
                loaded.package.documents[key].title
                for key in dict.fromkeys(names)
                if key in loaded.package.documents and key not in made
            ],
            shown=reviews.shown(setting, actor.language),
            secret=(secret, secrets.state(case, secret)) if secret else ("", ""),
            post_to=_post_to(loaded) if setting.element.flag("posts_original") else "",
            offer=_offer(portal, setting),
            properties=properties,
            prior=reviews.prior(setting, actor.language),
            returned=reviews.returned(setting, actor.language) if own else None,
            last=before,
            prefilled=before is not None and draft is None and raw is None and not properties.get("calendar"),
            saved_at=draft.saved_at if draft else None,
            holder=holding.holder(task, actor),
            held=held,
            left=None if held else _left(setting, drafts.left(row, task, actor), actor, lang),
            incidents=[
                job
                for job in jobrows.jobs_of(case.id, JobState.INCIDENT)
                if actor.side == Side.OPERATOR and (job.params or {}).get("origin") == task_id
            ],
        )


@dataclass(frozen=True, slots=True)
class CheckPage:
    """What the check of a task shows beside what was typed."""

    task: view.TaskView
    on_behalf_of: str
    comments: list[CommentView]
    last: Reviewed | None  # what the vendor answered last time
    properties: Mapping[str, str]


def to_check(portal: Portal, task_id: str, actor: Actor) -> CheckPage:
    """The page that shows every answer once more, for who may send them. Raises why not."""
    with database.connection():
        setting = permit.find(portal, task_id, actor)
        behalf = permit.may_do(setting, actor)
        return CheckPage(
            _view(portal, setting, actor),
            behalf,
            comments.for_task(setting),
            reviews.last(setting, actor.language),
            setting.element.properties,
        )


def _view(portal: Portal, setting: permit.Setting, actor: Actor) -> view.TaskView:
    """The task in short, with the guideline that measures it."""
    running = [] if setting.element.flag("beside") else clockrows.clocks(setting.case.id, running=True)
    found = clocks.views(running, portal.today(), portal.closing())
    clock = clocks.of_step(found, setting.loaded.package, setting.task.element)
    return view.view(setting.task, portal.today(), portal.closing(), clock, view.named(setting.task, actor))


def _known(setting: permit.Setting) -> dict[str, Any]:
    """What the form holds before anybody types. Returned, it is all as it was sent; a year later, days are new."""
    return filling.prefill(setting, days=reviews.returned(setting, "ja") is not None)


def _left(setting: permit.Setting, found: Mapping[str, Any], actor: Actor, lang: str) -> Left | None:
    if not found:
        return None
    spec, hidden = forms.form(setting), set(setting.element.listed("secrets"))
    shown = {key: value for key, value in found["values"].items() if key not in hidden}
    lines = [line for line in spec.answers(shown, lang or actor.language) if line.text]
    return Left(str(found["name"]), datetime.fromisoformat(found["at"]), lines)


def _offer(portal: Portal, setting: permit.Setting) -> offers.Offer | None:
    if not setting.element.properties.get("calendar") or setting.element.side != Side.VENDOR:
        return None
    data = {**(setting.case.data or {}), **(setting.task.data or {})}
    return offers.of_task(portal, setting.case, setting.loaded, setting.element, data)


def _at_fields(said: list[CommentView]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for comment in said:
        found.setdefault(comment.field, []).append(comment.text)
    return found


def _post_to(loaded: Loaded) -> str:
    """The body's address as it is written on an envelope."""
    body = settings_of(loaded.package).get("body", {})
    postal = str(body.get("postal_code") or "").replace("-", "").replace("〒", "")
    first = f"〒{postal[:3]}-{postal[3:]}" if postal else ""
    lines = [first, *(str(body.get(key) or "") for key in ("address", "name", "department"))]
    return "\n".join(line for line in lines if line)


def _around(setting: permit.Setting, name: str) -> tuple[str, ...]:
    """The listed property of the subprocess that holds the task's element, if one does."""
    parent = setting.loaded.package.elements.get(setting.element.parent or "")
    return tuple(parent.listed(name)) if parent else ()
