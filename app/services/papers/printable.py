"""What people type and papers cannot show: named while they look at it, and to whoever decides on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from app.connectors import glyphs
from app.forms import Answer
from app.services.base.portal import Portal


def lacking(portal: Portal) -> Callable[[str], tuple[str, ...]]:
    """For a form's check: the characters of a text that no face of the portal's papers has, each once."""
    return lambda text: glyphs.unprintable(text, portal.fonts)


def told(portal: Portal, lines: Iterable[Answer]) -> list[tuple[str, str]]:
    """(label, characters) of the answers that papers show with 〓 in their place."""
    found = ((line.label, glyphs.unprintable(line.text, portal.fonts)) for line in lines if not line.files)
    return [(label, " ".join(signs)) for label, signs in found if signs]
