"""Columns that hold a word of a closed set (`app.states`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Generic, Self, overload

import peewee

from app.states.word import Moves, W, WrongMove, leading_to, may_follow

if TYPE_CHECKING:
    from typing_extensions import deprecated


class _Place(peewee.FieldAccessor):
    """The column of a row: what is set is a word, and one that may follow what is stored."""

    def __set__(self, instance: Any, value: Any) -> None:
        field, old = self.field, instance.__data__.get(self.name)
        word = field.word(value)
        if field.moves is not None and old is not None and old is not word:
            if self.name not in instance._dirty:
                instance.__dict__.setdefault("_stood", {})[self.name] = field.word(old)
            stood = instance.__dict__.get("_stood", {}).get(self.name)  # as it is stored; of a new row nothing is
            if stood is not None and not may_follow(field.moves, stood, word):
                raise WrongMove(f"{self.model.__name__}.{self.name} does not go from “{stood}” to “{word}”")
        super().__set__(instance, word)


class WordField(peewee.CharField, Generic[W]):
    """Text in the database, a word of `words` in Python.

    A text that is none of them is refused with ValueError on its way in and out: whatever asks how a row stands would
    take it for something else. `moves`: setting a word that the table does not let follow raises WrongMove.
    """

    accessor_class = _Place

    def __init__(self, words: type[W], *, moves: Moves[W] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.words, self.moves = words, moves
        self._known = {word.value: word for word in words}

    def word(self, value: Any) -> Any:
        """The word of this text. Raises ValueError when it is none of them."""
        if value is None or value.__class__ is self.words:
            return value
        known = self._known.get(value)
        if known is None:
            texts = ", ".join(self._known)
            raise ValueError(f"{self.model.__name__}.{self.name} is “{value}”, which is none of {texts}")
        return known

    def knows(self, text: str) -> bool:
        """Whether this text, from wherever it comes, is a word of the column's set."""
        return text in self._known

    def db_value(self, value: Any) -> Any:
        return None if value is None else self.word(value).value

    def python_value(self, value: Any) -> Any:
        return self.word(value)

    def before(self, word: W) -> peewee.Expression:
        """That a row stands so that this word may be set: the condition of changing many at once."""
        return self.in_([word] if self.moves is None else leading_to(self.moves, word))

    # What mypy knows. To compare with a text is an overload that is deprecated, and so an error by the project's
    # configuration: without it, mypy would go on to the `==` of the text, which takes anything.
    if TYPE_CHECKING:

        def __new__(cls, words: type[W], *, moves: Moves[W] | None = None, **kwargs: Any) -> Self: ...
        @overload
        def __get__(self, instance: None, owner: Any) -> Self: ...
        @overload
        def __get__(self, instance: object, owner: Any) -> W: ...
        def __get__(self, instance: Any, owner: Any) -> Any: ...
        def __set__(self, instance: object, value: W) -> None: ...
        @overload  # type: ignore[override]
        def __eq__(self, rhs: W | peewee.Node) -> peewee.Expression: ...
        @overload
        @deprecated("compare it with a word of its set, not with a text")
        def __eq__(self, rhs: object) -> peewee.Expression: ...
        def __eq__(self, rhs: object) -> peewee.Expression: ...
        @overload  # type: ignore[override]
        def __ne__(self, rhs: W | peewee.Node) -> peewee.Expression: ...
        @overload
        @deprecated("compare it with a word of its set, not with a text")
        def __ne__(self, rhs: object) -> peewee.Expression: ...
        def __ne__(self, rhs: object) -> peewee.Expression: ...
        def in_(self, rhs: Iterable[W] | peewee.Node) -> peewee.Expression: ...
        def not_in(self, rhs: Iterable[W] | peewee.Node) -> peewee.Expression: ...


def move(place: WordField[W], to: W, where: Any, **values: Any) -> int:
    """Set a word, and other columns, in all rows that fit and that stand so that it may follow; gives how many."""
    model: Any = place.model
    model.require(values)
    return int(model.update({place.name: to, **values}).where(where & place.before(to)).execute())
