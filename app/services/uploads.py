"""Uploads of a task: files that are kept with its draft, and become the case's when it is sent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

from app.errors import NotFound, Refused
from app.forms import FileRef, FormSpec
from app.services import desk, documents
from app.services.actors import Actor
from app.services.portal import Portal
from app.store import database, records


def attach(portal: Portal, task_id: str, field: str, filename: str, stream: BinaryIO, actor: Actor) -> FileRef:
    """Store an upload with the task's draft. Refused when the field, its size or its type do not allow it."""
    with database.connection():
        setting = desk.find(portal, task_id, actor)
        desk.may_do(setting, actor)
        desk.still_open(setting.task)
        form = setting.loaded.forms.get(setting.task.element)
        spec = form.field(field) if form else None
    if spec is None or spec.type.value != "filepicker":
        raise NotFound("This task has no such field")
    row = documents.attach(
        portal,
        setting.case,
        f"draft.{task_id}.{field}",
        spec.named("ja"),
        filename,
        stream,
        actor,
        portal.now(),
        most_mb=spec.max_size_mb,
    )
    found = FileRef(row.id, row.filename, row.size, row.mime)
    # What the form would say of this file when it is checked is said now, while its sender looks.
    only = FormSpec(setting.task.element, (spec,))
    for error in only.clean({spec.key: [found.as_dict()]}).errors:
        with database.transaction():
            row.delete_instance()
        message, params = only.explain(error, actor.language)
        raise Refused(message, **params)
    return found


def known_files(portal: Portal, task_id: str, ids: Iterable[str], actor: Actor) -> list[FileRef]:
    """The uploads among these ids that the draft or the case has already."""
    with database.connection():
        setting = desk.find(portal, task_id, actor)
        rows = (records.document(each) for each in ids)
        return [
            FileRef(row.id, row.filename, row.size, row.mime)
            for row in rows
            if row is not None and row.case_id == setting.case.id and row.kind == "uploaded"
        ]
