"""Reads what package.toml declares for the portal's own acts (declared.py)."""

from __future__ import annotations

from typing import Any

from app.catalogue import older
from app.catalogue.declared import DOCUMENTS, LISTS, MAILS, TEXTS, Applicant, Declared, Group, Word
from app.catalogue.toml import Table
from app.text.roles import NEUTRAL


def read_declared(top: Table) -> Declared:
    """From the parsed package.toml, brought to today's format before."""
    form = top.whole("format", older.FIRST, least=older.FIRST, most=older.NEWEST)
    words = top.table("words")
    return Declared(
        format=form,
        entry_message=top.text("entry_message", ""),
        contract=top.text("contract", ""),
        groups={name: _group(name, table) for name, table in top.named("groups").items()},
        words=_words(words) if words else {},
        sections={name: _word(name, table) for name, table in top.named("sections").items()},
        applicant=_applicant(top.table("applicant")),
        mails=_named(top.table("portal_mails"), MAILS),
        documents=_named(top.table("portal_documents"), DOCUMENTS),
    )


def _group(name: str, table: Table) -> Group:
    title = table.text("title")
    group = Group(
        name, title, table.english("title", title), table.flag("attends", False), table.flag("keeps_keys", False)
    )
    table.close()
    return group


def _word(name: str, table: Table) -> Word:
    title = table.text("title")
    word = Word(name, title, table.english("title", title))
    table.close()
    return word


def _words(table: Table) -> dict[str, Word]:
    words = {}
    for name in NEUTRAL:
        if (inner := table.table(name)) is not None:
            words[name] = _word(name, inner)
    table.close()
    return words


def _applicant(table: Table | None) -> Applicant:
    if table is None:
        return Applicant()
    said: dict[str, Any] = {key: table.text(key, "") for key in TEXTS}
    said |= {key: table.texts(key, ()) for key in LISTS}
    table.close()
    return Applicant(**said)


def _named(table: Table | None, purposes: tuple[str, ...]) -> dict[str, str]:
    if table is None:
        return {}
    found = {purpose: name for purpose in purposes if (name := table.text(purpose, ""))}
    table.close()
    return found
