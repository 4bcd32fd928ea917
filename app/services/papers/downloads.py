"""Bytes on their way to a person: documents, released files, attachments, everything at once; each on record."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePosixPath

from app.errors import NotFound
from app.services.base import history, trail
from app.services.base.actors import Actor
from app.services.base.businessdays import JAPAN
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.services.mails import whose
from app.services.papers import voided, zipnames
from app.services.papers.documents import Content, may_see
from app.services.papers.intake import TYPES
from app.states import Act, EntryKind, Side, Thing
from app.store import database, records, work
from app.store.models import Case
from app.text.typed import composed


def document(portal: Portal, case: Case, document_id: str, actor: Actor) -> Content:
    """A document's bytes. NotFound for what is not the actor's."""
    with database.transaction():
        row = records.document(document_id)
        if row is None or row.case_id != case.id or not may_see(row, actor):
            raise NotFound("There is no such document")
        if not row.digest:
            raise NotFound("This document was removed, because its time was over; the audit record says when")
        _record(case, actor, portal.now(), row.filename, row.id)
        data = voided.marked(portal, case, portal.releases.loaded(case.release_id), row)
    return Content(row.filename, row.mime, data)


def newest(portal: Portal, case: Case, key: str, actor: Actor) -> Content:
    """The newest document under a key. NotFound while there is none."""
    with database.connection():
        row = records.latest_document(case.id, key)
    if row is None:
        raise NotFound("There is no such document")
    return document(portal, case, row.id, actor)


def released_file(portal: Portal, case: Case, loaded: Loaded, name: str, actor: Actor) -> Content:
    """A file of a download group that is open to the case; staff may look at the others too."""
    with database.transaction():
        groups = {row.grp for row in records.openings(case.id)} & loaded.package.downloads.keys()
        open_files = {file for group in groups for file in loaded.package.downloads[group].files}
        for row in work.tasks_of(case.id):  # what a task's page offers stays open to those who had the task
            open_files |= {key.removeprefix("file:") for key in loaded.element(row.element).listed("shows")}
        name = composed(name)  # as a package's own paths are
        data = loaded.package.files.get(f"files/{name}")
        if data is None or (name not in open_files and actor.side != Side.OPERATOR):
            raise NotFound("There is no such document")
        _record(case, actor, portal.now(), name)
    return Content(handout_name(loaded, name), TYPES.get(suffix_of(name), "application/octet-stream"), data)


def handout_name(loaded: Loaded, name: str) -> str:
    """What a file of the package is called where it is kept: its title, with the ending that it has."""
    title = loaded.package.titles.get(name, "")
    return f"{title}{suffix_of(name)}" if title else name


def suffix_of(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def attachment(portal: Portal, case: Case, mail_row: int, index: int, actor: Actor) -> Content:
    """The attachment of a mail, as it was sent; `index` counts from 0."""
    mail = whose.one(portal, case.number, mail_row, actor)
    if not 0 <= index < len(mail.attachments):
        raise NotFound("There is no such document")
    stored = mail.attachments[index]
    with database.transaction():
        _record(case, actor, portal.now(), stored["filename"])
    return Content(stored["filename"], stored["mime"], portal.blobs.get(stored["digest"]))


def archive(portal: Portal, case: Case, loaded: Loaded, actor: Actor) -> Content:
    """Everything of the case that the actor sees, as one ZIP file. Its entries are named, and dated, by the day and
    hour in Japan; a paper says which field of which form it was given for, or what it is; a mail its subject. Beside
    them every answer as it was sent, and the messages in one file."""
    with database.transaction():
        rows = [row for row in records.documents(case.id) if row.digest and may_see(row, actor)]
        letters = whose.of_case(case, loaded, actor)
        sent = list(_answers(case, loaded, actor))
        said = records.notes(case.id, internal=actor.side == Side.OPERATOR)
        _record(case, actor, portal.now(), f"{case.number}.zip")
    out = io.BytesIO()
    taken: set[str] = set()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        for row in rows:
            at = row.created_at.astimezone(JAPAN)
            title, file = zipnames.part(row.title), PurePosixPath(row.filename)
            named = f"{title}-{file}" if title and title != file.stem else str(file)
            name = zipnames.free(f"{case.number}/documents/{at:%Y%m%d}-v{row.version}-{named}", taken)
            with database.connection():
                data = voided.marked(portal, case, loaded, row)
            bundle.writestr(zipnames.entry(name, at), data)
        for mail in letters:
            at = mail.written_at.astimezone(JAPAN)
            name = zipnames.free(f"{case.number}/mail/{at:%Y%m%d-%H%M%S}-{zipnames.part(mail.subject)}.txt", taken)
            text = f"To: {mail.recipient}\nSubject: {mail.subject}\n\n{mail.text}"
            bundle.writestr(zipnames.entry(name, at), text)
        for at, title, text in sent:
            name = zipnames.free(f"{case.number}/answers/{at:%Y%m%d-%H%M%S}-{zipnames.part(title)}.txt", taken)
            bundle.writestr(zipnames.entry(name, at), text)
        if said:
            last = max(row.at for row in said).astimezone(JAPAN)
            lines = (f"{row.at.astimezone(JAPAN):%Y-%m-%d %H:%M}  {row.by_name}\n{row.text}\n" for row in said)
            bundle.writestr(zipnames.entry(f"{case.number}/messages.txt", last), "\n".join(lines))
    return Content(f"{case.number}.zip", "application/zip", out.getvalue())


def _answers(case: Case, loaded: Loaded, actor: Actor) -> Iterator[tuple[datetime, str, str]]:
    """(when in Japan, title, text) of every answer that the actor may read, each round of it; secrets are left out."""
    for element, rows in work.answers_by_element(case.id).items():
        form = loaded.forms.get(element)
        hidden = set(loaded.element(element).listed("secrets")) if form is not None else set()
        for row in rows:
            if form is None or (actor.side == Side.VENDOR and row.side != Side.VENDOR):
                continue
            lines = [
                f"{line.label}: {', '.join(file.name for file in line.files) or line.text}"
                for line in form.answers(row.values, actor.language)
                if line.key not in hidden
            ]
            if lines:
                at, title = row.at.astimezone(JAPAN), loaded.element(element).title
                yield at, title, "\n".join([title, f"{at:%Y-%m-%d %H:%M}  {row.by_name}", "", *lines, ""])


def _record(case: Case, actor: Actor, now: datetime, filename: str, document_id: str = "") -> None:
    about = trail.about(Thing.DOCUMENT, document_id or filename, filename, case.id)
    trail.note(now, actor, Act.DOWNLOADED, about)
    if actor.side == Side.VENDOR:
        history.note(case.id, now, EntryKind.DOWNLOAD, by=actor, title=filename[:300])
