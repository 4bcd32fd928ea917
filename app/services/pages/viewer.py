"""A file page by page, with the points that are pinned to it: for who reviews it, and for who answers them."""

from __future__ import annotations

from dataclasses import dataclass

from app.errors import NinteiError, NotFound
from app.services.base import permit
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.papers import documents
from app.services.tasks import comments, reviews, view
from app.services.tasks.comments import CommentView
from app.states import CommentState, DocumentKind, Side, TaskState
from app.store import database, records
from app.store.models import Document

OPEN_FIRST = list(CommentState)


@dataclass(frozen=True, slots=True)
class Pinned:
    """A point of this file. `number` is what its mark says; it stays while points come and go."""

    number: int
    comment: CommentView


@dataclass(frozen=True)
class Viewed:
    """The page of a file."""

    task: view.TaskView
    document: documents.DocumentView
    element: str
    field: str
    title: str  # of the field
    points: list[Pinned]  # those that wait for somebody first
    elsewhere: list[CommentView]  # points of the same field that are about other files or versions
    versions: list[documents.DocumentView]  # newest first, this one among them
    may_pin: bool
    may_answer: bool

    @property
    def unanswered(self) -> int:
        """How many points wait for the vendor's answer."""
        return sum(each.comment.state == CommentState.OPEN for each in self.points)


def page(portal: Portal, task_id: str, document_id: str, actor: Actor) -> Viewed:
    """The file under review, or the file of a form that came back. NotFound for any other file."""
    with database.connection():
        setting = permit.find(portal, task_id, actor)
        row = records.document(document_id)
        if row is None or row.case_id != setting.case.id or not documents.may_see(row, actor):
            raise NotFound("There is no such document")
        element, field = _origin(setting, row)
        said = [each for each in comments.for_task(setting) if each.element == element and each.field == field]
        here = sorted((each for each in said if each.document_id == row.id), key=lambda each: each.id)
        numbered = [Pinned(number, each) for number, each in enumerate(here, 1)]
        open_to = setting.task.state == TaskState.OPEN and _may(setting, actor)
        spec = setting.loaded.forms[element].field(field)
        return Viewed(
            task=view.view(setting.task, portal.today(), portal.closing()),
            document=documents.view(row),
            element=element,
            field=field,
            title=spec.named(actor.language) if spec else row.title,
            points=sorted(numbered, key=lambda each: (OPEN_FIRST.index(each.comment.state), each.number)),
            elsewhere=[each for each in said if each.document_id != row.id],
            versions=[documents.view(each) for each in records.line(setting.case.id, row.line or row.id)],
            may_pin=open_to and reviews.may_return(setting),
            may_answer=open_to and setting.task.side == Side.VENDOR,
        )


def _origin(setting: permit.Setting, row: Document) -> tuple[str, str]:
    """The answer and the field to which the file belongs, if this task is about it."""
    element, _, field = row.key.partition(".")
    about = setting.element.listed("reviews") if setting.task.side == Side.OPERATOR else [setting.task.element]
    if row.kind != DocumentKind.UPLOADED or row.draft or element not in about or not documents.view(row).shown_in_page:
        raise NotFound("There is no such document")
    return element, field


def _may(setting: permit.Setting, actor: Actor) -> bool:
    try:
        permit.may_do(setting, actor)
    except NinteiError:
        return False
    return True
