"""How a key of a TOML file is declared: in package.toml (package.py) and in the headers of mails and documents."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from app.declarations.kinds import Kind


class Shape(Enum):
    """How the tables of a section stand in the file."""

    ONE = "one"  # [section]; for the keys at the top, no heading at all
    NAMED = "named"  # [section.<name>]
    LISTED = "listed"  # [[section]], in order
    NESTED = "nested"  # [section.<name>] of name = { … }


@dataclass(frozen=True, slots=True)
class Key:
    """One key. `default`: what holds where it is left out; None: it must be there. `least`, `most`: of numbers;
    `english`: `<name>_en` beside it holds its English wording; `field`: how the facts call it, where not by its name;
    `live`: staff may give it another value at once, of this kind (declarations.settings): nothing that runs breaks by
    it, and what was fixed for a case stays.
    """

    name: str
    title: str
    help: str
    kind: Kind = Kind.TEXT
    default: object = None
    many: bool = False
    choices: tuple[str, ...] = ()
    least: int = 0
    most: int = 10_000
    english: bool = False
    field: str = ""
    live: str = ""

    @property
    def attribute(self) -> str:
        """Its name among the facts (app.catalogue.terms)."""
        return self.field or self.name


@dataclass(frozen=True, slots=True)
class Section:
    """One table, or the tables of one kind. `makes`: the kind of value that names one of them, so that a choice that is
    missing can be made here; `names`: what the names of NAMED tables are, NEW where the package gives them; `fixed`:
    the names that there are."""

    id: str
    title: str
    help: str
    shape: Shape
    keys: tuple[Key, ...]
    makes: Kind | None = None
    names: Kind = Kind.NEW
    fixed: tuple[str, ...] = ()

    def key(self, name: str) -> Key:
        """The key of this name. Raises KeyError."""
        return {each.name: each for each in self.keys}[name]
