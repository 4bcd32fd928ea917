"""Lists that are read when somebody looks into them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")


class Later(Sequence[T], Generic[T]):
    """A list of which nobody knows yet whether it is asked for: made when it is looked into for the first time, and
    then in every respect that list. What a template may name is much more than what each of them names."""

    __slots__ = ("_found", "_make")

    def __init__(self, make: Callable[[], list[T]]) -> None:
        self._make = make
        self._found: list[T] | None = None

    def __call__(self) -> list[T]:
        """The list itself, made if it was not."""
        if self._found is None:
            self._found = self._make()
        return self._found

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> list[T]: ...
    def __getitem__(self, at: int | slice) -> T | list[T]:
        return self()[at]

    def __len__(self) -> int:
        return len(self())

    def __iter__(self) -> Iterator[T]:
        return iter(self())

    def __add__(self, other: Sequence[T]) -> list[T]:
        return [*self(), *other]

    def __radd__(self, other: Sequence[T]) -> list[T]:
        return [*other, *self()]

    def __eq__(self, other: object) -> bool:
        return self() == (other() if isinstance(other, Later) else other)

    def __hash__(self) -> int:
        raise TypeError("a list has no hash")

    def __repr__(self) -> str:
        return repr(self())


def settled(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with every list of theirs made: for whoever looks at them when nothing can be read any more."""
    return {name: value() if isinstance(value, Later) else value for name, value in values.items()}
