"""Texts of settings that name other settings: each value stands once, and texts say what holds today.

`{fees.initial}` is the value of a setting, `{guidelines:document_review:days}` of what a package has itself; both with
their unit, in the reader's language.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from app.catalogue import Package
from app.catalogue.standing import lives
from app.declarations import KINDS, kind_of

_NAME = re.compile(r"\{([a-z][a-z0-9_]*(?:[.:][a-z0-9_]+){1,2})\}")


def names(text: str) -> Iterator[str]:
    """What a text names."""
    return (found[1] for found in _NAME.finditer(text))


def filled(package: Package, text: str, say: Callable[[str], str]) -> str:
    """The text with the values of what it names; a name that the package does not know stays as it is.
    `say`: the reader's language."""
    if "{" not in text:
        return text
    said = dict(_said(package, say))
    return _NAME.sub(lambda found: said.get(found[1], found[0]), text)


def known(package: Package) -> frozenset[str]:
    """Every name that a text may have."""
    return frozenset(name for name, _ in _said(package, str))


def _said(package: Package, say: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    for section in package.settings.values():
        for setting in section.values():
            yield setting.name, _with_unit(kind_of(setting.format, setting.value).id, str(setting.value), say)
    for live in lives(package):
        yield live.name, _with_unit(live.key.live, live.value, say)


def _with_unit(kind: str, text: str, say: Callable[[str], str]) -> str:
    unit = KINDS[kind].unit
    if not unit or not text.lstrip("-").isdigit():
        return text
    number = f"{int(text):,}"
    return f"{number}%" if unit == "%" else say("%(number)s %(unit)s") % {"number": number, "unit": say(unit)}
