"""Groups of staff: who is in each, and what is theirs, as the packages say it."""

from __future__ import annotations

from dataclasses import dataclass

from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.states import Right
from app.store import accounts, database


@dataclass(frozen=True, slots=True)
class GroupView:
    """One group. `steps`: titles of the tasks that are its own, by package."""

    id: str
    title: str
    people: tuple[str, ...]
    steps: tuple[tuple[str, tuple[str, ...]], ...]
    attends: bool
    keeps_keys: bool
    anyone: bool


def everything(portal: Portal, actor: Actor) -> list[GroupView]:
    """Every group of the packages in force and of running cases."""
    actor.require(Right.SEE_SETTINGS)
    with database.connection():
        staff, packages = accounts.body(), portal.releases.all_current()
        found = []
        for group in portal.releases.groups().values():
            people = tuple(user.name or user.email for user in staff if group.id in user.groups.split(","))
            steps = tuple((loaded.package.title, titles) for loaded in packages if (titles := _steps(loaded, group.id)))
            found.append(GroupView(group.id, group.title, people, steps, group.attends, group.keeps_keys, group.anyone))
        return found


def _steps(loaded: Loaded, group: str) -> tuple[str, ...]:
    elements = loaded.package.elements.values()
    found = [each.title for each in elements if each.kind == "userTask" and each.properties.get("group") == group]
    return tuple(dict.fromkeys(found))
