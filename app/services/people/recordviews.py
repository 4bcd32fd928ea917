"""Views of the records that people keep: a list's narrowing and order under a name, their own or all staff's."""

from __future__ import annotations

from app.errors import NotFound, Refused
from app.services.base import trail
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.states import Act, Right, Thing
from app.store import accounts, database
from app.store.models import RecordView

SHARING = (Right.RECORDS, Right.DESIGN, Right.WORK)  # what others see is not for who only looks on
LONGEST = 2000  # characters of an address' query


def listed(place: str, actor: Actor) -> list[RecordView]:
    """The actor's own of a list, and those that others share, by name."""
    return accounts.record_views(place, actor.user_id or 0)


def keep(portal: Portal, place: str, name: str, query: str, actor: Actor, *, shared: bool) -> None:
    """Keep the narrowing under a name; the same name of the actor's replaces it. Raises Refused."""
    actor.require(Right.SEE_RECORDS)
    actor.require(*SHARING if shared else (Right.ACCOUNT,))
    name = " ".join(name.split())[:80]
    if not name:
        raise Refused("Enter a name for the view")
    if not query or len(query) > LONGEST:
        raise Refused("Narrow the list or put it in order first: that is what is kept")
    with database.transaction():
        before = accounts.keep_record_view(actor.user_id or 0, place, name, query, shared, portal.now())
        _note(portal, place, name, before, query, actor)


def drop(portal: Portal, view_id: int, actor: Actor) -> str:
    """Forget a view of one's own; gives its place. Raises NotFound."""
    actor.require(Right.ACCOUNT)
    with database.transaction():
        row = accounts.record_view(view_id)
        if row is None or row.user_id != actor.user_id:
            raise NotFound("There is no such view")
        _note(portal, row.place, row.name, row.query, "", actor)
        row.delete_instance()
        return str(row.place)


def _note(portal: Portal, place: str, name: str, before: str, after: str, actor: Actor) -> None:
    if before != after:
        about = trail.about(Thing.VIEW, f"{place}:{name}", name)
        trail.note(portal.now(), actor, Act.VIEW_CHANGED, about, before=before or None, after=after or None)
