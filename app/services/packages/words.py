"""How the pages of a package call things: whose words a page speaks that shows a case, a task, a certificate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.catalogue import Package
from app.catalogue.declared import Word
from app.errors import NinteiError
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.states import Side
from app.store import cases, database, entrylinks, records, work
from app.store.models import Case


@dataclass(frozen=True, slots=True)
class Place:
    """What a page shows: at most one of these is named."""

    case: str = ""  # its number
    task: str = ""
    certificate: str = ""  # its number
    package: str = ""
    token: str = ""  # of the link of the first mail


def spoken(portal: Portal, place: Place, actor: Actor | None) -> Mapping[str, Word]:
    """The words of the package of what is shown; else those on which all packages agree. A word on which they do not
    agree is left out."""
    said = portal.releases.spoken()
    if len(said.words) == 1:
        return said.words[0]
    found = package_of(portal, place, actor)
    words = said.words if found is None else (found.declared.words,)
    first = words[0] if words else {}
    return {name: word for name, word in first.items() if all(each.get(name) == word for each in words)}


@database.connection()
def package_of(portal: Portal, place: Place, actor: Actor | None) -> Package | None:
    """The package of what is shown; of a page that is of no one package, that of all a vendor's cases, else none."""
    case: Case | None = None
    try:
        if place.package:
            return portal.releases.current(place.package).package
        if place.task:
            row = work.task_with_case(place.task)
            case = row.case if row is not None else None
        elif place.token:
            link = entrylinks.link(place.token)
            case = link.case if link is not None else None
        elif place.case:
            case = cases.get(place.case)
        elif place.certificate:
            certificate = records.certificate(place.certificate)
            case = certificate.case if certificate is not None else None
        elif actor is not None and actor.side == Side.VENDOR:
            return _of_vendor(portal, actor.user_id or 0)
        return portal.releases.loaded(case.release_id).package if case is not None else None
    except NinteiError:  # what cannot be found or read is told by the page itself
        return None


def _of_vendor(portal: Portal, user: int) -> Package | None:
    found = [portal.releases.loaded(release_id).package for release_id in cases.releases_of(user)]
    return found[-1] if len({package.id for package in found}) == 1 else None
