"""Tasks finished from a list, without their page: ticked payments, parcels with their numbers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.errors import N_, Refused, StepFailed
from app.forms import FieldError
from app.services.base import permit
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.money.receiving import Received
from app.services.tasks import forms, send
from app.services.trouble import incidents
from app.store import cases, database, work


class WrongAnswers(Refused):
    """Some answers need another look; `errors` says which, `sentences` what about them in the actor's language."""

    def __init__(self, errors: tuple[FieldError, ...], sentences: list[tuple[str, str, dict[str, Any]]]) -> None:
        super().__init__(N_("Some answers need another look"))
        self.errors = errors
        self.sentences = sentences  # (field, message id, facts)


def finish(
    portal: Portal, task_id: str, raw: Mapping[str, Any], actor: Actor, received: Received | None = None
) -> None:
    """Complete the task with these answers, as its page would: roles, duties, form and step, in one transaction.

    Raises WrongAnswers, Stale (finished meanwhile), Refused, Forbidden, NotFound.
    """
    now = portal.now()
    try:
        _finish(portal, task_id, raw, actor, now, received)
    except StepFailed:
        forms.save_draft(portal, task_id, raw, actor)  # so that nothing is typed twice
        raise
    portal.poke()


def _finish(
    portal: Portal, task_id: str, raw: Mapping[str, Any], actor: Actor, now: datetime, received: Received | None
) -> None:
    with incidents.noted(portal), database.transaction():
        found = permit.find(portal, task_id, actor)
        case = cases.lock(found.case.id)
        setting = permit.of(work.task(task_id) or found.task, case, found.loaded)
        permit.still_open(setting.task)
        behalf = permit.may_do(setting, actor)
        cleaned = forms.clean(portal, setting, raw)
        if not cleaned.ok:
            spec = setting.loaded.forms[setting.task.element]
            told = [(error.key, *spec.explain(error, actor.language)) for error in cleaned.errors]
            raise WrongAnswers(tuple(cleaned.errors), told)
        send.complete(portal, setting, cleaned.values, actor, now, behalf, received)
        draft = work.draft(task_id)
        if draft is not None:
            work.drop_draft(draft)
