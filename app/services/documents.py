"""Files of a case: made by the portal, uploaded by people, handed out from the package."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, BinaryIO
from uuid import uuid4

import puremagic

from app.connectors import scanner
from app.errors import Refused, Temporary
from app.services.actors import Actor
from app.services.portal import Portal
from app.services.releases import Loaded
from app.store import cases, database, records
from app.store.models import Case, Document

# What may be uploaded, by content; a form's `accept` narrows it further.
TYPES = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".txt": "text/plain",
    ".csv": "text/csv",
    ".zip": "application/zip",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".doc": "application/msword",
    ".xls": "application/vnd.ms-excel",
    ".ppt": "application/vnd.ms-powerpoint",
}
_SHOWN_IN_PAGE = {"application/pdf", "image/png", "image/jpeg", "image/gif"}


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A file for lists."""

    id: str
    title: str
    filename: str
    mime: str
    size: int
    version: int
    kind: str  # made | uploaded | file
    created_at: datetime | None
    by: str
    key: str = ""

    @property
    def shown_in_page(self) -> bool:
        """Whether a browser shows it safely."""
        return self.mime in _SHOWN_IN_PAGE


@dataclass(frozen=True, slots=True)
class Content:
    """Bytes on their way to a person."""

    filename: str
    mime: str
    data: bytes


def view(row: Document) -> DocumentView:
    """The document's facts."""
    return DocumentView(
        row.id,
        row.title,
        row.filename,
        row.mime,
        row.size,
        row.version,
        row.kind,
        row.created_at,
        row.created_by_name,
        row.key,
    )


def may_see(row: Document, actor: Actor) -> bool:
    """Whether this side sees the document."""
    return row.audience in {"both", actor.side} and (not row.draft or row.created_by_id == actor.user_id)


def of_case(case: Case, actor: Actor) -> list[DocumentView]:
    """The documents that the actor sees, newest first."""
    return [view(row) for row in records.documents(case.id) if may_see(row, actor)]


def keep_made(
    portal: Portal,
    case: Case,
    loaded: Loaded,
    document_id: str,
    origin: str,
    filename: str,
    title: str,
    content: bytes,
    now: datetime,
) -> Document:
    """Store a PDF that the portal made; the same origin makes it once."""
    known = records.latest_document(case.id, document_id, origin)
    if known is not None:
        return known
    source = loaded.package.documents[document_id]
    row: Document = Document.create(
        id=uuid4().hex,
        case=case,
        key=document_id,
        kind="made",
        origin=origin,
        title=title,
        filename=filename,
        mime="application/pdf",
        size=len(content),
        digest=portal.blobs.put(content),
        version=records.next_version(case.id, document_id),
        audience=source.audience,
        created_at=now,
    )
    cases.log(
        case.id,
        now,
        "document",
        title=title,
        data={"document": row.id},
        audience="operator" if source.audience == "operator" else "both",
    )
    return row


def keep_file(
    portal: Portal,
    case: Case,
    key: str,
    origin: str,
    filename: str,
    mime: str,
    content: bytes,
    audience: str,
    now: datetime,
) -> Document:
    """Store another file that the portal made (no PDF of the package); the same origin makes it once."""
    known = records.latest_document(case.id, key, origin)
    if known is not None:
        return known
    row: Document = Document.create(
        id=uuid4().hex,
        case=case,
        key=key,
        kind="made",
        origin=origin,
        title=filename,
        filename=filename,
        mime=mime,
        size=len(content),
        digest=portal.blobs.put(content),
        version=records.next_version(case.id, key),
        audience=audience,
        created_at=now,
    )
    return row


def _scanned(portal: Portal, digest: str, name: str) -> None:
    """Refuse what the virus scanner finds, and what it could not look at."""
    if not portal.settings.clamd_url:
        return
    try:
        found = scanner.scan(portal.settings.clamd_url, portal.blobs.path(digest))
    except Temporary as error:
        raise Refused(error.message) from error
    if found:
        raise Refused("“%(name)s” holds a virus or the like and was not taken; check your computer", name=name)


def attach(
    portal: Portal,
    case: Case,
    key: str,
    title: str,
    filename: str,
    stream: BinaryIO,
    actor: Actor,
    now: datetime,
    *,
    most_mb: float | None = None,
) -> Document:
    """Store an upload with a draft; it is the case's only when the draft is sent. Checked by its content."""
    name = PurePosixPath(filename.replace("\\", "/")).name.strip().replace("\x00", "")[:200] or "file"
    most = min(most_mb or portal.settings.upload_max_mb, portal.settings.upload_max_mb)
    try:
        digest, size = portal.blobs.put_stream(stream, int(most * (1 << 20)))
    except Refused as error:
        raise Refused("“%(name)s” is larger than %(megabytes)s MB", name=name, **error.params) from error
    if size == 0:
        raise Refused("“%(name)s” is empty; choose the file again", name=name)
    mime = content_type(name, portal.blobs.path(digest).open("rb").read(4096))
    _scanned(portal, digest, name)
    with database.transaction():
        row: Document = Document.create(
            id=uuid4().hex,
            case=case,
            key=key,
            kind="uploaded",
            title=title,
            filename=name,
            mime=mime,
            size=size,
            digest=digest,
            draft=True,
            created_at=now,
            created_by=actor.user_id,
            created_by_name=actor.name,
        )
    return row


def content_type(name: str, head: bytes) -> str:
    """The type that content and ending agree on; Refused when they do not, or when the type is not taken."""
    suffix = PurePosixPath(name).suffix.lower()
    mime = TYPES.get(suffix)
    if mime is None:
        raise Refused("“%(name)s” is of a type that cannot be taken; send PDF, images, Office or ZIP files", name=name)
    if suffix in {".txt", ".csv"}:
        if b"\x00" in head:
            raise Refused("“%(name)s” is not what its name says; save it again in the right format", name=name)
        return mime
    expected = {
        ".pdf": (b"%PDF-",),
        ".png": (b"\x89PNG",),
        ".jpg": (b"\xff\xd8",),
        ".jpeg": (b"\xff\xd8",),
        ".gif": (b"GIF8",),
        ".doc": (b"\xd0\xcf\x11\xe0",),
        ".xls": (b"\xd0\xcf\x11\xe0",),
        ".ppt": (b"\xd0\xcf\x11\xe0",),
    }.get(suffix, (b"PK\x03\x04",))
    if not any(signature in head[:1024] for signature in expected) or not _known(head):
        raise Refused("“%(name)s” is not what its name says; save it again in the right format", name=name)
    return mime


def _known(head: bytes) -> bool:
    """puremagic finds programs and scripts behind a harmless signature's back."""
    try:
        found = puremagic.from_string(head, mime=True)
    except puremagic.PureError:
        return True
    return "executable" not in str(found) and "x-dosexec" not in str(found)


def adopt(case: Case, element: str, values: Any, titles: dict[str, str]) -> None:
    """The sent answer's uploads become the case's own, each a new version of its field."""
    for key, reference in file_references(values):
        row = records.document(reference)
        if row is None or row.case_id != case.id or not row.draft:
            continue
        row.key = f"{element}.{key}"
        row.version = records.next_version(case.id, row.key)
        row.title = titles.get(key, row.title)
        row.draft = False
        row.save()


def file_references(values: Any, key: str = "") -> list[tuple[str, str]]:
    """(top field key, document id) of every file in an answer's values."""
    if isinstance(values, dict):
        if {"id", "name", "size"} <= values.keys():
            return [(key, str(values["id"]))]
        return [found for name, value in values.items() for found in file_references(value, key or name)]
    if isinstance(values, list):
        return [found for value in values for found in file_references(value, key)]
    return []


def named(case: Case, loaded: Loaded, keys: Sequence[str], actor: Actor) -> list[DocumentView]:
    """The newest documents under these keys (PDF ids, `element.field`, `file:name`), for a task's page."""
    found: list[DocumentView] = []
    for key in keys:
        name = key.removeprefix("file:")
        if f"files/{name}" in loaded.package.files:
            data = loaded.package.files[f"files/{name}"]
            found.append(
                DocumentView(
                    name,
                    name,
                    name,
                    TYPES.get(PurePosixPath(name).suffix.lower(), ""),
                    len(data),
                    1,
                    "file",
                    None,
                    "",
                    key,
                )
            )
            continue
        row = records.latest_document(case.id, key)
        if row is not None and may_see(row, actor):
            found.append(view(row))
    return found
