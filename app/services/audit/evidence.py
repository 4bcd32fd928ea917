"""The evidence of one case: everything that is kept of it, in one ZIP file that proves itself far from any portal.

README.txt             what it is and how it is verified, in Japanese and English
case.json              the case as it stands
documents/…            each version of each document, as it is kept
mails/…                mails as they were sent (RFC 5322) and as they came in
answers/…, forms/…     what was sent, and the forms of the case's release
process/…              the diagrams of the release, and the path that the case walked: as data, and drawn in them
timeline.json          what both sides read
trail/entries.jsonl    the entries of the audit record that are the case's, whole
trail/marks.txt        the chain from the first of them to an end that was signed: number, mark
trail/head.txt(.p7s)   that end, and the signature over it
SHA256SUMS             SHA-256 and name of every file above; SHA256SUMS.p7s the signature, certificate.pem of whom
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app import bpmn
from app.bpmn import picture
from app.connectors import cms, mime
from app.connectors.letter import Attachment, Letter
from app.connectors.signature import SigningKey
from app.errors import NotFound, Temporary
from app.services.audit import heads, readme
from app.services.base import chain, signing, trail
from app.services.base.actors import Actor
from app.services.base.businessdays import JAPAN
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.services.mails import whose
from app.services.papers import zipnames
from app.states import Act, Right, Thing
from app.store import cases, database, inbound, records, releases, visitrows, work
from app.store import trail as rows
from app.store.models import Case, Visit
from app.store.trail import Linked

FORMAT = "nintei-evidence-1"
ENTRIES, MARKS, HEAD = "trail/entries.jsonl", "trail/marks.txt", "trail/head.txt"
SUMS, SIGNATURE, CERTIFICATE = "SHA256SUMS", "SHA256SUMS.p7s", "certificate.pem"


@dataclass(frozen=True, slots=True)
class Part:
    """A file of it, in pieces."""

    name: str
    at: datetime
    pieces: Iterable[bytes]


def take(portal: Portal, number: str, actor: Actor) -> Iterator[bytes]:
    """The ZIP file in pieces, as it is made. That it was taken is on record, and in it. Raises NotFound, Forbidden,
    Temporary before the first piece."""
    actor.require(Right.SEE_TRAIL)
    now = portal.now()
    with database.transaction():
        case = cases.get(number)
        if case is None:
            raise NotFound("There is no such case")
        trail.note(now, actor, Act.EVIDENCE_TAKEN, trail.about(Thing.CASE, case.number, case.number, case.id))
    return build(portal, case, actor)


def build(portal: Portal, case: Case, actor: Actor) -> Iterator[bytes]:
    """The same, for whoever has asked already, and put on record that somebody does."""
    now = portal.now()
    head, key = heads.sign(portal), signing.key(portal)
    if head is None or key is None:
        raise Temporary("The audit record cannot be signed just now")
    loaded = portal.releases.loaded(case.release_id)
    return _zip(_parts(portal, case, loaded, actor, head, now), key, now)


def _zip(parts: Iterator[Part], key: SigningKey, now: datetime) -> Iterator[bytes]:
    out, sums = _Out(), []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        for part in parts:
            digest = hashlib.sha256()
            with bundle.open(zipnames.entry(part.name, part.at), "w", force_zip64=True) as file:
                for piece in part.pieces:
                    digest.update(piece)
                    file.write(piece)
                    yield from out.taken()
            sums.append(f"{digest.hexdigest()}  {part.name}\n")
            yield from out.taken()
        listed = "".join(sums).encode()
        at = now.astimezone(JAPAN)
        bundle.writestr(zipnames.entry(SUMS, at), listed)
        bundle.writestr(zipnames.entry(SIGNATURE, at), cms.sign(listed, key))
        bundle.writestr(zipnames.entry(CERTIFICATE, at), key.certificate)
    yield from out.taken()


class _Out(io.RawIOBase):
    """What a ZIP file is written to, and taken from."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: list[bytes] = []

    def writable(self) -> bool:
        """Always so: this file is written only."""
        return True

    def write(self, data: Any) -> int:
        self._waiting.append(bytes(data))
        return len(data)

    def taken(self) -> Iterator[bytes]:
        found, self._waiting = self._waiting, []
        yield from found


def _parts(portal: Portal, case: Case, loaded: Loaded, actor: Actor, head: heads.Head, now: datetime) -> Iterator[Part]:
    here, taken = now.astimezone(JAPAN), set[str]()

    def one(name: str, content: bytes | str, at: datetime = here) -> Part:
        data = content.encode() if isinstance(content, str) else content
        return Part(zipnames.free(name, taken), at.astimezone(JAPAN), [data])

    yield one("README.txt", readme.text(case.number))
    with database.connection():
        release = releases.by_id(case.release_id)
        assert release is not None  # noqa: S101 - a case has one
        facts = {
            "format": FORMAT, "number": case.number, "company": case.company_name, "system": case.system_name,
            "contact": case.contact_name, "email": case.email, "state": case.state, "stage": case.stage,
            "ended": case.ended, "created_at": case.created_at, "changed_at": case.changed_at, "values": case.data,
            "release": {"package": case.package_id, "number": release.number, "sha256": release.digest},
            "taken_at": now, "taken_by": actor.name,
        }  # fmt: skip
        papers = [row for row in records.documents(case.id) if not row.draft]
        mails, came = whose.of_case(case, loaded, actor), inbound.of_case(case.id)
        answers = [row for several in work.answers_by_element(case.id).values() for row in several]
        visits = visitrows.visits(case.id)
        path = [_plain(row) for row in visits]
        said = [_plain(row) for row in reversed(cases.timeline(case.id, internal=True, limit=1_000_000))]
        notes = [_plain(row) for row in records.notes(case.id, internal=True)]
    yield one("case.json", _json(facts))
    for row in papers:
        name = f"documents/{row.created_at.astimezone(JAPAN):%Y%m%d}-v{row.version}-{row.filename}"
        for data in _bytes(portal, row.digest):
            yield one(name, data, row.created_at)
    yield one("documents.json", _json([_plain(row) for row in papers]))
    for mail in mails:
        at = mail.sent_at or mail.written_at
        name = f"mails/{at.astimezone(JAPAN):%Y%m%d-%H%M%S}-{zipnames.part(mail.subject)}.eml"
        yield one(name, _eml(portal, mail, at), at)
    for each in came:
        for data in _bytes(portal, each.digest):
            name = f"mails/{each.received_at.astimezone(JAPAN):%Y%m%d-%H%M%S}-{zipnames.part(each.subject)}-in.eml"
            yield one(name, data, each.received_at)
    for answer in sorted(answers, key=lambda row: row.id):
        title = zipnames.part(loaded.element(answer.element).title or answer.element)
        name = f"answers/{answer.at.astimezone(JAPAN):%Y%m%d-%H%M%S}-{title}.json"
        told = {**_plain(answer), "sha256": chain.values(answer.values)}
        yield one(name, _json(told), answer.at)
    for name, content in sorted(loaded.package.files.items()):
        if name.endswith(".form"):
            yield one(f"forms/{name}", content)
        elif name.endswith(".bpmn"):
            yield one(f"process/{name}", content)
            drawn = _picture(name, content, visits, ended=case.ended)
            if drawn:
                yield one(f"process/{name.removesuffix('.bpmn')}.svg", drawn)
    yield one("process/path.json", _json(path))
    yield one("timeline.json", _json(said))
    yield one("messages.json", _json(notes))
    yield from _chain(case, head, one)


def _picture(name: str, content: bytes, visits: Sequence[Visit], *, ended: bool) -> str:
    """A diagram with the path that the case walked in it; empty where it did not come there."""
    diagram = bpmn.read(name, content)
    here = {element.id for element in diagram.elements()}
    entered = {row.element for row in visits if row.entered and row.element in here}
    if not entered:
        return ""
    left = {row.element for row in visits if row.completed}
    stands = set() if ended else {row.element for row in visits if row.stands}
    flows = {flow.id for flow in diagram.flows() if flow.source in left and flow.target in entered}
    return picture.picture(diagram, picture.Walked(done=left - stands, open=stands, flows=flows), name)


def _chain(case: Case, head: heads.Head, one: Any) -> Iterator[Part]:
    """The case's entries, and the marks of all links from the first of them to the head."""
    with database.connection():
        mine = rows.links_of_case(case.id, head.seq)
        first = mine[0].seq if mine else head.seq
        before = rows.hash_of(first - 1)
    yield one(ENTRIES, "".join(_entry(each) for each in mine))
    marks = one(MARKS, b"")
    yield Part(marks.name, marks.at, _marks(first, before, head.seq))
    yield one(HEAD, head.said)
    yield one(f"{HEAD}.p7s", head.signature)


def _marks(first: int, before: str, last: int) -> Iterator[bytes]:
    """`before HASH`, then number and mark of each link, in order."""
    yield f"before {before or '-'}\n".encode()
    start = first - 1
    while start < last:
        with database.connection():  # a piece at a time: nothing is held while somebody's line is slow
            found = list(rows.linked(start, upto=min(start + 5000, last)))
        lines = [
            f"{each.seq} {chain.mark(chain.canonical(each.entry, each.seq))}\n"
            for each in found
            if each.entry is not None
        ]
        yield "".join(lines).encode()
        if len(lines) < len(found) or not found:
            raise Temporary("The audit record is broken; run nintei audit verify")
        start = found[-1].seq


def _entry(each: Linked) -> str:
    entry = each.entry
    assert entry is not None  # noqa: S101 - the query joins them
    return json.dumps({"seq": each.seq, "hash": each.hash, **entry._asdict()}, ensure_ascii=False) + "\n"


def _eml(portal: Portal, mail: whose.MailView, at: datetime) -> bytes:
    files = tuple(
        Attachment(each["filename"], each["mime"], data)
        for each in mail.attachments
        for data in _bytes(portal, each["digest"])
    )
    to = tuple(part.strip() for part in mail.recipient.split(",") if part.strip())
    letter = Letter(
        mail_id=mail.mail_id,
        message_id=mail.message_id,
        sender=mail.sender,
        to=to,
        reply_to="",
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        attachments=files,
    )
    message = mime.build(letter, at)
    del message["X-Request-ID"]  # that would be of whoever takes the evidence
    return message.as_bytes()


def _bytes(portal: Portal, digest: str) -> Iterator[bytes]:
    """The bytes of this digest; none where they were destroyed on purpose, or their time is over: what names them says
    what they were."""
    with suppress(NotFound):
        yield portal.blobs.get(digest)


def _plain(row: Any) -> dict[str, Any]:
    return {name: value for name, value in row.__data__.items() if name not in {"apply_key", "password"}}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, default=_text) + "\n"


def _text(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
