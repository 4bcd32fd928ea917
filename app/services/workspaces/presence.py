"""Who has a workspace open, and which file: pages say so every few seconds."""

from __future__ import annotations

from datetime import timedelta

from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.workspaces import content
from app.services.workspaces.views import Visitor
from app.states import Right
from app.store import database
from app.store import workspaces as store

HERE = timedelta(seconds=45)  # a page that said nothing for so long is closed, or asleep
EVERY = 15  # seconds between two signs of a page


def seen(portal: Portal, workspace_id: int, page: str, path: str, who: Actor) -> list[Visitor]:
    """This page looks at this file (none: ""); gives the other pages that are open, one's own in other windows too."""
    who.require(Right.DESIGN)
    now = portal.now()
    with database.transaction():
        content.row_of(workspace_id)
        if who.user_id is not None and page:
            store.seen(workspace_id, page, who.user_id, path, now, now - HERE)
        found = store.visits(workspace_id, now - HERE)
        return [Visitor(row.user.name, row.user_id, row.path, row.page) for row in found if row.page != page]


def left(portal: Portal, workspace_id: int, page: str, who: Actor) -> None:
    """The page was closed."""
    who.require(Right.DESIGN)
    with portal.connection():
        store.left(workspace_id, page)
