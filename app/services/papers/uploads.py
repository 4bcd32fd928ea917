"""Uploads of a task: files that are kept with its draft, and become the case's when it is sent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO, NamedTuple

from app.errors import NotFound, Refused
from app.forms import FieldSpec, FileRef, FormSpec
from app.services.base import permit
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.papers import intake
from app.states import DocumentKind
from app.store import database, records
from app.store.models import Document


class Place(NamedTuple):
    """Where an upload goes: a task, a field of its form, and by which name the page has it."""

    setting: permit.Setting
    spec: FieldSpec
    name: str


def attach(
    portal: Portal,
    where: Place,
    filename: str,
    stream: BinaryIO,
    actor: Actor,
    *,
    replaces: str = "",
    part: str = "",
) -> FileRef:
    """Store an upload with the task's draft. Refused when the field, its size or its type do not allow it.

    `where`: as `place` gave it, which said who may. `replaces`: id of a document of the same field of which the file
    is said to be a new version. `part`: the upload by which it came.
    """
    setting, spec, name = where
    with database.connection():
        old = records.document(replaces) if replaces else None
    if old is not None and old.draft:  # never sent: what it was to replace is replaced by this one
        replaces = old.replaces
    upload = intake.Upload(
        f"draft.{setting.task.id}.{name}", spec.named("ja"), filename, spec.max_size_mb, replaces, part, spec.accept
    )
    row = intake.attach(portal, setting.case, upload, stream, actor, portal.now())
    found = reference(row)
    try:
        require_taken(setting, spec, found, actor.language)
    except Refused:
        with database.transaction():
            row.delete_instance()
        raise
    return found


def place(portal: Portal, task_id: str, field: str, actor: Actor) -> Place:
    """The task and its upload field, for an actor who may answer the task now.

    Raises NotFound, Forbidden, Refused, and Stale once the task is finished.
    """
    with database.connection():
        setting = permit.find(portal, task_id, actor)
        permit.may_do(setting, actor)
        permit.still_open(setting.task)
        form = setting.loaded.forms.get(setting.task.element)
    spec = form.field(field) if form else None
    if spec is None or spec.type.value != "filepicker":
        raise NotFound("This task has no such field")
    return Place(setting, spec, field)


def require_taken(setting: permit.Setting, spec: FieldSpec, file: FileRef, lang: str) -> None:
    """What the form would say of this file when it is checked is said now, while its sender looks. Raises Refused."""
    only = FormSpec(setting.task.element, (spec,))
    for error in only.clean({spec.key: [file.as_dict()]}).errors:
        message, params = only.explain(error, lang)
        raise Refused(message, **params)


def reference(row: Document) -> FileRef:
    """The document as a form's answer names it."""
    return FileRef(row.id, row.filename, row.size, row.mime)


def known_files(portal: Portal, task_id: str, ids: Iterable[str], actor: Actor) -> list[FileRef]:
    """The uploads among these ids that the draft or the case has already."""
    with database.connection():
        setting = permit.find(portal, task_id, actor)
        rows = (records.document(each) for each in ids)
        return [
            reference(row)
            for row in rows
            if row is not None and row.case_id == setting.case.id and row.kind == DocumentKind.UPLOADED
        ]
