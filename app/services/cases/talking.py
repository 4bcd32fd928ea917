"""The thread of a case: what both sides write to each other, with files, and by when an answer comes.

How many business days the body takes to answer is a setting of the package (`contact.answer_bd`); without it no
day is promised.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO

from app.errors import N_, Forbidden, NinteiError, Refused
from app.services.base import businessdays, history, jobqueue, permit
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.base.releases import Loaded, settings_of
from app.services.papers import intake
from app.states import Audience, EntryKind, Right, Side
from app.store import cases, database
from app.store.models import Case, Document, Note

MOST_FILES = 10
ATTACHED = N_("Attached: %(names)s")


@dataclass(frozen=True, slots=True)
class Attached:
    """A file on its way in."""

    filename: str
    stream: BinaryIO


def say(
    portal: Portal, number: str, text: str, actor: Actor, *, internal: bool = False, files: Sequence[Attached] = ()
) -> None:
    """Add a line to the case's thread; the other side gets a mail. `internal` lines stay with the staff. Files are
    checked as every upload is; where one is refused, nothing is said and none is kept."""
    text, now = text.strip(), portal.now()
    if not text:
        raise Refused("Write your message first")
    actor.require(Right.ACT_ON_CASES)
    if internal and actor.side != Side.OPERATOR:
        raise Forbidden("Only the operating body writes internal notes")
    if len(files) > MOST_FILES:
        raise Refused("Attach at most %(count)s files to one message", count=MOST_FILES)
    rows = _come_in(portal, number, files, actor) if files else []
    with database.transaction():
        case = cases.lock(_open_to(number, actor).id)
        note = Note.create(
            case=case, at=now, by=actor.user_id, by_name=actor.name, side=actor.side, internal=internal, text=text
        )
        for row in rows:
            row.key, row.draft, row.line = key_of(note.id), False, row.id
            row.audience = Audience.OPERATOR if internal else Audience.BOTH
            row.save()
        history.note(case.id, now, EntryKind.NOTE, by=actor, title=text[:280], staff=internal)
        if not internal:
            _tell(portal, case, note, rows, actor)
    portal.poke()


def key_of(note: int) -> str:
    """The key of the documents that came with a line of the thread."""
    return f"note.{note}"


def _open_to(number: str, actor: Actor) -> Case:
    """The case, for whoever may write there: of the vendor's people those who act on it, not those who only read."""
    case = permit.visible_case(cases.get(number), actor)
    if actor.side == Side.VENDOR:
        permit.acting(case, actor)
    return case


def _come_in(portal: Portal, number: str, files: Sequence[Attached], actor: Actor) -> list[Document]:
    with database.connection():
        case = _open_to(number, actor)
    rows: list[Document] = []
    try:
        for each in files:
            upload = intake.Upload("note", each.filename, each.filename)
            rows.append(intake.attach(portal, case, upload, each.stream, actor, portal.now()))
    except NinteiError:
        with database.transaction():
            for row in rows:
                row.delete_instance()
        raise
    return rows


def _tell(portal: Portal, case: Case, note: Note, rows: Sequence[Document], actor: Actor) -> None:
    mail = portal.releases.loaded(case.release_id).package.mail_for("message")
    if not mail:
        return
    names = "、".join(row.filename for row in rows)
    more = f"\n\n{portal.say('ja')(ATTACHED) % {'names': names}}" if names else ""
    to = (Side.OPERATOR if actor.side == Side.VENDOR else Side.VENDOR).value
    params = {"mail": mail, "to_side": to, "message": note.text + more}
    jobqueue.queue(case, "mail", params, "", f"note:{note.id}", portal.now())


def answered_by(portal: Portal, loaded: Loaded, notes: Sequence[Any]) -> date | None:
    """By when the body answers what the vendor wrote last; None where it has, or where nothing is promised.
    Inside a connection."""
    said = [each for each in notes if not each.internal]
    days: Any = settings_of(loaded.package).get("contact", {}).get("answer_bd")
    if not said or said[-1].side != Side.VENDOR or not isinstance(days, int) or days <= 0:
        return None
    return businessdays.add_business_days(businessdays.today(said[-1].at), days, portal.closing())
