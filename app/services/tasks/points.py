"""What points want of a task (補正): each is answered before the form is sent again, and goes out with a return."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app.engine import Step
from app.errors import N_
from app.forms import FieldError
from app.services.base.nouns import Asked, Looked, Noun, Sent, Warned
from app.services.tasks import comments, returning, reviews
from app.states import Side


class Points(Noun):
    """Points that reviewers pin, and the vendor answers."""

    def wrong(self, asked: Asked) -> Iterable[FieldError]:
        if asked.setting.task.side != Side.VENDOR:
            return []
        left = comments.unanswered(asked.setting)
        said = N_("Answer each point that was raised (%(count)s left)")
        return [FieldError("comments", said, {"count": len(left)})] if left else []

    def doubted(self, asked: Asked) -> Iterable[Warned]:
        return reviews.warnings(asked.setting, asked.values)

    def after(self, sent: Sent) -> Mapping[str, Any]:
        comments.completed(sent.setting, sent.values, sent.actor, sent.now)
        return {}

    def moved(self, sent: Sent, step: Step) -> None:
        returning.tell(sent.setting, step, sent.routes, sent.now)

    def shown(self, looked: Looked) -> Mapping[str, Any]:
        """`comments`: the points; `pins`: whether points may be pinned to the reviewed answers."""
        return {"comments": comments.for_task(looked.setting), "pins": reviews.may_return(looked.setting)}
