"""The moment when a task is sent: its answer is stored and the case takes its step."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.engine import CompleteTask, TooLate
from app.errors import Refused, Stale
from app.services.base import chain, permit, trail
from app.services.base.actors import Actor
from app.services.base.nouns import Asked, Sent
from app.services.base.portal import Portal
from app.services.papers import intake
from app.services.process import secrets, steps
from app.services.process.moment import Closing
from app.services.tasks import drafts, forms, nouns, recallstate
from app.services.trouble import incidents
from app.states import Act, Thing
from app.store import database, work
from app.store.models import Answer


def send(portal: Portal, task_id: str, actor: Actor, revision: int | None = None) -> None:
    """Complete the task with its draft: one transaction, then the worker is poked.

    Raises StepFailed when the process or the program fails in it: then the draft is kept, and the incident on record.
    Raises Stale (finished meanwhile, or the draft changed after it was checked), Refused, Forbidden, NotFound.
    """
    now = portal.now()
    with incidents.noted(portal), database.transaction():
        setting = permit.find(portal, task_id, actor, lock=True)
        with incidents.net(setting.case.id, setting.task.element, setting.task.title):
            permit.still_open(setting.task)
            behalf = permit.may_do(setting, actor)
            draft = work.draft(task_id)
            mine = draft if draft is not None and drafts.own(draft, setting.task, actor) else None
            if mine is not None:
                drafts.require_as_checked(mine, revision, actor)
            cleaned = forms.clean(portal, setting, secrets.unseal(portal, mine.values) if mine else {})
            if not cleaned.ok:
                raise Refused("Some answers need another look")
            complete(portal, setting, cleaned.values, actor, now, behalf)
            if draft is not None:
                work.drop_draft(draft)
    portal.poke()


def complete(
    portal: Portal,
    setting: permit.Setting,
    values: dict[str, Any],
    actor: Actor,
    now: datetime,
    behalf: str = "",
    known: object = None,
) -> None:
    """Store the answer, do what the nouns want of it, and take the step. Inside a transaction, which has to be
    given up at StepFailed (`incidents.noted`). `known`: what the caller knows beyond the answers, as the money of
    a confirmed payment."""
    task = setting.task
    with incidents.net(setting.case.id, task.element, task.title):
        _complete(portal, setting, values, actor, now, behalf, known)


def _complete(
    portal: Portal,
    setting: permit.Setting,
    values: dict[str, Any],
    actor: Actor,
    now: datetime,
    behalf: str,
    known: object,
) -> None:
    task, case, element = setting.task, setting.case, setting.element
    nouns.before(Asked(portal, setting, values))
    stood = recallstate.before(setting, values)
    kept = secrets.keep(portal, case, element.id, values, element.listed("secrets"), now)
    titles = {field.key: field.named("ja") for field in forms.form(setting).inputs()}
    intake.adopt(case, element.id, kept, titles)
    answer = Answer.create(
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
    sent = Sent(
        portal=portal,
        setting=setting,
        values=kept,
        answer=answer,
        actor=actor,
        now=now,
        behalf=behalf,
        known=known,
        routes=routes,
    )
    nouns.after(sent)
    try:
        closing = Closing(actor, answer, behalf, kept=recallstate.keeps(stood, actor))
        event, tasks = CompleteTask(task.id, routes), setting.open_tasks
        step = steps.advance(portal, case, event, now, closing, element.id, setting.loaded, tasks)
    except TooLate as error:
        raise Stale("“%(title)s” has already been completed", title=task.title) from error
    trail.note(
        now, actor, Act.SENT, trail.about(Thing.TASK, task.id, f"{task.title}（{case.number}）", case.id),
        after={"answer": chain.values(answer.values)}, behalf=_behind(actor, behalf),
    )  # fmt: skip
    nouns.moved(sent, step)
    recallstate.keep(setting, stood, step, answer, actor, now)


def _behind(actor: Actor, name: str) -> tuple[int | None, str] | None:
    """On whose behalf it was sent: a colleague's account, or the company of an agent."""
    if not name:
        return None
    return next((user for user, called in actor.standing_in_for if called == name), None), name
