"""What is tried: a draft as it stands, or a release."""

from __future__ import annotations

from dataclasses import dataclass

from app import catalogue
from app.catalogue import Package
from app.errors import NotFound, Refused
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.designing import checking
from app.services.plays.hosts import Plays
from app.services.workspaces import content, making
from app.states import Right
from app.store import database, releases


@dataclass(frozen=True, slots=True)
class Tried:
    """The package, what it is called on the page, and where it
    comes from (`workspace:<id>`, `release:<package>:<number>`)."""

    package: Package
    title: str
    source: str


def of_draft(portal: Portal, workspace: int, who: Actor) -> Tried:
    """A draft. Raises NotFound, BadPackage."""
    who.require(Right.DESIGN)
    title = making.one(portal, workspace, who).title
    return Tried(content.package(portal, workspace), title, f"workspace:{workspace}")


def of_release(portal: Portal, package: str, number: int, who: Actor) -> Tried:
    """A release. Raises NotFound, BadPackage."""
    who.require(Right.DESIGN)
    with database.connection():
        row = releases.by_number(package, number)
    if row is None:
        raise NotFound("%(package)s has no number %(number)s", package=package, number=number)
    found = content.package_of(content.base_files(portal, row.id))
    return Tried(found, row.title, f"release:{package}:{number}")


def start(portal: Portal, tried: Tried, who: Actor, language: str) -> str:
    """Begin; gives the id of the Play. Raises Refused with how much is wrong, or while as many run as may."""
    found = checking.of_package(portal, tried.package)  # the page has asked for it already: a press waits for no check
    wrong = [each for each in found if each.problem.severity == "error"]
    if wrong:
        raise Refused("%(count)s problems keep this from being tried", count=len(wrong))
    archive = catalogue.to_archive(tried.package)
    plays = Plays(portal.settings.data_dir)
    return plays.start(who.user_id or 0, tried.title, tried.source, archive, language, portal.now())
