"""A person's task: its page, its draft, its check, and the moment when it is sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.engine import CompleteTask, TooLate
from app.errors import NinteiError, NotFound, Refused, Stale
from app.forms import Answer as AnswerLine
from app.forms import BoundForm, Cleaned, FieldError, FormSpec
from app.services import (
    attendance,
    calendar,
    cardstock,
    clocks,
    comments,
    dates,
    desk,
    documents,
    money,
    recallstate,
    returning,
    reviews,
    secrets,
    steps,
)
from app.services.actors import Actor
from app.services.portal import Portal
from app.services.releases import Loaded, settings_of
from app.services.reviews import Reviewed, Warned
from app.store import accounts, cases, database, records, search, statements, work
from app.store.models import Answer, Draft, Task


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task for lists and headings."""

    id: str
    element: str
    title: str
    side: str
    group: str
    kind: str  # user | receive
    presentation: str
    state: str
    opened_at: datetime
    due_on: date | None
    days_left: int | None  # business days; negative: overdue
    assignee: str
    assignee_id: int | None
    closed_at: datetime | None
    closed_by: str
    case_number: str
    company_name: str
    system_name: str
    clock: clocks.ClockView | None = None


@dataclass(frozen=True)
class TaskPage:
    """Everything that a task's page shows."""

    task: TaskView
    case: Any
    form: BoundForm
    asks: bool  # whether the form has inputs
    documentation: str
    refusal: NinteiError | None  # why this person may not do it
    on_behalf_of: str
    revision: int
    comments: list[comments.CommentView]
    reviewed: list[Reviewed]
    documents: list[documents.DocumentView]
    being_made: list[str]  # titles of documents that are still being made
    shown: list[Reviewed]  # fields of other answers that this task shows, as a tracking number
    invoice: money.InvoiceView | None
    cards: cardstock.SetView | None
    secret: tuple[str, str]  # (element, none | sealed | shown); ("", "") when the task shows none
    booking: dates.BookingView | None
    properties: Mapping[str, str]
    bank: Mapping[str, str]  # the body's bank account, for what is to be paid
    prior: list[Reviewed]  # what earlier reviewers of the same answers decided, newest first
    returned: Reviewed | None  # why the vendor has this task again
    last: Reviewed | None  # what the vendor answered last time
    prefilled: bool  # whether the form holds that now
    pins: bool  # whether points may be pinned to the reviewed answers
    saved_at: datetime | None  # of the draft
    incidents: list[Any]  # jobs of this task that need a person


def view(
    row: Task,
    today: date,
    closing: frozenset[date],
    clock: clocks.ClockView | None = None,
    names: Mapping[int, str] | None = None,
) -> TaskView:
    """The task's facts as of today."""
    left = calendar.business_days_between(today, row.due_on, closing) if row.due_on and row.state == "open" else None
    assignee = (names or {}).get(row.assignee_id, "") if row.assignee_id else ""
    if row.assignee_id and names is None:
        assignee = row.assignee.name
    return TaskView(
        row.id,
        row.element,
        row.title,
        row.side,
        row.grp,
        row.kind,
        row.presentation,
        row.state,
        row.opened_at,
        row.due_on,
        left,
        assignee,
        row.assignee_id,
        row.closed_at,
        row.closed_by_name,
        row.case_number,
        row.company_name,
        row.system_name,
        clock,
    )


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
        setting = desk.find(portal, task_id, actor)
        task, case, loaded = setting.task, setting.case, setting.loaded
        refusal: NinteiError | None = None
        behalf = ""
        try:
            behalf = desk.may_do(setting, actor)
        except NinteiError as error:
            refusal = error
        own = task.side == actor.side  # what the other side is typing is nobody's business
        draft = work.draft(task_id) if own else None
        values = raw
        if values is None:
            values = secrets.unseal(portal, draft.values) if draft else _known(setting) if own else {}
        spec = _form(setting)
        properties = setting.element.properties
        shown_fee = properties.get("confirms") or properties.get("invoice")
        if not shown_fee and properties.get("shows"):
            shown_fee = next(
                (key for key, fee in loaded.package.fees.items() if fee.document in setting.element.listed("shows")),
                None,
            )
        names = (
            *setting.element.listed("shows"),
            *setting.element.listed("makes"),
            *_around(setting, "makes"),
        )
        shows = documents.named(case, loaded, list(dict.fromkeys(names)), actor)
        made = {document.key for document in shows}
        secret = properties.get("shows_secrets", "")
        said = comments.for_task(setting)
        before = reviews.last(setting, actor.language) if own else None
        booking = records.latest_booking(case.id)
        clock = clocks.views(cases.clocks(case.id, running=True), portal.today(), portal.closing())
        return TaskPage(
            task=view(task, portal.today(), portal.closing(), clock[0] if clock else None),
            case=case,
            form=spec.bind(
                values,
                lang=lang or actor.language,
                choices=desk.choices(portal, setting),
                context=desk.context(portal, setting),
                errors=list(errors),
                comments=_at_fields(said) if task.side == "vendor" else None,
            ),
            asks=spec.asks,
            documentation=setting.element.documentation,
            refusal=refusal,
            on_behalf_of=behalf,
            revision=draft.revision if draft else 0,
            comments=comments.for_task(setting),
            reviewed=reviews.answers(setting, actor.language),
            documents=shows,
            being_made=[
                loaded.package.documents[key].title
                for key in dict.fromkeys(names)
                if key in loaded.package.documents and key not in made
            ],
            shown=reviews.shown(setting, actor.language),
            invoice=money.expected(case, shown_fee) if shown_fee else None,
            cards=cardstock.wanted(setting),
            secret=(secret, secrets.state(case, secret)) if secret else ("", ""),
            booking=dates.view(booking, loaded) if booking else None,
            properties=properties,
            bank=_bank(loaded),
            prior=reviews.prior(setting, actor.language),
            returned=reviews.returned(setting, actor.language) if own else None,
            last=before,
            prefilled=before is not None and draft is None and raw is None,
            pins=reviews.may_return(setting),
            saved_at=draft.saved_at if draft else None,
            incidents=[
                job
                for job in work.jobs_of(case.id, "incident")
                if actor.side == "operator" and (job.params or {}).get("origin") == task_id
            ],
        )


def _known(setting: desk.Setting) -> dict[str, Any]:
    """What the form holds before anybody types. Returned, it is all as it was sent; a year later, days are new."""
    return desk.prefill(setting, days=reviews.returned(setting, "ja") is not None)


def _at_fields(said: list[comments.CommentView]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for comment in said:
        found.setdefault(comment.field, []).append(comment.text)
    return found


def _bank(loaded: Loaded) -> dict[str, str]:
    return {key: str(value) for key, value in settings_of(loaded.package).get("bank", {}).items()}


def _around(setting: desk.Setting, name: str) -> tuple[str, ...]:
    """The listed property of the subprocess that holds the task's element, if one does."""
    parent = setting.loaded.package.elements.get(setting.element.parent or "")
    return tuple(parent.listed(name)) if parent else ()


def _form(setting: desk.Setting) -> FormSpec:
    spec = setting.loaded.forms.get(setting.task.element)
    if spec is None:
        raise NotFound("This task has no form")
    return spec


def look(portal: Portal, task_id: str, actor: Actor) -> TaskView:
    """The task's facts alone."""
    with database.connection():
        return view(desk.find(portal, task_id, actor).task, portal.today(), portal.closing())


def writing(portal: Portal, task_id: str, actor: Actor) -> FormSpec:
    """The form, for an actor who may answer it now. Raises Forbidden, Refused, Stale (finished), NotFound."""
    with database.connection():
        setting = desk.find(portal, task_id, actor)
        desk.may_do(setting, actor)
        still_open(setting.task)
        return _form(setting)


def form_of(portal: Portal, task_id: str, actor: Actor) -> FormSpec:
    """The form with which `web` reads a post."""
    with database.connection():
        return _form(desk.find(portal, task_id, actor))


def open_task_of(portal: Portal, number: str, element: str, actor: Actor) -> tuple[str, str, bool]:
    """(id of the element's open task or "", the element's title, whether it was done before): mails name it so."""
    with database.connection():
        case = desk.visible_case(cases.get(number), actor)
        title = portal.releases.loaded(case.release_id).element(element).name
        for row in work.open_tasks(case.id):
            if row.element == element and (actor.side == "operator" or row.side == "vendor"):
                return row.id, row.title, False
        return "", title, work.last_done(case.id, element) is not None


def choices_of(portal: Portal, task_id: str, actor: Actor) -> dict[str, list[tuple[str, str]]]:
    """The days that the task's form offers: {name: [(value, label)]}."""
    with database.connection():
        return desk.choices(portal, desk.find(portal, task_id, actor))


def save_draft(portal: Portal, task_id: str, raw: Mapping[str, Any], actor: Actor, revision: int | None) -> int:
    """Keep what is typed; gives the draft's new revision. Stale when another tab or person saved meanwhile."""
    now = portal.now()
    with database.transaction():
        setting = desk.find(portal, task_id, actor)
        desk.may_do(setting, actor)
        cases.lock(setting.case.id)
        still_open(setting.task)
        kept = secrets.seal(portal, raw, setting.element.listed("secrets"))
        draft = work.draft(task_id)
        if draft is None:
            Draft.create(task=task_id, values=kept, revision=1, saved_at=now, saved_by=actor.user_id)
            return 1
        if revision is not None and revision != draft.revision:
            raise Stale("This form was saved in another window meanwhile; what you typed is still here")
        draft.values, draft.revision, draft.saved_at = kept, draft.revision + 1, now
        draft.saved_by, draft.checked = actor.user_id, False
        draft.save()
        return int(draft.revision)


def check(portal: Portal, task_id: str, actor: Actor) -> tuple[Cleaned, list[Warned], int]:
    """Clean the draft; gives what is wrong, what should be known before sending, and the draft's revision."""
    with database.transaction():
        setting = desk.find(portal, task_id, actor)
        desk.may_do(setting, actor)
        still_open(setting.task)
        draft = work.draft(task_id)
        raw: Mapping[str, Any] = secrets.unseal(portal, draft.values) if draft else {}
        cleaned = clean(portal, setting, raw)
        if draft is not None and cleaned.ok and not draft.checked:
            draft.checked = True
            draft.save()
        return cleaned, _warnings(setting, cleaned.values), draft.revision if draft else 0


def lines(portal: Portal, task_id: str, actor: Actor, values: Mapping[str, Any], lang: str = "") -> list[AnswerLine]:
    """The check page's lines."""
    return form_of(portal, task_id, actor).answers(values, lang or actor.language)


def clean(portal: Portal, setting: desk.Setting, raw: Mapping[str, Any]) -> Cleaned:
    """The raw answers by the task's form, and by the points that were raised."""
    cleaned = _form(setting).clean(raw, choices=desk.choices(portal, setting), context=desk.context(portal, setting))
    unanswered = comments.unanswered(setting)
    if setting.task.side == "vendor" and unanswered:
        wanting = FieldError(
            "comments", "Answer each point that was raised (%(count)s left)", {"count": len(unanswered)}
        )
        return Cleaned(cleaned.values, (*cleaned.errors, wanting))
    wrong = cardstock.unsettled(setting, cleaned.values)
    if wrong is not None:
        return Cleaned(cleaned.values, (*cleaned.errors, FieldError("cards_state", wrong.message, wrong.params)))
    return cleaned


def _warnings(setting: desk.Setting, values: Mapping[str, Any]) -> list[Warned]:
    found = reviews.warnings(setting, values)
    fee = setting.element.properties.get("confirms")
    books = setting.element.properties.get("books")
    if books:
        clashing = attendance.foreseen(setting.case.id, setting.loaded, books, values)
        found += [Warned(each.message, each.params) for each in clashing]
    return found + (_wrong_amount(setting, fee, values) if fee else [])


def _wrong_amount(setting: desk.Setting, fee: str, values: Mapping[str, Any]) -> list[Warned]:
    difference = money.difference(setting.case, fee, values)
    owed = money.expected(setting.case, fee)
    if difference is None or owed is None:
        return []
    facts = {
        "number": owed.number,
        "balance": owed.balance,
        "amount": int(values["amount"]),
        "difference": abs(difference),
    }
    if difference < 0:
        return [
            Warned(
                "The amount is %(difference)s yen less than the %(balance)s yen that invoice %(number)s is open for. "
                "It is recorded as a part payment, and the vendor is asked for the rest",
                facts,
            )
        ]
    return [
        Warned(
            "The amount is %(difference)s yen more than the %(balance)s yen that invoice %(number)s is open for. "
            "It is recorded as settled; agree on the return of the difference",
            facts,
        )
    ]


def still_open(task: Task) -> None:
    """Raise Stale when the task has been finished."""
    if task.state != "open":
        raise Stale("“%(title)s” has been finished already", title=task.title)


def send(portal: Portal, task_id: str, actor: Actor, revision: int | None = None) -> Task:
    """Complete the task with its draft: one transaction, then the worker is poked.

    Raises Stale (finished meanwhile, or the draft changed after it was checked), Refused, Forbidden, NotFound.
    """
    now = portal.now()
    with database.transaction():
        setting = desk.find(portal, task_id, actor, lock=True)
        still_open(setting.task)
        behalf = desk.may_do(setting, actor)
        draft = work.draft(task_id)
        if revision is not None and draft is not None and draft.revision != revision:
            raise Stale("The form was changed in another window after this page was opened; check it again")
        cleaned = clean(portal, setting, secrets.unseal(portal, draft.values) if draft else {})
        if not cleaned.ok:
            raise Refused("Some answers need another look")
        complete(portal, setting, cleaned.values, actor, now, behalf)
        if draft is not None:
            draft.delete_instance()
        done = work.task(task_id)
    portal.poke()
    assert done is not None  # noqa: S101 - it was there a line ago
    return done


def complete(
    portal: Portal,
    setting: desk.Setting,
    values: dict[str, Any],
    actor: Actor,
    now: datetime,
    behalf: str = "",
) -> None:
    """Store the answer, do what the element's properties ask for, and take the step. Inside a transaction."""
    task, case, loaded, element = setting.task, setting.case, setting.loaded, setting.element
    cardstock.require(setting)
    cardstock.require_settled(setting, values)
    stood = recallstate.before(setting, values)
    kept = secrets.keep(portal, case, element.id, values, element.listed("secrets"), now)
    titles = {field.key: field.named("ja") for field in _form(setting).inputs()}
    documents.adopt(case, element.id, kept, titles)
    answer = statements.insert(
        Answer,
        case=case,
        element=element.id,
        values=kept,
        at=now,
        by=actor.user_id,
        by_name=actor.name,
        side=actor.side,
    )
    routes: dict[str, Any] = {
        key: kept.get(key) for key in element.listed("routes") if key not in {"payment", "booking"}
    }
    if element.properties.get("confirms"):
        routes |= money.confirm(case, element.properties["confirms"], kept, actor, now)
        if routes.get("payment") == "settled":
            routes |= dates.settle(portal, case, loaded)
    if element.properties.get("books"):
        routes |= dates.book(portal, case, loaded, element.properties["books"], kept, actor, now)
        attendance.settled(case.id, element.properties["books"], kept)
    cardstock.completed(setting, actor, now)
    cardstock.settle(setting, kept, actor, now)
    comments.completed(setting, kept, actor, now)
    _learn_company(case, kept, now)
    try:
        step = steps.advance(portal, case, CompleteTask(task.id, routes), now, steps.Closing(actor, answer, behalf))
    except TooLate as error:
        raise Stale("“%(title)s” has been finished already", title=task.title) from error
    returning.tell(setting, routes, now)
    recallstate.keep(setting, stood, step, answer, actor, now)


def _learn_company(case: Any, values: Mapping[str, Any], now: datetime) -> None:
    """An answer with a 法人番号 ties the case to its company; names on the case follow the answer."""
    number = values.get("corporate_number")
    if number:
        # A known company keeps its own words: typing its number proves nothing about who types.
        case.company = accounts.company(number) or accounts.create_company(
            number,
            str(values.get("company_name") or case.company_name),
            str(values.get("company_kana") or ""),
            now,
        )
    if values.get("company_name"):
        case.company_name = values["company_name"]
    if values.get("system_name"):
        case.system_name = values["system_name"]
    if values.get("company_name") or values.get("system_name"):
        search.keep(case)
