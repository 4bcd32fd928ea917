"""The one way into a case's timeline: entries of declared kinds (`app.states.entries`), by whoever did it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.services.base.actors import SYSTEM, Actor
from app.states import TOLD, Audience, EntryKind, Sight
from app.store import cases


def note(
    case: int,
    at: datetime,
    kind: EntryKind,
    *,
    by: Actor = SYSTEM,
    title: str = "",
    text: str = "",
    element: str = "",
    data: Mapping[str, Any] | None = None,
    staff: bool = False,
) -> None:
    """Add an entry; inside a transaction.

    `title`: of the task, file, mail … it tells of. `text`: what happened, by a name that the kind declares (and after a
    colon what is not worded), or where it declares none, what somebody wrote. `staff`: the staff alone see it, where
    the kind leaves that to each entry. Raises ValueError for what the kind does not declare.
    """
    told = TOLD[kind]
    if not told.knows(text.partition(":")[0]):
        raise ValueError(f"an entry “{kind}” does not tell of “{text}”")
    if staff and told.sight is Sight.ALL:
        raise ValueError(f"whoever sees the case sees an entry “{kind}”")
    cases.log(
        case,
        at,
        kind,
        element=element,
        title=title,
        text=text,
        actor=by.user_id,
        actor_name=by.name,
        actor_side=by.side,
        audience=Audience.OPERATOR if staff or told.sight is Sight.STAFF else Audience.BOTH,
        data=dict(data or {}),
    )
