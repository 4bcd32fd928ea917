"""The declared tables of package.toml and headers of mails and documents as JSON (see panels.py for its shape)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.catalogue.portal_needs import NEEDS
from app.declarations import HEADERS, SECTIONS, TOP, Key, Section
from app.declarations.choices import TITLES
from app.declarations.portal import WORDS

Translate = Callable[[str], str]
Shown = dict[str, Any]
_WITHOUT = {need.name: need.without for need in NEEDS}


def package(translate: Translate) -> list[Shown]:
    """The sections of package.toml, its keys at the top first."""
    return [_section(each, translate) for each in (TOP, *SECTIONS.values())]


def headers(translate: Translate) -> dict[str, Shown]:
    """Of mails and of documents."""
    return {name: _section(each, translate) for name, each in HEADERS.items()}


def named(choices: tuple[str, ...], translate: Translate) -> list[Shown]:
    """Each choice with what people call it."""
    return [{"id": each, "title": translate(TITLES[each]) if each in TITLES else each} for each in choices]


def _section(each: Section, translate: Translate) -> Shown:
    return {
        "id": each.id,
        "title": translate(each.title),
        "help": translate(each.help),
        "shape": each.shape.value,
        "keys": [_key(each, key, translate) for key in each.keys],
        "makes": each.makes.name.lower() if each.makes else "",
        "names": each.names.name.lower(),
        "fixed": [{"id": name, "title": translate(WORDS[name])} for name in each.fixed],
    }


def _key(section: Section, each: Key, translate: Translate) -> Shown:
    without = _WITHOUT.get(f"{section.id}.{each.name}".lstrip("."), "")
    return {
        "id": each.name,
        "title": translate(each.title),
        "help": translate(each.help),
        "kind": each.kind.name.lower(),
        "required": each.default is None,
        "default": list(each.default) if isinstance(each.default, tuple) else each.default,
        "many": each.many,
        "choices": named(each.choices, translate),
        "least": each.least,
        "most": each.most,
        "english": each.english,
        "without": translate(without) if without else "",
    }
