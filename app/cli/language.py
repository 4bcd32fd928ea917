"""The language in which commands speak: that of the terminal, unless one asks for another."""

from __future__ import annotations

import gettext
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from app.errors import N_, NinteiError, filled
from app.text import roles
from config.machine import terminal_language

TRANSLATIONS = Path(__file__).parents[1] / "web" / "translations"
CHOSEN = "app.cli.language"  # under which the context keeps what --lang asks for


def translator(lang: str) -> Callable[[str], str]:
    """Message id to words; English, the ids themselves, where the catalogue lacks one or is not built."""
    found = gettext.translation("messages", TRANSLATIONS, [lang or "en"], fallback=True)
    neutral = {name: found.gettext(word) for name, word in roles.NEUTRAL.items()}
    return lambda message: roles.filled(found.gettext(message), neutral)


class Speaker:
    """Says messages in one language. `english`: what a package says, by its Japanese wording."""

    def __init__(self, lang: str, english: Mapping[str, str] | None = None) -> None:
        self.lang = lang or "en"
        self._english = (english or {}) if self.lang == "en" else {}
        self._translate = translator(self.lang)

    def __call__(self, message: str, /, **params: Any) -> str:
        return filled(message, params, self.words)

    def words(self, text: str) -> str:
        """A message id, or a wording of the package, in the reader's language."""
        return self._english.get(text) or (self._translate(text) if text else "")

    def of(self, english: Mapping[str, str]) -> Speaker:
        """The same, of this package."""
        return Speaker(self.lang, english)


def speaker(default: str = "") -> Speaker:
    """The one of the running command: --lang, else the terminal's language, else `default`."""
    context = click.get_current_context(silent=True)
    chosen = str(context.meta.get(CHOSEN, "")) if context else ""
    return Speaker(chosen or terminal_language() or default)


def _choose(context: click.Context, _option: click.Parameter, value: str | None) -> None:
    if value:
        context.meta[CHOSEN] = value


lang_option = click.option(
    "--lang",
    type=click.Choice(["ja", "en"]),
    expose_value=False,
    callback=_choose,
    is_eager=True,
    help="Speak this language; else that of the terminal.",
)


def said(error: NinteiError) -> str:
    """An error as a sentence in the language of the running command."""
    return error.said(speaker().words)


class Complaint(click.ClickException):
    """Why a command did not do what was asked, in the language of the running command."""

    def show(self, file: Any = None) -> None:
        """Print it where errors go."""
        click.echo(speaker()(N_("Error: %(message)s"), message=self.message), file=file, err=file is None)
