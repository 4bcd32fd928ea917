"""What comes after a task: whose turn it is now, and the next thing that the same person can do."""

from __future__ import annotations

from dataclasses import dataclass

from app.forms import Answer as AnswerLine
from app.services.base import permit
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.pages import casehead
from app.services.tasks import recall, view
from app.states import Side, TaskKind
from app.store import database, work
from app.store.models import Task


@dataclass(frozen=True, slots=True)
class After:
    """A task that is over, and what follows."""

    task: view.TaskView
    on_behalf_of: str
    sent: list[AnswerLine]  # what was answered; empty for what the reader may not see
    head: casehead.CaseHead
    following: view.TaskView | None  # the vendor's next task: of this case first, then of others
    recall: recall.Offer | None  # whether the reader may take it back


def after(portal: Portal, task_id: str, actor: Actor) -> After:
    """What the page of a finished task says."""
    with database.connection():
        setting = permit.find(portal, task_id, actor)
        row, spec = setting.task, setting.loaded.forms.get(setting.task.element)
        sent = spec.answers(row.answer.values, actor.language) if spec is not None and row.answer else []
        following = _vendors_next(row, actor) if actor.side == Side.VENDOR else None
        today, closing = portal.today(), portal.closing()
        return After(
            task=view.view(row, today, closing),
            on_behalf_of=row.on_behalf_of,
            sent=sent,
            head=casehead.head(portal, setting.case, setting.loaded, actor),
            following=view.view(following, today, closing) if following is not None else None,
            recall=recall.offered(portal, setting.case.number, actor, task_id),
        )


def _vendors_next(row: Task, actor: Actor) -> Task | None:
    """Due tasks before buttons, this case before others; none for what waits for a mail to be opened."""
    rows = [each for each in work.vendor_tasks(actor.user_id or 0) if each.id != row.id and each.kind == TaskKind.USER]
    rows.sort(key=lambda each: (each.presentation == "button", each.case_id != row.case_id))
    return rows[0] if rows else None
