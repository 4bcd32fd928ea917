"""What a tab of a case's page shows of what there is much of: tasks, documents, mails, the history."""

from __future__ import annotations

from collections.abc import Sequence

from app.services.base.actors import Actor
from app.services.base.releases import Loaded
from app.services.cases import talking
from app.services.mails import whose
from app.services.papers import documents, timeline
from app.states import EntryKind, Side
from app.store import (
    work,
)
from app.store.models import Case, Entry, Note, Task

ENTRIES = 120  # of the history at once: about what the first year has


MAILS = 50  # of the mails at once, likewise


def tasks_of(case: Case, actor: Actor, tab: str, steps: int | None) -> tuple[Sequence[Task], int]:
    """(the tasks that are read, how many came before them)."""
    sides = [Side.VENDOR, Side.OPERATOR] if actor.side == Side.OPERATOR else [Side.VENDOR]
    if not tab or (tab == "flow" and steps is None):
        return [row for row in work.tasks_of(case.id) if row.side in sides], 0
    if tab != "flow" or steps is None:
        return (), 0
    found = work.newest_tasks(case.id, steps, sides)
    if len(found) < steps:
        return found, 0
    return found, work.count_tasks(case.id, sides) - len(found)


def documents_of(
    case: Case, actor: Actor, tab: str, entries: Sequence[Entry], said: Sequence[Note]
) -> list[documents.DocumentView]:
    if tab in {"", "documents"}:
        return documents.of_case(case, actor)
    if tab == "timeline":
        told = ((row.data or {}).get("document") for row in entries)
        return documents.of_ids(case, actor, [str(each) for each in told if each])
    return documents.under(case, actor, [talking.key_of(row.id) for row in said]) if tab == "messages" else []


def mails_of(
    case: Case, loaded: Loaded, actor: Actor, tab: str, part: int, readable: Sequence[int]
) -> Sequence[whose.MailView]:
    if not tab:
        return whose.of_case(case, loaded, actor)
    return whose.listed(case, loaded, actor, readable[(part - 1) * MAILS : part * MAILS]) if tab == "mail" else ()


def entries_of(
    case: Case, loaded: Loaded, actor: Actor, tab: str, part: int, kinds: Sequence[EntryKind]
) -> Sequence[Entry]:
    if not tab:
        return timeline.of_case(case, loaded, actor)
    if tab != "timeline":
        return ()
    return timeline.of_case(case, loaded, actor, kinds=kinds, limit=ENTRIES, skip=(part - 1) * ENTRIES)
