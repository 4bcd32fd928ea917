"""Groups are rights: a step of a group is done by its people, or by who stands in for one of them.

Who is in no group works for all of them: a small body need not divide its work. A package may leave a group's work to
everybody (`anyone` of the group).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from app.catalogue.declared import Group
from app.errors import Forbidden
from app.services.base.actors import Actor
from app.store import accounts

MOST = 6  # names in a sentence


def right(known: Mapping[str, Group], wanted: Collection[str], actor: Actor) -> str:
    """By whose right the actor does the work of these groups (any of them will do): empty for their own, else the name
    of an absent colleague. In a connection. Raises Forbidden, with who may."""
    asked = [group for group in wanted if group]
    if not asked or not actor.groups or any(group in actor.groups or _open(known, group) for group in asked):
        return ""
    for user_id, name in actor.standing_in_for:
        row = accounts.user(user_id)
        if row is not None and (not row.groups or set(row.groups.split(",")) & set(asked)):
            return name
    comma = ", " if actor.language == "en" else "、"
    title = comma.join(known[group].named(actor.language) if group in known else group for group in asked)
    names = [row.name or row.email for row in accounts.staff() if set(row.groups.split(",")) & set(asked)]
    if not names:
        raise Forbidden(
            "This is work for the group “%(group)s”, which has no members yet: an administrator has to add "
            "people to it",
            group=title,
        )
    raise Forbidden("This is work for the group “%(group)s”: %(names)s", group=title, names=comma.join(names[:MOST]))


def _open(known: Mapping[str, Group], group: str) -> bool:
    return group in known and known[group].anyone
