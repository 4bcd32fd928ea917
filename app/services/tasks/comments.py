"""補正: points that a reviewer pins to a field or a page; the vendor answers each; the next reviewer sees them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.errors import NotFound, Refused
from app.services.base import history, holders, permit, titles
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.papers import documents
from app.services.papers.intake import file_references
from app.states import CommentState, EntryKind, Side
from app.store import database, records, work
from app.store.models import Comment, Document


@dataclass(frozen=True, slots=True)
class CommentView:
    """A point and its answer."""

    id: int
    element: str
    field: str
    where: str
    text: str
    page: int | None
    state: CommentState
    reply: str
    at: datetime
    by: str
    document_id: str
    x: float | None = None  # the spot on the page: parts of its width from the left, of its height from the top
    y: float | None = None
    file: str = ""  # the file's name: a field may hold several


@dataclass(frozen=True, slots=True)
class Place:
    """Where a point is pinned: a field of an answer, and perhaps a file, a page (from 1) and a spot on it (0 to 1)."""

    element: str
    field: str = ""
    document_id: str = ""
    page: int | None = None
    x: float | None = None
    y: float | None = None


def view(row: Comment) -> CommentView:
    """What pages know of the point."""
    file = records.document(row.document_id) if row.document_id else None
    return CommentView(
        id=row.id,
        element=row.element,
        field=row.field,
        where=row.where,
        text=row.text,
        page=row.page,
        state=row.state,
        reply=row.reply,
        at=row.at,
        by=row.by_name,
        document_id=row.document_id,
        x=row.x,
        y=row.y,
        file=file.filename if file else "",
    )


def for_task(setting: permit.Setting) -> list[CommentView]:
    """What a task's page shows: a reviewer all points of what is reviewed (open first), the vendor the open ones."""
    if setting.task.side == Side.OPERATOR:
        reviewed = set(setting.element.listed("reviews"))
        rows = [row for row in work.comments(setting.case.id) if row.element in reviewed]
        order = list(CommentState)
        return [view(row) for row in sorted(rows, key=lambda row: (order.index(row.state), row.id))]
    return [
        view(row)
        for row in work.comments(setting.case.id, CommentState.OPEN, CommentState.ANSWERED)
        if row.element == setting.task.element
    ]


def pin(portal: Portal, task_id: str, place: Place, text: str, actor: Actor) -> int:
    """Pin a point to a reviewed answer; it goes out when the review is sent as a return. Gives the point's id."""
    with database.transaction():
        setting = permit.find(portal, task_id, actor)
        permit.may_do(setting, actor)
        holders.hold(setting, actor, portal.now())
        return pin_at(setting, place, text, actor, portal.now())


def pin_at(setting: permit.Setting, place: Place, text: str, actor: Actor, now: datetime) -> int:
    """The same for an actor who may do the task. Inside a transaction."""
    text = text.strip()
    if not text:
        raise Refused("Write what has to be corrected")
    if place.element not in setting.element.listed("reviews"):
        raise NotFound("This answer is not part of the review")
    document = _file(setting, place)
    spot = (place.x, place.y) if document is not None and place.page is not None else (None, None)
    row = _again(setting.task.id, place, document, spot, text, actor) or Comment.create(
        case=setting.case,
        review_element=setting.task.element,
        review_task=setting.task.id,
        element=place.element,
        field=place.field,
        document_id=document.id if document else "",
        page=place.page,
        x=spot[0],
        y=spot[1],
        where=_where(setting, place),
        text=text,
        at=now,
        by_name=actor.name,
        by_user=actor.user_id,
    )
    return int(row.id)


def _again(
    task_id: str, place: Place, document: Document | None, spot: tuple[Any, Any], text: str, actor: Actor
) -> Comment | None:
    """The same point of the same person, which a second press of the button sends once more."""
    return Comment.get_or_none(
        (Comment.review_task == task_id)
        & (Comment.state == CommentState.DRAFT)
        & (Comment.element == place.element)
        & (Comment.field == place.field)
        & (Comment.document_id == (document.id if document else ""))
        & (Comment.text == text)
        & (Comment.by_name == actor.name)
        & (Comment.page.is_null() if place.page is None else Comment.page == place.page)
        & (Comment.x.is_null() if spot[0] is None else Comment.x == spot[0])
        & (Comment.y.is_null() if spot[1] is None else Comment.y == spot[1])
    )


def _where(setting: permit.Setting, place: Place) -> str:
    spec = setting.loaded.forms[place.element].field(place.field) if place.field else None
    title = setting.loaded.element(place.element).title
    return titles.with_item(title, spec.named("ja") if spec else "")


def _file(setting: permit.Setting, place: Place) -> Document | None:
    """The file that a point is about: the one that is named, or for a page the only one that the field holds."""
    reference = place.document_id
    if not reference and place.page is not None and place.field:
        answer = work.answers(setting.case.id, place.element)[:1]
        held = [each for key, each in file_references(answer[0].values) if key == place.field] if answer else []
        only = records.document(held[0]) if len(held) == 1 else None
        return only if only is not None and documents.view(only).shown_in_page else None
    document = records.document(reference) if reference else None
    if reference and (document is None or document.case_id != setting.case.id or document.draft):
        raise NotFound("There is no such document")
    return document


def unpin(portal: Portal, task_id: str, comment_id: int, actor: Actor) -> None:
    """Take back a point that has not gone out yet. A colleague's stays on record as one that was not sent."""
    with database.transaction():
        setting = permit.find(portal, task_id, actor)
        permit.may_do(setting, actor)
        row = Comment.get_or_none(
            (Comment.id == comment_id) & (Comment.review_task == task_id) & (Comment.state == CommentState.DRAFT)
        )
        if row is None:
            return
        if row.by_user == actor.user_id:
            row.delete_instance()
        else:
            _drop(row, setting, actor, portal.now())


def reply(portal: Portal, task_id: str, comment_id: int, text: str, actor: Actor) -> None:
    """The vendor's answer to a point."""
    if not reply_all(portal, task_id, {comment_id: text}, actor):
        raise NotFound("There is no such point")


def reply_all(portal: Portal, task_id: str, replies: Mapping[int, str], actor: Actor) -> int:
    """The vendor's answers to the points of this task's form; gives how many of them there are."""
    with database.transaction():
        setting = permit.find(portal, task_id, actor)
        permit.may_do(setting, actor)
        return reply_to(setting, replies, actor, portal.now())


def reply_to(setting: permit.Setting, replies: Mapping[int, str], actor: Actor, now: datetime) -> int:
    """The same for an actor who may do the task. Inside a transaction."""
    rows = [
        row
        for row in work.comments(setting.case.id, CommentState.OPEN, CommentState.ANSWERED)
        if row.id in replies and row.element == setting.task.element
    ]
    for row in rows:
        text = replies[row.id].strip()
        if text == row.reply:
            continue
        row.reply, row.replied_by, row.replied_at = text, actor.name, now
        row.state = CommentState.ANSWERED if row.reply else CommentState.OPEN
        row.save()
    return len(rows)


def unanswered(setting: permit.Setting) -> list[CommentView]:
    """Points of this task's form that the vendor has not answered."""
    return [
        view(row) for row in work.comments(setting.case.id, CommentState.OPEN) if row.element == setting.task.element
    ]


def returns(values: Mapping[str, Any]) -> bool:
    """Whether a review's answer sends the case back to the vendor."""
    return "returned" in values.values()


def completed(setting: permit.Setting, values: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    """A review that returns sends its points out; one that passes resolves them."""
    reviewed = set(setting.element.listed("reviews"))
    if not reviewed or setting.task.side != Side.OPERATOR:
        return
    returned = returns(values)
    for row in work.comments(setting.case.id, CommentState.DRAFT, CommentState.OPEN, CommentState.ANSWERED):
        if row.element not in reviewed:
            continue
        if row.state == CommentState.DRAFT and returned:
            row.state = CommentState.OPEN
            history.note(setting.case.id, now, EntryKind.COMMENT, by=actor, title=row.where, text=row.text)
        elif row.state == CommentState.DRAFT:
            _drop(row, setting, actor, now)
            continue
        else:
            row.state = CommentState.RESOLVED
        row.save()


def _drop(row: Comment, setting: permit.Setting, actor: Actor, now: datetime) -> None:
    """What somebody wrote stays on record, for the staff, when a decision does without it."""
    row.state = CommentState.DROPPED
    row.save()
    history.note(
        setting.case.id, now, EntryKind.COMMENT, by=actor, title=row.where, text=row.text, staff=True,
        data={"dropped": row.by_name or "?"},
    )  # fmt: skip
