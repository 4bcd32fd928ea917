"""The package's names for its elements, where only their ids are at hand."""

from __future__ import annotations

from app.errors import NinteiError
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.store.models import Case


def title_of(portal: Portal, case: Case | None, element: str) -> str:
    """The package's name of the element; a package that cannot be read any more names nothing."""
    if case is None or not element:
        return ""
    try:
        loaded: Loaded = portal.releases.loaded(case.release_id)
    except NinteiError:
        return ""
    found = loaded.package.elements.get(element)
    return found.name if found is not None else ""
