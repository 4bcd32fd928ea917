"""Groups of staff: who is in each, and what is theirs, as the packages say it."""

from __future__ import annotations

from dataclasses import dataclass

from app.catalogue.declared import Group
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.states import Right
from app.store import accounts, database


@dataclass(frozen=True, slots=True)
class Step:
    """A task that is a group's own, and where it is drawn."""

    title: str
    package_id: str
    file: str
    element: str


@dataclass(frozen=True, slots=True)
class GroupView:
    """One group. `steps`: the tasks that are its own, by the title of their package."""

    id: str
    title: str
    people: tuple[str, ...]
    steps: tuple[tuple[str, tuple[Step, ...]], ...]
    attends: bool
    keeps_keys: bool
    anyone: bool
    empty: bool  # it has steps that nobody active may do


def everything(portal: Portal, actor: Actor) -> list[GroupView]:
    """Every group of the packages in force and of running cases."""
    actor.require(Right.SEE_SETTINGS)
    with database.connection():
        staff, packages = accounts.body(), portal.releases.all_current()
        bare, found = {group.id for group in empty(portal)}, []
        for group in portal.releases.groups().values():
            people = tuple(user.name or user.email for user in staff if group.id in user.groups.split(","))
            steps = tuple((loaded.package.title, titles) for loaded in packages if (titles := _steps(loaded, group.id)))
            found.append(
                GroupView(
                    group.id, group.title, people, steps, group.attends, group.keeps_keys, group.anyone,
                    group.id in bare,
                )
            )  # fmt: skip
        return found


def empty(portal: Portal) -> list[Group]:
    """Groups that own steps of a package in force which nobody active may do. Who is in no group works for all of them.
    In a connection."""
    staff = accounts.staff()
    if any(not user.groups for user in staff):
        return []
    manned = {each for user in staff for each in user.groups.split(",")}
    packages = portal.releases.all_current()
    return [
        group
        for group in portal.releases.groups().values()
        if group.id not in manned and not group.anyone and any(_steps(loaded, group.id) for loaded in packages)
    ]


def _steps(loaded: Loaded, group: str) -> tuple[Step, ...]:
    """One of each title."""
    found: dict[str, Step] = {}
    for each in loaded.package.elements.values():
        if each.kind == "userTask" and each.properties.get("group") == group:
            found.setdefault(each.title, Step(each.title, loaded.package.id, each.file, each.id))
    return tuple(found.values())
