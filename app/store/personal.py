"""What is kept of one person, and what of it is forgotten."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

from peewee import ForeignKeyField

from app.states import ExportState, Thing
from app.store import work
from app.store.models import (
    Answer,
    Case,
    CaseText,
    Company,
    CompanyPerson,
    Document,
    Export,
    Mail,
    Member,
    Note,
    Session,
    TrailEntry,
    User,
)
from app.store.whose import ALONE, TRACES, Trace


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
    return bool(work.assigned_to(user))


def contact_of(email: str) -> list[Case]:
    """Cases whose contact has this address."""
    return list(Case.select().where(Case.email == email))


def told(user: int, email: str) -> dict[str, list[dict[str, Any]]]:
    """What else is kept of a person, by table: the columns that are theirs to have (`whose`), oldest first."""
    found = {}
    for model, trace in TRACES.items():
        if not trace.told:
            continue
        rows = [row for row in _rows(model, trace, user, email) if _names(row, trace, user, email)]
        if rows:
            found[model._meta.table_name] = [
                {name: getattr(row, _plain(model, name)) for name in trace.told} for row in rows
            ]
    return found


def forget(user: int, name: str, email: str, instead: str) -> None:
    """Take a person's name and address off every row (`whose`): the account's number stays. Rows that are nobody else's
    business go. A name that stands alone gives way to the number, unless somebody else is called so, too."""
    for model, trace in TRACES.items():
        if trace.goes:
            model.delete().where(_refers(model, trace, user)).execute()
            continue
        for column, beside in trace.accounts.items():
            if beside:
                model.update({beside: ""}).where((model._meta.fields[column] == user) & _said(model, beside)).execute()
        for column, beside in trace.addresses.items():
            for row in model.select().where(model._meta.fields[column].contains(email)):
                if email in _parts(getattr(row, column)):
                    _forget_address(row, column, beside, email, instead)
    Export.update(until=Export.asked_at).where((Export.user == user) & (Export.state == ExportState.MADE)).execute()
    if name and not User.select().where((User.name == name) & (User.id != user)).exists():
        for model, columns in ALONE.items():
            for column in columns:
                model.update({column: f"#{user}"}).where(model._meta.fields[column] == name).execute()


def _forget_address(row: Any, column: str, beside: str, email: str, instead: str) -> None:
    said = ", ".join(instead if part == email else part for part in _parts(getattr(row, column)))
    changed = {column: said} | ({beside: ""} if beside else {})
    model = type(row)
    model.update(changed).where(model._meta.primary_key == row._pk).execute()
    if model is Case:  # found no more by what was forgotten: upkeep folds it anew
        CaseText.update(fold=None).where(CaseText.case == row.id).execute()


def _parts(text: str) -> list[str]:
    """The addresses of a column: one, or several with commas."""
    return [part.strip() for part in text.split(",")]


def _said(model: Any, column: str) -> Any:
    return model._meta.fields[column] != ""


def _refers(model: Any, trace: Trace, user: int) -> Any:
    return reduce(or_, (model._meta.fields[column] == user for column in trace.accounts))


def _rows(model: Any, trace: Trace, user: int, email: str) -> Any:
    fields = model._meta.fields
    mine = [fields[column] == user for column in trace.accounts]
    mine += [fields[column].contains(email) for column in trace.addresses]
    return model.select().where(reduce(or_, mine)).order_by(model._meta.primary_key)


def _names(row: Any, trace: Trace, user: int, email: str) -> bool:
    """Whether a row speaks of the person, not of one whose address holds theirs."""
    by = any(getattr(row, _plain(type(row), column)) == user for column in trace.accounts)
    return by or any(email in _parts(getattr(row, column)) for column in trace.addresses)


def _plain(model: Any, name: str) -> str:
    """The attribute with a column's value: of a reference its number."""
    return str(
        model._meta.fields[name].object_id_name if isinstance(model._meta.fields[name], ForeignKeyField) else name
    )
