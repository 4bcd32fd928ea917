"""What happened to a case, as a reader may know it: the one way to the timeline for pages, mails and documents.

An entry that tells of a mail is shown to whom the mail is (`mails.may_read`): its title is the mail's subject,
its text the recipient.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.services.base.actors import Actor
from app.services.base.releases import Loaded
from app.services.mails import whose
from app.states import TOLD, EntryKind, Side, Sight
from app.store import cases
from app.store.models import Case, Entry

# Whoever of the vendor it may be: what a mail or a document that goes to the vendor may tell.
VENDOR = Actor(None, "", Side.VENDOR)


def of_case(
    case: Case, loaded: Loaded, actor: Actor, *, kinds: Sequence[EntryKind] = (), limit: int = 500, skip: int = 0
) -> list[Entry]:
    """The case's entries, newest first; all kinds where none is named. Inside a connection."""
    rows = cases.timeline(case.id, internal=actor.side == Side.OPERATOR, kinds=kinds, limit=limit, skip=skip)
    if actor.side == Side.OPERATOR or not any(_tells_of_a_mail(row) for row in rows):
        return rows
    known = set(whose.readable(case, loaded, actor))
    return [row for row in rows if not _tells_of_a_mail(row) or (row.data or {}).get("mail") in known]


def _tells_of_a_mail(row: Entry) -> bool:
    return TOLD[row.kind].sight is Sight.RECIPIENT
