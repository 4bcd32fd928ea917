"""Values that word themselves in the sentences of problems."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.catalogue.domains import Known, shown
from app.errors import N_, Named


@dataclass(frozen=True, slots=True)
class Case:
    """A combination of what a table is asked: “kind of reader” is 'person' and “books” is 6."""

    facts: tuple[tuple[str, Known], ...]

    def __str__(self) -> str:
        return self.said(str)

    def said(self, translate: Callable[[str], str]) -> str:
        return translate(N_(" and ")).join(self._fact(label, value, translate) for label, value in self.facts)

    def _fact(self, label: str, value: Known, translate: Callable[[str], str]) -> str:
        if value[0] == "none":
            return translate(N_("“%(label)s” is left empty")) % {"label": label}
        if value == ("text", "…"):
            return translate(N_("“%(label)s” is any other text")) % {"label": label}
        return translate(N_("“%(label)s” is %(value)s")) % {"label": label, "value": shown(value, translate)}


@dataclass(frozen=True, slots=True)
class Listed:
    """Several things by their names."""

    names: tuple[Named, ...]

    def __str__(self) -> str:
        return self.said(str)

    def said(self, translate: Callable[[str], str]) -> str:
        return translate(N_(" and ")).join(name.said(translate) for name in self.names)
