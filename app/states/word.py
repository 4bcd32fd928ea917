"""A closed set of words, and which of them may follow which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Self, TypeVar

if TYPE_CHECKING:

    class Word(Enum):
        """To mypy a word is no text, so that `row.state == "opne"` is a comparison that can never hold."""

        value: str

        def __bool__(self) -> bool: ...
        @classmethod
        def of(cls, text: str) -> Self | None: ...
else:

    class Word(StrEnum):
        """A word of a closed set, which is its own text: for templates, JSON and the database."""

        @classmethod
        def of(cls, text):
            """The word of a text that came from outside; none when it is no word of the set."""
            return cls._value2member_map_.get(text)


W = TypeVar("W", bound=Word)
Moves = Mapping[W, Iterable[W]]
"""From a word → those that may follow. A word that is no key is an end."""


class WrongMove(RuntimeError):
    """A state was set that its table of moves does not allow: a mistake of the program, never of who uses it."""


def may_follow(moves: Moves[W], old: W, new: W) -> bool:
    """Whether the table lets `new` follow `old`; what stays as it is may do so."""
    return old is new or new in moves.get(old, ())


def leading_to(moves: Moves[W], new: W) -> list[W]:
    """The words that `new` may follow, itself among them."""
    return [new, *(old for old, following in moves.items() if new in following and old is not new)]
