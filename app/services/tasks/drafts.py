"""What is typed into a form and not yet sent: one draft for each task, and the opened page that saved it last.

A save says from which opened page it comes, and the how-manieth save of that page it is. So nobody stands in their own
way, in whatever order the saves of a page arrive (an upload, an autosave and a press of a button are three requests,
and a slow line mixes them): the page that saved last may always go on, and what it sent before changes nothing more.
A save of another page is kept if that page knew the draft as it is now; else it is refused, with who saved and when.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from app.errors import Stale
from app.services.base.actors import Actor
from app.states import Side
from app.store import accounts, statements, work
from app.store.models import Draft, Task


@dataclass(frozen=True, slots=True)
class OpenPage:
    """The opened page that a save comes from."""

    revision: int | None = None  # of the draft, as far as the page knows it; none: whatever it is
    id: str = ""  # of the page; empty for what saves without one
    nth: int | None = None  # its saves are numbered from 1; none without scripts
    earlier: tuple[str, ...] = ()  # pages of the form that the same window showed before, and that are gone


ANYWHERE = OpenPage()  # saves over whatever is there


class Kept(NamedTuple):
    """What became of a save: the draft's revision now, and whether this save is in it or a later one of its page."""

    revision: int
    taken: bool


def keep(task: Task, values: Mapping[str, Any], actor: Actor, now: datetime, page: OpenPage = ANYWHERE) -> Kept:
    """Keep what was typed (secrets sealed). Inside a transaction that holds the case.

    A draft that one side began stays theirs (`saved_by`), whoever lays files into it. Among the staff it is one
    person's: what a colleague had typed is put aside for whoever has the task now (`adopt`). Raises Stale when another
    page saved meanwhile.
    """
    row = work.draft(task.id)
    if row is None:
        made = Draft.create(
            task=task.id,
            values=dict(values),
            revision=1,
            saved_at=now,
            saved_by=actor.user_id,
            kept_by=actor.user_id,
            page=page.id,
            nth=page.nth or 0,
        )
        return Kept(int(made.revision), True)
    last = row.page if row.page and row.kept_by_id == actor.user_id else ""
    if last and last == page.id:
        if page.nth is not None and page.nth <= row.nth:
            return Kept(int(row.revision), False)
    elif page.revision not in (None, row.revision) and (not last or last not in page.earlier):
        raise _meanwhile(row, actor)
    if not own(row, task, actor) and actor.side == task.side:
        row.aside = _kept(row)
    if row.page != page.id or page.nth is not None:
        row.nth = page.nth or 0
    if actor.side == task.side or row.saved_by_id is None:
        row.saved_by_id = actor.user_id
    row.values, row.revision, row.saved_at = dict(values), row.revision + 1, now
    row.kept_by_id, row.page, row.checked = actor.user_id, page.id, False
    statements.save(row)
    return Kept(int(row.revision), True)


def own(row: Draft, task: Task, actor: Actor) -> bool:
    """Whether the actor goes on with this draft: of a vendor's form all its people do, of the staff its owner alone."""
    return task.side != Side.OPERATOR or actor.side != Side.OPERATOR or row.saved_by_id in {None, actor.user_id}


def left(row: Draft | None, task: Task, actor: Actor) -> dict[str, Any]:
    """What a colleague had typed and the actor may adopt: {by, name, at, values}; empty for nothing."""
    if row is None or actor.side != task.side:
        return {}
    return dict(row.aside) if own(row, task, actor) else _kept(row)


def adopt(row: Draft, task: Task, actor: Actor, now: datetime) -> str:
    """The actor goes on with what a colleague had typed; what they had typed themselves is put aside instead. Gives
    the colleague's name. Inside a transaction. Raises Stale when there is nothing of the kind any more."""
    found = left(row, task, actor)
    if not found:
        raise Stale("The colleague's draft no longer exists")
    row.aside = _kept(row) if own(row, task, actor) else {}
    row.values, row.saved_by_id, row.kept_by_id = found["values"], actor.user_id, actor.user_id
    row.revision, row.saved_at, row.page, row.nth, row.checked = row.revision + 1, now, "", 0, False
    statements.save(row)
    return str(found["name"])


def _kept(row: Draft) -> dict[str, Any]:
    user = accounts.user(row.saved_by_id) if row.saved_by_id is not None else None
    name = user.name or user.email if user is not None else ""
    return {"by": row.saved_by_id, "name": name, "at": row.saved_at.isoformat(), "values": dict(row.values)}


def put(task_id: str, values: Mapping[str, Any], actor: Actor, now: datetime, revision: int) -> None:
    """A draft where there was none, as nobody typed it. `revision`: one that no page has seen."""
    Draft.create(
        task=task_id,
        values=dict(values),
        revision=revision,
        saved_at=now,
        saved_by=actor.user_id,
        kept_by=actor.user_id,
    )


def require_as_checked(row: Draft, revision: int | None, actor: Actor) -> None:
    """What is sent is what the check page showed. Raises Stale when it was changed after that."""
    if revision in (None, row.revision):
        return
    who = _who(row, actor)
    if who is None:
        raise Stale("You changed this form in another window at %(at)s; check it again", at=row.saved_at)
    raise Stale("%(name)s changed this form at %(at)s; check it again", name=who, at=row.saved_at)


def _meanwhile(row: Draft, actor: Actor) -> Stale:
    who = _who(row, actor)
    if who is None:
        return Stale(
            "You saved this form in another window at %(at)s; what you typed here is still here", at=row.saved_at
        )
    return Stale("%(name)s saved this form at %(at)s; what you typed is still here", name=who, at=row.saved_at)


def _who(row: Draft, actor: Actor) -> str | None:
    """The name of who saved it last; none for the actor themselves."""
    by = row.kept_by_id if row.kept_by_id is not None else row.saved_by_id
    if by is not None and by == actor.user_id:
        return None
    user = accounts.user(by) if by is not None else None
    return str(user.name) if user is not None and user.name else "?"
