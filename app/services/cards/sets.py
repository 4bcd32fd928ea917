"""Which set of cards an element of the process is about."""

from __future__ import annotations

from app.services.base.releases import Loaded


def card_set(loaded: Loaded, element: str) -> str:
    """The set that the element works with: its own, or the one whose documents it makes in the same process."""
    found = loaded.package.elements.get(element)
    if found is None:
        return ""
    own = found.properties.get("cards") or found.properties.get("card_set", "")
    if own:
        return str(own)
    near = {
        other.properties["cards"]
        for other in loaded.package.elements.values()
        if other.process == found.process and other.properties.get("cards")
    }
    return str(near.pop()) if len(near) == 1 else ""
