"""What is old enough to go, and what holds it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from peewee import CharField, ForeignKeyField

from app.states import Act, Kept, TaskState, Thing
from app.store.models import (
    ALL,
    Answer,
    Case,
    Guess,
    LegalHold,
    Mail,
    Member,
    Retention,
    Session,
    Task,
    TrailEntry,
    User,
)

ERASED = "erased:"


def days() -> dict[Kept, int]:
    """Periods that were changed."""
    return {row.kind: row.days for row in Retention.select()}


def set_days(kind: Kept, count: int) -> None:
    """Keep a kind so long."""
    Retention.insert(kind=kind, days=count).on_conflict(
        conflict_target=[Retention.kind], update={Retention.days: count}
    ).execute()


def holds() -> list[LegalHold]:
    """What stands, the newest first."""
    return list(
        LegalHold.select(LegalHold, Case).join(Case).where(LegalHold.ended_at.is_null()).order_by(-LegalHold.id)
    )


def hold_of(case: int) -> LegalHold | None:
    """What holds a case."""
    return LegalHold.get_or_none((LegalHold.case == case) & LegalHold.ended_at.is_null())


def _held() -> Any:
    return LegalHold.select(LegalHold.case).where(LegalHold.ended_at.is_null())


def details(acts: Sequence[Act], before: datetime) -> Any:
    """Entries of the audit record whose details are there and old enough, the oldest first; of no case that is held."""
    free = TrailEntry.case_id.is_null() | TrailEntry.case_id.not_in(_held())
    old = TrailEntry.act.in_(acts) & (TrailEntry.at < before) & ~TrailEntry.who.startswith(ERASED)
    return TrailEntry.select().where(old & free).order_by(TrailEntry.id)


def of_person(user: int) -> list[TrailEntry]:
    """Entries that a person made, or that are about their account."""
    mine = (TrailEntry.person == user) | (TrailEntry.behalf == user)
    about = (TrailEntry.thing == Thing.ACCOUNT) & (TrailEntry.subject == str(user))
    return list(TrailEntry.select().where(mine | about).order_by(TrailEntry.id))


def mails(before: datetime) -> Any:
    """Mails with a text, of cases that ended before then and that nothing holds."""
    over = Case.ended & (Case.changed_at < before) & Case.id.not_in(_held())
    return Mail.select().join(Case).where(over & (Mail.written_at < before) & (Mail.text != "")).order_by(Mail.id)


def forget_names(user: int) -> int:
    """Take a person's name off every row that says who did something; the account's number stays. Gives how many."""
    count = 0
    for model in ALL:
        fields = model._meta.fields
        for name, field in fields.items():
            beside = fields.get(f"{name}_name")
            if isinstance(field, ForeignKeyField) and field.rel_model is User and isinstance(beside, CharField):
                count += int(model.update({beside: ""}).where((field == user) & (beside != "")).execute())
    return count


def forget_sign_ins(user: int) -> None:
    """Sessions and tries of an account."""
    Session.delete().where(Session.user == user).execute()
    Guess.delete().where(Guess.user == user).execute()


def contact_of(email: str) -> list[Case]:
    """Cases whose contact has this address."""
    return list(Case.select().where(Case.email == email))


def change_hold(case: int, row: LegalHold | None, reason: str, at: datetime, by_name: str) -> None:
    """Hold a case, or end what holds it."""
    if row is None:
        LegalHold.create(case=case, reason=reason, at=at, by_name=by_name)
    else:
        row.ended_at = at
        row.save()


def cases_of(user: int) -> list[Case]:
    """Cases on which somebody is, or was, one of the vendor's people."""
    return list(Case.select().join(Member).where(Member.user == user).order_by(Case.id))


def answers_of(user: int) -> list[Answer]:
    """What somebody sent, oldest first, with the case."""
    return list(Answer.select(Answer, Case).join(Case).where(Answer.by == user).order_by(Answer.id))


def open_tasks_of(user: int) -> bool:
    """Whether an open task is theirs."""
    return bool(Task.select().where((Task.assignee == user) & (Task.state == TaskState.OPEN)).exists())
