"""What is kept of one person, and what of it is forgotten."""

from __future__ import annotations

from peewee import CharField, ForeignKeyField

from app.states import TaskState, Thing
from app.store.models import (
    ALL,
    Answer,
    Case,
    Company,
    CompanyPerson,
    Document,
    Guess,
    KnownPlace,
    Mail,
    Member,
    Note,
    Session,
    Task,
    TrailEntry,
    User,
)


def of_person(user: int) -> list[TrailEntry]:
    """Entries that a person made, or that are about their account."""
    mine = (TrailEntry.person == user) | (TrailEntry.behalf == user)
    about = (TrailEntry.thing == Thing.ACCOUNT) & (TrailEntry.subject == str(user))
    return list(TrailEntry.select().where(mine | about).order_by(TrailEntry.id))


def cases_of(user: int) -> list[Case]:
    """Cases on which somebody is, or was, one of the vendor's people."""
    return list(Case.select().join(Member).where(Member.user == user).order_by(Case.id))


def companies_of(user: int) -> list[CompanyPerson]:
    """Where somebody belongs, with the company."""
    query = CompanyPerson.select(CompanyPerson, Company).join(Company)
    return list(query.where(CompanyPerson.user == user).order_by(CompanyPerson.id))


def answers_of(user: int) -> list[Answer]:
    """What somebody sent, oldest first, with the case."""
    return list(Answer.select(Answer, Case).join(Case).where(Answer.by == user).order_by(Answer.id))


def documents_of(user: int) -> list[Document]:
    """Files that somebody gave, oldest first, with the case."""
    query = Document.select(Document, Case).join(Case).where(Document.created_by == user)
    return list(query.order_by(Document.created_at))


def messages_of(user: int) -> list[Note]:
    """What somebody wrote in a case's messages, oldest first, with the case."""
    return list(Note.select(Note, Case).join(Case).where(Note.by == user).order_by(Note.id))


def mails_to(email: str) -> list[Mail]:
    """Mails to this address alone, or to it among others, oldest first."""
    found = Mail.select().where(Mail.recipient.contains(email)).order_by(Mail.id)
    return [row for row in found if email in {part.strip() for part in row.recipient.split(",")}]


def sessions_of(user: int) -> list[Session]:
    """Where somebody was signed in, as far as that is kept."""
    return list(Session.select().where(Session.user == user).order_by(Session.id))


def open_tasks_of(user: int) -> bool:
    """Whether an open task is theirs."""
    return bool(Task.select().where((Task.assignee == user) & (Task.state == TaskState.OPEN)).exists())


def contact_of(email: str) -> list[Case]:
    """Cases whose contact has this address."""
    return list(Case.select().where(Case.email == email))


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
    """Sessions and tries of an account, and from where it is known."""
    for model in (Session, Guess, KnownPlace):
        model.delete().where(model.user == user).execute()
