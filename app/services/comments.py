"""補正: points that a reviewer pins to a field or a page; the vendor answers each; the next reviewer sees them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.errors import NotFound, Refused
from app.services import desk
from app.services.actors import Actor
from app.services.portal import Portal
from app.store import cases, database, records, work
from app.store.models import Comment


@dataclass(frozen=True, slots=True)
class CommentView:
    """A point and its answer."""

    id: int
    element: str
    field: str
    where: str
    text: str
    page: int | None
    state: str  # draft | open | answered | resolved
    reply: str
    at: datetime
    by: str
    document_id: str


def view(row: Comment) -> CommentView:
    """The point's facts."""
    return CommentView(
        row.id,
        row.element,
        row.field,
        row.where,
        row.text,
        row.page,
        row.state,
        row.reply,
        row.at,
        row.by_name,
        row.document_id,
    )


def for_task(setting: desk.Setting) -> list[CommentView]:
    """What a task's page shows: a reviewer all points of what is reviewed (open first), the vendor the open ones."""
    if setting.task.side == "operator":
        reviewed = set(setting.element.listed("reviews"))
        rows = [row for row in work.comments(setting.case.id) if row.element in reviewed]
        order = {"draft": 0, "open": 1, "answered": 2, "resolved": 3}
        return [view(row) for row in sorted(rows, key=lambda row: (order[row.state], row.id))]
    return [
        view(row) for row in work.comments(setting.case.id, "open", "answered") if row.element == setting.task.element
    ]


def pin(
    portal: Portal,
    task_id: str,
    element: str,
    field: str,
    text: str,
    actor: Actor,
    *,
    page: int | None = None,
    document_id: str = "",
) -> None:
    """Pin a point to a field of a reviewed answer; it goes out when the review is sent as a return."""
    text = text.strip()
    if not text:
        raise Refused("Write what has to be mended")
    with database.transaction():
        setting = desk.find(portal, task_id, actor)
        desk.may_do(setting, actor)
        if element not in setting.element.listed("reviews"):
            raise NotFound("This answer is not part of the review")
        spec = setting.loaded.forms[element].field(field) if field else None
        title = setting.loaded.element(element).name
        if document_id:
            document = records.document(document_id)
            if document is None or document.case_id != setting.case.id:
                raise NotFound("There is no such document")
        Comment.create(
            case=setting.case,
            review_element=setting.task.element,
            review_task=task_id,
            element=element,
            field=field,
            document_id=document_id,
            page=page,
            where=f"{title}｜{spec.named('ja')}" if spec else title,
            text=text,
            at=portal.now(),
            by_name=actor.name,
        )


def unpin(portal: Portal, task_id: str, comment_id: int, actor: Actor) -> None:
    """Take back a point that has not gone out yet."""
    with database.transaction():
        setting = desk.find(portal, task_id, actor)
        desk.may_do(setting, actor)
        Comment.delete().where(
            (Comment.id == comment_id) & (Comment.review_task == task_id) & (Comment.state == "draft")
        ).execute()


def reply(portal: Portal, task_id: str, comment_id: int, text: str, actor: Actor) -> None:
    """The vendor's answer to a point."""
    if not reply_all(portal, task_id, {comment_id: text}, actor):
        raise NotFound("There is no such point")


def reply_all(portal: Portal, task_id: str, replies: Mapping[int, str], actor: Actor) -> int:
    """The vendor's answers to the points of this task's form; gives how many of them there are."""
    with database.transaction():
        setting = desk.find(portal, task_id, actor)
        desk.may_do(setting, actor)
        rows = [
            row
            for row in work.comments(setting.case.id, "open", "answered")
            if row.id in replies and row.element == setting.task.element
        ]
        for row in rows:
            text = replies[row.id].strip()
            if text == row.reply:
                continue
            row.reply, row.replied_by, row.replied_at = text, actor.name, portal.now()
            row.state = "answered" if row.reply else "open"
            row.save()
    return len(rows)


def unanswered(setting: desk.Setting) -> list[CommentView]:
    """Points of this task's form that the vendor has not answered."""
    return [view(row) for row in work.comments(setting.case.id, "open") if row.element == setting.task.element]


def returns(values: Mapping[str, Any]) -> bool:
    """Whether a review's answer sends the case back to the vendor."""
    return "returned" in values.values()


def completed(setting: desk.Setting, values: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    """A review that returns sends its points out; one that passes resolves them."""
    reviewed = set(setting.element.listed("reviews"))
    if not reviewed or setting.task.side != "operator":
        return
    returned = returns(values)
    for row in work.comments(setting.case.id, "draft", "open", "answered"):
        if row.element not in reviewed:
            continue
        if row.state == "draft" and returned:
            row.state = "open"
            cases.log(
                setting.case.id,
                now,
                "comment",
                title=row.where,
                text=row.text,
                actor=actor.user_id,
                actor_name=actor.name,
                actor_side=actor.side,
            )
        elif row.state == "draft":
            row.delete_instance()
            continue
        else:
            row.state = "resolved"
        row.save()
