"""Mails that came in, as they are listed and looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.errors import NotFound, Refused
from app.services.base import permit
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.services.mailroom import fields
from app.services.mailroom.match import draft_of, find, note_field, receipt, said_by, targets
from app.services.mails import undelivered
from app.services.papers import intake
from app.services.papers.documents import Content
from app.states import InboundState, Right, Side, TaskState, Writer
from app.store import cases, database, inbound, work
from app.store.models import InboundMail, Task
from app.text.normal import normal

PAGE = 50
STATES = ("waiting", "unknown", "taken", "discarded")
KINDS = ("absence", "report", "machine")  # of those that lie apart


@dataclass(frozen=True, slots=True)
class MailHead:
    """A mail for lists. `task` is the title of the step that it is, or seems to be, an answer to."""

    id: int
    sender: str
    sender_name: str
    subject: str
    received_at: datetime
    state: InboundState  # waiting | unknown | taken | discarded | apart
    kind: Writer
    via: str  # the group that carried it
    doubt: Mapping[str, Any]  # {by, said}: what speaks against the sender
    case_number: str
    company_name: str
    system_name: str
    task_id: str
    task: str
    files: int
    flaw: str
    handled_by: str
    handled_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Attached:
    """A file of a mail; the first is 1. `refusal` says why it cannot be taken."""

    number: int
    filename: str
    size: int
    mime: str
    refusal: Refused | None
    proposed: str  # key of the field it seems to be meant for; empty: none
    placed: str  # label of the field into which it was taken
    inside: str  # the file of the mail in which it was
    locked: bool  # under a password


@dataclass(frozen=True)
class MailPage:
    """Everything that a mail's page shows."""

    head: MailHead
    text: str  # what its writer wrote; with what is quoted between, where answers stand there
    quoted: bool  # whether anything was left out of it
    between: bool  # whether answers stand between quoted lines
    whole_text: str
    attachments: list[Attached]
    rooms: list[fields.Room]
    note: str  # label of the field that takes the text; empty: the form has none
    tasks: list[tuple[str, str]]  # (id, title) of the open steps that may be answered by mail
    receipt: tuple[str, str]  # (id, title) of an open acknowledgement that the answer implies; ("", "")
    finished: bool  # the step into which it was taken was sent
    known_sender: bool  # a person of the case
    bounced: list[tuple[str, str, undelivered.Missed]]  # of a report: (case, subject of our mail, what became of it)


def listed(portal: Portal, tab: str, page: int, actor: Actor, text: str = "") -> tuple[list[MailHead], dict[str, int]]:
    """(one page of the mails of a tab, newest first, the last one for a number behind it; how many there are in each).
    A tab is a state or a kind; `text`: only those that say all its words, in the subject, the text, the sender or the
    number of the case."""
    actor.require(Right.SEE_MAILROOM)
    words = normal("NFKC", text).split()[:8]
    with database.connection():
        said = inbound.saying(words) if words else None
        wheres = {
            each: inbound.in_state(InboundState(each)) if each in STATES else inbound.of_kind(Writer(each))
            for each in (*STATES, *KINDS)
        }
        if said is not None:
            wheres = {each: where & said for each, where in wheres.items()}
        counts = {each: inbound.count(where) for each, where in wheres.items()}
        offset = (max(1, min(page, -(-counts[tab] // PAGE))) - 1) * PAGE
        return [_head(portal, row) for row in inbound.page(wheres[tab], PAGE, offset)], counts


def arrived(portal: Portal, actor: Actor, task_id: str = "") -> list[MailHead]:
    """What a vendor's person should know of: mails that wait to be taken in, or lie in the draft of an open step.
    `task_id`: only those for this step."""
    if actor.side != Side.VENDOR or actor.user_id is None:
        return []
    with database.connection():
        heads = [_head(portal, row) for row in inbound.concerning(actor.user_id)]
    return [head for head in heads if not task_id or head.task_id == task_id]


def look(portal: Portal, mail_id: int, actor: Actor, task_id: str = "") -> MailPage:
    """The mail's page. `task_id`: the open step for which it is looked at, where there are several."""
    with database.connection():
        row = find(mail_id, actor)
        case = cases.by_id(row.case_id) if row.case_id else None
        loaded = portal.releases.loaded(case.release_id) if case else None
        choices = targets(row, case, loaded) if case and loaded else []
        chosen = next((each for each in choices if each.id == task_id), choices[0] if choices else None)
        labels = _labels(row, loaded)
        open_rooms: list[fields.Room] = []
        area = ""
        if chosen is not None and loaded is not None and case is not None and row.state == InboundState.WAITING:
            setting = permit.of(chosen, case, loaded)
            open_rooms = fields.rooms(loaded.forms[chosen.element], *draft_of(setting, actor), actor.language)
            found = note_field(setting)
            area = found.named(actor.language) if found else ""
        attachments = _attachments(portal, row, open_rooms, labels)
        said = said_by(row)
        implied = receipt(case, loaded) if case and loaded and not choices else None
        taken_into = work.task(row.task_id) if row.task_id else None
        return MailPage(
            head=_head(portal, row),
            text=said.own or row.text,
            quoted=bool(said.own) and said.quotes,
            between=said.between,
            whole_text=row.text,
            attachments=attachments,
            rooms=open_rooms,
            note=area if row.text.strip() else "",
            tasks=[(each.id, each.title) for each in choices],
            receipt=(implied.id, implied.title) if implied else ("", ""),
            finished=taken_into is not None and taken_into.state != TaskState.OPEN,
            known_sender=bool(row.user_id) or (case is not None and row.sender == case.email.lower()),
            bounced=undelivered.told_by(row.id) if row.kind == Writer.REPORT else [],
        )


def attachment(portal: Portal, mail_id: int, number: int, actor: Actor) -> Content:
    """A file of a mail; the first is 1. Only one whose content is what its name says has a type."""
    with database.connection():
        row = find(mail_id, actor)
    if not 1 <= number <= len(row.attachments):
        raise NotFound("There is no such attachment")
    each = row.attachments[number - 1]
    data = portal.blobs.get(each["digest"])
    try:
        mime = intake.content_type(each["filename"], data[:4096])
    except Refused:
        mime = "application/octet-stream"
    return Content(each["filename"], mime, data)


def _head(portal: Portal, row: InboundMail) -> MailHead:
    case = cases.by_id(row.case_id) if row.case_id else None
    task: Task | None = None
    if row.task_id:
        task = work.task(row.task_id)
    elif case is not None and row.state == InboundState.WAITING:
        task = next(iter(targets(row, case, portal.releases.loaded(case.release_id))), None)
    return MailHead(
        id=row.id,
        sender=row.sender,
        sender_name=row.sender_name,
        subject=row.subject,
        received_at=row.received_at,
        state=row.state,
        kind=row.kind,
        via=row.via,
        doubt=row.doubt or {},
        case_number=case.number if case else "",
        company_name=case.company_name if case else "",
        system_name=case.system_name if case else "",
        task_id=task.id if task else "",
        task=task.title if task else "",
        files=sum(1 for each in row.attachments if not each["inline"]),
        flaw=row.flaw,
        handled_by=row.handled_by_name,
        handled_at=row.handled_at,
        reason=row.reason,
    )


def _labels(row: InboundMail, loaded: Loaded | None) -> dict[int, str]:
    """File → label of the field into which it was taken."""
    task = work.task(row.task_id) if row.task_id else None
    spec = loaded.forms.get(task.element) if task and loaded else None
    found = {}
    for each in row.placed:
        field = spec.field(each["field"]) if spec else None
        found[int(each["number"])] = field.named("ja") if field else each["field"]
    return found


def _attachments(
    portal: Portal, row: InboundMail, rooms: list[fields.Room], labels: Mapping[int, str]
) -> list[Attached]:
    checked = [_checked(portal, each) for each in row.attachments]
    fit = {
        number: str(each["filename"])
        for number, (each, (_, refusal)) in enumerate(zip(row.attachments, checked, strict=True), 1)
        if refusal is None and not each["inline"]
    }
    proposed = fields.propose(rooms, fit)
    return [
        Attached(
            number=n,
            filename=each["filename"],
            size=each["size"],
            mime=mime,
            refusal=refusal,
            proposed=proposed.get(n, ""),
            placed=labels.get(n, ""),
            inside=str(each.get("inside", "")),
            locked=bool(each.get("locked")),
        )
        for n, (each, (mime, refusal)) in enumerate(zip(row.attachments, checked, strict=True), 1)
    ]


def _checked(portal: Portal, each: Mapping[str, Any]) -> tuple[str, Refused | None]:
    """(type, why the file cannot be taken)."""
    if not each["size"]:
        return "", Refused("“%(name)s” is empty; choose the file again", name=each["filename"])
    if each.get("locked"):
        return "", Refused("“%(name)s” is under a password; ask the sender for one without", name=each["filename"])
    with portal.blobs.open(each["digest"]) as file:
        head = file.read(4096)
    try:
        return intake.content_type(each["filename"], head), None
    except Refused as error:
        return "", error
