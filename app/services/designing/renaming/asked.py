"""What is to be called otherwise, and where that name counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

KINDS = ("element", "shape", "field", "option", "mail", "document", "file")


@dataclass(frozen=True, slots=True)
class Rename:
    """`of`: of a field its element, of an option `element.field`; "" otherwise.

    `routed`: a field that goes into task data under its key, so that expressions read it. `readers`: the elements and
    flows whose expressions read just this value; `alone`: nobody else sets a value of this name, so that tables,
    templates and lists of names mean it, too.
    """

    kind: str
    old: str
    new: str
    of: str = ""
    routed: bool = False
    alone: bool = True
    readers: frozenset[str] = field(default_factory=frozenset)

    @property
    def element(self) -> str:
        """The element in whose form the field or option stands."""
        return self.of.partition(".")[0]

    @property
    def key(self) -> str:
        """The key of the field: of an option that of the field which has it."""
        return self.old if self.kind == "field" else self.of.partition(".")[2]

    def one(self, name: str) -> str:
        """A name that stands alone."""
        return self.new if name == self.old else name

    def listed(self, names: str) -> str:
        """Names with commas between them."""
        return each_of(names, self.one)


def each_of(names: str, change: Callable[[str], str]) -> str:
    """The names of a list with commas, changed one by one; the space between them stays."""
    return ",".join(
        part.replace(part.strip(), change(part.strip())) if part.strip() else part for part in names.split(",")
    )


@dataclass(frozen=True, slots=True)
class Place:
    """One line that changes. `line` counts from 1, 0 where the file itself is renamed or nothing stands there."""

    file: str
    line: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Renamed:
    """`files`: path to new content, None for what is taken out. `left`: (file, line) where the same name stands and may
    mean something else, so that it was not touched."""

    files: dict[str, bytes | None]
    places: tuple[Place, ...]
    left: tuple[Place, ...] = ()

    def paths(self) -> Iterable[str]:
        return sorted(self.files)
