"""Files of a case: what the portal made, and what a person sees. What people send comes in by `intake`."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from uuid import uuid4

from app.services.base import history
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.services.papers.intake import TYPES, file_references
from app.states import Audience, DocumentKind, EntryKind
from app.store import records, work
from app.store.models import Case, Document
from app.text.names import file_name

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
    line: str = ""  # what versions of one upload have in common

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

    def __post_init__(self) -> None:
        object.__setattr__(self, "filename", file_name(self.filename))  # rows may be older than this rule


def view(row: Document) -> DocumentView:
    """What pages know of the document."""
    return DocumentView(
        id=row.id,
        title=row.title,
        filename=row.filename,
        mime=row.mime,
        size=row.size,
        version=row.version,
        kind=row.kind.value,
        created_at=row.created_at,
        by=row.created_by_name,
        key=row.key,
        line=row.line,
    )


def may_see(row: Document, actor: Actor) -> bool:
    """Whether this side sees the document."""
    if row.kind == DocumentKind.SEALED:
        return False  # a key letter: it is seen in a place of its own (letterdesk)
    return row.audience.value in {"both", actor.side.value} and (not row.draft or row.created_by_id == actor.user_id)


def of_case(case: Case, actor: Actor) -> list[DocumentView]:
    """The documents that the actor sees, newest first."""
    return [view(row) for row in records.documents(case.id) if may_see(row, actor)]


def of_ids(case: Case, actor: Actor, ids: Sequence[str]) -> list[DocumentView]:
    """Those of the case's documents with these ids that the actor sees."""
    return [view(row) for row in records.documents_of(case.id, ids) if may_see(row, actor)]


def under(case: Case, actor: Actor, keys: Sequence[str]) -> list[DocumentView]:
    """The case's documents with one of these keys that the actor sees, newest first."""
    return [view(row) for row in records.documents_under(case.id, keys) if may_see(row, actor)]


def count(case: Case, actor: Actor) -> int:
    """How many documents of the case the actor sees."""
    return records.count_documents(case.id, [Audience.BOTH, Audience(actor.side.value)])


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
    kind: DocumentKind = DocumentKind.MADE,
) -> Document:
    """Store a PDF that the portal made; the same origin makes it once. What goes with a receipt is no event of its own:
    its mail is on the timeline."""
    known = records.latest_document(case.id, document_id, origin)
    if known is not None:
        return known
    source = loaded.package.documents[document_id]
    # Receipts of several things are no versions of one paper: those of one thing are.
    own = document_id in {loaded.package.document_for("receipt"), loaded.package.document_for("paid")}
    line = hashlib.sha256(title.encode()).hexdigest()[:32] if own else ""
    row: Document = Document.create(
        id=uuid4().hex,
        case=case,
        key=document_id,
        kind=kind,
        origin=origin,
        title=title,
        filename=filename,
        mime="application/pdf",
        size=len(content),
        digest=portal.blobs.put(content),
        version=records.next_version_of_line(case.id, line) if own else records.next_version(case.id, document_id),
        line=line,
        audience=Audience(source.audience),
        created_at=now,
    )
    if document_id == loaded.package.document_for("receipt"):
        return row
    history.note(
        case.id,
        now,
        EntryKind.DOCUMENT,
        title=title,
        data={"document": row.id},
        staff=source.audience == Audience.OPERATOR.value,
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
    audience: Audience,
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
        kind=DocumentKind.MADE,
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


def named(case: Case, loaded: Loaded, keys: Sequence[str], actor: Actor) -> list[DocumentView]:
    """The newest documents under these keys (PDF ids, `element.field`, `file:name`), for a task's page."""
    found: list[DocumentView] = []
    for key in keys:
        name = key.removeprefix("file:")
        if f"files/{name}" in loaded.package.files:
            data = loaded.package.files[f"files/{name}"]
            found.append(
                DocumentView(
                    id=name,
                    title=loaded.package.titles.get(name, name),
                    filename=name,
                    mime=TYPES.get(PurePosixPath(name).suffix.lower(), ""),
                    size=len(data),
                    version=1,
                    kind="file",
                    created_at=None,
                    by="",
                    key=key,
                )
            )
            continue
        found += [view(row) for row in _newest(case, loaded, key) if may_see(row, actor)]
    return found


def _newest(case: Case, loaded: Loaded, key: str) -> list[Document]:
    """The document under the key as it is now; of an upload field all the files that its last answer names."""
    element, _, field = key.partition(".")
    if field and element in loaded.forms:
        last = work.answers(case.id, element)[:1]
        ids = [each for name, each in file_references(last[0].values) if name == field] if last else []
        there = {row.id: row for row in records.documents(case.id, drafts=True)} if ids else {}
        rows = [there.get(each) for each in ids]
    else:
        rows = [records.latest_document(case.id, key)]
    return [row for row in rows if row is not None]
