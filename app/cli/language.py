"""The language in which commands speak: that of the terminal, unless one asks for another."""

from __future__ import annotations

import gettext
from collections.abc import Callable
from pathlib import Path

TRANSLATIONS = Path(__file__).parents[1] / "web" / "translations"


def translator(lang: str) -> Callable[[str], str]:
    """Message id to words; English, the ids themselves, where the catalogue lacks one or is not built."""
    found = gettext.translation("messages", TRANSLATIONS, [lang or "en"], fallback=True)
    return found.gettext
