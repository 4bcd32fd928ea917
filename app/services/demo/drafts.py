"""The demo's drafts: what an analyst has begun to change, so that whoever opens the designer first finds it in use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.catalogue import demo
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.services.people import accounts as people
from app.services.workspaces import making
from app.store import accounts, database


def load(portal: Portal, loaded: Loaded, described: Mapping[str, Any]) -> None:
    """One draft with its changes, unless there is one of its name. `described`: title, by, change (demo.toml)."""
    with database.connection():
        writer = accounts.by_email(described["by"])
    if writer is None:
        return
    who = people.actor_of(portal, writer.id)
    known = making.listed(portal, who, loaded.package.id, over=True)
    if any(each.title == described["title"] for each in known):
        return
    files = demo.edited(loaded.released, described)
    making.make_of(portal, loaded.package.id, files, described["title"], who, loaded.number)
