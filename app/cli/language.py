"""The language in which commands speak: that of the terminal, unless one asks for another."""

from __future__ import annotations

import gettext
from collections.abc import Callable
from pathlib import Path

from app.errors import NinteiError
from config.settings import terminal_language

TRANSLATIONS = Path(__file__).parents[1] / "web" / "translations"


def translator(lang: str) -> Callable[[str], str]:
    """Message id to words; English, the ids themselves, where the catalogue lacks one or is not built."""
    found = gettext.translation("messages", TRANSLATIONS, [lang or "en"], fallback=True)
    return found.gettext


def said(error: NinteiError) -> str:
    """An error as a sentence in the terminal's language."""
    message = translator(terminal_language())(error.message)
    return message % error.params if error.params else message
