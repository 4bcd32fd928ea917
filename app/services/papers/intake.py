"""Files that people send: checked by content, kept with a draft, and the case's own when the draft is sent."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO
from uuid import uuid4

from app.connectors import scanner, sealed, signed
from app.errors import Refused, TooLarge
from app.forms.checks import NOT_ACCEPTED, types_in_words
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.states import DocumentKind
from app.store import database, parts, records, work
from app.store.arriving import Arrived
from app.store.models import Case, Document
from app.text.names import file_name

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
_OFFICE = b"\xd0\xcf\x11\xe0"
_SIGNATURES = {
    ".pdf": b"%PDF-",
    ".png": b"\x89PNG",
    ".jpg": b"\xff\xd8",
    ".jpeg": b"\xff\xd8",
    ".gif": b"GIF8",
    ".doc": _OFFICE,
    ".xls": _OFFICE,
    ".ppt": _OFFICE,
}


@dataclass(frozen=True, slots=True)
class Upload:
    """What is said of a file that comes in. `replaces`: id of the document that its sender says it replaces; `part`: id
    of the upload (services.parts) by which it came, whose room in the case was set aside; `accept`: the field's types,
    as its form names them, empty for all that the portal takes."""

    key: str
    title: str
    filename: str
    most_mb: float | None = None
    replaces: str = ""
    part: str = ""
    accept: tuple[str, ...] = ()


# What may come in


def type_by_name(name: str, accept: tuple[str, ...] = ()) -> str:
    """The type that the name's ending promises; Refused when it is not taken, naming what a field (`accept`) takes, or
    without one the portal: “images” would say that all of them are."""
    mime = TYPES.get(PurePosixPath(name).suffix.lower())
    if mime is None:
        raise Refused(NOT_ACCEPTED, name=name, types=types_in_words(accept or tuple(TYPES)))
    return mime


def content_type(name: str, head: bytes, accept: tuple[str, ...] = ()) -> str:
    """The type that content and ending agree on; Refused when they do not, or when the type is not taken."""
    mime, suffix = type_by_name(name, accept), PurePosixPath(name).suffix.lower()
    if suffix in {".txt", ".csv"}:
        fits = b"\x00" not in head
    else:
        fits = _begins(head, _SIGNATURES.get(suffix, b"PK\x03\x04")) and _harmless(head)
    if not fits:
        raise Refused("“%(name)s” is not what its name says; save it again in the right format", name=name)
    return mime


def _begins(head: bytes, signature: bytes) -> bool:
    """Whether a file begins as its format does. Before a PDF's header others may have written a few words, such as a
    printer's (its readers look through the first 1,024 bytes), but no program, script or page of another kind."""
    if signature != _SIGNATURES[".pdf"]:
        return head.startswith(signature)
    before, found, _ = head[:1024].partition(signature)
    return bool(found) and not before.startswith((b"MZ", b"#!")) and not any(each in before for each in (b"\0", b"<"))


def _harmless(head: bytes) -> bool:
    """puremagic finds programs and scripts behind a harmless signature's back."""
    import puremagic  # reads its whole table of signatures when it is imported: a sixth of a process's start

    try:
        found = puremagic.from_string(head, mime=True)
    except puremagic.PureError:
        return True
    return "executable" not in str(found) and "x-dosexec" not in str(found)


def limit(portal: Portal, most_mb: float | None) -> int:
    """The largest file in bytes: the field's own limit, never above the portal's."""
    return int(min(most_mb or portal.settings.upload_max_mb, portal.settings.upload_max_mb) * (1 << 20))


def require_size(portal: Portal, name: str, size: int, most_mb: float | None) -> None:
    """Raise TooLarge or Refused for a file that is too large or empty. `size` in bytes."""
    most = limit(portal, most_mb)
    if size > most:
        raise TooLarge("“%(name)s” is larger than %(megabytes)s MB", name=name, megabytes=most // (1 << 20))
    if size == 0:
        raise Refused("“%(name)s” is empty; choose the file again", name=name)


def require_room(portal: Portal, case: Case, size: int, *, part: str = "") -> None:
    """Raise TooLarge when this many bytes more are more than one case may hold; `part`: the upload that holds them."""
    most = portal.settings.upload_case_mb << 20
    if records.uploaded_bytes(case.id) + parts.expected_bytes(case.id, portal.now(), besides=part) + size > most:
        raise TooLarge(
            "All files of one case together may hold %(megabytes)s MB, and this one is too much. "
            "Please ask the certifying body",
            megabytes=portal.settings.upload_case_mb,
        )


# Coming in


def attach(portal: Portal, case: Case, upload: Upload, stream: BinaryIO, actor: Actor, now: datetime) -> Document:
    """Store an upload with a draft; it is the case's only when the draft is sent. Checked by its content.

    Raises Refused (TooLarge among them), and Temporary when the virus scanner is away: nothing is taken unseen.
    """
    name = file_name(upload.filename)
    with ExitStack() as stack:
        try:
            arrived = stack.enter_context(portal.blobs.arriving(stream, limit(portal, upload.most_mb)))
        except TooLarge as error:
            raise TooLarge("“%(name)s” is larger than %(megabytes)s MB", name=name, **error.params) from error
        mime = _looked_at(portal, arrived, name, upload)
        with database.connection():
            require_room(portal, case, arrived.size, part=upload.part)
        # Looked at as it comes in: later the signer's certificate may have ended.
        is_pdf = mime == TYPES[".pdf"]
        found = signed.found(arrived.path.read_bytes(), portal.settings.signature_roots) if is_pdf else []
        arrived.keep()
    with database.transaction():
        require_room(portal, case, arrived.size, part=upload.part)
        row: Document = Document.create(
            id=uuid4().hex,
            case=case,
            key=upload.key,
            kind=DocumentKind.UPLOADED,
            title=upload.title,
            filename=name,
            mime=mime,
            size=arrived.size,
            digest=arrived.digest,
            draft=True,
            replaces=upload.replaces,
            created_at=now,
            created_by=actor.user_id,
            created_by_name=actor.name,
            signatures=[each.as_dict() for each in found],
        )
        if upload.part:
            parts.take(upload.part, row.id)
    return row


def _looked_at(portal: Portal, arrived: Arrived, name: str, upload: Upload) -> str:
    """The type of what came; Refused for what is not taken, and then nothing of it stays."""
    require_size(portal, name, arrived.size, upload.most_mb)
    _readable(arrived.path, name)
    with arrived.path.open("rb") as stored:
        mime = content_type(name, stored.read(4096), upload.accept)
    if portal.settings.clamd_url and scanner.scan(portal.settings.clamd_url, arrived.path):
        raise Refused("“%(name)s” holds a virus or the like and was not taken; check your computer", name=name)
    return mime


def _readable(path: Path, name: str) -> None:
    """Refuse what nobody could open: whoever sends it reads so now, not from a reviewer in two weeks."""
    if PurePosixPath(name).suffix.lower() in sealed.LOCKABLE and sealed.under_password(name, path.read_bytes()):
        raise Refused("“%(name)s” is under a password, so nobody here can open it; send it without one", name=name)


# Becoming the case's


def adopt(case: Case, element: str, values: Any, titles: dict[str, str]) -> None:
    """The sent answer's uploads become the case's own: new versions of the documents that they replace.

    A file replaces the one that its sender named, else one of the same name that the answer before had and this one has
    not, else the only one of which that can be said.
    """
    sent = file_references(values)
    earlier = work.answers(case.id, element)[:1] if sent else []
    before = file_references(earlier[0].values) if earlier else []
    for key in dict.fromkeys(key for key, _ in sent):
        here = _documents(case, (reference for name, reference in sent if name == key))
        arrived = [row for row in here if row.draft]
        kept = {row.id for row in here}
        gone = [
            row
            for row in _documents(case, (reference for name, reference in before if name == key))
            if row.id not in kept
        ]
        followed = _pairs(arrived, gone)
        for row in arrived:
            old = followed.get(row.id)
            row.key, row.title, row.draft = f"{element}.{key}", titles.get(key, row.title), False
            row.line = (old.line or old.id) if old is not None else row.id
            row.version = records.next_version_of_line(case.id, row.line) if old is not None else 1
            row.save()


def _documents(case: Case, ids: Iterable[str]) -> list[Document]:
    rows = (records.document(each) for each in ids)
    return [row for row in rows if row is not None and row.case_id == case.id and row.kind == DocumentKind.UPLOADED]


def _pairs(arrived: list[Document], gone: list[Document]) -> dict[str, Document]:
    """Which document each new file replaces, by the new one's id."""
    found: dict[str, Document] = {}
    left = {row.id: row for row in gone}
    for row in arrived:
        if row.replaces in left:
            found[row.id] = left.pop(row.replaces)
    for row in arrived:
        same = next((old for old in left.values() if old.filename == row.filename), None)
        if row.id not in found and same is not None:
            found[row.id] = left.pop(same.id)
    rest = [row for row in arrived if row.id not in found]
    if len(rest) == len(left) == 1:
        found[rest[0].id] = left.popitem()[1]
    return found


def file_references(values: Any, key: str = "") -> list[tuple[str, str]]:
    """(top field key, document id) of every file in an answer's values."""
    if isinstance(values, dict):
        if {"id", "name", "size"} <= values.keys():
            return [(key, str(values["id"]))]
        return [found for name, value in values.items() for found in file_references(value, key or name)]
    if isinstance(values, list):
        return [found for value in values for found in file_references(value, key)]
    return []
